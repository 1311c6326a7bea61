"""What a site taught of the signals, in the terminal: each level's part of each cause's visits."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs.catalogue import CLASS_NAMES
from darksocial.outputs.drawing import INDENT, display, wrapped
from darksocial.printable import printable
from darksocial.report.numbers import about, percent, significant
from darksocial.report.values import TaughtRow
from darksocial.signals import registry


def show_learned(rows: Sequence[TaughtRow]) -> None:
    """Print the levels by site and signal: of each cause the part of the visits that has the level,
    as learned and as assumed, and how many visits that are."""
    console = Console(highlight=False)
    if not rows:
        wrapped(console, _("No site taught anything: that takes 200 visits booked as Direct, and "
                           "fetches of link previews."), indent="")  # fmt: skip
        return
    explained = _(
        "Of the visits of each cause, how many have the level: learned here, assumed elsewhere, "
        "and the number of visits."
    )
    wrapped(console, explained, indent="")
    for (site, signal), of_signal in groupby(rows, key=lambda row: (row.site, row.signal)):
        display(console, Text(signal, style="bold").append(f"  {printable(site or '')}", "dim"))
        for level, causes in groupby(of_signal, key=lambda row: row.level):
            wrapped(console, printable(_note(signal, level)))
            wrapped(console, "; ".join(map(_of_cause, causes)), "cyan", INDENT * 2)


def _note(signal: str, level: str | None) -> str:
    """Return what a level says; that of a device, or of a signal that is no longer there, is its
    name."""
    if level is None:
        return _("no level")
    kind = registry().get(signal)
    return kind.levels[level].note if kind and level in kind.levels else level


def _of_cause(row: TaughtRow) -> str:
    sentence = ngettext(
        "{cause} {learned} (assumed {assumed}, {n} visit)",
        "{cause} {learned} (assumed {assumed}, {n} visits)",
        significant(row.visits),
    )
    return sentence.format(
        cause=CLASS_NAMES.get(row.cause, row.cause),
        learned=percent(row.learned),
        assumed=percent(row.assumed),
        n=about(row.visits),
    )
