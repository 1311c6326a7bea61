"""Goals applied to stored hits: the same conversions as if the logs were read with these goals.

Hits of version 1 hold no more than the conversions of the goals that there were then; these stay.
Paths are those that are stored: without personal data, unless identifiers are kept.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add, and_, or_
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.engines import Engine
from darksocial.errors import UsageError
from darksocial.lookups.request_kinds import ACTIVITY, path_patterns
from darksocial.parser.sums import GOAL_COLUMNS
from darksocial.settings import Goal
from darksocial.store import records
from darksocial.store.around import due_after
from darksocial.store.state import State

VERSION = "schema_version"
BY_PATH = ("api", "feed")
"""Kinds that become `other` where a hit reaches a goal: a person was there (parser/requests.py)."""
FIRST = ("robots", "prefetch")
"""Kinds that a hit keeps whatever goal it reaches."""


def with_goals(hits: ir.Table, goals: Sequence[Goal]) -> ir.Table:
    """Return stored hits with `kind`, `conversions` and `revenue` as goals have them."""
    hits = _complete(hits)
    if not goals:
        return hits
    path = ibis.coalesce(hits.path, hits.request_path)
    reached = [_reached(hits, path, goal).fill_null(False) for goal in goals]
    by_path = [path.re_search(path_patterns()[kind]) for kind in BY_PATH]
    is_kept = hits.weight.notnull() | hits.kind.isin(FIRST)
    is_action = ~is_kept & reduce(or_, reached) & reduce(or_, by_path)
    kind = ibis.ifelse(is_action.fill_null(False), "other", hits.kind)
    counted = reduce(add, (each.cast("float64") for each in reached))
    conversions = hits.conversions.fill_null(0) + ibis.ifelse(kind.isin(ACTIVITY), counted, 0.0)
    revenue = _revenue(hits, kind, list(zip(goals, reached, strict=True)))
    is_old = hits[VERSION].isnull()
    return hits.mutate(
        kind=ibis.ifelse(is_old, hits.kind, kind),
        conversions=ibis.ifelse(is_old, hits.conversions, conversions),
        revenue=ibis.ifelse(is_old, hits.revenue, revenue),
    )


def check_goals(store: Path, state: State, days: Sequence[str], goals: Sequence[Goal]) -> None:
    """Raise UsageError where days would be written with other goals than their hits can show."""
    if not goals:
        return
    changed = [day for day in days if _goals_of(store, day) not in (None, len(goals))]
    old = [day for day in state.days if any(map(_is_old, _hits_of(store, state, day)))]
    around = sorted(set(changed) & due_after(old, state.days))
    if around:
        raise UsageError(
            f"there are {len(goals)} goals now, and {_goals_of(store, around[0])} when the report "
            f"of {around[0]} was written; the hits of {old[0]} to {old[-1]} were stored by an "
            "earlier version, without status, method and event",
            expected="the goals of then for these days, or their logs",
            advice="--since with a later day, or a new --store that reads the logs of these days",
        )


def _goals_of(store: Path, day: str) -> int | None:
    """Return how many goals there were when the report of a day was written, if it says so."""
    count = records.content(store / "reports" / f"date={day}" / "summary.json").get("goals")
    return count if isinstance(count, int) else None


def _hits_of(store: Path, state: State, day: str) -> list[Path]:
    paths = [store / "hits" / f"date={day}" / name for name in state.parts[day]]
    return [path for path in paths if path.is_file()]


def _is_old(path: Path) -> bool:
    """Return whether a file has hits of version 1; a damaged file is not known to have any."""
    try:
        metadata = pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        return False
    names = metadata.schema.names
    if VERSION not in names:
        return True
    at = names.index(VERSION)
    groups = (metadata.row_group(number).column(at) for number in range(metadata.num_row_groups))
    return any(group.statistics is None or group.statistics.null_count for group in groups)


def first_version_days(engine: Engine, hits: ir.Table) -> list[str]:
    """Return the days (ISO 8601) of which there are hits of version 1, in order."""
    hits = _complete(hits)
    days = hits.filter(hits[VERSION].isnull()).select(day=hits.time.date()).distinct()
    return [str(row["day"]) for row in engine.fetch(days.order_by("day")).to_pylist()]


def _complete(hits: ir.Table) -> ir.Table:
    """Add what hits of version 1 lack."""
    wanted = {**dict(GOAL_COLUMNS), VERSION: "int16"}
    missing = {name: kind for name, kind in wanted.items() if name not in hits.columns}
    return hits.mutate(**{name: ibis.null(str(kind)) for name, kind in missing.items()})


def _reached(hits: ir.Table, path: ir.StringValue, goal: Goal) -> ir.BooleanValue:
    """Return whether a hit reaches a goal: everything that the goal names must hold."""
    tests: list[ir.BooleanValue] = []
    if goal.path:
        tests.append(path.re_search(f"^(?:{goal.pattern})$"))
    if goal.status:
        tests.append(hits.status == goal.status)
    elif goal.path:
        tests.append(hits.status.isnull() | (hits.status < 400))
    if goal.method:
        tests.append(hits.method == goal.method.upper())
    if goal.event:
        tests.append(hits.event == goal.event)
    return reduce(and_, tests)


def _revenue(
    hits: ir.Table, kind: ir.StringValue, reached: Sequence[tuple[Goal, ir.BooleanValue]]
) -> ir.FloatingValue:
    """Return the revenue that an export recorded, else that of the goals, if any has a value."""
    values = [ibis.ifelse(hit, float(goal.value), 0.0) for goal, hit in reached if goal.value]
    if not any(goal.value is not None for goal, _ in reached):
        return hits.revenue
    earned = reduce(add, values, ibis.literal(0.0))
    return ibis.coalesce(hits.revenue, ibis.ifelse(kind.isin(ACTIVITY), earned, None))
