"""`darksocial store`: look after the store of `darksocial nightly`."""

import sys
from pathlib import Path

import click

from darksocial.cli._printing import echo


@click.command(short_help="Inspect, verify, compact or recover a store.")
@click.argument("action", type=click.Choice(["info", "verify", "compact", "recover"]))
@click.argument("store", type=click.Path(file_okay=False, path_type=Path))
def command(action: str, store: Path) -> None:
    """Say what a store holds, check it, make fewer and larger files of it, or recover it.

    `verify` reads every file, and exits with 1 where one is missing, not as it was written, of
    another day, or not named by the state. `recover` rebuilds a state that is missing or damaged,
    sets damaged files aside in STORE/lost, takes back what the store lacks of the files there, and
    says what is missing; the next `darksocial nightly` reads missing lines again, from logs that
    are still there. `info` and `verify` change nothing, and read a store that cannot be written.
    """
    from darksocial.outputs.store import show_faults, show_info, show_recovery
    from darksocial.store import upkeep
    from darksocial.store.files.lock import held_store, opened, read_only
    from darksocial.store.files.state import load

    if action == "info":
        with read_only(store):
            show_info(upkeep.info(store, load(store)))
    elif action == "verify":
        with read_only(store):
            faults, state = upkeep.verify_folder(store)
        show_faults(faults, state.days)
        sys.exit(1 if faults else 0)
    elif action == "compact":
        with opened(store) as state:
            upkeep.prepare(store, state)
            echo(f"{upkeep.compact(store, state)} files fewer")
    else:
        with held_store(store):
            show_recovery(upkeep.recover(store))
