"""One run at a time: the lock goes with the process that holds it, however that ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from darksocial.errors import InputError, OutputError
from darksocial.store.files import layout
from darksocial.store.files.layout import LOCK, STATE
from darksocial.store.files.state import State, load


@contextmanager
def opened(store: Path) -> Iterator[State]:
    """Hold a store that is there, and yield its state. Raises InputError where there is none."""
    with held_store(store):
        yield load(store)


@contextmanager
def held_store(store: Path) -> Iterator[None]:
    """Hold a store that is there, state or not. Raises InputError where there is none."""
    _check_store(store)
    with held(store):
        yield


@contextmanager
def read_only(store: Path) -> Iterator[None]:
    """Keep runs away from a store while it is read; where nothing can be written, no run can.

    Raises InputError where there is no store, and OutputError where a run is at work.
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
            f"{store} is no store", expected="the folder that `darksocial nightly` wrote"
        )


@contextmanager
def held(store: Path) -> Iterator[None]:
    """Keep other runs away from a store; the lock of a process that died is free at once.

    Raises OutputError where another run holds it, or where the folder cannot be made.
    """
    try:
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(store / LOCK, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise OutputError(
            f"another run is at work in {store}",
            expected="one run at a time",
            advice="wait for its end; the lock goes with the process that holds it",
        ) from error
    except OSError as error:
        raise OutputError(
            f"{store} cannot be written: {error.strerror or error}",
            expected="a folder that may be written to",
        ) from error
    try:
        yield
    finally:
        lock.release()
