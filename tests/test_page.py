"""The page of an analysis: its numbers, its forms, and a log that attacks whoever opens it."""

import email
import email.policy
import json
import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import darksocial
from darksocial import Selection
from darksocial.campaigns.values import CampaignReport
from darksocial.cli._main import darksocial as group
from darksocial.outputs.page import Page, html, page_of
from darksocial.outputs.page.geometry import Scale, band, line, marks, round_up, spark
from darksocial.outputs.page.mail import plain_text
from darksocial.report.estimates import PART_COLUMN, Estimate
from darksocial.report.numbers import estimate, range_of, whole
from darksocial.report.page import PageFacts, PeriodRow, page_facts
from darksocial.report.selected import REPORT_COLUMNS, report_of, stored_report
from darksocial.report.stored import stored
from darksocial.report.summary_json import text

SAMPLE = Path(__file__).parent.parent / "sample_logs" / "publisher" / "access.log.1"
ATTACK = "</script><svg onload=alert(1)>"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
HOSTILE = (
    '192.0.2.{n} - - [08/Mar/2026:10:0{n}:00 +0000] "GET /a{path}?utm_source={tag}'
    '&utm_campaign={tag} HTTP/1.1" 200 900 "https://example.net/{path}" "{agent}{path}"\n'
)
MAX_BYTES = 150_000
VOID = {"meta", "path", "rect", "circle", "line", "br", "link"}


class Elements(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.cells: list[str] = []
        self._is_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag in ("td", "th"):
            self.cells.append("")
            self._is_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.cells[-1] += data.strip()


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an analysis of a sample log and a hostile one."""
    folder = tmp_path_factory.mktemp("page")
    log = folder / f"{ATTACK.replace('/', '')}.log"
    lines = [
        HOSTILE.format(n=n, path=ATTACK.replace(" ", "%20"), tag=ATTACK, agent=AGENT)
        for n in range(1, 6)
    ]
    log.write_text("".join(line.replace(" onload", "%20onload") for line in lines), "utf-8")
    with darksocial.analyze([SAMPLE, log], secret="s") as analysis:
        analysis.write(folder / "out")
    yield folder / "out"


@pytest.fixture(scope="module")
def facts(out: Path) -> PageFacts:
    return page_facts(out)


@pytest.fixture(scope="module")
def campaigns(out: Path) -> CampaignReport:
    return darksocial.campaigns(out)


@pytest.fixture(scope="module")
def page(facts: PageFacts, campaigns: CampaignReport) -> Page:
    return page_of(facts, campaigns, ATTACK)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(each) for each in arguments])


def test_its_numbers_are_those_of_the_summary(out: Path, page: Page) -> None:
    """Rounded by the functions that every report uses."""
    cells = Elements(html(page)).cells
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    for row in summary["channels"]:
        at = cells.index(row["channel"])
        shown = [whole(row["before"]), estimate(row["after"]), range_of(row["low"], row["high"])]
        assert cells[at + 2 : at + 5] == shown
    for row in summary["dark_social"]["apps"]:
        at = cells.index(row["label"])
        assert cells[at + 2] == estimate(row["expected"])


def test_days_pages_and_devices_add_up_to_the_whole(out: Path, facts: PageFacts) -> None:
    dark = json.loads((out / "summary.json").read_text("utf-8"))["dark_social"]
    assert sum(row.dark.expected for row in facts.periods) == pytest.approx(dark["expected"])
    assert sum(row.dark.expected for row in facts.devices) == pytest.approx(dark["expected"])
    assert sum(row.direct for row in facts.periods) == pytest.approx(dark["direct_sessions"])
    assert sum(facts.causes.values()) == pytest.approx(
        dark["direct_sessions"] + facts.summary["likely_bots"]["direct"]
    )
    assert all(row.dark.low <= row.dark.expected <= row.dark.high for row in facts.periods)
    lows = [page.dark.low for page in facts.pages]
    assert lows == sorted(lows, reverse=True)
    assert lows[0] > 0
    first = facts.pages[0]
    assert sum(first.by_period) == pytest.approx(first.dark.expected)


def test_what_a_log_says_is_text(page: Page) -> None:
    """In paths, referrers, tags, agents, file names and the title."""
    drawn = html(page)
    assert "onload=alert" in drawn
    elements = Elements(drawn)
    assert "script" not in elements.tags
    assert not {name for name in elements.attributes if name.startswith("on")}
    assert ATTACK in page.title
    assert {"href", "src"} & elements.attributes == set()


def test_what_campaigns_cost_and_brought_is_shown(tmp_path: Path, out: Path) -> None:
    row = next(
        row for row in darksocial.campaigns(out).campaigns if row.campaign and row.visits_own > 1
    )
    costs = tmp_path / "costs.csv"
    costs.write_text(
        "date,utm_source,utm_medium,utm_campaign,cost\n"
        f"2026-03-09,{row.source},{row.medium},{row.campaign},12.50\n",
        "utf-8",
    )
    file = tmp_path / "report.html"
    columns = "date=date,source=utm_source,medium=utm_medium,campaign=utm_campaign,cost=cost"
    done = run("page", out, "-o", file, "--costs", costs, "--map", columns)
    assert done.exit_code == 0, done.output
    cells = Elements(file.read_text("utf-8")).cells
    at = cells.index(f"{row.campaign} ({row.source} / {row.medium})")
    assert cells[at + 2 : at + 4] == [whole(row.visits_before), estimate(row.visits_after)]
    assert cells[at + 5] == "12.50"


def test_without_paths_it_has_none(facts: PageFacts, campaigns: CampaignReport) -> None:
    drawn = html(page_of(facts, campaigns, with_paths=False))
    assert facts.pages[0].path in html(page_of(facts, campaigns))
    assert not any(page.path in drawn for page in facts.pages if len(page.path) > 1)


def test_it_is_small_whatever_the_log(facts: PageFacts, campaigns: CampaignReport) -> None:
    """Ten years, long addresses and many files."""
    long = "/" + "long-address-" * 700
    start = datetime(2016, 1, 1, tzinfo=UTC)
    rows = [
        PeriodRow(date(2016, 1, 1) + timedelta(days=n), 1e6, Estimate(10.0, 5.0, 20.0), long)
        for n in range(100)
    ]
    pages = [
        replace(facts.pages[0], path=f"{long}{n}", first_at=start, by_period=(1.0,) * 100)
        for n in range(20)
    ]
    summary = {
        **facts.summary,
        "inputs": [{**facts.summary["inputs"][0], "file": f"{long}{n}"} for n in range(3000)],
        "notes": [long] * 500,
    }
    grown = replace(
        facts,
        summary=summary,
        periods=tuple(rows),
        pages=tuple(pages),
        stories=tuple(replace(facts.stories[0], path=page.path) for page in pages[:5]),
    )
    assert len(html(page_of(grown, campaigns)).encode()) < MAX_BYTES


@pytest.mark.long
def test_long_periods_are_weeks_and_months(tmp_path: Path) -> None:
    """No more than a hundred, without a gap."""
    log = tmp_path / "access.log"
    line = '192.0.2.{n} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET /a HTTP/1.1" 200 9 "-" "{agent}"\n'
    times = [datetime(2024, 1, 31, tzinfo=UTC) + timedelta(days=160 * n) for n in range(4)]
    log.write_text(
        "".join(line.format(n=n, at=at, agent=AGENT) for n, at in enumerate(times)), "utf-8"
    )
    with darksocial.analyze(log, secret="s") as analysis:
        analysis.write(tmp_path / "out")
    found = page_facts(tmp_path / "out")
    assert found.period == "week"
    starts = [row.start for row in found.periods]
    assert starts[0] == date(2024, 1, 29)
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(days=7)}


def test_an_analysis_of_another_version_is_refused(tmp_path: Path, out: Path) -> None:
    folder = shutil.copytree(out, tmp_path / "old")
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    (folder / "summary.json").write_text(json.dumps({**summary, "schema_version": 8}), "utf-8")
    done = run("page", folder, "-o", tmp_path / "report.html")
    assert "was written with schema version 8" in str(done.exception)
    assert not (tmp_path / "report.html").exists()


def test_days_are_those_of_the_zone_of_the_report(tmp_path: Path, out: Path) -> None:
    folder = shutil.copytree(out, tmp_path / "zoned")
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    kept = page_facts(folder).periods
    (folder / "summary.json").write_text(json.dumps({**summary, "zone": "+14:00"}), "utf-8")
    moved = page_facts(folder).periods
    assert sum(row.direct for row in moved) == pytest.approx(sum(row.direct for row in kept))
    assert [row.direct for row in moved] != [row.direct for row in kept]


def test_a_mail_has_a_text_and_a_page_without_style_sheets(tmp_path: Path, out: Path) -> None:
    file = tmp_path / "report.eml"
    assert run("page", out, "-o", file, "--title", "The week").exit_code == 0
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["Subject"] == "The week"
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    elements = Elements(rich.get_content())
    assert {"style", "svg", "script", "link", "img"} & elements.tags == set()
    assert "Organic Search" in plain.get_content()
    assert "Organic Search" in elements.cells


@pytest.mark.long
def test_a_pdf_is_drawn(tmp_path: Path, out: Path) -> None:
    pytest.importorskip("weasyprint", reason="needs Pango (apt install libpangoft2-1.0-0)",
                        exc_type=OSError)  # fmt: skip
    file = tmp_path / "report.PDF"
    assert run("page", out, "-o", file).exit_code == 0
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    objects = b"".join(map(zlib.decompress, packed))
    assert re.search(rb"/MediaBox ?\[ ?0 0 595\.\d+ 841\.\d+", objects)


def test_any_other_ending_is_refused(tmp_path: Path, out: Path) -> None:
    done = run("page", out, "-o", tmp_path / "report.docx")
    assert "a name that ends in .html, .pdf or .eml" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_an_analysis_writes_its_page(tmp_path: Path) -> None:
    """An empty log, too, has a page that says what was read."""
    log = tmp_path / "empty.log"
    log.write_text("# nothing came\n", "utf-8")
    place = tmp_path / "report.html"
    done = run(
        "analyze", log, "--format", "combined", "-o", tmp_path / "out", "--output", f"html={place}"
    )
    assert done.exit_code == 0, done.output
    drawn = place.read_text("utf-8")
    assert "No visits were read." in drawn
    assert "empty.log" in drawn
    assert run("page", tmp_path / "out", "-o", tmp_path / "again.html").exit_code == 0
    assert (tmp_path / "again.html").read_text("utf-8") == drawn


def test_the_text_of_a_mail_is_aligned(page: Page) -> None:
    lines = list(plain_text(page))
    at = next(n for n, text in enumerate(lines) if text.split()[:1] == ["channel"])
    ends = {len(text) for text in lines[at : at + 4]}
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 1), (1, 1), (1.1, 2), (21, 25), (30, 50), (99, 100), (0.3, 0.5)]
)
def test_scales_end_at_round_numbers(value: float, expected: float) -> None:
    assert round_up(value) == pytest.approx(expected)


def test_geometry() -> None:
    assert marks(100) == [0, 25, 50, 75, 100]
    scale = Scale(0, 10, 100, 0)
    assert (scale.coordinate(5), scale.length(2.5)) == (50.0, 25.0)
    assert line([(0, 1), (2.5, 3)]) == "M0 1L2.5 3"
    assert band([(0, 0), (1, 0)], [(0, 2), (1, 2)]) == "M0 2L1 2L1 0L0 0Z"
    assert spark([0, 1], 10, 10) == "M1 9L9 1"
    assert Scale(1, 1, 0, 10).coordinate(1) == 0.0


def test_what_is_counted_anew_is_what_the_report_says(out: Path) -> None:
    """All numbers and sentences, from visits that are stored: with a second day without visits."""
    content = stored(out, Selection(), [*REPORT_COLUMNS, "evidence"])
    [report] = content.reports
    dark = replace(report.dark_social, direct_sessions=0.0)
    empty = replace(report, dark_social=dark, inputs=(), bots=(), previews=(), masked_origins=())
    together = json.loads(text(report_of(replace(content, reports=(report, empty)))))
    whole = json.loads(text(report))
    for key in ("channels", "pages", "evidence", "shares", "bots", "likely_bots"):
        assert together[key] == whole[key], key
    assert together["dark_social"]["apps"] == whole["dark_social"]["apps"]
    twice = content.visits.set_column(
        content.visits.schema.get_field_index(PART_COLUMN), PART_COLUMN, [[1] * len(content.visits)]
    )
    doubled = report_of(replace(content, reports=(empty, report), visits=twice)).dark_social
    assert doubled.low == pytest.approx(report.dark_social.low)
    assert doubled.high == pytest.approx(report.dark_social.high)


@pytest.mark.long
def test_a_choice_of_stored_visits_is_close_to_one_when_they_are_judged(out: Path) -> None:
    """The intervals differ a little: base rates are off by factors, not by small numbers."""
    chosen = Selection(only=(("device", "mobile"),))
    logs = [SAMPLE, *out.parent.glob("*.log")]
    with darksocial.analyze(logs, secret="s", selection=chosen) as analysis:
        judged = analysis.report
    anew = stored_report(out, chosen)
    assert anew.sessions == judged.sessions
    assert anew.dark_social.expected == pytest.approx(judged.dark_social.expected)
    assert anew.dark_social.low == pytest.approx(judged.dark_social.low, rel=0.15)
    assert anew.dark_social.high == pytest.approx(judged.dark_social.high, rel=0.15)
