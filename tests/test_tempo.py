"""A page over time and the grounds of an app, read back from what was written."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from darksocial import InputError, UsageError
from darksocial.outputs.explanation import show_grounds, show_tempo
from darksocial.results.explain import explain
from darksocial.results.tempo import app_grounds, page_tempo
from tests.logs import ARTICLE, Hit, analyzed
from tests.test_shares import group_chat
from tests.test_signals import WHATSAPP


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A group chat on one page, a visit in WhatsApp's own browser, and one from a search."""
    hits = [
        *group_chat([1, 2, 4]),
        Hit(7, ip="198.51.100.90", agent=WHATSAPP),
        Hit(25, ip="198.51.100.91", referrer="https://www.google.com/"),
    ]
    with analyzed(tmp_path, hits) as analysis:
        analysis.write(tmp_path / "out")
    return tmp_path / "out"


def test_a_page_over_time(out: Path) -> None:
    steps = page_tempo(out, ARTICLE)
    assert [f"{step.start:%H:%M}" for step in steps] == [
        "08:00", "08:05", "08:06", "08:07", "08:09", "08:25",
    ]  # fmt: skip
    assert [step.shares for step in steps] == [(), ("WhatsApp",), (), (), (), ()]
    assert [step.booked for step in steps] == [0, 0, 0, 0, 0, 1]
    assert sum(step.direct + step.dark for step in steps) == pytest.approx(5)
    assert steps[2].dark > 0.7 > 0.3 > steps[0].dark


@pytest.mark.long
def test_steps_grow_with_the_time_that_a_page_lives(tmp_path: Path) -> None:
    with analyzed(tmp_path, [Hit(0), Hit(1440 * 10, ip="192.0.2.9")]) as analysis:
        analysis.write(tmp_path / "out")
    first, last = page_tempo(tmp_path / "out", ARTICLE)
    assert first.start == datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    assert (last.start - first.start).days == 10


@pytest.mark.long
def test_what_an_app_rests_on(out: Path) -> None:
    grounds = app_grounds(out, "whatsapp")
    assert grounds.visits == 4
    assert dict(grounds.by_ground) == {
        "a preview that it fetched shortly before": 3,
        "its own in-app browser": 1,
    }
    assert 3 < grounds.dark <= 4


@pytest.mark.long
def test_what_nobody_saw_is_said(out: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="landed on /nowhere/"):
        page_tempo(out, "/nowhere/")
    with pytest.raises(UsageError, match="came through the app telegram"):
        app_grounds(out, "telegram")
    for question in (app_grounds, lambda out, app: explain(out, app=app)):
        with pytest.raises(UsageError) as raised:
            question(out, "watsapp")
        assert raised.value.expected.endswith("the nearest is whatsapp")
    with pytest.raises(InputError, match="holds no sessions"):
        page_tempo(tmp_path / "empty", ARTICLE)


@pytest.mark.long
def test_they_are_drawn(out: Path) -> None:
    text = io.StringIO()
    console = Console(file=text, width=80, color_system=None)
    show_tempo(ARTICLE, page_tempo(out, ARTICLE), console)
    show_grounds(app_grounds(out, "whatsapp"), console)
    drawn = text.getvalue()
    assert "shared: WhatsApp" in drawn
    assert "█" in drawn
    assert "4 visits are attributed to this app" in drawn
    assert max(map(len, drawn.splitlines())) <= 80
