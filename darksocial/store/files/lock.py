"""Allow one run at a time: a process holds the lock until it ends, however it ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from darksocial.errors import InputError, OutputError
from darksocial.language import gettext as _
from darksocial.results.ownership import LOCK
from darksocial.store.files import layout
from darksocial.store.files.layout import STATE
from darksocial.store.files.state import State, load


@contextmanager
def opened(store: Path) -> Iterator[State]:
    """Hold an existing store, and yield its state. Raises InputError if there is none."""
    with held_store(store):
        yield load(store)


@contextmanager
def held_store(store: Path) -> Iterator[None]:
    """Hold an existing store, with or without a state. Raises InputError if there is none."""
    _check_store(store)
    with held(store):
        yield


@contextmanager
def read_only(store: Path) -> Iterator[None]:
    """Keep runs away from a store while it is read.

    A store that cannot be written needs no lock, since no run can write it either. Raises
    InputError if there is no store, and OutputError if a run is at work.
    """
    _check_store(store)
    if not os.access(store / LOCK, os.W_OK):
        yield
        return
    with held(store):
        yield


def _check_store(store: Path) -> None:
    is_store = (store / STATE).is_file() or any(layout.own_files(store))
    if not is_store:
        raise InputError(
            _("{store} is not a store").format(store=store),
            expected=_("the folder that `darksocial nightly` wrote"),
        )


@contextmanager
def held(store: Path) -> Iterator[None]:
    """Keep other runs away from a store; the lock of a process that died is released at once.

    Raises OutputError if another run holds it, or if the folder cannot be created.
    """
    try:
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(store / LOCK, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise OutputError(
            _("another run is at work in {store}").format(store=store),
            expected=_("one run at a time"),
            advice=_("wait until it ends; its process holds the lock until then"),
        ) from error
    except OSError as error:
        raise OutputError(
            _("{store} cannot be written: {reason}").format(
                store=store, reason=error.strerror or error
            ),
            expected=_("a folder that may be written to"),
        ) from error
    try:
        yield
    finally:
        lock.release()
