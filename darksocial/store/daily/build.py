"""The report of one day, from what the store holds: summaries, sessions and runs."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import NoneType
from typing import Any

from darksocial import arguments
from darksocial._version import __version__
from darksocial.errors import InputError
from darksocial.store.calendar import span_text
from darksocial.store.daily import standouts
from darksocial.store.daily.stored import (
    RunFile,
    Sums,
    chosen_day,
    completing,
    day_run,
    days_of,
    earlier_schema,
    open_run,
    runs_of,
    summary_of,
    sums_of,
)
from darksocial.store.daily.values import (
    KINDS,
    DayApp,
    DayChannel,
    DayCounts,
    DayPage,
    DayReport,
    DayRun,
    LineCounts,
    Standout,
)

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """What summary.json tells of a day: its counts, and rows of channels, apps and pages."""

    counts: DayCounts
    channels: Mapping[str, tuple[float, float]]
    apps: Mapping[str | None, tuple[str, float]]
    pages: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Days:
    """The day, those of the 28 days before that the store has, whether the day is over, whether no
    later one is, the same weekday before if the store has it, and how many whole days have passed
    since without any hits (0 unless it is the last)."""

    day: date
    before: tuple[date, ...]
    is_over: bool
    is_last: bool
    earlier: date | None
    since: int


def day_report(
    store: arguments.Place, day: date | None = None, *, now: Callable[[], datetime]
) -> DayReport:
    """Return the report of one day of a `store`; without `day` of the last one that is over (UTC).

    `now` returns the time, which decides which days are over. Raises InputError where the store
    has no report or cannot be read, and UsageError where it does not have the day.
    """
    store = arguments.folder("store", store)
    arguments.check("day", day, date, NoneType)
    arguments.check_clock(now)
    days = _days(days_of(store), store, day, now())
    told = _told(store, days.day)
    earlier = _told(store, days.earlier) if days.earlier else None
    sums = sums_of(store, [*days.before, days.day])
    runs = runs_of(store)
    at = len(runs) - 1 if runs and days.is_last else completing(runs, days.day)
    is_last_run = at == len(runs) - 1
    killed = open_run(store) if is_last_run else None
    run = day_run(runs, at, killed[1] if killed else None) if at is not None else None
    counts_before = earlier.counts if earlier else None
    found = _unusual(str(store), days, told.counts, counts_before, sums)
    if at is not None:
        found += standouts.parse_rate(runs[at], _runs_before(runs, at))
    return DayReport(
        version=__version__,
        store=str(store),
        day=days.day,
        is_over=days.is_over,
        earlier_day=days.earlier,
        days_before=len(days.before),
        counts=told.counts,
        earlier=counts_before,
        channels=_channels(told, earlier),
        apps=_apps(told, earlier),
        pages=_pages(told, days, sums),
        run=run,
        standouts=tuple(sorted(found, key=lambda row: KINDS.index(row.kind))),
        notes=(
            *_notes(days, run),
            *_store_notes(killed, earlier_schema(store, [*days.before, days.day])),
        ),
    )


def _days(known: Sequence[date], store: Path, day: date | None, now: datetime) -> Days:
    today = now.astimezone(UTC).date()
    chosen = chosen_day(store, known, day, today)
    first = chosen - timedelta(days=standouts.DAYS_BEFORE)
    is_last = chosen >= chosen_day(store, known, None, today)
    return Days(
        chosen,
        tuple(each for each in known if first <= each < chosen),
        today > chosen,
        is_last,
        chosen - WEEK if chosen - WEEK in known else None,
        max(0, (today - chosen).days - 1) if is_last and today > chosen else 0,
    )


def _unusual(
    store: str, days: Days, counts: DayCounts, earlier: DayCounts | None, sums: Sums
) -> list[Standout]:
    """What stands out of the day's visits. A day that goes on can still fall short by itself, so
    its silent hours and its total are not judged."""
    found: list[Standout] = []
    enough = len(days.before) >= standouts.LEAST_DAYS
    if enough:
        found += standouts.pages(store, days.day, days.before, sums)
        found += standouts.new_apps(store, days.day, days.before, sums)
    if enough and days.is_over:
        found += standouts.silent_hours(store, days.day, days.before, sums)
    if days.is_over:
        found += standouts.total(store, days.day, counts, earlier)
    return found


def _runs_before(runs: Sequence[RunFile], at: int) -> Sequence[RunFile]:
    return runs[max(0, at - standouts.DAYS_BEFORE) : at]


def _told(store: Path, day: date) -> Told:
    """Read what summary.json tells of a day. Raises InputError where something is missing."""
    summary = summary_of(store, day)
    try:
        return Told(
            _counts(summary),
            {row["channel"]: (row["before"], row["after"]) for row in summary["channels"]},
            {
                row["app"]: (row["label"], row["expected"])
                for row in summary["dark_social"]["apps"]
                if row["expected"] > 0
            },
            summary["pages"],
        )
    except (KeyError, TypeError) as error:
        raise InputError(
            f"the report of {day} in {store} cannot be read: {error!r}",
            expected="a summary.json of this version",
            advice="darksocial nightly --rebuild",
        ) from error


def _counts(summary: Mapping[str, Any]) -> DayCounts:
    dark, converted = summary["dark_social"], summary["conversions"]
    return DayCounts(
        sessions=summary["sessions"],
        visitors=summary["visitors"],
        pageviews=summary["pageviews"],
        direct=dark["direct_sessions"],
        dark=dark["expected"],
        dark_low=dark["low"],
        dark_high=dark["high"],
        direct_dark=dark["direct_expected"],
        direct_share=dark["share_of_direct"],
        conversions=math.fsum(row["before"] for row in converted) if converted else None,
        revenue=math.fsum(row["revenue_before"] for row in converted) if converted else None,
    )


def _channels(told: Told, earlier: Told | None) -> tuple[DayChannel, ...]:
    """The channels of the day and a week before, the largest first."""
    none, unknown = (0.0, 0.0), (None, None)
    names = list(dict.fromkeys([*told.channels, *(earlier.channels if earlier else ())]))
    rows = [
        DayChannel(
            name,
            *told.channels.get(name, none),
            *(earlier.channels.get(name, none) if earlier else unknown),
        )
        for name in names
    ]
    return tuple(sorted(rows, key=lambda row: (-max(row.before, row.after), row.channel)))


def _apps(told: Told, earlier: Told | None) -> tuple[DayApp, ...]:
    """The apps of the day and a week before, the largest first; what is not named comes last."""
    tables = [told.apps, earlier.apps if earlier else {}]
    labels = {app: label for table in reversed(tables) for app, (label, _) in table.items()}
    rows = [
        DayApp(
            app,
            label,
            told.apps.get(app, (label, 0.0))[1],
            earlier.apps.get(app, (label, 0.0))[1] if earlier else None,
        )
        for app, label in labels.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.app is None, -row.expected, row.label)))


def _pages(told: Told, days: Days, sums: Sums) -> tuple[DayPage, ...]:
    """The landing pages with the most dark social, beside their usual."""
    rows = []
    for row in told.pages:
        dark = sums.dark.get((row["site"], row["path"]), {})
        past = math.fsum(dark.get(day, 0.0) for day in days.before)
        usual = past / len(days.before) if days.before else None
        rows.append(
            DayPage(row["site"], row["path"], row["sessions"], row["direct"], row["dark"], usual)
        )
    return tuple(rows)


def _notes(days: Days, run: DayRun | None) -> list[str]:
    """What the report cannot tell, and why."""
    found = []
    if not days.is_over:
        found.append("The day is not over (UTC): its numbers will grow.")
    if days.since:
        passed = "the day" if days.since == 1 else f"any of the {days.since:,} days"
        found.append(f"The store has no hits of {passed} since.")
    if len(days.before) < standouts.LEAST_DAYS:
        found.append(
            f"The store has {len(days.before) or 'none'} of the {standouts.DAYS_BEFORE} days "
            f"before; {standouts.LEAST_DAYS} are needed to say what is usual."
        )
    if days.earlier is None:
        found.append(f"The store has no report of {days.day - WEEK}, the same weekday before.")
    if run is None:
        found.append("No run in the store wrote this day: its lines are not known.")
    elif run.unread:
        found.append(f"{run.unread} files were not read; the file of the run says why.")
    return found


def _store_notes(
    killed: tuple[datetime, LineCounts] | None, earlier: Sequence[date]
) -> Iterator[str]:
    """Say what a run that did not end had read, and which days are of an earlier schema."""
    if killed:
        began, counts = killed
        yield (
            f"The run that began at {began:%Y-%m-%d %H:%M} has not ended: its {counts.lines:,} "
            "lines are part of the total, and the next run records them."
        )
    if earlier:
        span = span_text(earlier)
        yield (
            f"{span} ({len(earlier)} days): written by an earlier version; what was added since is "
            "empty there. `darksocial nightly --rebuild` writes these days anew."
        )
