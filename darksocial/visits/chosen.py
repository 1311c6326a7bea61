"""The visits and shares that a selection chooses, after all visits have been judged."""

from collections.abc import Sequence
from datetime import UTC, datetime

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.selection import COLUMNS, OF_SHARES, Period, Selection, regex_of

EPOCH_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
IS_CHOSEN = "is_chosen"
SHARE_COLUMNS = {"path": "path", "site": "site", "app": "app"}
"""The columns of share events, as `selection.COLUMNS` has those of visits."""


def period_of(engine: Engine, visits: ir.Table, selection: Selection) -> Period:
    """Return the span of a selection; `7d` and the like count back from the last hit of visits."""
    latest = engine.fetch(visits.agg(last=visits.ended_at.max()), "last hit").to_pylist()[0]["last"]
    return selection.period(latest or EPOCH_MOMENT)


def marked(visits: ir.Table, selection: Selection, period: Period) -> ir.Table:
    """Return visits with `is_chosen`: whether a selection chooses them."""
    patterns = [(COLUMNS[key], regex_of(key, pattern)) for key, pattern in selection.only]
    return visits.mutate(**{IS_CHOSEN: _holds(visits, visits.started_at, period, patterns)})


def chosen_shares(shares: ir.Table, selection: Selection, period: Period) -> ir.Table:
    """Return the shares within the span of time, by the patterns that are known of shares."""
    patterns = [
        (SHARE_COLUMNS[key], regex_of(key, pattern))
        for key, pattern in selection.only
        if key in OF_SHARES
    ]
    return shares.filter(_holds(shares, shares.time, period, patterns))


def _holds(
    table: ir.Table,
    times: ir.TimestampValue,
    period: Period,
    patterns: Sequence[tuple[str, str]],
) -> ir.BooleanValue:
    """Return the condition that a row is in the period, and its columns fit the patterns."""
    seconds = times.epoch_seconds()
    condition = ibis.literal(True)
    if period.since:
        condition &= seconds >= _epoch_second(period.since)
    if period.until:
        condition &= seconds < _epoch_second(period.until)
    for column, regex in patterns:
        condition &= table[column].re_search(regex).fill_null(False)
    return condition


def _epoch_second(moment: datetime) -> int:
    """Return the second in which a moment is: logs have whole seconds."""
    return int(moment.timestamp() // 1)
