"""The report in a terminal: goldens at 80 and 120 columns, and what must never reach one."""

import io
import re
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from rich.console import Console

import darksocial
from darksocial.lookups.agents import BotReason
from darksocial.outputs.analysis import Saved, full, markdown, registry, terminal
from darksocial.outputs.texts import BOT_REASONS
from darksocial.report.values import InputReport, PageRow, Report
from darksocial.visits.conduct import (
    CHANGES_AGENT,
    FROM_ITSELF,
    GUESSES_PASSWORDS,
    PROBES,
    REFERRER_SPAM,
)
from darksocial.visits.visitors import NO_ASSETS, READS_ROBOTS, TOO_FAST

ROOT = Path(__file__).parents[1]
LOGS = "sample_logs/publisher/access.log*"
SECRET = "the same for every golden"


@cache
def report() -> Report:
    """The report on the publisher's sample logs, with the files named as README names them."""
    with darksocial.analyze([str(ROOT / LOGS)], secret=SECRET) as analysis:
        inputs = tuple(
            replace(file, file=str(Path(file.file).relative_to(ROOT)))
            for file in analysis.report.inputs
        )
        rejects = tuple(
            replace(row, example=str(Path(row.example).relative_to(ROOT)))
            for row in analysis.report.rejects
        )
        return replace(analysis.report, inputs=inputs, rejects=rejects)


def rendered(width: int, shown: Report | None = None) -> str:
    """The report as a terminal of `width` columns without colour shows it."""
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, color_system=None)
    terminal.show(Saved(shown or report(), Path("darksocial-out")), console)
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_is_as_agreed(width: int) -> None:
    golden = Path(__file__).parent / "goldens" / f"report_{width}.txt"
    assert rendered(width) == golden.read_text("utf-8")


PAGE = "/politics/2026/03/15/memory-school-orchestra-92091/"
COMMAND = f"  darksocial explain darksocial-out --page {PAGE}"
"""A command stays on one line, so that it can be copied."""


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(width: int) -> None:
    lines = rendered(width).splitlines()
    assert COMMAND in lines
    assert not [line for line in lines if len(line) > width and line != COMMAND]
    assert not [line for line in lines if line != line.rstrip()]


def test_the_first_screen_is_complete_by_itself() -> None:
    """24 lines of 80 columns: the result, channels, apps, and the five pages that travel most."""
    lines = rendered(80).splitlines()
    assert len(lines) == 24
    text = " ".join(rendered(80).split())
    assert text.startswith("Of 643 visits booked as Direct about 74, between 53 and 105, came")
    assert "Dark Social 0 █ 81 58 to 114" in text.replace("0 81", "0 █ 81")
    assert "Dark social by app: WhatsApp 34, Messenger 13, Telegram 7.2; not known 20." in text
    pages = sorted(report().pages, key=lambda row: -row.dark)
    assert [page.path in text.split() for page in pages] == [True] * 5 + [False] * (len(pages) - 5)
    assert "All of the report: --report full" in text
    assert lines[-1] == COMMAND


def test_the_last_line_names_the_page_with_the_most_dark_social() -> None:
    most = max(report().pages, key=lambda row: row.dark)
    assert most.path == PAGE
    turned = replace(report(), pages=report().pages[::-1])
    assert rendered(80, turned).splitlines()[-1] == COMMAND


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_labels_stay_at_any_width_and_bars_go_first(width: int) -> None:
    text = in_full(width, report())
    names = [row.channel for row in report().channels] + [row.label for row in report().apps]
    assert not [name for name in names if name not in text]
    assert ("█" in text) == (width > 60)


def test_bots_and_previews_have_a_row_for_each_reason_and_app() -> None:
    text = in_full(80, report())
    reasons = text.partition("how the bot was recognised\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in reasons] == [f"{row.count:,}" for row in report().bots]
    names = [line.split(maxsplit=1)[1] for line in reasons]
    assert len(set(names)) == len(names) == 6
    previews = text.partition("Link previews by app, in hits\n")[2].partition("\n\n")[0]
    assert sum(map(int, re.findall(r" (\d+)(?= |$)", previews, re.MULTILINE))) == sum(
        row.count for row in report().previews
    )
    for row in report().previews:
        assert re.search(rf"\b{row.name}\b +{row.count}\b", previews, re.IGNORECASE)


def test_every_reason_for_a_bot_has_words_of_its_own() -> None:
    by_conduct = {PROBES, GUESSES_PASSWORDS, FROM_ITSELF, REFERRER_SPAM, CHANGES_AGENT}
    reasons = {*get_args(BotReason), READS_ROBOTS, TOO_FAST, NO_ASSETS, *by_conduct}
    assert reasons == set(BOT_REASONS)
    assert len(set(BOT_REASONS.values())) == len(reasons)


@pytest.mark.parametrize(("encoding", "bars"), [("utf-8", "█"), ("latin-1", "#"), ("ascii", "#")])
def test_a_terminal_without_the_sign_for_a_bar_draws_another(encoding: str, bars: str) -> None:
    """The stream is strict: a sign that its encoding lacks would raise."""
    printed = io.BytesIO()
    file = io.TextIOWrapper(printed, encoding=encoding, errors="strict", newline="\n")
    console = Console(file=file, width=70, highlight=False, color_system=None)
    terminal.show(Saved(report(), Path("darksocial-out")), console)
    file.flush()
    text = printed.getvalue().decode(encoding)
    assert f"  {bars * 4}  " in text
    assert ("…" in text, "..." in text) == (encoding == "utf-8", encoding != "utf-8")
    with_all_signs = rendered(70).splitlines()
    assert [len(line) for line in text.splitlines()] == [len(line) for line in with_all_signs]


def test_every_number_of_the_summary_that_a_client_reads_is_shown() -> None:
    text = in_full(120, report())
    for row in report().channels:
        assert row.channel in text
        assert f"{row.before:,.0f}" in text
    for page in report().pages[:10]:
        assert page.path in text
    for file in report().inputs:
        assert f"{file.lines:,}" in text


def test_nothing_from_a_log_takes_over_the_terminal() -> None:
    attack = "/\x1b[31mred\x1b]0;title\x07\u202eevil\n[bold]markup[/bold]"
    page = PageRow(attack, attack, 1.0, 1.0, 0.5)
    file = replace(report().inputs[0], file=attack, warning="cut short")
    hostile = replace(report(), pages=(page,), inputs=(file,), notes=(attack,))
    text = rendered(80, hostile) + in_full(80, hostile)
    controls = {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
    assert not controls
    assert "[bold]" in text


def test_an_empty_report_says_so() -> None:
    empty = replace(report(), sessions=0.0, channels=(), apps=(), pages=(), evidence=())
    assert rendered(80, empty).startswith("There were no visits by people.")
    no_direct = replace(report().dark_social, share_of_direct=None)
    assert "No visit was booked as Direct" in rendered(80, replace(report(), dark_social=no_direct))


def test_of_many_files_those_with_rejects_are_shown() -> None:
    whole = InputReport("whole.log", "combined", 10, 10, 0, 0, 0, 0)
    broken = InputReport("broken.log", "combined", 10, 9, 1, 0, 0, 0)
    nobody = replace(report(), sessions=0.0, inputs=(*[whole] * 200, broken))
    text = rendered(80, nobody)
    assert "broken.log" in text
    assert "whole.log" not in text
    assert "200 more files" in text
    assert "2,010" in text


def test_a_piped_report_has_no_escape_sequences(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show(Saved(report()))
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 80


def many(shown: Report) -> Report:
    """A report with more files, pages, shares and evidence than the short form shows."""
    file = InputReport("logs/a file.log", "combined", 10, 10, 0, 0, 0, 0)
    files = tuple(replace(file, file=f"logs/{number}.log") for number in range(12))
    apps = ("WhatsApp", "Signal", "Telegram")
    shared = replace(shown.shares.pages[0], path=f"/shared/{'long-' * 30}end", apps=apps)
    shares = replace(shown.shares, pages=(shared, *shown.shares.pages))
    return replace(shown, inputs=files, shares=shares)


def in_full(width: int, shown: Report) -> str:
    """The full report as a terminal of `width` columns without colour shows it."""
    file = io.StringIO()
    full.show(Saved(shown), Console(file=file, width=width, highlight=False, color_system=None))
    return file.getvalue()


def test_the_full_report_has_every_row_and_whole_paths() -> None:
    shown = many(report())
    text, narrow, short = in_full(300, shown), in_full(80, shown), rendered(80, shown)
    for file in shown.inputs:
        assert file.file in text
    for page in (*shown.pages, *shown.shares.pages):
        assert f"  {page.path}\n" in text
    for evidence in shown.evidence:
        assert f"  {evidence.note}\n" in text
    assert "  WhatsApp, Signal, Telegram  " in text
    assert max(map(len, narrow.splitlines())) <= 80
    assert not re.search(r"…|\.\.\.", text + narrow)
    assert shown.evidence[-1].note not in short
    assert shown.inputs[-1].file not in short
    assert full.text(Saved(shown)) == narrow


def test_the_markdown_report_has_every_row_in_tables() -> None:
    shown = many(report())
    text = markdown.text(Saved(shown))
    table = [line for line in text.splitlines() if line.startswith("|")]
    for row in (*shown.pages, *shown.shares.pages):
        assert any(f"| {row.path} |" in line for line in table)
    for file in shown.inputs:
        assert f"| {file.file} (combined) | 10 | 10 | 0 | 0 | 0 | 0 |" in table
    for evidence in shown.evidence:
        assert any(line.endswith(f"| {evidence.note} |") for line in table)
    assert re.search(r"^\| period \| \d{4}-\d\d-\d\d \d\d:\d\d to ", text, re.MULTILINE)
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1
    titles = re.findall(r"^## (.*)$", text, re.MULTILINE)
    drawn = in_full(120, shown).splitlines()
    assert [line for line in drawn if line in titles] == titles


def test_nothing_from_a_log_is_markup_in_markdown() -> None:
    attack = "/a|b[x](javascript:1)<b>`*_#\n## evil @user www.example.org"
    page = PageRow(attack, attack, 1.0, 1.0, 0.5)
    file = replace(report().inputs[0], file=attack, warning=attack)
    text = markdown.text(Saved(replace(report(), pages=(page,), inputs=(file,), notes=(attack,))))
    assert "evil" in text
    assert not re.search(r"evil.*[\[<`*@]|\(javascript:|^## evil|www\.", text, re.MULTILINE)
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_every_form_of_the_report_begins_with_the_result() -> None:
    forms = {name: form.text for name, form in registry().items() if form.text}
    assert set(forms) == {"full", "json", "markdown"}
    for name in ("full", "markdown"):
        text = " ".join(forms[name](Saved(report())).replace("*", "").split())
        assert text.startswith("Of 643 visits booked as Direct about 74, between 53 and 105, came")


def test_the_last_line_names_a_page_that_can_be_copied() -> None:
    first, second, *_rest = report().pages
    hidden = replace(first, path="/\x1b[31m/")
    assert f"--page {second.path}" in rendered(80, replace(report(), pages=(hidden, second)))
    spaced = replace(first, path="/a b/")
    assert "--page '/a b/'" in rendered(80, replace(report(), pages=(spaced,)))
    assert rendered(80, replace(report(), pages=())).endswith("--top 5\n")
