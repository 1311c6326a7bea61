"""Names for hits that belong to nobody: rows that stand for many sessions, logs without addresses.

Each is a visitor of its own, who is known by the file, the line and the run. So the id of the
visitor, which is stored, is the name of the hit, and no two runs give the same.
"""

import hashlib
from datetime import date

import ibis
import ibis.expr.types as ir

from darksocial.store.calendar import day_number
from darksocial.visits.visitors import ID_DIGITS


def with_run(requests: ir.Table, run: str) -> ir.Table:
    """Return requests in which the identity of hits that belong to nobody names the run."""
    own = requests.file.cast("string") + "\n" + requests.line.cast("string")
    named = ibis.ifelse(requests.identity == own, own + f"\n{run}", requests.identity)
    return requests.mutate(identity=named)


def name_of(secret: str, file: int, line: int, run: str) -> int:
    """Return the name of such a hit, before ids rotate."""
    return int(_keyed(secret, f"{file}\n{line}\n{run}"), 16)


def visitor_of(name: int, secret: str, rotation: str, day: str) -> str:
    """Return the id of the visitor of a hit on a day (ISO 8601), as it is stored."""
    own = f"{name:0{ID_DIGITS}x}"
    if rotation == "never":
        return own
    at = date.fromisoformat(day)
    period = day_number(day) if rotation == "daily" else at.year * 12 + at.month
    return _keyed(secret, f"{own}\n{period}")


def _keyed(secret: str, text: str) -> str:
    """What `visitors.keyed` makes of a text."""
    return hashlib.sha256(f"{secret}\n{text}".encode()).hexdigest()[:ID_DIGITS]
