"""The finished report: every number that a terminal, a page or summary.json shows.

Outputs draw from a `Report` and compute nothing. Counts are numbers of lines, hits or sessions;
numbers of sessions after weighing are expectations (sums of probabilities), hence not whole.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from darksocial.language import ngettext
from darksocial.report.chosen import Filter
from darksocial.report.group_rows import Groups
from darksocial.report.lesson_rows import CountedTwice, TaughtRow
from darksocial.report.numbers import about, between

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class InputReport:
    """What became of one file: lines = hits + rejects + blanks, always.

    `blanks` counts blank lines and comments; `bots` and `previews` are hits, part of `hits`.
    `warning` says what was wrong with the file as a whole, such as a compressed stream cut short.
    """

    file: str
    format: str
    lines: int
    hits: int
    rejects: int
    blanks: int
    bots: int
    previews: int
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadInput:
    """A file that was left out, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Before:
    """What the channels of a report mean before weighing.

    reading: `arrival`, the visits as they arrived, or `last-non-direct`, as in the reports of GA4.
    differ: sessions booked as Direct, without likely bots, that the reading counts in the channel
        of an earlier visit: how far it differs from the visits as they arrived.
    """

    reading: str
    differ: float


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """Sessions of one channel: as booked, and expected after weighing the evidence, with the bounds
    of its 90% interval."""

    channel: str
    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """Sessions of one channel as an analytics export itself names it."""

    channel: str
    sessions: float


@dataclass(frozen=True, slots=True)
class ConversionRow:
    """Conversions and revenue of one channel: as booked, and expected after weighing."""

    channel: str
    before: float
    after: float
    revenue_before: float
    revenue_after: float


@dataclass(frozen=True, slots=True)
class DarkSocial:
    """The estimate of dark social, in sessions.

    `low` and `high` bound a 90% interval. The `direct_` fields count the sessions booked as Direct
    alone, without likely bots: how many there are, and how many of them are expected to be dark
    social; `share_of_direct` is the proportion of the latter, 0 to 1 (null without direct
    sessions).
    `prior_share` is the proportion of the base rates that is assumed and not learned from these
    sessions, 0 to 1.
    """

    expected: float
    low: float
    high: float
    direct_sessions: float
    direct_expected: float
    direct_low: float
    direct_high: float
    share_of_direct: float | None
    prior_share: float


@dataclass(frozen=True, slots=True)
class LikelyBots:
    """Sessions of bots that wear a browser's name, which no rule of its own names.

    `sessions` are those with a p_bot above 0.5, `direct` those of them that were booked as Direct.
    `expected` is the sum of p_bot over all sessions, `low` and `high` bound its 90% interval.
    """

    sessions: float
    direct: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AppRow:
    """Dark social that came through one app; `app` is null if the app is not known.

    `by_mix` adds the visits without a known app, distributed by the site's mix of apps: rougher
    than `expected`; null for the visits without a known app, and if there is no mix.
    `by_mix_low` and `by_mix_high` are its 90% interval, given the number of all dark visits.
    """

    app: str | None
    label: str
    expected: float
    by_mix: float | None
    by_mix_low: float | None = None
    by_mix_high: float | None = None


@dataclass(frozen=True, slots=True)
class PageRow:
    """A landing page: its sessions, those booked as Direct, and dark social expected."""

    site: str | None
    path: str
    sessions: float
    direct: float
    dark: float


@dataclass(frozen=True, slots=True)
class SharedAppRow:
    """The observed shares of one app, and the direct visits that are expected to follow."""

    app: str
    label: str
    shares: int
    clicks: float


@dataclass(frozen=True, slots=True)
class SharedPageRow:
    """A shared page: its shares, people known to have shared it, apps, expected clicks."""

    site: str | None
    path: str
    shares: int
    sharers: int
    apps: tuple[str, ...]
    clicks: float


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares that were observed by their link previews.

    `seen` counts them; `sharers` counts people known to have shared; `clicks` are expected direct
    visits; `reshare_rate` is the expected proportion of dark visits whose visitor is known to have
    shared the page in turn (null without dark visits).
    """

    seen: int
    sharers: int
    clicks: float
    reshare_rate: float | None
    apps: tuple[SharedAppRow, ...]
    pages: tuple[SharedPageRow, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What a signal saw: in how many sessions it counted, and its mean log-odds."""

    signal: str
    note: str
    sessions: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class CountRow:
    """A name and how many hits, lines or sessions go with it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A reason for rejects: how many lines, and where the first of them is."""

    reason: str
    lines: int
    example: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Something that cannot be said from the input: the name of the `reason`, the `field` that
    would have to be recorded, and what follows from it, which `says` in a whole sentence."""

    reason: str
    field: str
    says: str


@dataclass(frozen=True, slots=True)
class MaskedOrigin:
    """Visits of one channel whose referrer was hidden as a test, and what was learned from them.

    `sessions` counts them, `dark` is the mean probability of dark social that they would have had
    as Direct visits, 0 to 1. `expected_dark` is what the model expects of the visits that lost such
    a referrer (null if it expects none of them), `lost` how many it expects among those booked as
    Direct. The lower bounds allow for `false_dark` visits of these.
    """

    channel: str
    sessions: int
    dark: float
    expected_dark: float | None
    lost: float
    false_dark: float


@dataclass(frozen=True, slots=True)
class Report:
    """One analysis, finished.

    version: of darksocial.
    config_hash: 12 hexadecimal digits that change with the version and with any setting.
    inputs: what became of each file, sorted by path.
    unread: files that were left out.
    started_at, ended_at: the moments of the first and the last hit, in UTC; null without hits.
    zone: the time zone of the days of the report, as it was named.
    filter: which of the judged visits the report is about; null where it is about all. Files, bots,
        previews and rejects are always those of all that was read.
    sessions: how many there are; a sum of weights where rows of an export are sums of sessions.
    visitors: how many different visitors made these sessions.
    pageviews: how many pages they viewed.
    before: how `channels` and `conversions` count a visit booked as Direct before weighing. All
        other numbers on Direct are those of the visits as they arrived.
    channels: sessions by channel, in the order of the channel rules; without empty channels.
    channels_recorded: sessions by the channel that an export itself records; else empty.
    goals: how many goals were set.
    conversions: conversions and revenue by channel; empty without goals.
    dark_social: the estimate, with its 90% interval.
    likely_bots: the sessions that are likely bots'.
    groups: the visits by day, device or something else that was asked for.
    apps: dark social by app, the largest first; the part without a known app comes last.
    pages: landing pages, the one with the most dark social first.
    shares: shares that link previews show.
    evidence: what the signals saw, the strongest first.
    rejects: reasons why lines could not be read, the most frequent first.
    bots: hits of bots, by the rule that identified them.
    previews: hits that fetched a link preview, by app.
    notes: what limits the numbers, and what was assumed of the site, in whole sentences.
    site_notes: those of the notes that say whose site it is; they limit nothing.
    goal_notes: those of the notes that say which goals no hit reached.
    cannot_tell: what the inputs do not record, and what cannot be said without it. The bounds of
        `dark_social` allow for it.
    masked_origins: visits of known origin, judged as if it were not known, by channel.
    model: what the levels of signals mean on the sites with the most visits, as assumed and as
        learned.
    counted_twice: how many visits are dark there, by estimates that have to agree.
    """

    version: str
    config_hash: str
    inputs: tuple[InputReport, ...]
    unread: tuple[UnreadInput, ...]
    started_at: datetime | None
    ended_at: datetime | None
    zone: str
    filter: Filter | None
    sessions: float
    visitors: int
    pageviews: int
    before: Before
    channels: tuple[ChannelRow, ...]
    channels_recorded: tuple[RecordedRow, ...]
    goals: int
    conversions: tuple[ConversionRow, ...]
    dark_social: DarkSocial
    likely_bots: LikelyBots
    groups: Groups
    apps: tuple[AppRow, ...]
    pages: tuple[PageRow, ...]
    shares: Shares
    evidence: tuple[EvidenceRow, ...]
    rejects: tuple[RejectRow, ...]
    bots: tuple[CountRow, ...]
    previews: tuple[CountRow, ...]
    notes: tuple[str, ...]
    site_notes: tuple[str, ...]
    goal_notes: tuple[str, ...]
    cannot_tell: tuple[CannotTell, ...]
    masked_origins: tuple[MaskedOrigin, ...]
    model: tuple[TaughtRow, ...]
    counted_twice: tuple[CountedTwice, ...]

    def frame(self, table: str) -> "pd.DataFrame":
        """Return a table of the report as a pandas frame, with a column for each field of its rows.

        `table` is the name of a field that holds rows: channels, apps, pages, `shares.apps`.

        A table without rows has its columns all the same. Raises UsageError where there is no such
        table, with the names of those that there are.
        """
        from darksocial.report.frames import frame

        return frame(self, table)

    def __repr__(self) -> str:
        return f"<Report of {self.headline}>"

    @property
    def headline(self) -> str:
        """What was read and the result, in one line without any text from a log."""
        dark = self.dark_social
        files = len(self.inputs)
        if self.started_at is None or self.ended_at is None:
            text = ngettext("{n:,} file without any hits", "{n:,} files without any hits", files)
            return text.format(n=files)
        text = ngettext(
            "{n:,} file, {first:%Y-%m-%d} to {last:%Y-%m-%d}; sessions: {sessions}, of which "
            "expected to be dark social: {dark} ({low} to {high})",
            "{n:,} files, {first:%Y-%m-%d} to {last:%Y-%m-%d}; sessions: {sessions}, of which "
            "expected to be dark social: {dark} ({low} to {high})",
            files,
        )
        return text.format(
            n=files,
            first=self.started_at,
            last=self.ended_at,
            sessions=about(self.sessions),
            dark=about(dark.expected),
            **between(dark.low, dark.high),
        )
