"""The report in a terminal: readable at any width, without colour, and when piped."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.outputs import Output, tables
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._read import show_machines, show_read
from darksocial.outputs.drawing import (
    INDENT,
    about,
    change,
    command_line,
    display,
    title,
    wrapped,
)
from darksocial.outputs.tables import Bar, show_counts, show_table
from darksocial.outputs.texts import preview_app
from darksocial.printable import printable
from darksocial.report.values import ChannelRow, DarkSocial, Report, Shares

PAGES_SHOWN = 10
EVIDENCE_SHOWN = 10
SHARED_SHOWN = 8
APPS_OF_A_PAGE = 2
RESULTS = "sessions/, shares.parquet, rejects.parquet, summary.json"


def show(report: Report, out: Path | None = None, console: Console | None = None) -> None:
    """Print the report; `out` is where its tables were written."""
    console = console or Console(highlight=False)
    display(console, headline(report))
    show_read(console, report)
    show_machines(console, report)
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
    """Return the result in a sentence or two."""
    dark = report.dark_social
    if not report.sessions:
        return Text(_("There were no visits by people."), "bold")
    if dark.share_of_direct is None:
        return Text(_("No visit was booked as Direct."), "bold")
    sentences = _(
        "Visits booked as Direct: {direct:,.0f}. About {dark} of them ({share:.0%}) came from a "
        "privately shared link."
    )
    values = {"dark": about(dark.direct_expected), "share": dark.share_of_direct}
    return Text(sentences.format(direct=dark.direct_sessions, **values), "bold")


def _show_channels(console: Console, rows: Sequence[ChannelRow]) -> None:
    title(console, _("Visits by channel, as booked and as estimated from the evidence"))
    columns = (
        tables.label(_("channel")),
        tables.number(_("booked")),
        tables.bars(),
        tables.number(_("estimated")),
        tables.bars(),
        tables.number(_("change")),
    )
    highest = max(max(row.before, row.after) for row in rows)
    ranked = sorted(rows, key=lambda row: -max(row.before, row.after))
    show_table(console, columns, [_channel_row(row, highest) for row in ranked])


def _channel_row(row: ChannelRow, highest: float) -> tables.Row:
    style = "bold magenta" if row.channel == DARK_SOCIAL else ""
    return (
        Text(row.channel, style),
        f"{row.before:,.0f}",
        Bar(row.before, highest, "dim"),
        about(row.after),
        Bar(row.after, highest, style or "cyan"),
        change(row.after - row.before),
    )


def _show_estimate(console: Console, dark: DarkSocial) -> None:
    title(console, _("Dark social"))
    if dark.share_of_direct is not None:
        of_direct = _(
            "About {dark} of {direct:,.0f} Direct visits are dark social (90% interval: {low} to "
            "{high})."
        )
        bounds = {"low": about(dark.direct_low), "high": about(dark.direct_high)}
        expected = about(dark.direct_expected)
        wrapped(console, of_direct.format(direct=dark.direct_sessions, dark=expected, **bounds))
    of_all = _(
        "In all channels, about {dark} visits are dark social (90% interval: {low} to {high})."
    )
    bounds = {"low": about(dark.low), "high": about(dark.high)}
    wrapped(console, of_all.format(dark=about(dark.expected), **bounds))
    base_rates = _(
        "The starting point, how common each origin of a Direct visit is, comes {general:.0%} "
        "from general experience and {learned:.0%} from this log."
    )
    learned = 1 - dark.prior_share
    wrapped(console, base_rates.format(general=dark.prior_share, learned=learned))


def _show_apps(console: Console, report: Report) -> None:
    if not report.apps:
        return
    title(console, _("Dark social by app"))
    with_total = any(row.by_mix is not None for row in report.apps)
    columns = [tables.label(_("app")), tables.number(_("visits")), tables.bars()]
    if with_total:
        columns.append(tables.number(_("estimated total")))
    highest = max(row.expected for row in report.apps)
    rows: list[tables.Row] = []
    for row in report.apps:
        name = Text(_("not known"), "dim") if row.app is None else Text(row.label)
        total = "" if row.by_mix is None else Text(about(row.by_mix), "dim")
        cells = (name, about(row.expected), Bar(row.expected, highest), total)
        rows.append(cells[: len(columns)])
    show_table(console, columns, rows)
    if with_total:
        wrapped(
            console,
            _(
                "Estimated total: visits with no known app are distributed like those with one, "
                "and by [model] in darksocial.toml if it is set. This is rough, because some apps "
                "are easier to identify than others."
            ),
            "dim",
        )


def _show_pages(console: Console, report: Report) -> None:
    if not report.pages:
        return
    title(console, _("Landing pages with the most dark social, in visits"))
    columns = (
        tables.number(_("dark social")),
        tables.number(_("Direct")),
        tables.number(_("all")),
        tables.path(_("landing page")),
    )
    rows = [
        (
            about(row.dark),
            f"{row.direct:,.0f}",
            f"{row.sessions:,.0f}",
            tables.Path((row.site or "") + row.path),
        )
        for row in report.pages[:PAGES_SHOWN]
    ]
    show_table(console, columns, rows)


def _show_shares(console: Console, shares: Shares) -> None:
    if not shares.seen:
        return
    title(console, _("Shares, recognised by their link previews"))
    for sentence in _about_shares(shares):
        wrapped(console, sentence)
    display(console)
    show_counts(console, [(preview_app(row.app), row.shares) for row in shares.apps])
    display(console)
    columns = (
        tables.number(_("visits")),
        tables.number(_("shares")),
        tables.number(_("sharers")),
        tables.text(_("through")),
        tables.path(_("shared page")),
    )
    rows = [
        (
            about(row.clicks),
            f"{row.shares:,}",
            f"{row.sharers:,}",
            ", ".join(row.apps[:APPS_OF_A_PAGE])
            + (" ..." if len(row.apps) > APPS_OF_A_PAGE else ""),
            tables.Path((row.site or "") + row.path),
        )
        for row in shares.pages[:SHARED_SHOWN]
    ]
    show_table(console, columns, rows)


def _about_shares(shares: Shares) -> list[str]:
    sentences = [
        ngettext(
            "{n:,} share was observed; about {visits} visits are expected to come from it.",
            "{n:,} shares were observed; about {visits} visits are expected to come from them.",
            shares.seen,
        ).format(n=shares.seen, visits=about(shares.clicks))
    ]
    if shares.sharers:
        sentences.append(
            ngettext(
                "{n:,} visitor is known to have shared a page.",
                "{n:,} visitors are known to have shared a page.",
                shares.sharers,
            ).format(n=shares.sharers)
        )
    if shares.reshare_rate is not None:
        again = _("{share:.0%} of those who came from a privately shared link shared it again.")
        sentences.append(again.format(share=shares.reshare_rate))
    return sentences


def _show_recorded(console: Console, report: Report) -> None:
    if not report.channels_recorded:
        return
    title(console, _("Visits by channel, as named in the export"))
    columns = (tables.text(_("channel")), tables.number(_("visits")))
    rows = [(row.channel, f"{row.sessions:,.0f}") for row in report.channels_recorded]
    show_table(console, columns, rows)


def _show_conversions(console: Console, report: Report) -> None:
    if not report.conversions:
        return
    title(console, _("Conversions and revenue by channel"))
    columns = (
        tables.label(_("channel")),
        tables.number(_("booked")),
        tables.number(_("estimated")),
        tables.number(_("revenue booked")),
        tables.number(_("revenue estimated")),
    )
    rows = [
        (
            row.channel,
            f"{row.before:,.0f}",
            about(row.after),
            f"{row.revenue_before:,.2f}",
            f"{row.revenue_after:,.2f}",
        )
        for row in report.conversions
    ]
    show_table(console, columns, rows)


def _show_evidence(console: Console, report: Report) -> None:
    if not report.evidence:
        return
    title(console, _("Strongest evidence"))
    columns = (
        tables.number(_("log-odds")),
        tables.number(_("visits")),
        tables.text(_("what was observed")),
    )
    rows = [
        (f"{row.log_odds:+.1f}", f"{row.sessions:,.0f}", row.note)
        for row in report.evidence[:EVIDENCE_SHOWN]
    ]
    show_table(console, columns, rows)
    meaning = _(
        "Positive log-odds speak for dark social, negative ones against it; +2.3 multiplies the "
        "odds by ten."
    )
    wrapped(console, meaning, "dim")


def _show_rejects(console: Console, report: Report) -> None:
    if not report.rejects:
        return
    title(console, _("Lines that could not be read"))
    columns = (
        tables.number(_("lines")),
        tables.label(_("reason")),
        tables.path(_("first at")),
    )
    rows = [
        (f"{row.lines:,}", row.reason, tables.Path(row.example, is_file=True))
        for row in report.rejects
    ]
    show_table(console, columns, rows)


def _show_next(console: Console, report: Report, out: Path) -> None:
    display(console)
    folder = printable(str(out))
    sentence = _("Results were written to {folder}: {files}")
    wrapped(console, sentence.format(folder=folder, files=RESULTS), indent="")
    if report.sessions:
        wrapped(console, _("To see why visits were judged as they were:"), indent="")
        command_line(console, f"darksocial explain {shlex.quote(str(out))} --top 5", INDENT)


def _show(saved: Saved) -> None:
    show(saved.report, saved.out)


OUTPUT = Output("terminal", show=_show)
