"""The finished report of one day: every number and sentence that an output shows.

Outputs draw from a `DayReport` and compute nothing. Numbers of sessions after weighing are
expectations, so they are not whole. `earlier` is the same weekday of the week before (day - 7).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from darksocial.language import gettext as _
from darksocial.printable import inert, printable
from darksocial.report.numbers import about, between
from darksocial.report.values import Before, CannotTell

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("page", "app", "parse", "hours", "total")
"""The kinds of standouts, in the order of the report."""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """The counts of one day. `dark`, `dark_low` and `dark_high` are expected dark visits with
    their 90% interval; `direct_dark`, `direct_low` and `direct_high` count those of them that were
    booked as Direct, and `direct_share` is their proportion of the Direct sessions, 0 to 1 (null
    without any); conversions and revenue are null if the report of the day has none."""

    sessions: float
    visitors: int
    pageviews: int
    direct: float
    dark: float
    dark_low: float
    dark_high: float
    direct_dark: float
    direct_low: float
    direct_high: float
    direct_share: float | None
    conversions: float | None
    revenue: float | None


@dataclass(frozen=True, slots=True)
class DayChannel:
    """Sessions of a channel, as booked (`before`) and after weighing, on the day and a week
    earlier (null if the store has no such day). `low` and `high` bound the 90% interval of `after`
    (null if an earlier version wrote the day)."""

    channel: str
    before: float
    after: float
    low: float | None
    high: float | None
    earlier_before: float | None
    earlier_after: float | None


@dataclass(frozen=True, slots=True)
class DayApp:
    """Expected dark visits through one app (null: the app is unknown), and a week earlier."""

    app: str | None
    label: str
    expected: float
    earlier: float | None


@dataclass(frozen=True, slots=True)
class DayPage:
    """A landing page: sessions, those booked as Direct, expected dark visits; `usual` is the mean
    of these per day in the 28 days before, of those days that the store has (null without any)."""

    site: str | None
    path: str
    sessions: float
    direct: float
    dark: float
    usual: float | None


@dataclass(frozen=True, slots=True)
class LineCounts:
    """The lines of a run by what they became: lines = hits + rejects + blanks."""

    lines: int
    hits: int
    rejects: int
    blanks: int


@dataclass(frozen=True, slots=True)
class DayRun:
    """A run: its lines, its duration, and the number of files that it left out although they may
    hold something new. `total` counts the lines of all recorded runs up to this one.

    For the last day that is over it is the last run, so that a night without hits is visible; for
    an earlier day it is the run that completed the day."""

    started_at: datetime
    ended_at: datetime
    seconds: float
    read: LineCounts
    total: LineCounts
    unread: int


@dataclass(frozen=True, slots=True)
class Standout:
    """Something that differs from what is usual.

    kind: one of `KINDS`.
    subject: a page, an app, a file, or hours, with the text of the log.
    seen, usual: the two numbers that are compared, in the unit of the kind (visits; for `parse`
        the proportion of lines that are hits, 0 to 1).
    chance: how probable this is if nothing has changed, corrected for the number of comparisons.
    told: seen, usual and chance as a sentence, with the text of the log.
    look: a command that shows more, with the text of the log.
    """

    kind: str
    subject: str
    seen: float
    usual: float
    chance: float
    told: str
    look: str


@dataclass(frozen=True, slots=True)
class DayReport:
    """One day of a store, finished.

    version: of darksocial.
    store: the folder of the store, as it was named.
    day: the day, in UTC.
    is_over: whether the day had ended (UTC) when the report was made.
    earlier_day: the same weekday of the week before; null if the store lacks it.
    days_before: how many of the 28 days before the store has; they define what is usual.
    counts: the numbers of the day.
    earlier: the numbers of `earlier_day`; null where the store lacks it.
    before: how `channels` count a visit booked as Direct before weighing. `counts` are those of the
        visits as they arrived.
    channels: sessions by channel, on both days.
    apps: dark social by app, on both days.
    pages: landing pages, the one with the most dark social first.
    run: the run that completed the day, or the last one; null where the store has no record of it.
    standouts: what differs from what is usual, by kind.
    notes: what the report cannot say, and why. They hold no text from a log, since Markdown shows
        them unescaped.
    cannot_tell: what the hits of the day do not record, and what cannot be said without it.
    """

    version: str
    store: str
    day: date
    is_over: bool
    earlier_day: date | None
    days_before: int
    counts: DayCounts
    earlier: DayCounts | None
    before: Before
    channels: tuple[DayChannel, ...]
    apps: tuple[DayApp, ...]
    pages: tuple[DayPage, ...]
    run: DayRun | None
    standouts: tuple[Standout, ...]
    notes: tuple[str, ...]
    cannot_tell: tuple[CannotTell, ...]

    def frame(self, table: str) -> "pd.DataFrame":
        """Return a table of the day as a pandas frame: `table` is channels, apps, pages, standouts.

        Raises UsageError if there is no such table.
        """
        from darksocial.report.frames import frame

        return frame(self, table)

    def __repr__(self) -> str:
        counts = self.counts
        text = _(
            "{day:%Y-%m-%d} in {store}; sessions: {sessions}, of which expected to be dark social: "
            "{dark} ({low} to {high})"
        ).format(
            day=self.day,
            store=printable(self.store),
            sessions=about(counts.sessions),
            dark=about(counts.dark),
            **between(counts.dark_low, counts.dark_high),
        )
        return inert(f"<DayReport of {text}>")
