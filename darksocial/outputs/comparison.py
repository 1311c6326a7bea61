"""Two results beside each other on the terminal, and for programs."""

import json
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from darksocial.comparison import ComparedSide, Comparison
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import tables
from darksocial.outputs.drawing import display, title, wrapped
from darksocial.outputs.tables import show_table
from darksocial.printable import inert_json, printable
from darksocial.report.numbers import change, estimate, range_of, whole
from darksocial.report.summary_json import plain


def as_json(comparison: Comparison) -> str:
    """Return a comparison for programs."""
    content = json.dumps(plain(asdict(comparison)), indent=2, ensure_ascii=False, allow_nan=False)
    return inert_json(content) + "\n"


def show_comparison(comparison: Comparison, console: Console | None = None) -> None:
    """Print a comparison: the days, the counts, the channels, and what explains the difference."""
    console = console or Console(highlight=False)
    first, second = comparison.first, comparison.second
    wrapped(console, _days(comparison), indent="")
    for side in (first, second):
        if side.days_without:
            sentence = ngettext(
                "On {n:,} of these days {name} has no visit.",
                "On {n:,} of these days {name} has no visits.",
                side.days_without,
            )
            name = printable(side.name)
            wrapped(console, sentence.format(n=side.days_without, name=name), "yellow", "")
    display(console)
    columns = (
        tables.label(""),
        tables.number(_("first")),
        tables.number(_("second")),
        tables.number(_("difference")),
    )
    show_table(console, columns, _counts(first, second))
    title(console, _("Visits by channel, as booked"))
    rows: list[tables.Row] = [
        (
            Text(row.channel),
            whole(row.first),
            whole(row.second),
            change(row.second - row.first),
        )
        for row in comparison.channels
        if row.first or row.second
    ]
    show_table(console, (tables.label(_("channel")), *columns[1:]), rows)
    title(console, _("What explains the difference"))
    for sentence in comparison.explained:
        wrapped(console, printable(sentence))


def _days(comparison: Comparison) -> str:
    first, second = comparison.first, comparison.second
    names = {"first": printable(first.name), "second": printable(second.name)}
    if comparison.is_cut:
        return _(
            "{first} (first) and {second} (second), from {since} to {until}: these days both have."
        ).format(**names, since=first.since, until=first.until)
    return _("{first} (first) and {second} (second), which share no day.").format(**names)


def _counts(first: ComparedSide, second: ComparedSide) -> list[tables.Row]:
    pairs = (
        (_("visits"), first.visits, second.visits),
        (_("visitors"), first.visitors, second.visitors),
        (_("page views"), first.pageviews, second.pageviews),
        (_("booked as Direct"), first.direct, second.direct),
        (_("likely bots"), first.likely_bots, second.likely_bots),
    )
    rows: list[tables.Row] = [
        (name, whole(one), whole(other), change(other - one)) for name, one, other in pairs
    ]
    dark = (first.dark, second.dark)
    rows.append(
        (
            _("dark social of Direct"),
            *(estimate(each.expected) for each in dark),
            change(second.dark.expected - first.dark.expected),
        )
    )
    rows.append((_("90% interval"), *(range_of(each.low, each.high) for each in dark), ""))
    return rows
