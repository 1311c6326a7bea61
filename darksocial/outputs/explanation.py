"""Explained visits in the terminal: the causes with bars, and what each signal added."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups import apps
from darksocial.outputs import tables
from darksocial.outputs.drawing import INDENT, display, wrapped
from darksocial.outputs.tables import Bar, show_table
from darksocial.outputs.texts import cause
from darksocial.printable import printable
from darksocial.report.numbers import about, log_odds, probability, significant, whole
from darksocial.results.explain import ExplainedVisit
from darksocial.results.tempo import Grounds, Step
from darksocial.schema import CONTINUED, NOT_LOGGED

TEMPO_CELLS, MIN_TEMPO_CELLS = 60, 6
TEMPO_COLUMNS = 40
"""The columns beside the bars of a page over time: its times, numbers, and room for an app."""


def show_visits(visits: Sequence[ExplainedVisit], console: Console | None = None) -> None:
    """Print visits one after the other."""
    console = console or Console(highlight=False)
    for visit in visits:
        display(console, Text(printable(visit.landing_path), style="bold", overflow="fold"))
        started = _("{started:%Y-%m-%d %H:%M:%S} UTC, session {session}").format(
            started=visit.started_at, session=visit.session_id
        )
        display(console, Text(started, "dim"))
        _show_facts(console, visit)
        _show_causes(console, visit)
        _show_evidence(console, visit)
        display(console)


def show_tempo(page: str, steps: Sequence[Step], console: Console | None = None) -> None:
    """Print a page over time: a bar for each stretch, and the shares that were observed."""
    console = console or Console(highlight=False)
    display(console, Text(printable(page), style="bold", overflow="fold"))
    highest = max(step.booked + step.direct + step.dark for step in steps) or 1
    cells = min(TEMPO_CELLS, console.width - TEMPO_COLUMNS)
    with_bars = cells >= MIN_TEMPO_CELLS
    table = Table.grid(padding=(0, 2))
    for step in steps:
        visits = whole(step.booked + step.direct + step.dark)
        shared = _("shared: {apps}").format(apps=", ".join(step.shares)) if step.shares else ""
        row = [Text(f"{step.start:%m-%d %H:%M}"), Text(visits, justify="right")]
        row += [_stacked(step, highest, cells)] if with_bars else []
        table.add_row(*row, Text(shared, "yellow"))
    display(console, Padding(table, (0, 0, 0, len(INDENT))))
    if with_bars:
        wrapped(console, _("█ dark social (expected), ▒ other Direct visits, · other channels"))
    wrapped(console, _("Numbers of visits; times are in UTC."))
    display(console)


def _stacked(step: Step, highest: float, cells: int) -> Text:
    """Return one bar for the parts of a step. Rounding the ends and not the parts keeps its
    length right."""
    bar = Text()
    end = drawn = 0.0
    for part, sign, style in (
        (step.dark, "█", "cyan"),
        (step.direct, "▒", ""),
        (step.booked, "·", "dim"),
    ):
        end += part
        upto = round(end / highest * cells)
        bar.append(sign * int(upto - drawn), style)
        drawn = upto
    return bar


def show_grounds(grounds: Grounds, console: Console | None = None) -> None:
    """Print what the visits of an app rest on."""
    console = console or Console(highlight=False)
    display(console, Text(printable(grounds.label), "bold"))
    sentence = ngettext(
        "{n} visit is attributed to this app. Expected to be dark social: {dark}. "
        "The app is known from:",
        "{n} visits are attributed to this app. Expected to be dark social: {dark}. "
        "The app is known from:",
        significant(grounds.visits),
    ).format(n=about(grounds.visits), dark=about(grounds.dark))
    wrapped(console, sentence, indent="")
    columns = (tables.number(_("visits")), tables.text(_("evidence")))
    show_table(console, columns, [(whole(visits), name) for name, visits in grounds.by_ground])
    display(console)


def _show_facts(console: Console, visit: ExplainedVisit) -> None:
    after = f"{visit.channel_after} ({apps.label(visit.app)})" if visit.app else visit.channel_after
    rows = [
        (_("device"), visit.device or _("not recorded")),
        (_("browser"), visit.browser or _("not known")),
        (_("in-app browser"), apps.label(visit.in_app) if visit.in_app else ""),
        (_("visitor"), _("new") if visit.new_visitor else _("returning")),
        (_("began"), _beginnings().get(visit.began or "", "")),
        (_("referrer"), visit.referrer or _("none")),
        (_("booked as"), visit.channel_before),
        (_("source / medium"), f"{visit.source_before} / {visit.medium_before}"),
        (_("most probably"), after),
    ]
    columns = (tables.label(""), tables.text(""))
    show_table(console, columns, [row for row in rows if row[1]])


def _beginnings() -> dict[str, str]:
    """Return what is said of visits that are no arrival."""
    return {
        CONTINUED: _("from the site itself: it has the source of the visitor's last arrival"),
        NOT_LOGGED: _("from the site itself, and no arrival of the visitor was logged"),
    }


def _show_causes(console: Console, visit: ExplainedVisit) -> None:
    columns = (
        tables.text(_("cause of the visit")),
        tables.number(_("probability")),
        tables.bars(),
    )
    rows = [
        (printable(cause(label)), probability(chance), Bar(chance, 1.0))
        for label, chance in visit.causes
    ]
    display(console)
    show_table(console, columns, rows)


def _show_evidence(console: Console, visit: ExplainedVisit) -> None:
    display(console)
    if not visit.evidence:
        wrapped(console, _("No signal applied, so the base rates decide."))
        return
    columns = (
        tables.number(_("log-odds")),
        tables.label(_("signal")),
        tables.text(_("what was observed")),
    )
    rows = [(log_odds(item.log_odds, 2), item.signal, item.note) for item in visit.evidence]
    show_table(console, columns, rows)
