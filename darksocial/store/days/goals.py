"""Apply goals to stored hits: the result is that of reading the logs with these goals.

Hits of version 1 hold only the conversions of the goals of that time; these are unchanged. Goals
are compared with the stored paths: without personal data, unless identifiers are kept.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add, and_, or_
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.engines import Engine
from darksocial.errors import UsageError
from darksocial.expressions import ibis, ir
from darksocial.language import gettext as _
from darksocial.lookups.request_kinds import ACTIVITY, path_patterns
from darksocial.parser.requests import MAX_WATCHED_GOALS
from darksocial.parser.sums import CONDUCT_COLUMNS, GOAL_COLUMNS
from darksocial.settings import Goal
from darksocial.store.calendar import due_after, span_text
from darksocial.store.earlier import completed
from darksocial.store.files import layout, records
from darksocial.store.files.state import State

VERSION_COLUMN = "schema_version"
LATER_HIT_COLUMNS = {
    **{name: str(kind) for name, kind in (*GOAL_COLUMNS, *CONDUCT_COLUMNS)},
    "country": "string",
    VERSION_COLUMN: "int16",
}
"""The columns of hits that earlier versions lack, with their types."""
KINDS_BY_PATH = ("api", "feed")
"""Kinds that become `other` if a hit reaches a goal: it shows a person (parser/requests.py)."""
UNCHANGED_KINDS = ("robots", "prefetch", "head", "probe")
"""Kinds that a hit keeps, whichever goal it reaches."""


def with_goals(hits: ir.Table, goals: Sequence[Goal]) -> ir.Table:
    """Return stored hits with `kind`, `conversions` and `revenue` according to goals.

    With goals there is `goals_reached`, too (`GOALS_REACHED`); null in hits of version 1.
    """
    hits = completed(hits, LATER_HIT_COLUMNS)
    if not goals:
        return hits
    path = ibis.coalesce(hits.path, hits.request_path)
    reached = [_reached(hits, path, goal).fill_null(False) for goal in goals]
    by_path = [path.re_search(path_patterns()[kind]) for kind in KINDS_BY_PATH]
    is_kept = hits.weight.notnull() | hits.kind.isin(UNCHANGED_KINDS)
    is_action = ~is_kept & reduce(or_, reached) & reduce(or_, by_path)
    kind = ibis.ifelse(is_action.fill_null(False), "other", hits.kind)
    counted = reduce(add, (each.cast("float64") for each in reached))
    conversions = hits.conversions.fill_null(0) + ibis.ifelse(kind.isin(ACTIVITY), counted, 0.0)
    revenue = _revenue(hits, kind, list(zip(goals, reached, strict=True)))
    bits = _bits(reached[:MAX_WATCHED_GOALS])
    is_old = hits[VERSION_COLUMN].isnull()
    return hits.mutate(
        kind=ibis.ifelse(is_old, hits.kind, kind),
        conversions=ibis.ifelse(is_old, hits.conversions, conversions),
        revenue=ibis.ifelse(is_old, hits.revenue, revenue),
        goals_reached=ibis.ifelse(~is_old & kind.isin(ACTIVITY), bits, None),
    )


def _bits(reached: Sequence[ir.BooleanValue]) -> ir.IntegerValue:
    """Return the goals that a hit reaches, as the bits of a number."""
    zero = ibis.literal(0, "int64")
    bits = (ibis.literal(1 << number, "int64") for number in range(len(reached)))
    return reduce(
        add, (ibis.ifelse(hit, bit, zero) for hit, bit in zip(reached, bits, strict=True))
    )


def check_goals(store: Path, state: State, days: Sequence[str], goals: Sequence[Goal]) -> None:
    """Raise UsageError if days would be written with goals that their hits cannot show."""
    if not goals:
        return
    changed = [day for day in days if _goals_of(store, day) not in (None, len(goals))]
    old = [day for day in state.days if any(map(_is_old, _hits_of(store, state, day)))]
    around = sorted(set(changed) & due_after(old, state.days))
    if around:
        raise UsageError(
            _(
                "the number of goals is {now} now, and was {then} when the report of {day} was "
                "written; the hits of {days} were stored by an earlier version, without status, "
                "method and event"
            ).format(
                now=len(goals),
                then=_goals_of(store, around[0]),
                day=around[0],
                days=span_text(old),
            ),
            expected=_("the earlier goals for these days, or their logs"),
            advice=_("a later day as `since`, or a new `store` that reads the logs of these days"),
        )


def _goals_of(store: Path, day: str) -> int | None:
    """Return the number of goals when the report of a day was written, if it is recorded."""
    count = records.content(store / layout.report_of(day)).get("goals")
    return count if isinstance(count, int) else None


def _hits_of(store: Path, state: State, day: str) -> list[Path]:
    paths = [store / layout.part_of("hits", day, name) for name in state.parts[day]]
    return [path for path in paths if path.is_file()]


def _is_old(path: Path) -> bool:
    """Return whether a file has hits of version 1; False for a damaged file."""
    try:
        metadata = pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        return False
    names = metadata.schema.names
    if VERSION_COLUMN not in names:
        return True
    index = names.index(VERSION_COLUMN)
    groups = (metadata.row_group(number).column(index) for number in range(metadata.num_row_groups))
    return any(group.statistics is None or group.statistics.null_count for group in groups)


def first_version_days(engine: Engine, hits: ir.Table) -> list[str]:
    """Return the days (ISO 8601) with hits of version 1, in order."""
    hits = completed(hits, LATER_HIT_COLUMNS)
    days = hits.filter(hits[VERSION_COLUMN].isnull()).select(day=hits.time.date()).distinct()
    rows = engine.fetch(days.order_by("day"), "days without goals").to_pylist()
    return [str(row["day"]) for row in rows]


def _reached(hits: ir.Table, path: ir.StringValue, goal: Goal) -> ir.BooleanValue:
    """Return whether a hit reaches a goal: all conditions of the goal must hold."""
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
    """Return the revenue that an export recorded, or else that of the goals, if any has a value."""
    values = [ibis.ifelse(hit, float(goal.value), 0.0) for goal, hit in reached if goal.value]
    if not any(goal.value is not None for goal, _ in reached):
        return hits.revenue
    earned = reduce(add, values, ibis.literal(0.0))
    return ibis.coalesce(hits.revenue, ibis.ifelse(kind.isin(ACTIVITY), earned, None))
