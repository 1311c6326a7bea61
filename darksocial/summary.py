"""From attributed sessions to the finished report: the last relational step."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from darksocial import __version__, apps
from darksocial.attribution import CHANNEL_OF_CLASS, PROBABILITIES
from darksocial.channels import CHANNELS, DARK_SOCIAL
from darksocial.engines import Engine
from darksocial.learning import prior_share
from darksocial.priors import mix_of
from darksocial.received import Received
from darksocial.report import (
    AppRow,
    ChannelRow,
    ConversionRow,
    CountRow,
    DarkSocial,
    EvidenceRow,
    PageRow,
    RecordedRow,
    Report,
    SharedAppRow,
    SharedPageRow,
    Shares,
)
from darksocial.settings import Model, ReadSettings, Settings, config_hash

Z_90 = 1.645
TOP_PAGES = 20
TOP_EVIDENCE = 20
UNKNOWN_APP = "not known"
LEAST_NAMED = 20
"""Fewer dark visits with a named app than these are no mix of apps: assumed."""


Pattern = Mapping[str, Any]
"""A row of `pattern_rows`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a report is counted from: what was read, and the tables of each step.

    `visits` comes from `attribution.attributed`, `shares` from `clicks.with_clicks`; `taught_by`
    are the visits that base rates were learned from.
    """

    received: Received
    people: ir.Table
    visits: ir.Table
    shares: ir.Table
    taught_by: ir.Table


def build_report(
    engine: Engine, counted: Counted, read: ReadSettings, settings: Settings
) -> Report:
    """Return the finished report."""
    visits, people, received = counted.visits, counted.people, counted.received
    totals = visits.agg(
        started_at=visits.started_at.min(),
        ended_at=visits.ended_at.max(),
        sessions=visits.weight.sum(),
        visitors=visits.visitor.nunique(where=~visits.aggregated),
        pageviews=visits.pageviews.sum(),
    )
    total = engine.fetch(totals).to_pylist()[0]
    patterns = pattern_rows(engine, visits)
    return Report(
        version=__version__,
        config_hash=config_hash(__version__, read, settings),
        inputs=received.inputs,
        unread=received.unread,
        started_at=total["started_at"],
        ended_at=total["ended_at"],
        sessions=total["sessions"] or 0.0,
        visitors=total["visitors"],
        pageviews=total["pageviews"] or 0,
        channels=channel_rows(patterns),
        dark_social=dark_social(patterns, _teaching(engine, counted.taught_by)),
        apps=app_rows(patterns, settings.model),
        pages=page_rows(engine, visits),
        shares=shared(engine, counted.shares, _total(patterns, "p_dark_social")),
        evidence=evidence_rows(patterns),
        rejects=received.rejects,
        bots=hit_counts(engine, people, "bot"),
        previews=hit_counts(engine, people, "preview_app"),
        channels_recorded=recorded_rows(engine, visits),
        goals=len(settings.goals),
        conversions=conversion_rows(patterns),
        notes=received.notes,
    )


def recorded_rows(engine: Engine, visits: ir.Table) -> tuple[RecordedRow, ...]:
    """Sessions by the channel that an analytics export itself names."""
    named = visits.filter(visits.channel_recorded.notnull())
    counted = named.group_by("channel_recorded").agg(sessions=named.weight.sum())
    rows = engine.fetch(
        counted.order_by([counted.sessions.desc(), counted.channel_recorded])
    ).to_pylist()
    return tuple(RecordedRow(row["channel_recorded"], row["sessions"]) for row in rows)


def pattern_rows(engine: Engine, visits: ir.Table) -> list[Pattern]:
    """Sums over the sessions (`n`) of each channel, app and pattern, and what a pattern says.

    What is summed over these rows with math.fsum is the same in every run; an engine adds up in
    the order in which its threads finish.
    """
    said = (*PROBABILITIES, "p_booked", "p_dark_low", "p_dark_high")
    grouped = visits.group_by("channel_before", "app", "pattern").agg(
        n=visits.weight.sum(),
        conversions=visits.conversions.sum(),
        revenue=visits.revenue.sum().round(6),
        evidence=visits.evidence.first(),
        **{name: visits[name].max() for name in said},
    )
    rows = engine.fetch(grouped.order_by("pattern", "channel_before", "app"))
    return list(rows.to_pylist())


def conversion_rows(patterns: Sequence[Pattern]) -> tuple[ConversionRow, ...]:
    """Conversions and revenue by channel, booked and expected."""
    parts: dict[str, list[list[float]]] = {}
    for row in patterns:
        pair = (row["conversions"] or 0, row["revenue"] or 0.0)
        shares = {row["channel_before"]: row["p_booked"]}
        for name, channel in CHANNEL_OF_CLASS.items():
            shares[channel] = shares.get(channel, 0.0) + row[f"p_{name}"]
        places = parts.setdefault(row["channel_before"], [[], [], [], []])
        for place, value in zip(places[::2], pair, strict=True):
            place.append(value)
        for channel, share in shares.items():
            expected = parts.setdefault(channel, [[], [], [], []])[1::2]
            for place, value in zip(expected, pair, strict=True):
                place.append(value * share)
    rows = [
        ConversionRow(name, *(math.fsum(part) for part in parts[name]))
        for name in (DARK_SOCIAL, *CHANNELS)
        if name in parts
    ]
    return tuple(row for row in rows if any((row.before, row.after, row.revenue_after)))


def channel_rows(patterns: Sequence[Pattern]) -> tuple[ChannelRow, ...]:
    """Sessions by channel, booked and expected; channels without either are left out."""
    before: dict[str, list[float]] = {name: [] for name in (DARK_SOCIAL, *CHANNELS)}
    after: dict[str, list[float]] = {name: [] for name in before}
    for row in patterns:
        before[row["channel_before"]].append(row["n"])
        after[row["channel_before"]].append(row["n"] * row["p_booked"])
        for name, channel in CHANNEL_OF_CLASS.items():
            after[channel].append(row["n"] * row[f"p_{name}"])
    rows = [ChannelRow(name, math.fsum(before[name]), math.fsum(after[name])) for name in before]
    return tuple(row for row in rows if row.before or row.after > 0)


def dark_social(patterns: Sequence[Pattern], taught: float) -> DarkSocial:
    """The expected number of dark visits with its 90% interval.

    The bounds take the base odds of dark social as wrong by the factor that attribution.py
    states, and add the spread that visits have around their probabilities (a sum of independent
    draws, normal approximation). Base rates were learned from `taught` direct visits.
    """
    direct = [row for row in patterns if row["channel_before"] == "Direct"]
    direct_sessions = math.fsum(row["n"] for row in direct)
    direct_expected, direct_low, direct_high = _interval(direct)
    expected, low, high = _interval(patterns)
    return DarkSocial(
        expected=expected,
        low=low,
        high=high,
        direct_sessions=direct_sessions,
        direct_expected=direct_expected,
        direct_low=direct_low,
        direct_high=direct_high,
        share_of_direct=direct_expected / direct_sessions if direct_sessions else None,
        prior_share=prior_share(taught),
    )


def _teaching(engine: Engine, visits: ir.Table) -> float:
    """How many direct visits base rates are learned from."""
    single = visits.filter(visits.channel_before == "Direct", ~visits.aggregated)
    return float(engine.fetch(single.agg(n=single.weight.sum())).to_pylist()[0]["n"] or 0.0)


def _total(rows: Sequence[Pattern], name: str) -> float:
    return math.fsum(row["n"] * row[name] for row in rows)


def _interval(rows: Sequence[Pattern]) -> tuple[float, float, float]:
    expected, sessions = _total(rows, "p_dark_social"), math.fsum(row["n"] for row in rows)
    variance = math.fsum(r["n"] * r["p_dark_social"] * (1 - r["p_dark_social"]) for r in rows)
    spread = Z_90 * math.sqrt(variance)
    below = math.hypot(expected - _total(rows, "p_dark_low"), spread)
    above = math.hypot(_total(rows, "p_dark_high") - expected, spread)
    return expected, max(0.0, expected - below), min(sessions, expected + above)


def app_rows(patterns: Sequence[Pattern], model: Model) -> tuple[AppRow, ...]:
    """Dark social by app, the largest first; the part without a named app comes last.

    What no app is named for is shared out by the site's mix, if there is one: the named visits, and
    what the owner knows (priors.py). On simulated sites such a mix was off by four visits in ten:
    apps that send previews or have their own browser are named more often than the others.
    """
    parts: dict[str | None, list[float]] = {}
    for row in patterns:
        parts.setdefault(row["app"], []).append(row["n"] * row["p_dark_social"])
    found = [(app, math.fsum(part)) for app, part in parts.items()]
    unnamed = math.fsum(expected for app, expected in found if app is None)
    named = {app: expected for app, expected in found if app}
    mix = mix_of(named, model) if math.fsum(named.values()) >= LEAST_NAMED or _told(model) else {}
    found += [(app, 0.0) for app in mix if app not in named]
    found.sort(key=lambda row: (row[0] is None, -row[1], row[0] or ""))
    return tuple(
        AppRow(app, apps.label(app) if app else UNKNOWN_APP, expected, share)
        for app, expected in found
        if expected > 0 or app in mix
        for share in [expected + unnamed * mix.get(app, 0.0) if app and mix else None]
    )


def _told(model: Model) -> bool:
    return bool(model.apps or model.countries)


def page_rows(engine: Engine, visits: ir.Table) -> tuple[PageRow, ...]:
    """The landing pages with the most dark social."""
    direct = ibis.ifelse(visits.channel_before == "Direct", visits.weight, 0.0)
    landed = visits.mutate(direct=direct).filter(visits.landing_path.notnull())
    grouped = landed.group_by("site", "landing_path")
    counted = grouped.agg(
        sessions=lambda t: t.weight.sum(),
        direct=lambda t: t.direct.sum(),
        dark=lambda t: (t.p_dark_social * t.weight).sum().round(6),
    )
    top = counted.order_by(
        [counted.dark.desc(), counted.sessions.desc(), counted.landing_path, counted.site]
    )
    return tuple(
        PageRow(row["site"], row["landing_path"], row["sessions"], row["direct"], row["dark"])
        for row in engine.fetch(top.limit(TOP_PAGES)).to_pylist()
    )


def shared(engine: Engine, shares: ir.Table, dark: float) -> Shares:
    """The shares that were seen, by app and by page. `dark` visits are expected in all."""
    total = shares.agg(
        seen=shares.count(),
        sharers=shares.sharer.nunique(),
        clicks=shares.clicks.sum().round(6),
        reshared=shares.reshared.sum().round(6),
    )
    row = engine.fetch(total).to_pylist()[0]
    return Shares(
        row["seen"],
        row["sharers"],
        row["clicks"] or 0.0,
        (row["reshared"] or 0.0) / dark if dark else None,
        _shared_apps(engine, shares),
        _shared_pages(engine, shares),
    )


def _shared_apps(engine: Engine, shares: ir.Table) -> tuple[SharedAppRow, ...]:
    counted = shares.group_by("app").agg(n=shares.count(), clicks=shares.clicks.sum().round(6))
    rows = engine.fetch(counted.order_by([counted.n.desc(), counted.app])).to_pylist()
    return tuple(SharedAppRow(r["app"], apps.label(r["app"]), r["n"], r["clicks"]) for r in rows)


def _shared_pages(engine: Engine, shares: ir.Table) -> tuple[SharedPageRow, ...]:
    by_page = shares.group_by("site", "path")
    counted = by_page.agg(
        n=shares.count(), sharers=shares.sharer.nunique(), clicks=shares.clicks.sum().round(6)
    )
    top = counted.order_by([counted.clicks.desc(), counted.n.desc(), counted.path, counted.site])
    top = engine.load("top_shared", engine.fetch(top.limit(TOP_PAGES)))
    through = shares.join(top.select("site", "path"), ["site", "path"])
    through = through.group_by("site", "path", "app").agg(n=through.count())
    names: dict[tuple[str, str], list[str]] = {}
    for row in engine.fetch(through.order_by([through.n.desc(), through.app])).to_pylist():
        names.setdefault((row["site"], row["path"]), []).append(apps.label(row["app"]))
    ordered = top.order_by([top.clicks.desc(), top.n.desc(), top.path, top.site])
    return tuple(
        SharedPageRow(
            row["site"] or None,
            row["path"],
            row["n"],
            row["sharers"],
            tuple(names[row["site"], row["path"]]),
            row["clicks"],
        )
        for row in engine.fetch(ordered).to_pylist()
    )


def evidence_rows(patterns: Sequence[Pattern]) -> tuple[EvidenceRow, ...]:
    """The findings that moved most: number of sessions times the mean size of the step."""
    totals: dict[tuple[str, str], list[float]] = {}
    for row in patterns:
        for item in row["evidence"]:
            total = totals.setdefault((item["signal"], item["note"]), [0.0, 0.0])
            total[0] += row["n"]
            total[1] += row["n"] * item["log_odds"]
    ranked = sorted(totals.items(), key=lambda entry: (-abs(entry[1][1]), entry[0]))
    return tuple(
        EvidenceRow(signal, note, n, moved / n)
        for (signal, note), (n, moved) in ranked[:TOP_EVIDENCE]
    )


def hit_counts(engine: Engine, visitors: ir.Table, column: str) -> tuple[CountRow, ...]:
    """Hits of bots by reason (`bot`), or of link previews by app (`preview_app`)."""
    named = visitors.filter(visitors[column].notnull())
    counted = named.group_by(column).agg(n=named.hits.sum())
    rows = engine.fetch(counted.order_by([counted.n.desc(), counted[column]])).to_pylist()
    return tuple(CountRow(row[column], int(row["n"])) for row in rows)
