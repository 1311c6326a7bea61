"""Which visits of a day GA4's reports give the source of an earlier visit, by the stored sessions.

A visitor is known by the id in the sessions: where `--rotate-key` changes it, and beyond the days
that a store keeps, nothing is known of earlier visits.
"""

from datetime import date, timedelta
from pathlib import Path

from darksocial.engines import Engine
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.errors import InputError
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.report.readings import Moves, moves_of
from darksocial.store.calendar import is_on
from darksocial.store.daily.stored import EXPECTED_FILES
from darksocial.store.earlier import completed
from darksocial.store.files import layout
from darksocial.visits.last_source import LOOKBACK_DAYS, with_last_source

LATER_SESSION_COLUMNS = {"began": "string", "p_bot": "float64"}
"""The columns of sessions that earlier versions lack, with their types."""


def moves_of_day(store: Path, day: date) -> Moves:
    """Return what goes from Direct to the channels of earlier visits on one day of a store."""
    engine = DuckDBEngine()
    try:
        reread = with_last_source(engine, _sessions(engine, store, day))
        of_day = reread.filter(is_on(reread.started_at, day.isoformat()))
        return moves_of(engine, of_day)
    finally:
        engine.close()


def _sessions(engine: Engine, store: Path, day: date) -> ir.Table:
    """Return the sessions of a day and of the lookback before it. Raises InputError if there are
    none."""
    days = [day - timedelta(days=n) for n in range(LOOKBACK_DAYS + 1)]
    folders = [store / layout.day_folder("sessions", str(each)) for each in days]
    files = [path for folder in folders for path in sorted(folder.glob("*.parquet"))]
    if not files:
        raise InputError(
            _("{folder} holds no sessions.").format(folder=folders[0]),
            expected=EXPECTED_FILES,
            advice=_("darksocial store verify {store}").format(store=store),
        )
    return completed(engine.read("stored_sessions", files), LATER_SESSION_COLUMNS)
