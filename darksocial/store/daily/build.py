"""Build the report of one day from the summaries, sessions and runs of the store."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import NoneType
from typing import Any

from darksocial import arguments
from darksocial._version import __version__
from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.before import AS_ARRIVED, LAST_NON_DIRECT
from darksocial.report.readings import check_reading, moved, moved_bounds
from darksocial.report.values import Before, CannotTell
from darksocial.report.words import who_is_followed
from darksocial.results.visitor_keys import key_changes
from darksocial.store.calendar import DAYS_BEFORE, span_text
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
class Summary:
    """The content of a day's summary.json: its counts, and rows of channels, apps and pages.

    `before` says how the channels count a visit booked as Direct. `bounds` are those of the
    estimates of channels; the summaries of earlier versions have none, and no `cannot_tell`.
    """

    counts: DayCounts
    channels: Mapping[str, tuple[float, float]]
    bounds: Mapping[str, tuple[float, float]]
    apps: Mapping[str | None, tuple[str, float]]
    pages: Sequence[Mapping[str, Any]]
    before: Before
    cannot_tell: tuple[CannotTell, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """The day, and those of the 28 days before that the store has.

    is_over: whether the day is over.
    is_last: whether it is the last day that is over, or a later one.
    earlier: the same weekday a week earlier, if the store has it.
    since: how many whole days without hits have passed since (0 unless it is the last day).
    """

    day: date
    before: tuple[date, ...]
    is_over: bool
    is_last: bool
    earlier: date | None
    since: int


def day_report(
    store: arguments.Place,
    day: date | None = None,
    *,
    now: Callable[[], datetime],
    before: str = AS_ARRIVED,
) -> DayReport:
    """Return the report of one day of a `store`; without `day`, of the last one that is over (UTC).

    `now` returns the time, which decides which days are over. `before` says how `channels` count a
    visit booked as Direct before weighing, as in `analyze`. Raises InputError if the store has no
    report or cannot be read, and UsageError if it does not have the day, or if there is no such
    `before`.
    """
    store = arguments.folder("store", store)
    arguments.check("day", day, date, NoneType)
    arguments.check_clock(now)
    check_reading(before)
    days = _days(days_of(store), store, day, now())
    summary = _summary(store, days.day)
    earlier = _summary(store, days.earlier) if days.earlier else None
    sums = sums_of(store, [*days.before, days.day])
    if before == LAST_NON_DIRECT:
        summary = _reread(store, days.day, summary)
        earlier = _reread(store, days.earlier, earlier) if days.earlier and earlier else None
    runs = runs_of(store)
    index = len(runs) - 1 if runs and days.is_last else completing(runs, days.day)
    is_last_run = index == len(runs) - 1
    killed = open_run(store) if is_last_run else None
    run = day_run(runs, index, killed[1] if killed else None) if index is not None else None
    counts_before = earlier.counts if earlier else None
    looked_at = days.day - timedelta(days=DAYS_BEFORE)
    changes = key_changes(store, looked_at + timedelta(days=1), days.day)
    unusual = _unusual(str(store), days, summary.counts, counts_before, sums)
    if index is not None:
        unusual += standouts.parse_rate(runs[index], _runs_before(runs, index))
    return DayReport(
        version=__version__,
        store=str(store),
        day=days.day,
        is_over=days.is_over,
        earlier_day=days.earlier,
        days_before=len(days.before),
        counts=summary.counts,
        earlier=counts_before,
        before=summary.before,
        channels=_channels(summary, earlier),
        apps=_apps(summary, earlier),
        pages=_pages(summary, days, sums),
        run=run,
        standouts=tuple(sorted(unusual, key=lambda row: KINDS.index(row.kind))),
        notes=(
            *_notes(days, run),
            *_store_notes(killed, earlier_schema(store, [*days.before, days.day])),
            *who_is_followed(changes),
        ),
        cannot_tell=summary.cannot_tell,
    )


def _days(stored: Sequence[date], store: Path, day: date | None, now: datetime) -> Days:
    today = now.astimezone(UTC).date()
    chosen = chosen_day(store, stored, day, today)
    first = chosen - timedelta(days=standouts.USUAL_DAYS)
    is_last = chosen >= chosen_day(store, stored, None, today)
    return Days(
        chosen,
        tuple(each for each in stored if first <= each < chosen),
        today > chosen,
        is_last,
        chosen - WEEK if chosen - WEEK in stored else None,
        max(0, (today - chosen).days - 1) if is_last and today > chosen else 0,
    )


def _unusual(
    store: str, days: Days, counts: DayCounts, earlier: DayCounts | None, sums: Sums
) -> list[Standout]:
    """Return what is unusual in the day's visits. On a day that is not over, silent hours and the
    total are not judged, since visits are still missing."""
    unusual: list[Standout] = []
    enough = len(days.before) >= standouts.MIN_DAYS
    if enough:
        unusual += standouts.pages(store, days.day, days.before, sums)
        unusual += standouts.new_apps(store, days.day, days.before, sums)
    if enough and days.is_over:
        unusual += standouts.silent_hours(store, days.day, days.before, sums)
    if days.is_over:
        unusual += standouts.total(store, days.day, counts, earlier)
    return unusual


def _runs_before(runs: Sequence[RunFile], index: int) -> Sequence[RunFile]:
    return runs[max(0, index - standouts.USUAL_DAYS) : index]


def _summary(store: Path, day: date) -> Summary:
    """Read the summary.json of a day. Raises InputError if something is missing."""
    summary = summary_of(store, day)
    try:
        return Summary(
            _counts(summary),
            {row["channel"]: (row["before"], row["after"]) for row in summary["channels"]},
            {
                row["channel"]: (row["low"], row["high"])
                for row in summary["channels"]
                if "low" in row
            },
            {
                row["app"]: (row["label"], row["expected"])
                for row in summary["dark_social"]["apps"]
                if row["expected"] > 0
            },
            summary["pages"],
            Before(AS_ARRIVED, 0.0),
            tuple(CannotTell(**entry) for entry in summary.get("cannot_tell", ())),
        )
    except (KeyError, TypeError) as error:
        raise InputError(
            _("the report of {day} in {store} cannot be read: {reason}").format(
                day=day, store=store, reason=repr(error)
            ),
            expected=_("a summary.json of this version"),
            advice="darksocial nightly --rebuild",
        ) from error


def _reread(store: Path, day: date, summary: Summary) -> Summary:
    """Return the summary of a day with its channels as GA4's reports count them."""
    from darksocial.store.daily.sources import moves_of_day

    moves = moves_of_day(store, day)
    channels = moved(summary.channels, moves.sessions)
    bounds = moved_bounds(summary.bounds, summary.channels, moves.sessions)
    return replace(
        summary,
        channels=channels,
        bounds=bounds if summary.bounds else {},
        before=moves.before,
    )


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
        direct_low=dark["direct_low"],
        direct_high=dark["direct_high"],
        direct_share=dark["share_of_direct"],
        conversions=math.fsum(row["before"] for row in converted) if converted else None,
        revenue=math.fsum(row["revenue_before"] for row in converted) if converted else None,
    )


def _channels(summary: Summary, earlier: Summary | None) -> tuple[DayChannel, ...]:
    """Return the channels of the day and a week before, the largest first."""
    none, unknown = (0.0, 0.0), (None, None)
    names = list(dict.fromkeys([*summary.channels, *(earlier.channels if earlier else ())]))
    rows = [
        DayChannel(
            name,
            *summary.channels.get(name, none),
            *summary.bounds.get(name, none if summary.bounds else unknown),
            *(earlier.channels.get(name, none) if earlier else unknown),
        )
        for name in names
    ]
    return tuple(sorted(rows, key=lambda row: (-max(row.before, row.after), row.channel)))


def _apps(summary: Summary, earlier: Summary | None) -> tuple[DayApp, ...]:
    """Return the apps of the day and a week before, the largest first; unknown apps come last."""
    tables = [summary.apps, earlier.apps if earlier else {}]
    labels = {app: label for table in reversed(tables) for app, (label, _) in table.items()}
    rows = [
        DayApp(
            app,
            label,
            summary.apps.get(app, (label, 0.0))[1],
            earlier.apps.get(app, (label, 0.0))[1] if earlier else None,
        )
        for app, label in labels.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.app is None, -row.expected, row.label)))


def _pages(summary: Summary, days: Days, sums: Sums) -> tuple[DayPage, ...]:
    """Return the landing pages with the most dark social, with their usual number."""
    rows = []
    for row in summary.pages:
        dark = sums.dark.get((row["site"], row["path"]), {})
        past = math.fsum(dark.get(day, 0.0) for day in days.before)
        usual = past / len(days.before) if days.before else None
        rows.append(
            DayPage(row["site"], row["path"], row["sessions"], row["direct"], row["dark"], usual)
        )
    return tuple(rows)


def _notes(days: Days, run: DayRun | None) -> list[str]:
    """Return what the report cannot say, and why."""
    notes = []
    if not days.is_over:
        notes.append(_("The day is not over (UTC): its numbers will grow."))
    if days.since:
        notes.append(
            ngettext(
                "The store has no hits of the day since.",
                "The store has no hits of any of the {n:,} days since.",
                days.since,
            ).format(n=days.since)
        )
    if len(days.before) < standouts.MIN_DAYS:
        if days.before:
            sentence = _(
                "The store has {n} of the {usual_days} days before; {min_days} are needed to say "
                "what is usual."
            )
        else:
            sentence = _(
                "The store has none of the {usual_days} days before; {min_days} are needed to say "
                "what is usual."
            )
        notes.append(
            sentence.format(
                n=len(days.before), usual_days=standouts.USUAL_DAYS, min_days=standouts.MIN_DAYS
            )
        )
    if days.earlier is None:
        notes.append(
            _("The store has no report of {day}, the same weekday before.").format(
                day=days.day - WEEK
            )
        )
    if run is None:
        notes.append(_("No run in the store wrote this day: its lines are not known."))
    elif run.unread:
        notes.append(
            ngettext(
                "{n:,} file was not read; the record of the run says why.",
                "{n:,} files were not read; the record of the run says why.",
                run.unread,
            ).format(n=run.unread)
        )
    return notes


def _store_notes(
    killed: tuple[datetime, LineCounts] | None, earlier: Sequence[date]
) -> Iterator[str]:
    """Yield notes on a run that did not end, and on days of an earlier schema version."""
    if killed:
        began, counts = killed
        yield (
            _(
                "The run that began at {began:%Y-%m-%d %H:%M} has not ended: its {lines:,} lines "
                "are part of the total, and the next run records them."
            ).format(began=began, lines=counts.lines)
        )
    if earlier:
        yield ngettext(
            "{days} was written by an earlier version: its visits were judged by other rules, and "
            "what was added since is empty. `darksocial nightly --rebuild` writes this day again.",
            "{days} ({n:,} days) were written by an earlier version: their visits were judged by "
            "other rules, and what was added since is empty. `darksocial nightly --rebuild` writes "
            "these days again.",
            len(earlier),
        ).format(days=span_text(earlier), n=len(earlier))
