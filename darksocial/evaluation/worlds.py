"""`evaluate --world`: worlds of the simulator, each analysed beside its truth.

A world is a simulated site with one trouble of real logs (darksocial/simulation/worlds.py). Each
seed multiplies every rate of the site by a chance factor, so that no two runs are of one site.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.pipeline import analyze
from darksocial.report.values import Report
from darksocial.simulation import Simulation, simulate
from darksocial.simulation.worlds import check_world, worlds

ALL_WORLDS = "all"
SITE_OF_WORLDS = "publisher"
VISITS_OF_A_RUN = 8000
"""Visits of people in two weeks: some 150 to 700 dark ones, so that chance moves a count little."""
VARY = 3.0
"""By up to so much each rate is multiplied or divided."""
WORLDS_SECRET = "accuracy"
"""Fixed, so that a run comes out the same again; nothing that it keys is written."""


@dataclass(frozen=True, slots=True)
class RunOfWorld:
    """One analysis of a world beside its truth.

    `visits` are people's, of which `dark` were shared privately and have neither a referrer nor a
    tag; of the `sessions`, `likely_bots` have a `p_bot` above 0.5. `expected`, `low` and `high` are
    the count of dark visits booked as Direct and its interval, `cannot_tell` what the log lacks.
    """

    world: str
    seed: int
    visits: int
    dark: int
    sessions: float
    likely_bots: float
    expected: float
    low: float
    high: float
    cannot_tell: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.dark <= self.high

    @property
    def off_by(self) -> float:
        """By which factor the count is above or below the truth."""
        return max(self.expected, 0.5) / max(self.dark, 0.5)


@dataclass(frozen=True, slots=True)
class World:
    """The runs of one world together: sums, except `worst`, the run whose count is furthest off,
    and `cannot_tell`, what the log of any of them lacks."""

    world: str
    runs: int
    visits: int
    dark: int
    sessions: float
    likely_bots: float
    expected: float
    low: float
    high: float
    holds: int
    worst: float
    cannot_tell: tuple[str, ...]


def evaluate_worlds(world: str, seeds: int) -> Iterator[RunOfWorld]:
    """Simulate and analyse a world, or all of them, with the seeds from 1 to `seeds`.

    Raises UsageError for a world that does not exist, and if there is no seed, before the first
    run.
    """
    arguments.check("world", world, str)
    arguments.check("seeds", seeds, int)
    if world != ALL_WORLDS:
        check_world(world)
    if seeds < 1:
        raise UsageError(
            _("{seeds} is no number of seeds.").format(seeds=seeds), expected=_("1 or more")
        )
    names = sorted(worlds()) if world == ALL_WORLDS else [world]
    return (_evaluated(name, seed) for name in names for seed in range(1, seeds + 1))


def run_of_world(world: str, simulation: Simulation, report: Report) -> RunOfWorld:
    """Return what the report about a simulated world counts, beside the truth."""
    truth = map(json.loads, simulation.truth.read_text("utf-8").splitlines())
    counted = report.dark_social
    return RunOfWorld(
        world=world,
        seed=simulation.seed,
        visits=simulation.visits,
        dark=sum(row["type"] == "visit" and is_dark_direct(row) for row in truth),
        sessions=report.sessions,
        likely_bots=report.likely_bots.sessions,
        expected=counted.direct_expected,
        low=counted.direct_low,
        high=counted.direct_high,
        cannot_tell=tuple(entry.reason for entry in report.cannot_tell),
    )


def is_dark_direct(visit: Mapping[str, Any]) -> bool:
    """Return whether a visit of the truth is dark and analytics tools book it as Direct."""
    return bool(visit["dark"] and visit["cause"] == "private_share")


def by_world(runs: Sequence[RunOfWorld]) -> list[World]:
    """Return the runs of each world together, worlds by name."""
    names = sorted({run.world for run in runs})
    return [_together([run for run in runs if run.world == name]) for name in names]


def simulated_world(folder: Path, world: str | None, seed: int, site: str) -> Simulation:
    """Simulate a site with a world's trouble, or without any."""
    return simulate(folder, site=site, seed=seed, visits=VISITS_OF_A_RUN, vary=VARY, world=world)


def _evaluated(world: str, seed: int) -> RunOfWorld:
    with TemporaryDirectory() as name:
        simulation = simulated_world(Path(name) / "site", world, seed, SITE_OF_WORLDS)
        with analyze([str(log) for log in simulation.logs], secret=WORLDS_SECRET) as analysis:
            return run_of_world(world, simulation, analysis.report)


def _together(runs: Sequence[RunOfWorld]) -> World:
    return World(
        world=runs[0].world,
        runs=len(runs),
        visits=sum(run.visits for run in runs),
        dark=sum(run.dark for run in runs),
        sessions=math.fsum(run.sessions for run in runs),
        likely_bots=math.fsum(run.likely_bots for run in runs),
        expected=math.fsum(run.expected for run in runs),
        low=math.fsum(run.low for run in runs),
        high=math.fsum(run.high for run in runs),
        holds=sum(run.holds for run in runs),
        worst=max((run.off_by for run in runs), key=lambda factor: abs(math.log(factor))),
        cannot_tell=tuple(sorted({reason for run in runs for reason in run.cannot_tell})),
    )
