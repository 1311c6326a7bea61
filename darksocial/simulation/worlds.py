"""Worlds: the usual traffic, and one trouble of real logs in it.

Simulated people and machines are better behaved than real ones. A world adds what a real log was
seen to have. Machines that pass for people:

    stealth-bots         six visits of ten are one page, each from an address of its own
    changing-agents      new articles, from eight addresses and with another agent each time
    password-guessing    a login page: one GET and one POST
    probes-answered      paths of other software, all answered 200
    form-spam            a page that names itself as its referrer, then a POST
    referrer-spam        one page, with a spammer's host as referrer
    monitors             pages at equal pauses, by GET and by HEAD, from several addresses

Or how the requests of people reach the site; the visits are as in the usual traffic:

    few-addresses        all have IPv4, of which there is so little that some ten people share each
    carrier-nat          most phones are behind eight addresses of a carrier, hundreds behind each
    rotating-addresses   half of the mobile visits change their address while they last
    open-tabs            tabs stay open for days and reload at equal distances
    readers              Instant View, Opera Mini, prefetch proxy, Private Relay (`readers.py`)
    bare-assets          images, a frame and a script's requests have no ending (`loads.py`)

Or what the log lacks (`lacking.py`):

    common-format        referrers and user agents
    no-previews          fetches of link previews
    no-assets            images, styles and scripts

Or there is no log, but a report of GA4 (`sums.py`):

    sums                 visits by day and source
    sums-by-page         visits by day, landing page and source
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random

from darksocial import data
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.simulation.lacking import WORLDS_THAT_LACK
from darksocial.simulation.loads import BareLoads, Loads
from darksocial.simulation.log import Log
from darksocial.simulation.open_tabs import OpenTabs
from darksocial.simulation.parameters import Bot, Parameters
from darksocial.simulation.readers import Readers
from darksocial.simulation.rotating import RotatingAddresses
from darksocial.simulation.routes import Routes

FEW_ADDRESSES, CARRIER_NAT = "few-addresses", "carrier-nat"
ROTATING_ADDRESSES, OPEN_TABS, READERS = "rotating-addresses", "open-tabs", "readers"
BARE_ASSETS = "bare-assets"


@cache
def _rates() -> Mapping[str, Mapping[str, float]]:
    """Return the rates that a world has beside or in place of the usual ones, by its name."""
    rates: dict[str, dict[str, float]] = {BARE_ASSETS: {}}
    for row in data.read("simulation_world_rates"):
        rates.setdefault(row["world"], {})[row["name"]] = float(row["value"])
    return rates


@cache
def worlds() -> dict[str, tuple[Bot, ...]]:
    """Return the machines that each world adds, by its name."""
    machines: dict[str, tuple[Bot, ...]] = dict.fromkeys([*_rates(), *WORLDS_THAT_LACK], ())
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
    rates = {**params.rates, **_rates().get(name, {})}
    return replace(params, rates=rates, bots=(*params.bots, *worlds()[name]), world=name)


def routes_in(params: Parameters, rng: Random) -> Routes:
    """Return how the requests of visits reach the site in the world of the parameters, if any."""
    if params.world == ROTATING_ADDRESSES:
        return RotatingAddresses(rng, params.rates)
    return Readers(rng, params.rates) if params.world == READERS else Routes()


def loads_in(params: Parameters) -> Loads:
    """Return what pages load in the world of the parameters, if any."""
    return BareLoads() if params.world == BARE_ASSETS else Loads()


def open_tabs_in(params: Parameters, rng: Random, log: Log) -> OpenTabs | None:
    """Return the tabs that stay open in the world of the parameters, if any."""
    return OpenTabs(rng, params.rates, log) if params.world == OPEN_TABS else None
