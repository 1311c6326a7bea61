"""Leave out events that the store holds already: a later night's file may hold them again.

Within a run the same event counts once (visits/repeated.py). What the store keeps of an event's
identity is a keyed hash, `event_hash`; hits without an identity, and those stored before version
11, have none and are not compared. Days in the month before and after the events are compared: a
repeated event has nearly always the time of the first, and a transaction that is sent again, when
its page is loaded anew, comes within days.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.store.calendar import day_of_number
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.layout import part_of
from darksocial.store.files.state import State

EVENT_COLUMN = "event_hash"
DAYS_AROUND = 31


def without_stored_events(store: Path, state: State, engine: Engine, hits: ir.Table) -> ir.Table:
    """Return the hits to store without those whose event is in the store."""
    events = hits.filter(hits[EVENT_COLUMN].notnull())
    bounds = events.agg(first=events.day.min(), last=events.day.max())
    row = engine.fetch(bounds, "days of events").to_pylist()[0]
    if row["first"] is None:
        return hits
    days = _around(state.days, day_of_number(row["first"]), day_of_number(row["last"]))
    places = whole_parts(store, state, days)
    if not places:
        return hits
    stored = engine.read("stored_events", places)
    if EVENT_COLUMN not in stored.columns:
        return hits
    before = stored.filter(stored[EVENT_COLUMN].notnull()).select(EVENT_COLUMN)
    return engine.stage("new_events", hits.anti_join(before, [EVENT_COLUMN]))


def whole_parts(store: Path, state: State, days: Sequence[str]) -> list[Path]:
    """Return the files with the hits of some days that are as they were written."""
    checks = FileChecks(store, state.checksums)
    places = [part_of("hits", day, name) for day in days for name in state.parts[day]]
    return [store / place for place in places if not checks.fault(place)]


def _around(stored: Sequence[str], first: str, last: str) -> list[str]:
    start = date.fromisoformat(first) - timedelta(days=DAYS_AROUND)
    end = date.fromisoformat(last) + timedelta(days=DAYS_AROUND)
    return [day for day in stored if start.isoformat() <= day <= end.isoformat()]
