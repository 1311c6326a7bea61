"""Worlds: the usual traffic, and one trouble of real logs in it.

Simulated people and machines are better behaved than real ones. A world adds what a real log was
seen to have: machines that pass for people, or people behind few addresses.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from darksocial import data
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.simulation.parameters import Bot, Parameters

FEW_ADDRESSES = "few-addresses"
# Rates that a world has in place of the usual ones. Of the IPv4 addresses for documentation there
# are so few that many people share each, as behind a carrier's address translation.
RATES_OF_WORLD: Mapping[str, Mapping[str, float]] = {FEW_ADDRESSES: {"v4_share": 1.0}}


@cache
def worlds() -> dict[str, tuple[Bot, ...]]:
    """Return the machines that each world adds, by its name."""
    machines: dict[str, tuple[Bot, ...]] = dict.fromkeys(RATES_OF_WORLD, ())
    for row in data.read("simulation_worlds"):
        bot = Bot(row["world"], row["kind"], float(row["bursts"]), 1.0, "")
        machines[row["world"]] = (*machines.get(row["world"], ()), bot)
    return machines


def in_world(params: Parameters, name: str) -> Parameters:
    """Return the parameters with the trouble of a world. Raises UsageError if there is none of this
    name."""
    if name not in worlds():
        raise UsageError(
            _("There is no world {name!r}.").format(name=name), expected=one_of(name, worlds())
        )
    rates = {**params.rates, **RATES_OF_WORLD.get(name, {})}
    return replace(params, rates=rates, bots=(*params.bots, *worlds()[name]))
