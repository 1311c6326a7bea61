"""The files of a simulation: one log or a rotated set, and the truth, replaced only as a whole."""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.results.ownership import MARK, SIMULATION, check_own, mark_text
from darksocial.scratch import stopping

LOG_NAME = "access.log"
ROTATED_NAMES = (LOG_NAME, "access.log.1", "access.log.2.gz")
TRUTH_NAME = "truth.jsonl"
COSTS_NAME = "costs.csv"
PARTNERS_NAME, ORDERS_NAME = "partners.csv", "orders.csv"
NAMES_OF_CAMPAIGNS = (COSTS_NAME, PARTNERS_NAME, ORDERS_NAME)
"""What comes with the log of a site that advertises."""
DAYS_PER_LOG = 7
"""Of seven days, one is in access.log, one in access.log.1, the others in the compressed file."""


def log_names(days: int, rotate: bool) -> list[str]:
    """Return, for each day, the name of the file that holds it; the newest has no number."""
    if not rotate:
        return [LOG_NAME] * days
    recent = max(1, days // DAYS_PER_LOG)
    ages = [(days - 1 - day) // recent for day in range(days)]
    return [ROTATED_NAMES[min(age, 2)] for age in ages]


def _open(stack: ExitStack, path: Path) -> BinaryIO:
    raw = stack.enter_context(path.open("wb"))
    if not path.name.endswith(".gz.part"):
        return raw
    # A name and a time inside the file would make its bytes differ from run to run.
    packed = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)
    return cast(BinaryIO, stack.enter_context(packed))


@contextmanager
def written_whole(out: Path, names: list[str]) -> Iterator[dict[str, BinaryIO]]:
    """Open files under temporary names, which become final when the block ends without an error.

    Raises OutputError if `out` holds something that no simulation wrote, or cannot be written.
    """
    check_own(out, SIMULATION)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MARK).write_text(mark_text(SIMULATION), "utf-8")
        parts = {name: out.absolute() / f"{name}.part" for name in names}
        try:
            for path in parts.values():
                stopping.remove_at_stop(str(path))
            with ExitStack() as stack:
                yield {name: _open(stack, path) for name, path in parts.items()}
            with stopping.deferred():
                for name, path in parts.items():
                    path.replace(out / name)
        finally:
            for path in parts.values():
                path.unlink(missing_ok=True)
                stopping.keep_at_stop(str(path))
        for name in {*ROTATED_NAMES, *NAMES_OF_CAMPAIGNS} - set(names):
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            _("{path} could not be written: {reason}").format(
                path=out, reason=error.strerror or error
            ),
            expected=_("a folder that can be written"),
        ) from error
