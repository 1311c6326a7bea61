"""Conversions and revenue of logs, by goals."""

import dataclasses
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import Goal, Policy, Settings, UsageError
from darksocial.cli._main import darksocial as command
from darksocial.outputs.checks import json as checks_json
from darksocial.outputs.checks import markdown as checks_markdown
from darksocial.outputs.checks import text as checks_text
from tests.gate import series
from tests.logs import ARTICLE, SETTINGS, Hit, analyzed, asset, sessions
from tests.nights import lines_of, night

BOT = "ExampleBot/1.0 (+https://example.com/bot)"
VISIT = [
    Hit(0, ARTICLE),
    Hit(1, "/shop/thanks?order=7"),
    Hit(2, "/api/subscribe", method="POST", status=201),
    Hit(3, "/shop/thanks", status=404),
]


@series(
    ("goals", "conversions", "revenue"),
    [
        ([Goal(path="/shop/thanks", value=20), Goal(path="/api/*", value=2.5)], 2, 22.5),
        ([], None, None),
        ([Goal(path="/shop/thanks")], 1, None),  # the answer 404 reached no goal
        ([Goal(path="/shop/*")], 1, None),
        ([Goal(path="*/thanks", status=404)], 1, None),
        ([Goal(path="/api/*", method="post")], 1, None),
        ([Goal(path="/api/*", method="GET")], 0, None),
        ([Goal(path="/shop/thank")], 0, None),  # a pattern stands for the whole path
        ([Goal(path=ARTICLE, value=1), Goal(path="/politics/*")], 2, 1),  # a hit can reach two
    ],
    in_gate=1,
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
@series(
    ("goals", "note"),
    [
        ([Goal(path="/thank-you")], "The goal matched nothing"),
        ([Goal(path="/a"), Goal(path="/b")], "None of the 2 goals matched anything"),
        ([Goal(path="/a"), Goal(path="/shop/thanks")], None),
        ([], None),
    ],
    in_gate=1,
)
def test_goals_that_matched_nothing_are_reported(
    tmp_path: Path, goals: list[Goal], note: str | None
) -> None:
    settings = dataclasses.replace(SETTINGS, goals=tuple(goals))
    with analyzed(tmp_path, VISIT, settings=settings) as analysis:
        notes = [text for text in analysis.report.notes if "matched" in text]
    assert [text.startswith(note or "") for text in notes] == [True] * bool(note)


REACHED = Goal(path="/shop/thanks", value=2)
UNREACHED = (Goal(path="/a", status=404, method="post"), Goal(event="sign_up"))


def test_each_goal_that_no_hit_reached_is_named(tmp_path: Path) -> None:
    """Also among hits that are summed up, and without those of bots."""
    by_bot = Goal(path="/robot/*")
    hits = [*VISIT, *(asset(0.1) for _ in range(9)), Hit(5, "/robot/a", "192.0.2.9", BOT)]
    goals = (UNREACHED[0], REACHED, Goal(path="/static/*"), by_bot, UNREACHED[1])
    with analyzed(tmp_path, hits, dataclasses.replace(SETTINGS, goals=goals)) as analysis:
        assert analysis.unreached_goals == (UNREACHED[0], by_bot, UNREACHED[1])
        [note] = [text for text in analysis.report.notes if "goal" in text]
        assert note in str(analysis.summary()["notes"])
    assert note == (
        "No hit reached 3 of the goals: path=/a,status=404,method=post; path=/robot/*; "
        "event=sign_up. Compare them with the log."
    )


@pytest.mark.long
def test_the_first_63_goals_are_watched(tmp_path: Path) -> None:
    """The note on goals that no hit reached says so."""
    goals = [UNREACHED[1], *[REACHED] * 61, UNREACHED[0], UNREACHED[0]]
    with analyzed(tmp_path, VISIT, dataclasses.replace(SETTINGS, goals=tuple(goals))) as analysis:
        assert analysis.unreached_goals == (UNREACHED[1], UNREACHED[0])
        assert analysis.report.notes[-1] == "This was checked for the first 63 of 64 goals only."


@pytest.mark.long
def test_check_names_goals_that_no_hit_reached(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(hit.line + "\n" for hit in VISIT))
    settings = dataclasses.replace(SETTINGS, goals=(REACHED, UNREACHED[1]))
    checked = darksocial.check(log, settings=settings)
    [note] = checked.goal_notes
    assert note == "No hit reached the goal event=sign_up. Compare it with the log."
    assert note in checks_text.text(checked).replace("\n", " ")
    assert "event=sign" in checks_markdown.text(checked)
    assert json.loads(checks_json.text(checked))["notes"] == [note]
    assert not any("goal" in result.label for result in checked.results)


@pytest.mark.long
def test_a_night_names_goals_that_no_written_day_reached(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    contact, thanks = Goal(path="/contact/"), Goal(path="/order/*", status=302)
    lines = lines_of(0)
    without_order = [line for line in lines_of(1) if "/order/" not in line]
    log.write_text("".join([*lines, *without_order]))
    settings = Settings(goals=(UNREACHED[0], contact, thanks))
    run = night(log, store, settings=settings)
    assert run.days == ["2026-03-02", "2026-03-03"]
    [warning] = [text for text in run.warnings if "goal" in text]
    assert warning == (
        "No hit of the written days reached the goal path=/a,status=404,method=post. "
        "Compare it with the log."
    )
    later = Policy(rebuild=True, since=pd.Timestamp("2026-03-03").date())
    [warning] = [
        text
        for text in night(log, store, settings=settings, policy=later).warnings
        if "goal" in text
    ]
    assert "reached 2 of the goals: path=/a,status=404,method=post; path=/order/*" in warning
