"""How well darksocial judges simulated sites whose rates its weights have never seen.

`python -m tests.accuracy` simulates, analyses and evaluates sites of each type with many seeds,
each rate times a chance factor, and worlds that have one trouble of real logs each (all that
`darksocial simulate --world` knows). It writes tests/data/accuracy.json and docs/accuracy.md.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import darksocial
from darksocial.evaluation import Evaluation, RuleResult, evaluate
from darksocial.evaluation.metrics import Bin
from darksocial.evaluation.run import Part
from darksocial.evaluation.worlds import (
    SITE_OF_WORLDS,
    WORLDS_SECRET,
    RunOfWorld,
    run_of_world,
    simulated_world,
)
from darksocial.simulation import Simulation
from darksocial.simulation.worlds import WORLDS_WITH_IDS
from tests.accuracy.ids import CountsOfIds, counts_of_ids

RESULTS = Path(__file__).parents[1] / "data" / "accuracy.json"
SITES = ("publisher", "shop", "documentation", "saas", "blog")
SEEDS = 20
SEEDS_OF_WORLD = 5


def measured(site: str, seed: int) -> dict[str, Any]:
    """Simulate, analyse and evaluate one site."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = simulated_world(folder / "site", None, seed, site)
        with _analysed(made) as analysis:
            analysis.write(folder / "out")
        result = evaluate(folder / "out", made.truth, WORLDS_SECRET)
    # The page is about visits booked as Direct alone.
    evaluation = {name: value for name, value in asdict(result).items() if name != "channels"}
    return {"site": site, "seed": seed, "evaluation": evaluation}


def measured_world(world: str, seed: int) -> dict[str, Any]:
    """Simulate and analyse one world, and count its dark visits."""
    with TemporaryDirectory() as name:
        made = simulated_world(Path(name) / "site", world, seed, SITE_OF_WORLDS)
        truth = [json.loads(line) for line in made.truth.read_text("utf-8").splitlines()]
        of_ids = None
        with _analysed(made) as analysis:
            report = analysis.report
            if world in WORLDS_WITH_IDS:
                of_ids = counts_of_ids(analysis, truth, WORLDS_SECRET, Path(name) / "out")
        run = run_of_world(world, made, report)
    return {**asdict(run), **({"ids": asdict(of_ids)} if of_ids else {})}


def _analysed(made: Simulation) -> darksocial.Analysis:
    return darksocial.analyze([str(log) for log in made.logs], secret=WORLDS_SECRET)


def stored_run(row: Mapping[str, Any]) -> RunOfWorld:
    """A run as it was stored."""
    of_world = {field.name: row[field.name] for field in fields(RunOfWorld)}
    return RunOfWorld(**{**of_world, "cannot_tell": tuple(row["cannot_tell"])})


def of_ids() -> dict[str, list[tuple[RunOfWorld, CountsOfIds]]]:
    """The runs of the last measurement in worlds whose pages give share ids, by world."""
    found: dict[str, list[tuple[RunOfWorld, CountsOfIds]]] = {}
    for row in _rows():
        if "ids" in row:
            run = stored_run(row)
            found.setdefault(run.world, []).append((run, CountsOfIds(**row["ids"])))
    return found


def of_worlds() -> dict[str, list[RunOfWorld]]:
    """The runs of the last measurement, by world."""
    found: dict[str, list[RunOfWorld]] = {}
    for row in _rows():
        if "world" in row:
            run = stored_run(row)
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
            "channels": (),
            **{name: Part(**row[name]) for name in parts},
        }
    )
