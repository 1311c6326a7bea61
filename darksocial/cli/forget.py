"""`darksocial forget`: erase a visitor, or all days before one, from a store."""

from datetime import datetime
from pathlib import Path

import click

from darksocial.cli._printing import echo
from darksocial.printable import printable


@click.command(short_help="Erase a visitor or old days from a store.")
@click.argument("store", type=click.Path(file_okay=False, path_type=Path))
@click.option("--visitor", metavar="ID", help="Erase the visitor with this visitor_id.")
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Erase all days before DAY.",
)
def command(store: Path, visitor: str | None, before: datetime | None) -> None:
    """Erase a visitor or old days from STORE, and make sure that nothing of them is left.

    The days that a visitor was part of are written anew by the next `darksocial nightly`.
    """
    from darksocial.errors import UsageError
    from darksocial.store import upkeep
    from darksocial.store.files.lock import opened

    if bool(visitor) == bool(before):
        raise UsageError("it is not clear what to forget", expected="--visitor or --before")
    name = printable(str(store))
    with opened(store) as state:
        upkeep.prepare(store, state)
        if visitor:
            hits = upkeep.forget(store, state, visitor)
            echo(f"{hits:,} hits of {printable(visitor)} are erased; no file of {name} names it")
            echo(f"{len(state.due)} days are due: `darksocial nightly` writes them anew")
        elif before:
            days = upkeep.purge(store, state, before.date())
            echo(f"{len(days)} days before {before:%Y-%m-%d} are erased")
