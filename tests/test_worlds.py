"""Worlds of the simulator: each has its trouble, and the people in it are counted all the same."""

from pathlib import Path

import pytest

import darksocial
from darksocial import Report, UsageError
from darksocial.evaluation import evaluate
from darksocial.simulation import simulate
from darksocial.simulation.worlds import CARRIER_NAT, FEW_ADDRESSES, worlds
from darksocial.visits.conduct import (
    CHANGES_AGENT,
    FROM_ITSELF,
    GUESSES_PASSWORDS,
    PROBES,
    REFERRER_SPAM,
)
from tests.accuracy import of_worlds

VISITS = 600
REASON_OF_WORLD = {
    "changing-agents": CHANGES_AGENT,
    "form-spam": FROM_ITSELF,
    "password-guessing": GUESSES_PASSWORDS,
    "probes-answered": PROBES,
    "referrer-spam": REFERRER_SPAM,
}


def judged(folder: Path, world: str) -> tuple[Report, int]:
    """The report on a small log of a world, and how many visits of people it has."""
    made = simulate(folder / world, days=4, visits=VISITS, world=world)
    with darksocial.analyze(list(made.logs), secret="s") as analysis:
        return analysis.report, made.visits


@pytest.mark.parametrize("world", REASON_OF_WORLD)
def test_the_machines_of_a_world_make_no_visits(tmp_path: Path, world: str) -> None:
    report, people = judged(tmp_path, world)
    assert REASON_OF_WORLD[world] in {row.name for row in report.bots}
    assert report.sessions == pytest.approx(people, rel=0.1)


def test_stealth_bots_are_likely_bots(tmp_path: Path) -> None:
    """They are six visits of ten; no rule names them."""
    report, people = judged(tmp_path, "stealth-bots")
    assert report.sessions > 2 * people
    assert report.likely_bots.sessions == pytest.approx(1.5 * VISITS, rel=0.1)
    assert report.sessions - report.likely_bots.sessions == pytest.approx(people, rel=0.1)


@pytest.mark.parametrize("world", [CARRIER_NAT, FEW_ADDRESSES])
def test_people_behind_few_addresses_stay_people(tmp_path: Path, world: str) -> None:
    report, _people = judged(tmp_path, world)
    assert report.likely_bots.expected < 0.02 * report.sessions


def test_an_unknown_world_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="stealth"):
        simulate(tmp_path, world="stealth")
    assert not list(tmp_path.iterdir())


def test_every_world_was_measured() -> None:
    measured = of_worlds()
    assert set(measured) == {*worlds()}
    for runs in measured.values():
        assert sum(run.holds for run in runs) >= 0.6 * len(runs)


def test_the_truth_of_a_world_can_be_evaluated(tmp_path: Path) -> None:
    made = simulate(tmp_path / "site", days=4, visits=VISITS, world="form-spam")
    with darksocial.analyze(list(made.logs), secret="s") as analysis:
        analysis.write(tmp_path / "out")
    result = evaluate(tmp_path / "out", made.truth, "s")
    assert result.joined == pytest.approx(made.visits, rel=0.05)
