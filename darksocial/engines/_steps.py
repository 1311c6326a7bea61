"""What an engine logs of each step: its name, seconds and rows, and the SQL.

All of it is at level DEBUG of the logger `darksocial.engine`. SQL holds no lines of the log.
"""

import logging
import time
from collections.abc import Callable

LOG = logging.getLogger("darksocial.engine")


def logged(step: str, sql: str, run: Callable[[], int]) -> int:
    """Run a step, which returns its number of rows, and log it."""
    LOG.debug("step begins", extra={"fields": {"step": step, "sql": sql}})
    start = time.monotonic()
    rows = run()
    seconds = round(time.monotonic() - start, 3)
    LOG.debug("step done", extra={"fields": {"step": step, "seconds": seconds, "rows": rows}})
    return rows
