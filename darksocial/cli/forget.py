"""`darksocial forget`: erase a visitor, or all days before one, from a store."""

from datetime import datetime
from pathlib import Path

import click

from darksocial.cli._command import STORE, described, option
from darksocial.cli._options import DAY, FOLDER
from darksocial.cli._printing import echo
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.printable import printable

HELP = _(
    "Erase a visitor or old days from STORE, and make sure that nothing of them is left.\n\n"
    "The next `darksocial nightly` writes the days on which the visitor came again."
)


@described(
    help=HELP,
    short_help=_("Erase a visitor or old days from a store."),
    example="darksocial forget darksocial-store --before 2026-01-01",
)
@click.argument("store", type=FOLDER)
@option("--visitor", heading=STORE, metavar="ID", help=_("Erase the visitor with this visitor_id."))
@option("--before", heading=STORE, type=DAY, metavar="DAY", help=_("Erase all days before DAY."))
def command(store: Path, visitor: str | None, before: datetime | None) -> None:
    """Erase a visitor or days, and print what was erased."""
    from darksocial.errors import UsageError
    from darksocial.store import upkeep
    from darksocial.store.files.lock import opened

    if bool(visitor) == bool(before):
        raise UsageError(_("It is not clear what to forget."), expected=_("--visitor or --before"))
    with opened(store) as state:
        upkeep.prepare(store, state)
        if visitor:
            _print_visitor(store, visitor, upkeep.forget(store, state, visitor), len(state.due))
        elif before:
            _print_days(len(upkeep.purge(store, state, before.date())), before)


def _print_visitor(store: Path, visitor: str, hits: int, due_days: int) -> None:
    erased = ngettext(
        "{n:,} hit of {visitor} is erased; no file of {store} names that visitor.",
        "{n:,} hits of {visitor} are erased; no file of {store} names that visitor.",
        hits,
    )
    echo(erased.format(n=hits, visitor=printable(visitor), store=printable(str(store))))
    due = ngettext(
        "{n:,} day is due: `darksocial nightly` writes it again.",
        "{n:,} days are due: `darksocial nightly` writes them again.",
        due_days,
    )
    echo(due.format(n=due_days))


def _print_days(days: int, before: datetime) -> None:
    erased = ngettext(
        "{n:,} day before {before:%Y-%m-%d} is erased.",
        "{n:,} days before {before:%Y-%m-%d} are erased.",
        days,
    )
    echo(erased.format(n=days, before=before))
