"""The report of the days of a store, or of a choice of the visits that an analysis wrote.

Numbers of visits are counted anew from the stored visits, and their intervals are those of
estimates.py. What a report says beside them (files, bots, notes) is put together from the reports
of the days, or remains that of all that was read.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import NoneType
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from darksocial import arguments
from darksocial._version import __version__
from darksocial.language import ngettext
from darksocial.lookups import apps
from darksocial.report.apps import app_rows
from darksocial.report.before import AS_ARRIVED
from darksocial.report.build import MAX_EVIDENCE, MAX_PAGES
from darksocial.report.chosen import Filter, OnlyRow
from darksocial.report.estimates import COLUMNS, PART_COLUMN, Estimate, Flags, Judged, filled
from darksocial.report.group_rows import Groups
from darksocial.report.selected_groups import with_stored_groups
from darksocial.report.stored import CHOSEN, Stored, stored
from darksocial.report.taught import what_answers_say, what_disagrees
from darksocial.report.values import (
    Before,
    CannotTell,
    ChannelRow,
    ConversionRow,
    CountRow,
    DarkSocial,
    EvidenceRow,
    LikelyBots,
    MaskedOrigin,
    PageRow,
    RecordedRow,
    RejectRow,
    Report,
    SharedAppRow,
    SharedPageRow,
    Shares,
)
from darksocial.report.words import what_masking_shows, who_is_followed
from darksocial.selection import EVERYTHING, UTC_NAME, Breakdown, Selection
from darksocial.settings import Model
from darksocial.visits.conditions import BOTS_LABEL, COUNTED_CHANNELS

REPORT_COLUMNS = (
    *(name for name in COLUMNS if name != PART_COLUMN),
    *("session_id", "visitor_id", "site", "landing_path", "started_at", "ended_at", "pageviews"),
    *("device", "country", "app", "utm_campaign", "conversions", "revenue", "channel_recorded"),
)
Row = TypeVar("Row")


def stored_report(
    out: arguments.Place,
    selection: Selection | None = None,
    breakdown: Breakdown | None = None,
) -> Report:
    """Return the report of the visits that `selection` chooses from the folder `out`: that of an
    analysis, or a store, whose days are put together. `breakdown` asks for one more table.

    Raises InputError if `out` holds no report of this version, and UsageError if a store has none
    of the days.
    """
    out = arguments.folder("out", out)
    selection = arguments.or_default("selection", selection, Selection)
    arguments.check("breakdown", breakdown, Breakdown, NoneType)
    content = stored(out, selection, [*REPORT_COLUMNS, "evidence"])
    report = report_of(content, selection)
    return with_stored_groups(report, content, breakdown) if breakdown else report


def report_of(content: Stored, selection: Selection = EVERYTHING) -> Report:
    """Return the report of the chosen visits."""
    visits, reports = content.visits, content.reports
    zone = reports[0].zone if selection.zone == UTC_NAME else selection.zone
    about = reports[0].filter if selection.is_everything else _filter(content, selection)
    if len(reports) == 1 and content.is_whole:
        return replace(reports[0], zone=zone, filter=about)
    counts = content.counts
    chosen = visits[CHOSEN].to_numpy()
    of_chosen = visits.filter(visits[CHOSEN])
    sums = list(_sums_by_app(visits, counts, chosen))
    dark = _dark_social(counts, chosen, reports)
    masked = () if selection.only else _masked(reports)
    twice, taught = reports[-1].counted_twice, reports[-1].model
    last: datetime | None = pc.max(of_chosen["ended_at"]).as_py()
    return Report(
        version=__version__,
        config_hash=reports[-1].config_hash,
        inputs=tuple(row for report in reports for row in report.inputs),
        unread=tuple(row for report in reports for row in report.unread),
        started_at=pc.min(of_chosen["started_at"]).as_py(),
        ended_at=last,
        zone=zone,
        filter=about,
        sessions=math.fsum(counts.weight[chosen]),
        visitors=_visitors(of_chosen),
        pageviews=pc.sum(of_chosen["pageviews"]).as_py() or 0,
        before=Before(AS_ARRIVED, 0.0),
        channels=_channels(counts, chosen),
        channels_recorded=_recorded(of_chosen),
        goals=max(report.goals for report in reports),
        conversions=_conversions(of_chosen, counts, chosen),
        dark_social=dark,
        likely_bots=_likely_bots(counts, chosen),
        groups=Groups(),
        apps=app_rows(sums, Model(), last),
        pages=_pages(of_chosen, counts, chosen),
        shares=_shares(content.shares, reports, dark.expected, selection),
        evidence=_evidence(of_chosen),
        rejects=_rejects(reports),
        bots=_counts(row for report in reports for row in report.bots),
        previews=_counts(row for report in reports for row in report.previews),
        notes=(
            *_notes(reports),
            *who_is_followed(content.key_changes),
            *what_masking_shows(masked),
            *what_disagrees(twice),
        ),
        site_notes=(),
        goal_notes=(),
        cannot_tell=_cannot_tell(reports),
        masked_origins=masked,
        model=taught,
        counted_twice=twice,
    )


def _filter(content: Stored, selection: Selection) -> Filter:
    """Return what was chosen; from an analysis of chosen visits, with what these were chosen by."""
    only = tuple(OnlyRow(key, pattern) for key, pattern in selection.only)
    period, earlier = content.period, content.reports[0].filter
    if earlier is None:
        sessions = pc.sum(content.visits["weight"]).as_py() or 0.0
        return Filter(period.since, period.until, only, sessions)
    since = max((each for each in (earlier.since, period.since) if each), default=None)
    until = min((each for each in (earlier.until, period.until) if each), default=None)
    return Filter(since, until, (*earlier.only, *only), earlier.sessions)


def _visitors(visits: pa.Table) -> int:
    """Return how many visitors there are; a row of sums is of many, whose number is not stored."""
    single = visits.filter(pc.equal(visits["weight"], 1.0))
    return len(single["visitor_id"].unique())


def _dark_social(counts: Judged, chosen: Flags, reports: Sequence[Report]) -> DarkSocial:
    sessions = math.fsum(counts.weight[chosen])
    direct = math.fsum(counts.weight[chosen & counts.direct])
    in_all = counts.dark.estimate(chosen, sessions)
    of_direct = counts.direct_dark.estimate(chosen, direct)
    weights = [max(report.dark_social.direct_sessions, 1.0) for report in reports]
    assumed = [report.dark_social.prior_share for report in reports]
    return DarkSocial(
        *(in_all.expected, in_all.low, in_all.high),
        direct,
        *(of_direct.expected, of_direct.low, of_direct.high),
        of_direct.expected / direct if direct else None,
        float(np.average(assumed, weights=weights)),
    )


def _channels(counts: Judged, chosen: Flags) -> tuple[ChannelRow, ...]:
    sessions = math.fsum(counts.weight[chosen])
    rows = []
    for channel in COUNTED_CHANNELS:
        before = math.fsum(counts.weight[chosen & (counts.counted == channel)])
        after = counts.of_channel(channel, chosen, sessions)
        rows.append(ChannelRow(channel, before, after.expected, after.low, after.high))
    return tuple(row for row in rows if row.before or row.after > 0)


def _conversions(visits: pa.Table, counts: Judged, chosen: Flags) -> tuple[ConversionRow, ...]:
    """Return conversions and revenue by channel, as booked and as expected."""
    measures = [filled(visits[name]) for name in ("conversions", "revenue")]
    if not any(measure.any() for measure in measures):
        return ()
    counted, nothing = counts.counted[chosen], np.zeros(len(chosen))
    rows = []
    for channel in COUNTED_CHANNELS:
        probability = counts.probabilities.get(channel, nothing)[chosen]
        (sold, sold_after), (earned, earned_after) = (
            (math.fsum(measure[counted == channel]), math.fsum(measure * probability))
            for measure in measures
        )
        rows.append(ConversionRow(channel, sold, sold_after, earned, earned_after))
    return tuple(row for row in rows if any((row.before, row.after, row.revenue_after)))


def _recorded(visits: pa.Table) -> tuple[RecordedRow, ...]:
    recorded = visits.filter(pc.is_valid(visits["channel_recorded"]))
    sums = recorded.group_by("channel_recorded", use_threads=False).aggregate([("weight", "sum")])
    rows = [RecordedRow(row["channel_recorded"], row["weight_sum"]) for row in sums.to_pylist()]
    return tuple(sorted(rows, key=lambda row: (-row.sessions, row.channel)))


def _likely_bots(counts: Judged, chosen: Flags) -> LikelyBots:
    likely = chosen & (counts.counted == BOTS_LABEL)
    sessions = math.fsum(counts.weight[chosen])
    bots: Estimate = counts.of_channel(BOTS_LABEL, chosen, sessions)
    return LikelyBots(
        math.fsum(counts.weight[likely]),
        math.fsum(counts.weight[likely & counts.arrived]),
        *(bots.expected, bots.low, bots.high),
    )


def _sums_by_app(visits: pa.Table, counts: Judged, chosen: Flags) -> Iterator[Mapping[str, Any]]:
    """Yield the expected dark visits of each app, as `apps.app_rows` takes them."""
    dark = pa.table({"app": visits["app"], "dark": counts.dark.expected}).filter(pa.array(chosen))
    summed = dark.group_by("app", use_threads=False).aggregate([("dark", "sum")])
    for row in summed.to_pylist():
        yield {"app": row["app"], "p_dark_social": row["dark_sum"]}


def _pages(visits: pa.Table, counts: Judged, chosen: Flags) -> tuple[PageRow, ...]:
    of_visits = pa.table(
        {
            "site": visits["site"],
            "path": visits["landing_path"],
            "sessions": counts.weight[chosen],
            "direct": (counts.weight * counts.direct)[chosen],
            "dark": counts.dark.expected[chosen],
        }
    )
    landed = of_visits.filter(pc.is_valid(of_visits["path"]))
    sums = landed.group_by(["site", "path"], use_threads=False).aggregate(
        [(name, "sum") for name in ("sessions", "direct", "dark")]
    )
    rows = [
        PageRow(*(row[name] for name in ("site", "path", "sessions_sum", "direct_sum", "dark_sum")))
        for row in sums.to_pylist()
    ]
    rows.sort(key=lambda row: (-row.dark, -row.sessions, row.path, row.site or ""))
    return tuple(rows[:MAX_PAGES])


def _shares(
    shares: pa.Table, reports: Sequence[Report], dark: float, selection: Selection
) -> Shares:
    """Return the shares. Which of them were shared again is stored of all days alone."""
    rows = shares.select(["app", "site", "path", "sharer_visitor_id", "clicks"]).to_pylist()
    again = [report.shares.reshare_rate for report in reports]
    weights = [report.dark_social.expected for report in reports]
    shared = math.fsum((rate or 0.0) * n for rate, n in zip(again, weights, strict=True))
    in_all = math.fsum(weights)
    return Shares(
        len(rows),
        _sharers(rows),
        math.fsum(row["clicks"] for row in rows),
        shared / in_all if in_all and dark and not selection.only else None,
        _shared_apps(rows),
        _shared_pages(rows),
    )


def _sharers(rows: Iterable[Mapping[str, Any]]) -> int:
    return len({row["sharer_visitor_id"] for row in rows} - {None})


def _shared_apps(rows: Sequence[Mapping[str, Any]]) -> tuple[SharedAppRow, ...]:
    by_app = _grouped(rows, lambda row: row["app"])
    counted = [
        SharedAppRow(app, apps.label(app), len(of_app), math.fsum(row["clicks"] for row in of_app))
        for app, of_app in by_app.items()
    ]
    return tuple(sorted(counted, key=lambda row: (-row.shares, row.app)))


def _shared_pages(rows: Sequence[Mapping[str, Any]]) -> tuple[SharedPageRow, ...]:
    by_page = _grouped(rows, lambda row: (row["site"], row["path"]))
    pages = []
    for (site, path), of_page in by_page.items():
        through = Counter(row["app"] for row in of_page)
        names = sorted(through, key=lambda app: (-through[app], app))
        pages.append(
            SharedPageRow(
                site,
                path,
                len(of_page),
                _sharers(of_page),
                tuple(apps.label(app) for app in names),
                math.fsum(row["clicks"] for row in of_page),
            )
        )
    pages.sort(key=lambda row: (-row.clicks, -row.shares, row.path, row.site or ""))
    return tuple(pages[:MAX_PAGES])


def _grouped(rows: Iterable[Row], key_of: Callable[[Row], Hashable]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key_of(row), []).append(row)
    return groups


def _evidence(visits: pa.Table) -> tuple[EvidenceRow, ...]:
    """Return the evidence that moved the estimate most: number of visits times mean log-odds."""
    evidence = visits["evidence"].combine_chunks()
    items, parents = pc.list_flatten(evidence), pc.list_parent_indices(evidence)
    weight = visits["weight"].combine_chunks().take(parents)
    signal, odds, note = (pc.struct_field(items, name) for name in ("signal", "log_odds", "note"))
    table = pa.table(
        {"signal": signal, "note": note, "n": weight, "moved": pc.multiply(weight, odds)}
    )
    sums = table.group_by(["signal", "note"], use_threads=False)
    rows = sums.aggregate([("n", "sum"), ("moved", "sum")]).to_pylist()
    rows.sort(key=lambda row: (-abs(row["moved_sum"]), row["signal"], row["note"]))
    return tuple(
        EvidenceRow(row["signal"], row["note"], row["n_sum"], row["moved_sum"] / row["n_sum"])
        for row in rows[:MAX_EVIDENCE]
    )


def _rejects(reports: Sequence[Report]) -> tuple[RejectRow, ...]:
    by_reason = _grouped(
        (row for report in reports for row in report.rejects), lambda row: row.reason
    )
    rows = [
        RejectRow(reason, sum(row.lines for row in rows), rows[0].example)
        for reason, rows in by_reason.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.lines, row.reason)))


def _counts(rows: Iterable[CountRow]) -> tuple[CountRow, ...]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.name] += row.count
    return tuple(CountRow(name, sums[name]) for name in sorted(sums, key=lambda n: (-sums[n], n)))


def _masked(reports: Sequence[Report]) -> tuple[MaskedOrigin, ...]:
    """Return what masking showed on all days: probabilities are means over the visits masked."""
    origins = _grouped(
        (row for report in reports for row in report.masked_origins), lambda row: row.channel
    )
    joined = []
    for channel, rows in origins.items():
        sessions = sum(row.sessions for row in rows)
        dark = math.fsum(row.dark * row.sessions for row in rows) / sessions if sessions else 0.0
        lost = math.fsum(row.lost for row in rows)
        of_lost = math.fsum((row.expected_dark or 0.0) * row.lost for row in rows)
        false = math.fsum(row.false_dark for row in rows)
        expected = of_lost / lost if lost else None
        joined.append(MaskedOrigin(channel, sessions, dark, expected, lost, false))
    return tuple(joined)


def _notes(reports: Sequence[Report]) -> list[str]:
    """Return the notes of the days, without those that are about the numbers of one day alone."""
    days: Counter[str] = Counter()
    for report in reports:
        twice = report.counted_twice
        of_day = {
            *what_masking_shows(report.masked_origins),
            *what_disagrees(twice),
            *what_answers_say(twice),
        }
        days.update(dict.fromkeys((note for note in report.notes if note not in of_day), 1))
    return [_on_days(note, n, len(reports)) for note, n in days.items()]


def _cannot_tell(reports: Sequence[Report]) -> tuple[CannotTell, ...]:
    """Return what cannot be said of the days, or of some of them."""
    by_reason = _grouped(
        (row for report in reports for row in report.cannot_tell), lambda row: row.reason
    )
    return tuple(
        replace(rows[0], says=_on_days(rows[0].says, len(rows), len(reports)))
        for rows in by_reason.values()
    )


def _on_days(sentence: str, number: int, days: int) -> str:
    """Return a sentence, with on how many of the days it holds where these are not all."""
    if number >= days:
        return sentence
    return ngettext(
        "{sentence} (on {n} of {days} day)", "{sentence} (on {n} of {days} days)", days
    ).format(sentence=sentence, n=number, days=days)
