"""`darksocial store`: look after the store of `darksocial nightly`."""

import sys
from pathlib import Path

import click

from darksocial.cli._command import Name, described
from darksocial.cli._options import FOLDER
from darksocial.cli._printing import echo
from darksocial.language import gettext as _
from darksocial.language import ngettext

HELP = _(
    "Show what a store holds, verify it, merge its files into fewer and larger ones, or recover "
    "it.\n\n"
    "`verify` reads every file, and exits with 1 if one is missing, is not as it was written, "
    "belongs to another day, or is not named by the state. `recover` rebuilds a state that is "
    "missing or damaged, sets damaged files aside in STORE/lost, takes back what the store lacks "
    "of the files there, and lists what is missing; the next `darksocial nightly` reads missing "
    "lines again, from logs that still exist. `info` and `verify` change nothing, and read a store "
    "that cannot be written."
)


@described(
    help=HELP,
    short_help=_("Inspect, verify, compact or recover a store."),
    example="darksocial store verify darksocial-store",
)
@click.argument("action", type=Name(["info", "verify", "compact", "recover"]))
@click.argument("store", type=FOLDER)
def command(action: str, store: Path) -> None:
    """Inspect a store or change its files."""
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
            fewer = upkeep.compact(store, state)
        echo(ngettext("{n:,} file fewer", "{n:,} files fewer", fewer).format(n=fewer))
    else:
        with held_store(store):
            show_recovery(upkeep.recover(store))
