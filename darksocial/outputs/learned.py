"""What a site taught of the signals, in the terminal: each level's part of each cause's visits."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.model.tables import DEEP, TYPED
from darksocial.outputs.catalogue import CLASS_NAMES
from darksocial.outputs.drawing import display, wrapped
from darksocial.outputs.tables import Row, number, show_table, text
from darksocial.printable import printable
from darksocial.report.lesson_rows import TaughtRow
from darksocial.report.numbers import about, probability
from darksocial.signals import registry

LANDING_NOTES = {
    DEEP: _("Visits that landed on an address that nobody types."),
    TYPED: _("Visits that landed on the home page or another address that people type."),
}


def show_learned(rows: Sequence[TaughtRow]) -> None:
    """Print a table for each site and signal: of each cause the part of the visits that has a
    level, as learned and as assumed, and how many visits that are."""
    console = Console(highlight=False)
    if not rows:
        wrapped(console, _("No site taught anything: that takes 200 visits booked as Direct, and "
                           "fetches of link previews."), indent="")  # fmt: skip
        return
    explained = _(
        "Of the visits of each cause, how many have the level: as learned here, as assumed for "
        "sites in general, and the number of visits here."
    )
    wrapped(console, explained, indent="")
    for (site, signal, landing), of_signal in groupby(rows, key=_table_of):
        display(console)
        display(console, Text(signal, style="bold").append(f"  {printable(site or '')}", "dim"))
        if landing in LANDING_NOTES:
            wrapped(console, LANDING_NOTES[landing], indent="")
        levels = [list(of_level) for _level, of_level in groupby(of_signal, key=_level_of)]
        causes = [number(CLASS_NAMES.get(row.cause, row.cause)) for row in levels[0]]
        lines = [line for of_level in levels for line in _lines(of_level)]
        show_table(console, [text(_("level")), *causes], lines)


def _table_of(row: TaughtRow) -> tuple[str | None, str, str | None]:
    return row.site, row.signal, row.landing


def _level_of(row: TaughtRow) -> str | None:
    return row.level


def _lines(of_level: Sequence[TaughtRow]) -> Iterator[Row]:
    """Yield the lines of a level, one value for each cause."""
    yield [level_note(of_level[0]), *(probability(row.learned) for row in of_level)]
    yield [_dim(_("assumed")), *(_dim(probability(row.assumed)) for row in of_level)]
    yield [_dim(_("visits")), *(_dim(about(row.visits)) for row in of_level)]


def _dim(shown: str) -> Text:
    return Text(shown, style="dim")


def level_note(row: TaughtRow) -> str:
    """Return what a level says; that of a device, or of a signal that is no longer there, is its
    name."""
    if row.level is None:
        return _("no level")
    kind = registry().get(row.signal)
    note = kind.levels[row.level].note if kind and row.level in kind.levels else row.level
    return printable(note)
