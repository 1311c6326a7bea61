"""How well darksocial judges simulated sites whose rates its weights have never seen.

`python -m tests.accuracy` simulates, analyses and evaluates sites of each type with many seeds,
each rate times a chance factor, and writes tests/data/accuracy.json and docs/accuracy.md.
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

RESULTS = Path(__file__).parents[1] / "data" / "accuracy.json"
SITES = ("publisher", "shop", "documentation", "saas", "blog")
SEEDS = 20
VISITS = 8000
VARY = 3.0
SECRET = "accuracy"


def measured(site: str, seed: int) -> dict[str, Any]:
    """Simulate, analyse and evaluate one site."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = darksocial.simulate(folder / "site", site=site, seed=seed, visits=VISITS, vary=VARY)
        with darksocial.analyze([str(log) for log in made.logs], secret=SECRET) as analysis:
            analysis.write(folder / "out")
        result = evaluate(folder / "out", made.truth, SECRET)
    return {"site": site, "seed": seed, "evaluation": asdict(result)}


def stored() -> dict[str, list[Evaluation]]:
    """The evaluations of the last run, by site."""
    found: dict[str, list[Evaluation]] = {}
    for row in json.loads(RESULTS.read_text("utf-8")):
        found.setdefault(row["site"], []).append(_evaluation(row["evaluation"]))
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
