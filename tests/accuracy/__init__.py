"""How well darksocial judges simulated sites whose rates its weights have never seen.

`python -m tests.accuracy` simulates, analyses and evaluates sites of each type with many seeds,
each rate times a chance factor, and worlds that have one trouble of real logs each (all that
`darksocial simulate --world` knows). It writes tests/data/accuracy.json and docs/accuracy.md.
"""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import darksocial
from darksocial.evaluation import Evaluation, RuleResult, evaluate
from darksocial.evaluation.metrics import Bin
from darksocial.evaluation.run import Part
from darksocial.report.values import Report
from darksocial.simulation.sums import WORLDS_OF_SUMS, source_medium

RESULTS = Path(__file__).parents[1] / "data" / "accuracy.json"
SITES = ("publisher", "shop", "documentation", "saas", "blog")
SEEDS = 20
SEEDS_OF_WORLD = 5
SITE_OF_WORLDS = "publisher"
VISITS = 8000
VARY = 3.0
SECRET = "accuracy"


def measured(site: str, seed: int, world: str | None = None) -> dict[str, Any]:
    """Simulate, analyse and evaluate one site."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = darksocial.simulate(
            folder / "site", site=site, seed=seed, visits=VISITS, vary=VARY, world=world
        )
        with darksocial.analyze([str(log) for log in made.logs], secret=SECRET) as analysis:
            analysis.write(folder / "out")
        result = (
            of_sums(analysis.report, made.truth)
            if world in WORLDS_OF_SUMS
            else evaluate(folder / "out", made.truth, SECRET)
        )
        likely = analysis.report.likely_bots.sessions
    evaluated = {"site": site, "seed": seed, "evaluation": asdict(result)}
    return {**evaluated, "world": world, "likely_bots": likely} if world else evaluated


def of_sums(report: Report, truth: Path) -> Evaluation:
    """The evaluation of sums, which hold no visit that could be joined with one of the truth."""
    records = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
    visits = [record for record in records if record["type"] == "visit"]
    direct = [visit for visit in visits if source_medium(visit) == "(direct) / (none)"]
    found, none = report.dark_social, Part(0, 0)
    return Evaluation(
        sessions=round(report.sessions),
        visits=len(visits),
        joined=0,
        direct=len(direct),
        dark=sum(visit["dark"] for visit in direct),
        expected=found.direct_expected,
        low=found.direct_low,
        high=found.direct_high,
        rules=(),
        calibration=(),
        named=none,
        right=none,
        scrapers=none,
        echoes=none,
        shares=none,
    )


def rows_of_worlds() -> list[dict[str, Any]]:
    """The rows of the last run that are of worlds."""
    return [row for row in _rows() if "world" in row]


def of_worlds() -> dict[str, list[Evaluation]]:
    """The evaluations of the last run, by world."""
    return _grouped(rows_of_worlds(), "world")


def stored() -> dict[str, list[Evaluation]]:
    """The evaluations of the last run without a world's trouble, by site."""
    return _grouped([row for row in _rows() if "world" not in row], "site")


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text("utf-8"))
    return rows


def _grouped(rows: list[dict[str, Any]], name: str) -> dict[str, list[Evaluation]]:
    found: dict[str, list[Evaluation]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(_evaluation(row["evaluation"]))
    return found


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
