"""Conversions and revenue of logs, by goals."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import Goal, UsageError
from darksocial.cli._main import darksocial as command
from tests.logs import ARTICLE, SETTINGS, Hit, analyzed, sessions

BOT = "ExampleBot/1.0 (+https://example.com/bot)"
VISIT = [
    Hit(0, ARTICLE),
    Hit(1, "/shop/thanks?order=7"),
    Hit(2, "/api/subscribe", method="POST", status=201),
    Hit(3, "/shop/thanks", status=404),
]


@pytest.mark.parametrize(
    ("goals", "conversions", "revenue"),
    [
        ([], None, None),
        ([Goal(path="/shop/thanks")], 1, None),  # the answer 404 reached no goal
        ([Goal(path="/shop/*")], 1, None),
        ([Goal(path="*/thanks", status=404)], 1, None),
        ([Goal(path="/api/*", method="post")], 1, None),
        ([Goal(path="/api/*", method="GET")], 0, None),
        ([Goal(path="/shop/thank")], 0, None),  # a pattern stands for the whole path
        ([Goal(path="/shop/thanks", value=20), Goal(path="/api/*", value=2.5)], 2, 22.5),
        ([Goal(path=ARTICLE, value=1), Goal(path="/politics/*")], 2, 1),  # a hit can reach two
    ],
)
def test_goals(
    tmp_path: Path, goals: list[Goal], conversions: float | None, revenue: float | None
) -> None:
    [visit] = sessions(tmp_path, VISIT, dataclasses.replace(SETTINGS, goals=tuple(goals))).to_dict(
        "records"
    )
    assert (visit["conversions"] if conversions is not None else None) == conversions
    assert (visit["revenue"] if revenue is not None else None) == revenue
    if conversions is None:
        assert visit["conversions"] != visit["conversions"]  # null


def test_what_machines_do_is_no_conversion(tmp_path: Path) -> None:
    settings = dataclasses.replace(SETTINGS, goals=(Goal(path="/shop/thanks", value=5),))
    hits = [*VISIT, Hit(4, "/shop/thanks", "192.0.2.9", BOT)]
    with analyzed(tmp_path, hits, settings) as analysis:
        assert sum(row.before for row in analysis.report.conversions) == 1
        assert sum(row.revenue_before for row in analysis.report.conversions) == 5


def test_conversions_move_with_the_visits_that_made_them(tmp_path: Path) -> None:
    """What Direct loses, other channels gain: the sum stays."""
    settings = dataclasses.replace(SETTINGS, goals=(Goal(path="/shop/thanks", value=10),))
    with analyzed(tmp_path, VISIT, settings) as analysis:
        rows = {row.channel: row for row in analysis.report.conversions}
        [visit] = analysis.to_pandas().to_dict("records")
    assert rows["Direct"].before == 1
    assert rows["Dark Social"].before == 0
    expected = pytest.approx(visit["p_dark_social"])
    assert rows["Dark Social"].after == expected
    assert sum(row.revenue_after for row in rows.values()) == pytest.approx(10)


def test_a_goal_names_a_path_or_an_event() -> None:
    with pytest.raises(UsageError, match="neither path nor event"):
        Goal(status=200)


def test_goals_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("access.log").write_text("".join(hit.line + "\n" for hit in VISIT))
    Path("darksocial.toml").write_text(
        "[goals.purchase]\npath = '/shop/thanks'\nvalue = 30\n[goals.signup]\npath = '/api/*'\n"
    )
    result = CliRunner().invoke(command, ["analyze", "access.log", "--out", "out", "--quiet"])
    assert result.exit_code == 0, result.output
    [visit] = pd.read_parquet("out/sessions").to_dict("records")
    assert (visit["conversions"], visit["revenue"]) == (2, 30)
    Path("darksocial.toml").write_text("[goals.purchase]\npaths = '/shop/thanks'\n")
    result = CliRunner().invoke(command, ["analyze", "access.log", "--out", "out2"])
    assert "[goals.purchase] has the key 'paths'" in str(result.exception)


def test_the_library_has_goals() -> None:
    assert darksocial.Goal is Goal


@pytest.mark.parametrize("path", ["thanks", "www.example.org/thanks", "/thanks?a=1", "/a#b"])
def test_a_goal_that_cannot_match_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="The path of a goal is"):
        Goal(path=path)


@pytest.mark.parametrize(
    ("goals", "note"),
    [
        ([Goal(path="/thank-you")], "The goal matched nothing"),
        ([Goal(path="/a"), Goal(path="/b")], "None of the 2 goals matched anything"),
        ([Goal(path="/a"), Goal(path="/shop/thanks")], None),
        ([], None),
    ],
)
def test_goals_that_matched_nothing_are_reported(
    tmp_path: Path, goals: list[Goal], note: str | None
) -> None:
    settings = dataclasses.replace(SETTINGS, goals=tuple(goals))
    with analyzed(tmp_path, VISIT, settings=settings) as analysis:
        notes = [text for text in analysis.report.notes if "matched" in text]
    assert [text.startswith(note or "") for text in notes] == [True] * bool(note)
