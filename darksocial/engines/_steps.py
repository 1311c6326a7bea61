"""Log each step of an engine.

A step is anything that an engine evaluates: a table that it stages, a result that it fetches. When
it begins, its SQL is logged at level DEBUG by the logger `darksocial.engine.NAME`; when it ends,
its name, its seconds and its number of rows are logged at level INFO. The SQL holds no lines of a
log.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LOGGER_NAME = "darksocial.engine"
# The name of a step for which the caller gives none.
RESULT_STEP = "result"


@dataclass(slots=True)
class Step:
    """A running step: how many rows it has produced, and how long it was paused."""

    rows: int = 0
    paused_seconds: float = field(default=0.0, init=False)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the time of the block out of the step's seconds."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.paused_seconds += time.monotonic() - start


class StepLog:
    """The log of one engine's steps."""

    def __init__(self, engine: str) -> None:
        self._logger = logging.getLogger(f"{LOGGER_NAME}.{engine}")

    @property
    def is_read(self) -> bool:
        """Whether the log is shown anywhere, so that rows are worth counting."""
        return self._logger.isEnabledFor(logging.INFO)

    @property
    def shows_sql(self) -> bool:
        """Whether the SQL of steps is shown anywhere, so that it is worth compiling."""
        return self._logger.isEnabledFor(logging.DEBUG)

    @contextmanager
    def step(self, name: str, sql: str = "") -> Iterator[Step]:
        """Log the block as a step. A failed step is not logged as done."""
        if sql:
            self._logger.debug("step begins", extra={"fields": {"step": name, "sql": sql}})
        step, start = Step(), time.monotonic()
        yield step
        seconds = round(time.monotonic() - start - step.paused_seconds, 3)
        self._logger.info(
            "step done", extra={"fields": {"step": name, "seconds": seconds, "rows": step.rows}}
        )
