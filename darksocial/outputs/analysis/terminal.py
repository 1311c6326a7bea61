"""The report in a terminal: readable at 80 columns, without colour, and when piped."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from darksocial.inputs.accounts import Tally
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.drawing import (
    INDENT,
    about,
    bar,
    change,
    display,
    ending,
    path_width,
    shortened,
    table_of,
    title,
    wrapped,
)
from darksocial.printable import printable
from darksocial.report.values import ChannelRow, DarkSocial, InputReport, Report, Shares

FILES_SHOWN = 8
PAGES_SHOWN = 10
EVIDENCE_SHOWN = 10
SHARED_SHOWN = 8
APPS_NAMED = 2


def show(report: Report, out: Path | None = None, console: Console | None = None) -> None:
    """Print the report; `out` is where its tables were written."""
    console = console or Console(highlight=False)
    display(console, headline(report))
    _show_read(console, report)
    if report.sessions:
        _show_channels(console, report.channels)
        _show_recorded(console, report)
        _show_conversions(console, report)
        _show_estimate(console, report.dark_social)
        _show_apps(console, report)
        _show_pages(console, report)
        _show_shares(console, report.shares)
        _show_evidence(console, report)
    _show_rejects(console, report)
    if out:
        _show_next(console, report, out)


def headline(report: Report) -> Text:
    """The one sentence of the report."""
    dark = report.dark_social
    if not report.sessions:
        return Text("No visit of a person was found.", "bold")
    if dark.share_of_direct is None:
        return Text("No visit was booked as Direct.", "bold")
    return Text.assemble(
        (f"Visits booked as Direct: {dark.direct_sessions:,.0f}. ", "bold"),
        (f"About {about(dark.direct_expected)} of them ({dark.share_of_direct:.0%}) ", "bold"),
        ("came from a link that somebody passed on in private.", "bold"),
    )


def show_tallies(
    tallies: Sequence[Tally],
    unread: Sequence[tuple[str, str]],
    console: Console | None = None,
) -> None:
    """Print what became of each file's lines and which files were left out, to standard error."""
    console = console or Console(stderr=True, highlight=False)
    for tally in tallies:
        counts = tally.counts
        line = (
            f"{printable(tally.file)}: {counts.lines:,} lines = {counts.hits:,} hits"
            f" + {counts.rejects:,} rejects + {counts.blanks:,} blank  ({tally.format})"
        )
        display(console, Text(line + (f"  {printable(tally.warning)}" if tally.warning else "")))
    for path, reason in unread:
        display(console, Text(printable(f"{path}: not read, {reason}")))


def _show_read(console: Console, report: Report) -> None:
    title(console, "What was read")
    table = table_of("file", "lines", "hits", "rejects", "blank", "bots", "previews", texts=1)
    shown = _files_shown(report.inputs)
    for file in shown:
        numbers = (file.lines, file.hits, file.rejects, file.blanks, file.bots, file.previews)
        path = ending(file.file, path_width(console, 54))
        name = Text(path).append(f"\n{printable(file.format)}", "dim")
        table.add_row(name, *(f"{number:,}" for number in numbers))
    display(console, Padding(table, (0, 0, 0, len(INDENT))))
    if len(shown) < len(report.inputs):
        rest = len(report.inputs) - len(shown)
        display(console, f"{INDENT}and {rest:,} more files; {_total(report.inputs)} in all")
    if report.started_at and report.ended_at:
        display(
            console,
            f"{INDENT}{_sessions(report)},\n{INDENT}"
            f"{report.started_at:%Y-%m-%d %H:%M} to {report.ended_at:%Y-%m-%d %H:%M} UTC",
        )
    for kind, rows in (("bots", report.bots), ("link previews", report.previews)):
        if rows:
            told = ", ".join(f"{printable(row.name)} {row.count:,}" for row in rows)
            wrapped(console, f"{kind}, in hits: {told}")
    for file in report.inputs:
        if file.warning:
            wrapped(console, printable(f"! {file.file}: {file.warning}"), "yellow")
    for left_out in report.unread:
        wrapped(console, printable(f"! {left_out.file} was not read: {left_out.reason}"), "yellow")
    for note in report.notes:
        wrapped(console, f"! {printable(note)}", "yellow")


def _sessions(report: Report) -> str:
    """How many sessions there were, and what else the inputs tell of them."""
    visitors = f" of {report.visitors:,} visitors" if report.visitors else ""
    pageviews = f" with {report.pageviews:,} page views" if report.pageviews else ""
    return f"{report.sessions:,.0f} sessions{visitors}{pageviews}"


def _total(inputs: Sequence[InputReport]) -> str:
    lines = sum(file.lines for file in inputs)
    rejects = sum(file.rejects for file in inputs)
    return f"{lines:,} lines, {rejects:,} rejects"


def _files_shown(inputs: Sequence[InputReport]) -> Sequence[InputReport]:
    """All files, or of many those that need a look (at least the first few)."""
    if len(inputs) <= FILES_SHOWN:
        return inputs
    notable = [file for file in inputs if file.rejects or file.warning]
    return notable[:FILES_SHOWN] or inputs[:FILES_SHOWN]


def _show_channels(console: Console, rows: Sequence[ChannelRow]) -> None:
    title(console, "Channels: as booked, and after weighing the evidence")
    table = table_of("channel", "before", "", "after", "", "change", texts=1, bars=(2, 4))
    cells = max(8, min(24, (console.width - 54) // 2))
    highest = max(max(row.before, row.after) for row in rows)
    for row in sorted(rows, key=lambda row: -max(row.before, row.after)):
        style = "bold magenta" if row.channel == DARK_SOCIAL else ""
        table.add_row(
            Text(row.channel, style),
            f"{row.before:,.0f}",
            bar(row.before, highest, cells, "dim"),
            about(row.after),
            bar(row.after, highest, cells, style or "cyan"),
            change(row.after - row.before),
        )
    display(console, Padding(table, (0, 0, 0, len(INDENT))))


def _show_estimate(console: Console, dark: DarkSocial) -> None:
    title(console, "Dark social")
    if dark.share_of_direct is not None:
        wrapped(
            console,
            f"{about(dark.direct_expected)} of {dark.direct_sessions:,.0f} Direct visits, between "
            f"{about(dark.direct_low)} and {about(dark.direct_high)} (90% interval)",
        )
    wrapped(
        console,
        f"{about(dark.expected)} visits in all, between {about(dark.low)} and "
        f"{about(dark.high)}, with those that other channels had booked",
    )
    wrapped(
        console,
        f"base rates: {dark.prior_share:.0%} assumed, the rest learned from these visits",
    )


MIX = (
    "of all, by mix: what no app is named for is shared out as the named visits are (and as "
    "[model] tells); rough, since some apps name themselves more often than others."
)


def _show_apps(console: Console, report: Report) -> None:
    if not report.apps:
        return
    title(console, "Apps they came through")
    mixed = any(row.by_mix is not None for row in report.apps)
    heads = ("app", "named", "", "of all, by mix") if mixed else ("app", "visits", "")
    table = table_of(*heads, texts=1, bars=(2,))
    highest = max(row.expected for row in report.apps)
    for row in report.apps:
        label = Text(row.label, "dim" if row.app is None else "")
        cells: list[RenderableType] = [
            label,
            about(row.expected),
            bar(row.expected, highest, 24, "cyan"),
        ]
        if mixed:
            cells.append("" if row.by_mix is None else Text(about(row.by_mix), "dim"))
        table.add_row(*cells)
    display(console, Padding(table, (0, 0, 0, len(INDENT))))
    if mixed:
        wrapped(console, MIX, "dim")


def _show_pages(console: Console, report: Report) -> None:
    if not report.pages:
        return
    title(console, "Pages that travel")
    table = table_of("dark", "direct", "all", "landing page", texts=0)
    table.columns[3].justify = "left"
    for row in report.pages[:PAGES_SHOWN]:
        path = shortened((row.site or "") + row.path, path_width(console, 28))
        table.add_row(about(row.dark), f"{row.direct:,.0f}", f"{row.sessions:,.0f}", Text(path))
    display(console, Padding(table, (0, 0, 0, len(INDENT))))


def _show_shares(console: Console, shares: Shares) -> None:
    if not shares.seen:
        return
    title(console, "Shares seen by their link previews")
    apps = ", ".join(f"{row.label} {row.shares:,}" for row in shares.apps)
    told = [f"{shares.seen:,} shares, {about(shares.clicks)} visits expected to follow: {apps}"]
    if shares.sharers:
        told.append(f"{shares.sharers:,} people are known to have shared")
    if shares.reshare_rate is not None:
        told.append(
            f"{shares.reshare_rate:.0%} of those who came by a private link shared it again"
        )
    for line in told:
        display(console, Padding(Text(line), (0, 0, 0, len(INDENT))))
    table = table_of("visits", "shares", "people", "through", "page", texts=0)
    table.columns[3].justify = table.columns[4].justify = "left"
    for row in shares.pages[:SHARED_SHOWN]:
        names = ", ".join(row.apps[:APPS_NAMED]) + (" ..." if len(row.apps) > APPS_NAMED else "")
        path = shortened((row.site or "") + row.path, path_width(console, 52))
        table.add_row(about(row.clicks), f"{row.shares:,}", f"{row.sharers:,}", names, Text(path))
    display(console, Padding(table, (0, 0, 0, len(INDENT))))


def _show_recorded(console: Console, report: Report) -> None:
    if not report.channels_recorded:
        return
    title(console, "Channels as the export itself names them")
    table = table_of("channel", "sessions", texts=1)
    for row in report.channels_recorded:
        table.add_row(Text(printable(row.channel)), f"{row.sessions:,.0f}")
    display(console, Padding(table, (0, 0, 0, len(INDENT))))


def _show_conversions(console: Console, report: Report) -> None:
    if not report.conversions:
        return
    title(console, "Conversions by channel")
    table = table_of("channel", "booked", "expected", "revenue", "expected", texts=1)
    for row in report.conversions:
        revenue = (f"{row.revenue_before:,.2f}", f"{row.revenue_after:,.2f}")
        table.add_row(row.channel, f"{row.before:,.0f}", about(row.after), *revenue)
    display(console, Padding(table, (0, 0, 0, len(INDENT))))


def _show_evidence(console: Console, report: Report) -> None:
    if not report.evidence:
        return
    title(console, "Strongest evidence (+ for dark social, - against it)")
    table = table_of("log-odds", "visits", "what was seen", texts=0)
    table.columns[2].justify = "left"
    for row in report.evidence[:EVIDENCE_SHOWN]:
        table.add_row(f"{row.log_odds:+.1f}", f"{row.sessions:,.0f}", Text(row.note))
    display(console, Padding(table, (0, 0, 0, len(INDENT))))


def _show_rejects(console: Console, report: Report) -> None:
    if not report.rejects:
        return
    title(console, "Lines that could not be read")
    for row in report.rejects:
        wrapped(console, f"{row.lines:,} {row.reason}, first at {printable(row.example)}")


def _show_next(console: Console, report: Report, out: Path) -> None:
    display(console)
    where = printable(str(out))
    files = "sessions/, shares.parquet, rejects.parquet, summary.json"
    wrapped(console, f"Written to {where}: {files}", indent="")
    if report.sessions:
        wrapped(
            console, f"Why a visit was judged so: darksocial explain {where} --top 5", indent=""
        )


def _show(saved: Saved) -> None:
    show(saved.report, saved.out)


OUTPUT = Output("terminal", show=_show)
