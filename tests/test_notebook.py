"""What an interpreter and a notebook show of a result, with text from a log in it or not."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

import darksocial
from darksocial import Analysis
from tests.inert import commands_in
from tests.logs import ARTICLE, Hit, analyzed

NAME = "<script>alert(1)<b>&amp;##[error]x.log"


def test_dir_lists_the_public_names() -> None:
    listed = [name for name in dir(darksocial) if not name.startswith("__")]
    assert listed == darksocial.__all__
    assert "__version__" in dir(darksocial)


class Seen(HTMLParser):
    """The tags of a view, and the text that is read in it."""

    def __init__(self, view: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(view)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert not attributes
        self.tags.append(tag)
        self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.cells[-1] += data


@pytest.fixture
def analysis(tmp_path: Path) -> Iterator[Analysis]:
    hits = [Hit(0), Hit(1, ip="192.0.2.2", referrer="https://www.google.com/")]
    with analyzed(tmp_path, hits) as made:
        yield made


def test_an_analysis_shows_itself(analysis: Analysis) -> None:
    headline = (
        r"1 file, 2026-03-02 to 2026-03-02; sessions: 2, "
        r"of which expected to be dark social: \d \(\d to \d\)"
    )
    assert re.match(rf"<Analysis of {headline}>", repr(analysis))
    assert repr(analysis.report) == repr(analysis).replace("Analysis", "Report")
    page = analysis.page("Ours & <theirs>", with_paths=False)
    assert page.startswith("<!doctype html>")
    assert "<title>Ours &amp; &lt;theirs&gt;</title>" in page
    assert ARTICLE in analysis.page()
    assert ARTICLE not in page
    analysis.close()
    assert repr(analysis).endswith(") (closed)>")
    seen = Seen(analysis._repr_html_())
    assert set(seen.tags) == {"p", "table", "thead", "tbody", "tr", "th", "td"}
    assert {"Channel", "Booked", "Estimated", "Organic Search", "Direct"} <= set(seen.cells)


def test_hits_show_themselves_and_names_of_files_stay_text(tmp_path: Path) -> None:
    log = tmp_path / NAME
    log.write_text(f"{Hit().line}\nno hit\n{Hit(1).line}\n", "utf-8")
    (tmp_path / "notes\x1b[2J.txt").write_text("nothing\n", "utf-8")
    with darksocial.parse(tmp_path) as hits:
        assert repr(hits) == "<Hits of 1 file; lines: 3, of which hits: 2, rejects: 1>"
        view = hits._repr_html_()
    seen = Seen(view)
    assert set(seen.tags) == {"p", "table", "thead", "tbody", "tr", "th", "td"}
    assert str(log) in seen.cells
    assert {"combined", "3", "2", "1", "no known format"} <= set(seen.cells)
    assert view.isprintable()
    assert not commands_in(view)


def test_a_table_that_is_long_is_cut(tmp_path: Path) -> None:
    for n in range(12):
        (tmp_path / f"{n}.log").write_text(f"{Hit(n).line}\n", "utf-8")
    with darksocial.parse(tmp_path) as hits:
        seen = Seen(hits._repr_html_())
    assert seen.tags.count("tr") == 11
    assert "2 more rows in the report" in seen.cells


@pytest.mark.long
def test_checks_show_what_failed(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text(f"{Hit().line}\n", "utf-8")
    rules = {"page": {"/##[error]\x1b[2J": {"dark_at_least": 5}}}
    shown = repr(darksocial.check(log, rules=rules))
    assert re.match(r"<Checked: \d+ error, \d+ passed.* \(.*page /##.*\)>$", shown)
    assert shown.isprintable()
    assert not commands_in(shown)


@pytest.mark.long
def test_a_day_shows_itself(tmp_path: Path) -> None:
    log, store = tmp_path / "a.log", tmp_path / "##[error]\x1b[2J"
    log.write_text(f"{Hit().line}\n", "utf-8")
    now = lambda: datetime(2026, 3, 4, tzinfo=UTC)  # noqa: E731 - a clock
    darksocial.nightly(log, store, secret="s", now=now)
    shown = repr(darksocial.day_report(store, date(2026, 3, 2), now=now))
    assert shown.startswith("<DayReport of 2026-03-02 in ")
    assert "; sessions: 1, of which expected to be dark social: " in shown
    assert shown.isprintable()
    assert not commands_in(shown)


@pytest.mark.long
def test_an_export_without_hits_shows_itself(tmp_path: Path) -> None:
    log = tmp_path / "empty.log"
    log.write_text("", "utf-8")
    with darksocial.analyze(log) as empty:
        assert repr(empty) == "<Analysis of 1 file without any hits>"
