"""`darksocial store`: look after the store of `darksocial nightly`."""

import sys
from pathlib import Path

import click

from darksocial.cli._printing import echo


@click.command()
@click.argument("action", type=click.Choice(["info", "verify", "compact"]))
@click.argument("store", type=click.Path(file_okay=False, path_type=Path))
def command(action: str, store: Path) -> None:
    """Say what a store holds, check it, or make fewer and larger files of it.

    `verify` reads every file, and exits with 1 where one is missing, damaged or of another day.
    """
    from darksocial.outputs.store import show_faults, show_info
    from darksocial.store import upkeep
    from darksocial.store.lock import opened

    with opened(store) as state:
        if action == "info":
            show_info(upkeep.info(store, state))
        elif action == "compact":
            echo(f"{upkeep.compact(store, state)} files fewer")
        else:
            faults = upkeep.verify(store, state)
            show_faults(faults, state.days)
            sys.exit(1 if faults else 0)
