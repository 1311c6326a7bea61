"""The report of a day on a terminal, as Markdown, as JSON and for Prometheus."""

import io
import json
import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt
from rich.console import Console

from darksocial.cli._main import darksocial
from darksocial.cli._reports import OutputFile, Reports
from darksocial.errors import OutputError
from darksocial.outputs.day import json as day_json
from darksocial.outputs.day import markdown as day_markdown
from darksocial.outputs.day import prometheus, registry
from darksocial.outputs.day import terminal as day_terminal
from darksocial.store.daily import KINDS, DayReport, day_report
from tests.stores import DAY, Visits, night_after, write_day, write_run, write_usual

HOSTILE = (
    "/\x1b[31m`<b>*red*|</b>\u202e@all [x](http://evil.example)\nwww.evil.example __a__ <!here>"
)
USUAL = [Visits("/a", 20, 0.1, conversions=1), Visits("/b", 4, 0.5, "whatsapp")]
SAMPLE = re.compile(
    r'darksocial_[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.e+-]+'
)
GOLDENS = Path(__file__).parent / "goldens"


def report_of(store: Path, page: str = "/shared/by/all/the/world/") -> DayReport:
    """The report of a day on which something of each kind stands out, but silent hours."""
    write_usual(store, 14, USUAL)
    write_day(store, DAY, [*USUAL, Visits(page, 40, 0.9, "telegram")])
    write_run(store, night_after(DAY), [DAY], hits=900, rejects=100, file="access.log.1")
    report = day_report(store, now=lambda: night_after(DAY))
    assert {row.kind for row in report.standouts} == {"page", "app", "parse", "total"}
    return _moved(report, store)


def _moved(report: DayReport, store: Path) -> DayReport:
    """The report as if the store had a name that is the same in every run."""
    rows = tuple(
        replace(row, look=row.look.replace(str(store), "darksocial-store"))
        for row in report.standouts
    )
    return replace(report, store="darksocial-store", standouts=rows)


def rendered(report: DayReport, width: int) -> str:
    file = io.StringIO()
    day_terminal.show(report, Console(file=file, width=width, highlight=False, color_system=None))
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_the_day_on_a_terminal_is_as_agreed(tmp_path: Path, width: int) -> None:
    golden = GOLDENS / f"day_{width}.txt"
    assert rendered(report_of(tmp_path), width) == golden.read_text("utf-8")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_only_commands_are_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    report = report_of(tmp_path, "/a-page-with-a-long-name" * 8)
    wide = [line for line in rendered(report, width).splitlines() if len(line) > width]
    assert all(line.strip().startswith("darksocial ") for line in wide)


def test_nothing_from_a_log_takes_over_the_terminal(tmp_path: Path) -> None:
    text = rendered(report_of(tmp_path, HOSTILE), 80)
    controls = {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
    assert not controls


def test_nothing_from_a_log_means_anything_in_markdown(tmp_path: Path) -> None:
    text = day_markdown.text(report_of(tmp_path, HOSTILE))
    page = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    tags = {re.sub(r"[ >].*", "", tag) for tag in re.findall(r"</?\w+[ >]", page)}
    ours = {"p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "br"}
    assert {tag.strip("</>") for tag in tags} <= ours
    controls = {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
    assert not controls
    for mark in ("@", "<", "[", "`", "*red", "__", "www.", "http:"):
        assert mark not in text
    assert "&lt;b&gt;*red*|&lt;/b&gt;" in page


def test_markdown_is_short_and_holds_what_matters(tmp_path: Path) -> None:
    text = day_markdown.text(report_of(tmp_path))
    assert text.startswith("**2026-03-30: Of 64 visits booked as Direct about 40, between 35")
    assert "- /shared/by/all/the/world/: 36 dark visits, the page is new" in text
    assert "  darksocial explain darksocial-store --page /shared/by/all/the/world/" in text
    assert "| visits | 64 | 24 | +40 |" in text
    assert len(text.splitlines()) < 30


def test_a_quiet_day_says_so(tmp_path: Path) -> None:
    write_usual(tmp_path, 14, USUAL)
    write_day(tmp_path, DAY, USUAL)
    report = day_report(tmp_path, now=lambda: night_after(DAY))
    assert "Nothing differs from what is usual." in day_markdown.text(report)
    assert "Unusual on this day\n  Nothing differs from what is usual.\n" in rendered(report, 80)


@pytest.mark.parametrize("show", [day_markdown.text, lambda report: rendered(report, 80)])
def test_a_day_without_visits_says_so(tmp_path: Path, show) -> None:  # type: ignore[no-untyped-def]
    write_day(tmp_path, DAY, [])
    report = day_report(tmp_path, now=lambda: night_after(DAY))
    assert "2026-03-30: there were no visits by people." in show(report)


def test_json_holds_every_number(tmp_path: Path) -> None:
    report = report_of(tmp_path)
    told = json.loads(day_json.text(report))
    assert told["day"] == "2026-03-30"
    assert told["counts"]["dark"] == pytest.approx(report.counts.dark)
    assert [row["chance"] for row in told["standouts"]] == [r.chance for r in report.standouts]
    assert datetime.fromisoformat(told["run"]["started_at"]) == night_after(DAY)


def test_prometheus_can_read_every_line(tmp_path: Path) -> None:
    report = report_of(tmp_path)
    hostile = replace(report.channels[0], channel='a"b\\c\nd\udcff')
    text = prometheus.text(replace(report, channels=(hostile, *report.channels)))
    described: set[str] = set()
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("#"):
            described.add(line.split()[2])
            assert re.fullmatch(r"# (HELP \w+ .+|TYPE \w+ (gauge|counter))", line)
        else:
            assert SAMPLE.fullmatch(line), line
            assert re.split(r"[{ ]", line)[0] in described
    assert 'channel="a\\"b\\\\c\\nd?",picture="before"' in text
    for line in (
        'darksocial_sessions{channel="Direct",picture="before"} 64.0',
        "darksocial_dark_social_expected 40.0",
        "darksocial_direct_sessions 64.0",
        'darksocial_lines_total{result="reject"} 240',
        "darksocial_run_seconds 42.0",
        f"darksocial_last_run_timestamp_seconds {night_after(DAY).timestamp() + 42}",
        'darksocial_app_dark_social_expected{app="telegram"} 36.0',
        *(f'darksocial_standouts{{kind="{kind}"}} {int(kind != "hours")}' for kind in KINDS),
    ):
        assert line in text.splitlines()


def test_without_a_run_nothing_is_said_of_it(tmp_path: Path) -> None:
    text = prometheus.text(replace(report_of(tmp_path), run=None))
    assert "run_" not in text
    assert "lines_total" not in text


def test_files_are_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_of(tmp_path / "store")
    files = (OutputFile("prometheus", tmp_path / "day.prom"),
             OutputFile("markdown", tmp_path / "day.md"))  # fmt: skip
    reports = Reports((), files)
    reports.deliver(registry(), report)
    assert (tmp_path / "day.prom").read_text() == prometheus.text(report)
    assert (tmp_path / "day.md").read_text() == day_markdown.text(report)

    write_bytes = Path.write_bytes

    def full(path: Path, content: bytes) -> None:
        write_bytes(path, content[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        for file in files:
            with pytest.raises(OutputError):
                Reports((), (file,)).deliver(registry(), replace(report, standouts=()))
    assert (tmp_path / "day.prom").read_text() == prometheus.text(report)
    assert (tmp_path / "day.md").read_text() == day_markdown.text(report)
    assert {path.name for path in tmp_path.iterdir()} == {"store", "day.prom", "day.md"}


@pytest.mark.parametrize(
    ("format_name", "begins"),
    [
        ("terminal", "2026-03-30: Of 64"),
        ("json", '{\n  "version"'),
        ("markdown", "**2026-03-30"),
        ("prometheus", "# HELP darksocial_sessions"),
    ],
)
def test_the_command_prints_each_format(tmp_path: Path, format_name: str, begins: str) -> None:
    report_of(tmp_path)
    arguments = ["report", str(tmp_path), "--day", str(DAY), "--report", format_name]
    result = CliRunner().invoke(darksocial, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout.startswith(begins)
    assert "\x1b" not in result.stdout
