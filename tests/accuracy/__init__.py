"""How well darksocial judges simulated sites whose rates its weights have never seen.

`python -m tests.accuracy` simulates, analyses and evaluates sites of each type with many seeds,
each rate times a chance factor, and worlds that have one trouble of real logs each (all that
`darksocial simulate --world` knows). It writes tests/data/accuracy.json and docs/accuracy.md.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import darksocial
from darksocial.evaluation import Evaluation, RuleResult, evaluate
from darksocial.evaluation.metrics import Bin
from darksocial.evaluation.run import Part
from darksocial.simulation import Simulation
from darksocial.simulation.worlds import WORLDS_WITH_IDS
from tests.accuracy.ids import CountsOfIds, counts_of_ids

RESULTS = Path(__file__).parents[1] / "data" / "accuracy.json"
SITES = ("publisher", "shop", "documentation", "saas", "blog")
SEEDS = 20
SEEDS_OF_WORLD = 5
SITE_OF_WORLDS = "publisher"
VISITS = 8000
VARY = 3.0
SECRET = "accuracy"


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


def measured(site: str, seed: int) -> dict[str, Any]:
    """Simulate, analyse and evaluate one site."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = _simulated(folder, site, seed, None)
        with _analysed(made) as analysis:
            analysis.write(folder / "out")
        result = evaluate(folder / "out", made.truth, SECRET)
    return {"site": site, "seed": seed, "evaluation": asdict(result)}


def measured_world(world: str, seed: int) -> dict[str, Any]:
    """Simulate and analyse one world, and count its dark visits."""
    with TemporaryDirectory() as name:
        made = _simulated(Path(name), SITE_OF_WORLDS, seed, world)
        truth = [json.loads(line) for line in made.truth.read_text("utf-8").splitlines()]
        of_ids = None
        with _analysed(made) as analysis:
            report = analysis.report
            if world in WORLDS_WITH_IDS:
                of_ids = counts_of_ids(analysis, truth, SECRET, Path(name) / "out")
    counted = report.dark_social
    run = RunOfWorld(
        world=world,
        seed=seed,
        visits=made.visits,
        dark=sum(row["type"] == "visit" and is_dark_direct(row) for row in truth),
        sessions=report.sessions,
        likely_bots=report.likely_bots.sessions,
        expected=counted.direct_expected,
        low=counted.direct_low,
        high=counted.direct_high,
        cannot_tell=tuple(entry.reason for entry in report.cannot_tell),
    )
    return {**asdict(run), **({"ids": asdict(of_ids)} if of_ids else {})}


def is_dark_direct(visit: Mapping[str, Any]) -> bool:
    """Whether a visit of the truth is dark and analytics tools book it as Direct."""
    return bool(visit["dark"] and visit["cause"] == "private_share")


def _simulated(folder: Path, site: str, seed: int, world: str | None) -> Simulation:
    return darksocial.simulate(
        folder / "site", site=site, seed=seed, visits=VISITS, vary=VARY, world=world
    )


def _analysed(made: Simulation) -> darksocial.Analysis:
    return darksocial.analyze([str(log) for log in made.logs], secret=SECRET)


def run_of_world(row: Mapping[str, Any]) -> RunOfWorld:
    """A run as it was stored."""
    of_world = {name: value for name, value in row.items() if name != "ids"}
    return RunOfWorld(**{**of_world, "cannot_tell": tuple(row["cannot_tell"])})


def of_ids() -> dict[str, list[tuple[RunOfWorld, CountsOfIds]]]:
    """The runs of the last measurement in worlds whose pages give share ids, by world."""
    found: dict[str, list[tuple[RunOfWorld, CountsOfIds]]] = {}
    for row in _rows():
        if "ids" in row:
            run = run_of_world(row)
            found.setdefault(run.world, []).append((run, CountsOfIds(**row["ids"])))
    return found


def of_worlds() -> dict[str, list[RunOfWorld]]:
    """The runs of the last measurement, by world."""
    found: dict[str, list[RunOfWorld]] = {}
    for row in _rows():
        if "world" in row:
            run = run_of_world(row)
            found.setdefault(run.world, []).append(run)
    return found


def stored() -> dict[str, list[Evaluation]]:
    """The evaluations of the last measurement without a world's trouble, by site."""
    found: dict[str, list[Evaluation]] = {}
    for row in _rows():
        if "evaluation" in row:
            found.setdefault(row["site"], []).append(_evaluation(row["evaluation"]))
    return found


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text("utf-8"))
    return rows


def _evaluation(row: dict[str, Any]) -> Evaluation:
    parts = ("named", "right", "scrapers", "echoes", "shares")
    return Evaluation(
        **{
            **row,
            "rules": tuple(RuleResult(**rule) for rule in row["rules"]),
            "calibration": tuple(Bin(**one) for one in row["calibration"]),
            **{name: Part(**row[name]) for name in parts},
        }
    )
