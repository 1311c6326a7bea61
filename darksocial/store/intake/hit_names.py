"""Name hits without a visitor: rows that represent many sessions, and logs without addresses.

Each such hit counts as a visitor, identified by the file, the line and the run. So the stored id of
the visitor is the name of the hit, and no two runs give the same name.
"""

import hashlib
from datetime import date

from darksocial.expressions import ibis, ir, parameter
from darksocial.parser.periods import PART_LINES
from darksocial.store.calendar import day_number
from darksocial.visits.visitors import ID_DIGITS


def with_run(requests: ir.Table, run: str) -> ir.Table:
    """Return requests in which the identity of hits without a visitor includes the run."""
    own = requests.file.cast("string") + "\n" + (requests.line % PART_LINES).cast("string")
    of_run = parameter("run", f"\n{run}", "string")
    identity = ibis.ifelse(requests.identity == own, own + of_run, requests.identity)
    return requests.mutate(identity=identity)


def name_of(secret: str, file: int, line: int, run: str) -> int:
    """Return the name of such a hit, before rotation."""
    return int(_keyed(secret, f"{file}\n{line}\n{run}"), 16)


def visitor_of(name: int, secret: str, rotation: str, day: str) -> str:
    """Return the stored visitor id of a hit on a day (ISO 8601)."""
    own = f"{name:0{ID_DIGITS}x}"
    if rotation == "never":
        return own
    on = date.fromisoformat(day)
    period = day_number(day) if rotation == "daily" else on.year * 12 + on.month
    return _keyed(secret, f"{own}\n{period}")


def _keyed(secret: str, text: str) -> str:
    """Return what `visitors.keyed` computes for a text."""
    return hashlib.sha256(f"{secret}\n{text}".encode()).hexdigest()[:ID_DIGITS]
