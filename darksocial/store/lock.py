"""One run at a time: the lock goes with the process that holds it, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from darksocial.errors import InputError, OutputError
from darksocial.store.state import NAME, State, load

LOCK = ".lock"


@contextmanager
def opened(store: Path) -> Iterator[State]:
    """Hold a store that is there, and yield its state. Raises InputError where there is none."""
    if not (store / NAME).is_file():
        raise InputError(
            f"{store} is no store", expected="the folder that `darksocial nightly` wrote"
        )
    with held(store):
        yield load(store)


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
