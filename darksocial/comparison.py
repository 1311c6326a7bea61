"""Compare what two results count: two analyses, two stores, an export and a log, two spans of days.

Both are cut to the days that they share, because an export of a month and a log of a week differ by
their days first of all. Spans that have no day in common, as a week and the week before, are
compared as they are.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.pipeline import analyze
from darksocial.report.estimates import DIRECT_CHANNEL, NOTHING, Estimate
from darksocial.report.numbers import about, is_none, significant, whole
from darksocial.report.selected import stored_report
from darksocial.report.values import ChannelRow, Report
from darksocial.results.explain import legible, sessions_of
from darksocial.scratch.folder import Scratch
from darksocial.selection import Selection
from darksocial.visits.conditions import BOTS_LABEL, COUNTED_CHANNELS, NOT_LOGGED_LABEL

SPAN_BEHIND = re.compile(r"(.+)@(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?")
COMPARED_SECRET = "compared results share no visitor ids"
STORE_FORMAT = "store"
"""How the report of a day of a store names its format (store/days/write.py)."""
EXPECTED_RESULT = _(
    "the folder of an analysis or a store, or a log or export, with days behind @ if any"
)


@dataclass(frozen=True, slots=True)
class ComparedChannel:
    """Visits of a channel in both results, as booked and as estimated with the 90% interval."""

    channel: str
    first: float
    second: float
    first_estimate: Estimate
    second_estimate: Estimate


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One of the results: its name, its days (null without visits), and what it counts in them.

    direct: visits booked as Direct, without likely bots.
    dark: those of them that are expected to be dark social.
    days_without: on how many of these days it has no visit.
    """

    name: str
    since: date | None
    until: date | None
    visits: float
    visitors: int
    pageviews: int
    direct: float
    dark: Estimate
    likely_bots: float
    days_without: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results beside each other.

    is_cut: whether they were cut to the days that they share.
    channels: those that either has.
    explained: what explains the difference, in sentences.
    """

    first: ComparedSide
    second: ComparedSide
    is_cut: bool
    channels: tuple[ComparedChannel, ...]
    explained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _AskedFor:
    """What one argument names, with the days behind it."""

    text: str
    place: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class _Span:
    since: date
    until: date


def compare(first: arguments.Place, second: arguments.Place) -> Comparison:
    """Return two results beside each other.

    `first` and `second` are each the folder of an analysis or a store, or a log or an export, which
    is analysed before. `@2026-03-01..2026-03-07` behind one names days (UTC). Both are cut to the
    days that they share; spans that share none, as a week and the week before, are compared as they
    are.

    Raises InputError for what cannot be read, and UsageError for days that cannot be read, and for
    an export without days behind which none are named.
    """
    asked = [_asked_for(field, each) for field, each in (("first", first), ("second", second))]
    with Scratch() as scratch:
        places = list(dict.fromkeys(each.place for each in asked))
        written = {place: scratch.path / str(n) for n, place in enumerate(places)}
        folders_of = {place: _folder(place, folder) for place, folder in written.items()}
        folders = [folders_of[each.place] for each in asked]
        undated = [_is_undated(folder) for folder in folders]
        days = [
            _days_behind(each) if is_whole else _days(folder, each)
            for folder, each, is_whole in zip(folders, asked, undated, strict=True)
        ]
        spans, is_cut = _spans(asked, days, undated)
        reports = [
            stored_report(folder, Selection() if is_whole else Selection(span.since, span.until))
            if span
            else None
            for folder, span, is_whole in zip(folders, spans, undated, strict=True)
        ]
    one, other = (
        _side(each.text, span, report, of_side)
        for each, span, report, of_side in zip(asked, spans, reports, days, strict=True)
    )
    channels = tuple(_channels(reports))
    explained = tuple(_explained((one, other), reports, channels))
    return Comparison(one, other, is_cut, channels, explained)


def _asked_for(field: str, argument: arguments.Place) -> _AskedFor:
    text = str(arguments.folder(field, argument))
    match = SPAN_BEHIND.fullmatch(text)
    if match is None or Path(text).exists():
        return _AskedFor(text, text, None, None)
    try:
        since = date.fromisoformat(match[2])
        until = date.fromisoformat(match[3] or match[2])
    except ValueError as error:
        raise UsageError(
            _("{text} names no days.").format(text=text), expected=EXPECTED_RESULT
        ) from error
    if since > until:
        raise UsageError(
            _("{text} ends before it begins.").format(text=text), expected=EXPECTED_RESULT
        )
    return _AskedFor(text, match[1], since, until)


def _folder(name: str, scratch: Path) -> Path:
    """Return the folder of a result; a log or an export is analysed and written to `scratch`."""
    place = Path(name)
    if (place / "sessions").is_dir():
        return place
    with analyze([name], secret=COMPARED_SECRET) as analysis:
        analysis.write(scratch)
    return scratch


def _days(folder: Path, asked: _AskedFor) -> set[date]:
    """Return the days (UTC) of the visits, as far as they are asked for."""
    with legible(folder):
        times = sessions_of(folder).to_table(["started_at"])["started_at"]
    days = set(times.cast(pa.date32()).unique().to_pylist())
    first, last = asked.since or date.min, asked.until or date.max
    return {day for day in days if first <= day <= last}


def _is_undated(folder: Path) -> bool:
    """Return whether rows are sums of visits of one moment: of an export without days."""
    with legible(folder):
        visits = sessions_of(folder).to_table(["started_at", "weight"])
    of_many = pc.any(pc.greater(visits["weight"], 1.0), min_count=0).as_py()
    return bool(of_many) and pc.count_distinct(visits["started_at"]).as_py() == 1


def _days_behind(asked: _AskedFor) -> set[date]:
    """Return the days that are said to be those of an export without days."""
    if asked.since is None or asked.until is None:
        raise UsageError(
            _("The rows of {name} are sums without days.").format(name=asked.text),
            expected=_(
                "the days that it is about, behind it: {name}@2026-03-01..2026-03-31"
            ).format(name=asked.text),
        )
    number = (asked.until - asked.since).days + 1
    return {asked.since + timedelta(days=n) for n in range(number)}


def _spans(
    asked: Sequence[_AskedFor], days: Sequence[set[date]], undated: Sequence[bool]
) -> tuple[list[_Span | None], bool]:
    """Return the first and the last day of each, None of one without visits; and whether both were
    cut to the same days. Sums without days cannot be cut, so that the other is cut to theirs."""
    spans = [_Span(min(each), max(each)) if each else None for each in days]
    whole = [span for span, is_whole in zip(spans, undated, strict=True) if is_whole and span]
    if whole:
        if any(span != whole[0] for span in whole):
            raise UsageError(
                _("{first} and {second} are sums of other days.").format(
                    first=asked[0].text, second=asked[1].text
                ),
                expected=_("sums of the same days, or an export with a column of dates"),
            )
        return [whole[0] for _each in spans], True
    with_visits = [span for span in spans if span]
    if len(with_visits) < len(spans):
        return spans, False
    since = max(span.since for span in with_visits)
    until = min(span.until for span in with_visits)
    if since <= until:
        return [_Span(since, until) for _each in spans], True
    if all(each.since for each in asked):
        return spans, False
    raise UsageError(
        _("{first} and {second} share no day.").format(first=asked[0].text, second=asked[1].text),
        expected=_("results of the same days, or days behind both: @2026-03-01..2026-03-07"),
    )


def _side(name: str, span: _Span | None, report: Report | None, days: set[date]) -> ComparedSide:
    if report is None or span is None:
        return ComparedSide(name, None, None, 0.0, 0, 0, 0.0, NOTHING, 0.0, 0)
    dark = report.dark_social
    number = (span.until - span.since).days + 1
    with_visits = sum(span.since + timedelta(days=n) in days for n in range(number))
    return ComparedSide(
        name,
        span.since,
        span.until,
        report.sessions,
        report.visitors,
        report.pageviews,
        dark.direct_sessions,
        Estimate(dark.direct_expected, dark.direct_low, dark.direct_high),
        report.likely_bots.sessions,
        number - with_visits,
    )


def _channels(reports: Sequence[Report | None]) -> Iterator[ComparedChannel]:
    first, second = (
        {row.channel: row for row in report.channels} if report else {} for report in reports
    )
    for channel in COUNTED_CHANNELS:
        one, other = first.get(channel), second.get(channel)
        if one or other:
            yield ComparedChannel(
                channel,
                one.before if one else 0.0,
                other.before if other else 0.0,
                _estimate(one),
                _estimate(other),
            )


def _estimate(row: ChannelRow | None) -> Estimate:
    return Estimate(row.after, row.low, row.high) if row else NOTHING


def _explained(
    sides: tuple[ComparedSide, ComparedSide],
    reports: Sequence[Report | None],
    channels: Sequence[ComparedChannel],
) -> Iterator[str]:
    """Yield what explains the difference in Direct. It is that of all visits, less those of the
    other channels: what one counts elsewhere it does not count as Direct."""
    first, second = sides
    yield _("{first} counts {n} visits as Direct, {second} {m}.").format(
        first=first.name, second=second.name, n=whole(first.direct), m=whole(second.direct)
    )
    more = second.visits - first.visits
    larger, smaller = (second, first) if more > 0 else (first, second)
    if not is_none(abs(more)):
        yield ngettext(
            "{larger} has {n} visit more in all than {smaller}.",
            "{larger} has {n} visits more in all than {smaller}.",
            significant(abs(more)),
        ).format(larger=larger.name, smaller=smaller.name, n=whole(abs(more)))
    elsewhere = [
        (row.second - row.first, row.channel) for row in channels if row.channel != DIRECT_CHANNEL
    ]
    for difference, channel in sorted(elsewhere, key=lambda item: -abs(item[0])):
        if not is_none(abs(difference)):
            side = second if difference > 0 else first
            yield _elsewhere(channel, side.name, abs(difference))
    for side, report in zip(sides, reports, strict=True):
        if report is not None:
            yield from _of_side(side, report)


def _elsewhere(channel: str, name: str, difference: float) -> str:
    values = {"n": whole(difference), "name": name, "channel": channel}
    if channel == BOTS_LABEL:
        sentence = ngettext(
            "{n} visit more is a likely bot's in {name}, and is not counted as Direct.",
            "{n} visits more are likely bots' in {name}, and are not counted as Direct.",
            significant(difference),
        )
    elif channel == NOT_LOGGED_LABEL:
        sentence = ngettext(
            "Of {n} visit more {name} does not record how it began.",
            "Of {n} visits more {name} does not record how they began.",
            significant(difference),
        )
    else:
        sentence = ngettext(
            "{n} visit more is booked as {channel} in {name}.",
            "{n} visits more are booked as {channel} in {name}.",
            significant(difference),
        )
    return sentence.format(**values)


def _of_side(side: ComparedSide, report: Report) -> Iterator[str]:
    """Yield what a result says of its own Direct visits, and what it does not record."""
    machines = math.fsum(row.count for row in report.bots)
    # The bots of an analysis are those of all its days.
    if machines and (report.filter is None or report.inputs[0].format == STORE_FORMAT):
        yield ngettext(
            "{name} leaves out {n} hit of bots that say so or behave so.",
            "{name} leaves out {n} hits of bots that say so or behave so.",
            significant(machines),
        ).format(name=side.name, n=about(machines))
    for gap in report.cannot_tell:
        yield _("{name}: {sentence}").format(name=side.name, sentence=gap.says)
