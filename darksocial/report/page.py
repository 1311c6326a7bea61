"""What the page of an analysis shows beside its report: periods, pages that travel, single visits.

All of it is counted from the sessions and shares that the analysis wrote; the numbers of the report
itself are those of summary.json.

The interval of a period or a page has two parts (estimates.py): what all visits have in common, and
the chance of the visits that there are.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from darksocial import arguments
from darksocial.report import summary_json
from darksocial.report.estimates import CAUSE_COLUMNS, NOTHING, Estimate, estimate_of_sums
from darksocial.report.numbers import MIN_SHOWN
from darksocial.report.selected import REPORT_COLUMNS, report_of
from darksocial.report.selected_groups import with_stored_groups
from darksocial.report.stored import CHOSEN, Stored, stored
from darksocial.results.explain import ExplainedVisit, explain
from darksocial.results.tempo import Step, page_tempo
from darksocial.selection import Breakdown, Selection

MAX_PAGES, MAX_STORIES, MAX_READERS = 20, 5, 10
MAX_PERIODS = 100
"""So many days are shown one by one; of more, weeks or else months, so that a page stays small."""
MONTH = "month"
PERIODS = (("day", timedelta(days=1)), ("week", timedelta(days=7)), (MONTH, timedelta(days=28)))
PAGE_KEY = ("site", "landing_path")


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A day, week or month in the zone of the report, by its first day: visits booked as Direct,
    without likely bots, dark social, and the landing page with the most dark visits."""

    start: date
    direct: float
    dark: Estimate
    page: str | None


@dataclass(frozen=True, slots=True)
class TravellingPage:
    """A landing page with dark visits, when it was first visited, and its dark visits by period.

    readers: how many different visitors landed on it.
    app: the app that most of its dark visits came through whose app is known; None where of none
        is it known.
    by_period: as many numbers as the analysis has periods.
    """

    site: str | None
    path: str
    sessions: float
    direct: float
    readers: int
    first_at: datetime
    dark: Estimate
    app: str | None
    by_period: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """How one page travelled: its visits and shares in steps of time (`results/tempo.py`)."""

    path: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ReadersRow:
    """The visits with one kind of device, or from one country: all, those booked as Direct, and
    dark social.

    name: of the device, or the code of the country; None where it is not known.
    others: how many of them share the row, 0 for a row of one.
    """

    name: str | None
    others: int
    sessions: float
    direct: float
    dark: Estimate


@dataclass(frozen=True, slots=True)
class PageFacts:
    """All that the page of an analysis shows.

    summary: the content of summary.json.
    causes: what the visits booked as Direct are expected to be, by the columns `CAUSE_COLUMNS`.
    period: what a row of `periods` is: `day`, `week` or `month`.
    examples: a visit that is clearly dark, one that is clearly direct and one that is neither, as
        far as there are such.
    """

    summary: Mapping[str, Any]
    causes: Mapping[str, float]
    period: str
    periods: tuple[PeriodRow, ...]
    pages: tuple[TravellingPage, ...]
    stories: tuple[Story, ...]
    devices: tuple[ReadersRow, ...]
    countries: tuple[ReadersRow, ...]
    examples: tuple[ExplainedVisit, ...]


def page_facts(
    out: arguments.Place,
    selection: Selection | None = None,
    breakdown: Breakdown | None = None,
) -> PageFacts:
    """Return what the page of the folder `out` shows: of an analysis, or of a store, and of the
    visits that `selection` chooses. `breakdown` asks for one more table.

    Raises InputError if `out` holds no report of this version, and UsageError if a store has none
    of the days.
    """
    out = arguments.folder("out", out)
    selection = arguments.or_default("selection", selection, Selection)
    content = stored(out, selection, [*REPORT_COLUMNS, "evidence"])
    report = report_of(content, selection)
    if breakdown is not None:
        report = with_stored_groups(report, content, breakdown)
    local = _local(content.visits["started_at"], report.zone)
    measured = _measured(content, local).filter(content.visits[CHOSEN])
    period = _period(_local(measured["started_at"], report.zone))
    visits = _with_period(measured, period)
    starts = _starts(visits["period"], period)
    pages = _pages(visits, starts)
    tempo = partial(page_tempo, out, selection=selection)
    return PageFacts(
        summary_json.summary(report),
        {name: math.fsum(visits[f"direct_{name}"].to_pylist()) for name in CAUSE_COLUMNS},
        period,
        _periods(visits, starts),
        pages,
        tuple(Story(page.path, tempo(page.path, site=page.site)) for page in pages[:MAX_STORIES]),
        _readers(visits, "device"),
        _readers(visits, "country"),
        tuple(_examples(out, visits)),
    )


def _local(times: pa.ChunkedArray, zone: str) -> pa.ChunkedArray:
    """Return times as the clocks of a zone show them."""
    return pc.local_timestamp(times.cast(pa.timestamp("us", zone)))


def _period(times: pa.ChunkedArray) -> str:
    """Return the shortest kind of period of which there are not too many."""
    if not len(times):
        return PERIODS[0][0]
    span = pc.max(times).as_py() - pc.min(times).as_py()
    return next((name for name, width in PERIODS if span <= MAX_PERIODS * width), MONTH)


def _starts(of_visits: pa.ChunkedArray, period: str) -> list[date]:
    """Return the first day of each period, from the first visit's to the last one's."""
    if not len(of_visits):
        return []
    start, last = pc.min(of_visits).as_py(), pc.max(of_visits).as_py()
    starts = []
    while start <= last:
        starts.append(start)
        if period == MONTH:
            start = (start + timedelta(days=31)).replace(day=1)
        else:
            start += dict(PERIODS)[period]
    return starts


def _measured(content: Stored, local: pa.ChunkedArray) -> pa.Table:
    """Return the visits with what is summed up: `dark` with what makes its interval, `direct` and,
    of the visits booked as Direct, each cause."""
    visits = content.visits.drop_columns(["evidence"])
    counts = content.counts
    parts = counts.dark
    columns = {
        "local": local,
        "dark": parts.expected,
        "variance": parts.variance,
        "below": parts.below,
        "above": parts.above,
        "direct": counts.weight * counts.direct,
    }
    for name in CAUSE_COLUMNS:
        columns[f"direct_{name}"] = counts.causes[name] * counts.weight * counts.arrived
    for name, column in columns.items():
        visits = visits.append_column(name, _column(column))
    return visits


def _column(values: Any) -> pa.ChunkedArray:
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([pa.array(values)])


def _with_period(visits: pa.Table, period: str) -> pa.Table:
    """Return visits with the first day of their period."""
    start = pc.floor_temporal(visits["local"], unit=period)
    return visits.append_column("period", pc.cast(start, pa.date32(), safe=False))


def _sums(visits: pa.Table, *keys: str) -> list[dict[str, Any]]:
    """Return the sums of the visits by some columns."""
    names = ("weight", "direct", "dark", "variance", "below", "above")
    summed = [(name, "sum") for name in names]
    others = [("visitor_id", "count_distinct"), ("started_at", "min")]
    rows: list[dict[str, Any]] = visits.group_by(keys).aggregate(summed + others).to_pylist()
    return rows


def _around(sums: Mapping[str, Any]) -> Estimate:
    """Return the estimate of some visits, given their sums."""
    names = ("dark_sum", "variance_sum", "below_sum", "above_sum")
    return estimate_of_sums(*(sums[name] for name in names), most=sums["weight_sum"])


def _periods(visits: pa.Table, starts: Sequence[date]) -> tuple[PeriodRow, ...]:
    rows = {row["period"]: row for row in _sums(visits, "period")}
    landed = visits.filter(pc.is_valid(visits["landing_path"]))
    first = _most_dark(landed, "period", "landing_path")
    return tuple(
        PeriodRow(start, row["direct_sum"], _around(row), first.get((start,)))
        if (row := rows.get(start))
        else PeriodRow(start, 0.0, NOTHING, None)
        for start in starts
    )


def _most_dark(visits: pa.Table, *columns: str) -> dict[tuple[Any, ...], str]:
    """Return by the first columns which value of the last one has the most dark visits, if it has
    enough to be shown."""
    keys, value = columns[:-1], columns[-1]
    sums = visits.group_by(columns).aggregate([("dark", "sum")]).to_pylist()
    sums.sort(key=lambda row: (-row["dark_sum"], row[value]))
    most: dict[tuple[Any, ...], str] = {}
    for row in sums:
        if row["dark_sum"] >= MIN_SHOWN:
            most.setdefault(tuple(row[key] for key in keys), row[value])
    return most


def _pages(visits: pa.Table, starts: Sequence[date]) -> tuple[TravellingPage, ...]:
    """Return the pages with the most dark visits, those first whose lower bound is highest."""
    landed = visits.filter(pc.is_valid(visits["landing_path"]))
    rows = [(_around(row), row) for row in _sums(landed, *PAGE_KEY)]
    rows = [(dark, row) for dark, row in rows if dark.expected >= MIN_SHOWN]
    rows.sort(key=lambda item: (-item[0].low, -item[0].expected, item[1]["landing_path"]))
    shown = rows[:MAX_PAGES]
    paths = pa.array([row["landing_path"] for _dark, row in shown], pa.string())
    of_shown = landed.filter(pc.is_in(landed["landing_path"], value_set=paths))
    by_period = {
        (row["site"], row["landing_path"], row["period"]): row["dark_sum"]
        for row in _sums(of_shown, *PAGE_KEY, "period")
    }
    apps = _most_dark(of_shown.filter(pc.is_valid(of_shown["app"])), *PAGE_KEY, "app")
    return tuple(
        TravellingPage(
            row["site"],
            row["landing_path"],
            row["weight_sum"],
            row["direct_sum"],
            row["visitor_id_count_distinct"],
            row["started_at_min"],
            dark,
            apps.get((row["site"], row["landing_path"])),
            tuple(
                by_period.get((row["site"], row["landing_path"], start), 0.0) for start in starts
            ),
        )
        for dark, row in shown
    )


def _readers(visits: pa.Table, column: str) -> tuple[ReadersRow, ...]:
    """Return the visits by what a column says of their readers, the most first; none if it says
    nothing of any."""
    rows = sorted(_sums(visits, column), key=lambda row: (-row["weight_sum"], row[column] or ""))
    if not any(row[column] for row in rows):
        return ()
    shown = [_readers_row(row[column], 0, [row]) for row in rows[:MAX_READERS]]
    others = rows[MAX_READERS:]
    return (*shown, *([_readers_row(None, len(others), others)] if others else []))


def _readers_row(name: str | None, others: int, rows: Sequence[Mapping[str, Any]]) -> ReadersRow:
    names = ("weight_sum", "direct_sum", "dark_sum", "variance_sum", "below_sum", "above_sum")
    sums = {key: math.fsum(row[key] for row in rows) for key in names}
    return ReadersRow(name, others, sums["weight_sum"], sums["direct_sum"], _around(sums))


def _examples(out: Path, visits: pa.Table) -> Iterator[ExplainedVisit]:
    """Yield a visit that is clearly dark, one clearly direct and one undecided, if there are."""
    booked = visits.filter(pc.greater(visits["direct"], 0.0))
    columns = ("session_id", "p_dark_social", "p_direct")
    rows = [
        (row["session_id"], row["p_dark_social"], row["p_direct"])
        for row in booked.select(columns).to_pylist()
    ]
    chosen = (
        max(rows, key=lambda row: (row[1], row[0]), default=None),
        max(rows, key=lambda row: (row[2], row[0]), default=None),
        min(rows, key=lambda row: (abs(row[1] - 0.5), row[0]), default=None),
    )
    ids = (row[0] for row in chosen if row)
    for session in dict.fromkeys(ids):
        yield from explain(out, session=session)
