"""The stored evaluations, the page that is made of them, and that they can be had again."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from darksocial import UsageError
from darksocial.cli._main import darksocial
from darksocial.evaluation.worlds import by_world
from darksocial.outputs.evaluation import show_worlds
from tests.accuracy import SEEDS, SITES, measured, of_ids, of_worlds, stored, stored_run
from tests.generate.accuracy import PAGE, page


def test_the_page_is_what_was_measured() -> None:
    assert PAGE.read_text("utf-8") == page()


def test_every_site_was_measured_with_every_seed() -> None:
    assert {site: len(runs) for site, runs in stored().items()} == dict.fromkeys(SITES, SEEDS)


def test_shares_with_ids_have_their_parents_and_apps() -> None:
    """No parent is a false one by reload, back or bookmark, and 99 apps of 100 are right."""
    ids = [counts for runs in of_ids().values() for _run, counts in runs]
    assert sum(one.false for one in ids) == 0
    assert sum(one.parents for one in ids) >= 0.995 * sum(one.seen for one in ids) > 500
    assert sum(one.right for one in ids) >= 0.99 * sum(one.fetched for one in ids) > 1000
    assert sum(one.holds for one in ids) >= 0.9 * len(ids)


RUNS = [("shop", 2), ("saas", 7), ("publisher", 3), ("blog", 1), ("documentation", 5)]


@pytest.mark.long
def test_a_run_comes_out_the_same_again(full: bool) -> None:
    for site, seed in RUNS if full else RUNS[:1]:
        again = measured(site, seed)["evaluation"]
        before = stored()[site][seed - 1]
        assert (again["sessions"], again["direct"], again["dark"]) == (
            before.sessions,
            before.direct,
            before.dark,
        )
        assert again["expected"] == pytest.approx(before.expected)
        assert again["rules"][0]["auc"] == pytest.approx(before.model.auc)


@pytest.mark.parametrize(
    "world", ["sums-by-page", pytest.param("viral-day", marks=pytest.mark.long)]
)
def test_a_world_comes_out_the_same_again(world: str) -> None:
    arguments = ["evaluate", "--world", world, "--seeds", "1", "--report", "json"]
    result = CliRunner().invoke(darksocial, arguments, catch_exceptions=False)
    [again], before = json.loads(result.stdout)["runs"], of_worlds()[world][0]
    assert stored_run(again) == replace(
        before,
        **{name: pytest.approx(getattr(before, name)) for name in ("expected", "low", "high")},
    )
    assert (again["holds"], again["off_by"]) == (before.holds, pytest.approx(before.off_by))
    assert result.stderr.startswith(f"{world}, seed 1: ")


def test_the_runs_of_a_world_are_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    runs = of_worlds()["viral-day"]
    [row] = by_world(runs)
    assert (row.world, row.runs, row.dark) == ("viral-day", len(runs), sum(r.dark for r in runs))
    assert row.holds == sum(run.low <= run.dark <= run.high for run in runs)
    assert row.worst in [run.expected / run.dark for run in runs]
    show_worlds(runs)
    assert f"{row.holds} of {row.runs}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [[], ["--world", "nowhere"], ["--world", "all", "--seeds", "0"], ["a.log", "--world", "all"],
     ["--world", "all", "--mask"]],
)  # fmt: skip
def test_what_is_no_world_is_refused_before_the_first_run(arguments: list[str]) -> None:
    result = CliRunner().invoke(darksocial, ["evaluate", *arguments])
    assert isinstance(result.exception, UsageError)
    assert "counted" not in result.stderr
