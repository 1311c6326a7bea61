"""What an analysis or a store holds: its reports, and its visits and shares as Arrow tables.

An analysis has one report, and a store one for each UTC day. The visits of each report are its
`part`, so that what is true of a report can be applied to its visits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from darksocial.errors import InputError, UsageError
from darksocial.language import gettext as _
from darksocial.report.estimates import PART_COLUMN, Judged, judged
from darksocial.report.summary_json import NAME, read_report
from darksocial.report.values import Report
from darksocial.results.explain import condition_of, legible, period_of, sessions_of
from darksocial.results.tempo import shares_of
from darksocial.results.visitor_keys import key_changes
from darksocial.schema import SESSIONS, SHARES
from darksocial.selection import OF_SHARES, Period, Selection, regex_of

DATE = "date="
CHOSEN = "is_chosen"


@dataclass(frozen=True)
class Stored:
    """What a question is answered from.

    reports: of the analysis, or of the days of the store that the question is about, in order.
    days: the day of each report; empty for an analysis.
    visits: those of all these reports, with `part`, the number of the report, and `is_chosen`.
    shares: those that were chosen.
    period: the span of time that was asked for.
    key_changes: the days after the first one from which on visitors have ids by another key.
    """

    reports: tuple[Report, ...]
    days: tuple[date, ...]
    visits: pa.Table
    shares: pa.Table
    period: Period
    key_changes: tuple[date, ...] = ()

    @cached_property
    def counts(self) -> Judged:
        """All visits as they are counted. The columns `estimates.COLUMNS` have to be among them."""
        return judged(self.visits, self.reports)

    @property
    def is_whole(self) -> bool:
        """Whether all visits of all reports are chosen."""
        return bool(pc.all(self.visits[CHOSEN], min_count=0).as_py())


def stored(out: Path, selection: Selection, columns: Sequence[str]) -> Stored:
    """Return what the folder of an analysis or a store holds of the chosen visits, and of them the
    `columns`.

    Raises InputError if it holds neither, or what another version wrote, and UsageError if a store
    has none of the days.
    """
    sessions = sessions_of(out)
    period = period_of(out, selection)
    folders = sorted((out / "reports").glob(f"{DATE}*"))
    condition = condition_of(out, selection)
    shares = _shares(out, selection, period)
    if not folders:
        report = read_report(out / NAME)
        with legible(out):
            visits = _marked(sessions, columns, condition, 0)
        return Stored((report,), (), visits, shares, period)
    days = [day for day in map(_day, folders) if _is_within(day, period)]
    if not days:
        raise UsageError(
            _("{out} has none of the days that are asked for.").format(out=out),
            expected=_("days from {first} to {last}").format(
                first=_day(folders[0]), last=_day(folders[-1])
            ),
        )
    reports = tuple(read_report(out / "reports" / f"{DATE}{day}" / NAME) for day in days)
    parts = []
    with legible(out):
        for number, day in enumerate(days):
            of_day = ds.dataset(out / "sessions" / f"{DATE}{day}", SESSIONS.arrow, format="parquet")
            parts.append(_marked(of_day, columns, condition, number))
    changes = key_changes(out, days[0] + timedelta(days=1), days[-1])
    return Stored(reports, tuple(days), pa.concat_tables(parts), shares, period, changes)


def visit_batches(out: Path, selection: Selection) -> Iterator[pa.RecordBatch]:
    """Yield the chosen visits with the columns of the contract, in batches of bounded size."""
    condition = condition_of(out, selection)
    with legible(out):
        yield from sessions_of(out).to_batches(columns=SESSIONS.names, filter=condition)


def share_batches(out: Path, selection: Selection) -> Iterator[pa.RecordBatch]:
    """Yield the chosen shares with the columns of the contract."""
    shares = _shares(out, selection, period_of(out, selection))
    yield from shares.select(SHARES.names).to_batches()


def _day(folder: Path) -> date:
    try:
        return date.fromisoformat(folder.name.removeprefix(DATE))
    except ValueError as error:
        raise InputError(
            _("{path} is no folder of a day.").format(path=folder),
            expected=_("files that `darksocial nightly` wrote"),
        ) from error


def _is_within(day: date, period: Period) -> bool:
    """Return whether a UTC day and a span of time have a moment in common."""
    start = datetime.combine(day, time(), UTC)
    ends_after = period.since is None or start + timedelta(days=1) > period.since
    return ends_after and (period.until is None or start < period.until)


def _marked(
    sessions: ds.Dataset, columns: Sequence[str], condition: pc.Expression | None, part: int
) -> pa.Table:
    """Return visits with their part, and whether they are chosen."""
    names: dict[str, pc.Expression] = {name: pc.field(name) for name in columns}
    chosen = pc.scalar(True) if condition is None else condition
    table = sessions.to_table({**names, CHOSEN: pc.coalesce(chosen, pc.scalar(False))})
    return table.append_column(PART_COLUMN, pa.array([part] * len(table), pa.int32()))


def _shares(out: Path, selection: Selection, period: Period) -> pa.Table:
    """Return the shares of the period, by the patterns that are known of shares."""
    condition = pc.scalar(True)
    if period.since:
        condition &= pc.field("time") >= pa.scalar(period.since, SHARES.arrow.field("time").type)
    if period.until:
        condition &= pc.field("time") < pa.scalar(period.until, SHARES.arrow.field("time").type)
    for key, pattern in selection.only:
        if key in OF_SHARES:
            condition &= pc.match_substring_regex(pc.field(key), regex_of(key, pattern))
    with legible(out):
        return shares_of(out).to_table(filter=condition)
