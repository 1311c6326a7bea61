"""From attributed sessions to the finished report: the last relational step."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from darksocial._version import __version__
from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups import apps
from darksocial.model.bots import BOT_PROBABILITIES
from darksocial.model.learning import prior_share
from darksocial.model.sums import exact_sum
from darksocial.model.weighing import OF_PEOPLE, Lesson
from darksocial.report.apps import app_rows
from darksocial.report.before import AS_ARRIVED
from darksocial.report.channels import (
    ESTIMATED,
    Sums,
    bounds_of_estimates,
    channel_rows,
    conversion_rows,
    interval,
    with_odds_by,
)
from darksocial.report.goals import goal_notes
from darksocial.report.group_rows import Groups
from darksocial.report.hidden import (
    allowing_for,
    channels_allowing_for,
    hidden_visits,
    with_newsletter,
)
from darksocial.report.inputs import Received, hit_counts
from darksocial.report.masked import (
    as_dark_too,
    masked_origins,
    rows_with_false_dark,
    with_false_dark,
)
from darksocial.report.taught import counts, taught_rows, what_counts_say
from darksocial.report.values import (
    Before,
    DarkSocial,
    EvidenceRow,
    LikelyBots,
    PageRow,
    RecordedRow,
    Report,
    SharedAppRow,
    SharedPageRow,
    Shares,
)
from darksocial.report.words import what_masking_shows
from darksocial.selection import UTC_NAME
from darksocial.settings import ReadSettings, Settings, config_hash
from darksocial.visits.conditions import (
    BOTS_LABEL,
    arrived_direct,
    booked_channel,
    counted_channel,
    probability_of_person,
)

DECIMALS = 6
MAX_PAGES = 20
MAX_EVIDENCE = 20
MIN_SURE_PROBABILITY = 0.5
"""A visit is surely dark if it is more likely so than not by the lower bound. Assumed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a report is counted from: what was read, and the tables of each step.

    visits: from `attribution.attributed`.
    shares: from `clicks.with_clicks`.
    taught_by: the visits from which base rates were learned.
    learned: what visits taught, by teacher.
    site_notes: which domain was taken for the site's own (site_notes.py).
    """

    received: Received
    people: ir.Table
    visits: ir.Table
    shares: ir.Table
    taught_by: ir.Table
    learned: Mapping[str, Lesson]
    site_notes: tuple[str, ...]


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
    total = engine.fetch(totals, "totals").to_pylist()[0]
    patterns = by_pattern(engine, visits)
    sums = sums_by_channel(engine, patterns)
    bots, previews = hit_counts(engine, people)
    conversions = conversion_rows(sums)
    direct = _direct(sums)
    hidden = with_newsletter(
        hidden_visits(engine, visits, received.gaps),
        _total(direct, "n"),
        _total(direct, "p_lost_email"),
    )
    masked = masked_origins(engine, visits, direct)
    estimate = with_false_dark(dark_social(sums, _teaching(engine, counted.taught_by)), masked)
    wider = allowing_for(hidden, estimate, _total(direct, "surely_dark"))
    both = counts(counted.learned)
    about_goals = goal_notes(settings.goals, received.unreached_goals, conversions)
    return Report(
        version=__version__,
        config_hash=config_hash(__version__, read, settings),
        inputs=received.inputs,
        unread=received.unread,
        started_at=total["started_at"],
        ended_at=total["ended_at"],
        zone=UTC_NAME,
        filter=None,
        sessions=total["sessions"] or 0.0,
        visitors=total["visitors"],
        pageviews=total["pageviews"] or 0,
        before=Before(AS_ARRIVED, 0.0),
        channels=channels_allowing_for(
            rows_with_false_dark(channel_rows(sums), masked, _total(sums, "n")), estimate, wider
        ),
        dark_social=wider,
        likely_bots=likely_bots(sums),
        groups=Groups(),
        apps=app_rows(sums, settings.model, total["ended_at"]),
        pages=page_rows(engine, visits),
        shares=shared(engine, counted.shares, _total(sums, "p_dark_social")),
        evidence=evidence_rows(engine, patterns),
        rejects=received.rejects,
        bots=bots,
        previews=previews,
        channels_recorded=recorded_rows(engine, visits),
        goals=len(settings.goals),
        conversions=conversions,
        notes=(
            *counted.site_notes,
            *received.notes,
            *what_masking_shows(masked),
            *what_counts_say(both, settings.model.heard_from),
            *about_goals,
        ),
        site_notes=counted.site_notes,
        goal_notes=about_goals,
        cannot_tell=hidden.cannot_tell,
        masked_origins=masked,
        model=taught_rows(counted.learned),
        counted_twice=both,
    )


def recorded_rows(engine: Engine, visits: ir.Table) -> tuple[RecordedRow, ...]:
    """Return the sessions of each channel that an analytics export itself names."""
    recorded = visits.filter(visits.channel_recorded.notnull())
    counted = recorded.group_by("channel_recorded").agg(sessions=recorded.weight.sum())
    rows = engine.fetch(
        counted.order_by([counted.sessions.desc(), counted.channel_recorded]), "recorded channels"
    ).to_pylist()
    return tuple(RecordedRow(row["channel_recorded"], row["sessions"]) for row in rows)


def by_pattern(engine: Engine, visits: ir.Table, also: Sequence[str] = ()) -> ir.Table:
    """Return sums over the sessions (`n`, of which `direct` were booked as Direct) of each counted
    channel, app, pattern, probability of a bot and column of `also`, with their probabilities."""
    of_bots = {name: visits[name].fill_null(0.0) for name in BOT_PROBABILITIES}
    counted = visits.mutate(
        channel=counted_channel(visits), booked=booked_channel(visits), **of_bots
    )
    grouped = counted.group_by(
        "app", "teacher", "pattern", "channel", "booked", *of_bots, *also
    ).agg(
        n=exact_sum(counted.weight),
        direct=exact_sum(counted.weight * arrived_direct(counted).ifelse(1, 0)),
        conversions=exact_sum(counted.conversions.fill_null(0)),
        revenue=exact_sum(counted.revenue.fill_null(0.0)),
        evidence=counted.evidence.first(),
        **{name: counted[name].max() for name in (*OF_PEOPLE, "odds_factor")},
    )
    return engine.stage("patterns", grouped)


def sums_by_channel(
    engine: Engine, patterns: ir.Table, keys: Sequence[str] = ("channel", "booked", "app")
) -> list[Sums]:
    """Return sums over the sessions of each counted channel, booked channel and app: sessions
    (`n`), conversions and revenue, and of each the parts that every class is expected to have."""
    sums = {name: patterns[name] for name in ("n", "direct", "conversions", "revenue")}
    at_least = with_odds_by(patterns, "p_dark_social", 1 / patterns.odds_factor)
    is_sure = at_least >= MIN_SURE_PROBABILITY
    sums["surely_dark"] = patterns.n * is_sure.ifelse(at_least, 0.0)
    for name in (*ESTIMATED, "p_bot"):
        sums[name] = patterns.n * patterns[name]
        sums[f"conversions_{name}"] = patterns.conversions * patterns[name]
        sums[f"revenue_{name}"] = patterns.revenue * patterns[name]
    sums |= bounds_of_estimates(patterns) | as_dark_too(patterns)
    grouped = patterns.group_by(*keys).agg(
        **{name: exact_sum(value) for name, value in sums.items()}
    )
    return list(engine.fetch(grouped.order_by(*keys), "patterns").to_pylist())


def dark_social(sums: Sequence[Sums], taught: float) -> DarkSocial:
    """Return the expected number of dark visits with its 90% interval.

    The bounds are those of channels.py. Base rates were learned from `taught` direct visits.
    """
    direct = _direct(sums)
    direct_sessions = math.fsum(row["n"] for row in direct)
    direct_expected, direct_low, direct_high = _interval(direct)
    expected, low, high = _interval(sums)
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


def _direct(sums: Sequence[Sums]) -> list[Sums]:
    return [row for row in sums if row["channel"] == "Direct"]


def likely_bots(sums: Sequence[Sums]) -> LikelyBots:
    """Return how many visits are expected to be bots', with the 90% interval of what people load
    (model/bots.py), and how many are likely so."""
    likely = [row for row in sums if row["channel"] == BOTS_LABEL]
    return LikelyBots(
        sessions=_total(likely, "n"),
        direct=_total(likely, "direct"),
        expected=_total(sums, "p_bot"),
        low=_total(sums, "p_bot_low"),
        high=_total(sums, "p_bot_high"),
    )


def _teaching(engine: Engine, visits: ir.Table) -> float:
    """Return how many direct visits base rates are learned from."""
    single = visits.filter(arrived_direct(visits), ~visits.aggregated)
    people = exact_sum(single.weight * probability_of_person(single))
    return float(
        engine.fetch(single.agg(n=people), "visits to learn from").to_pylist()[0]["n"] or 0.0
    )


def _total(rows: Sequence[Sums], name: str) -> float:
    return math.fsum(row[name] for row in rows)


def _interval(rows: Sequence[Sums]) -> tuple[float, float, float]:
    parts = [(row, "p_dark_social") for row in rows]
    return _total(rows, "p_dark_social"), *interval(parts, _total(rows, "n"))


def page_rows(engine: Engine, visits: ir.Table) -> tuple[PageRow, ...]:
    """Return the landing pages with the most dark social."""
    direct = ibis.ifelse(counted_channel(visits) == "Direct", visits.weight, 0.0)
    landed = visits.mutate(direct=direct).filter(visits.landing_path.notnull())
    grouped = landed.group_by("site", "landing_path")
    counted = grouped.agg(
        sessions=landed.weight.sum(),
        direct=landed.direct.sum(),
        dark=(landed.p_dark_social * landed.weight).sum().round(DECIMALS),
    )
    top = counted.order_by(
        [counted.dark.desc(), counted.sessions.desc(), counted.landing_path, counted.site]
    )
    return tuple(
        PageRow(row["site"], row["landing_path"], row["sessions"], row["direct"], row["dark"])
        for row in engine.fetch(top.limit(MAX_PAGES), "pages").to_pylist()
    )


def shared(engine: Engine, shares: ir.Table, dark: float) -> Shares:
    """Return the observed shares, by app and by page. `dark` visits are expected in all."""
    total = shares.agg(
        seen=shares.count(),
        sharers=shares.sharer.nunique(),
        clicks=shares.clicks.sum().round(DECIMALS),
        reshared=shares.reshared.sum().round(DECIMALS),
    )
    row = engine.fetch(total, "shares").to_pylist()[0]
    return Shares(
        row["seen"],
        row["sharers"],
        row["clicks"] or 0.0,
        (row["reshared"] or 0.0) / dark if dark else None,
        _shared_apps(engine, shares),
        _shared_pages(engine, shares),
    )


def _shared_apps(engine: Engine, shares: ir.Table) -> tuple[SharedAppRow, ...]:
    counted = shares.group_by("app").agg(
        n=shares.count(), clicks=shares.clicks.sum().round(DECIMALS)
    )
    rows = engine.fetch(
        counted.order_by([counted.n.desc(), counted.app]), "shares by app"
    ).to_pylist()
    return tuple(SharedAppRow(r["app"], apps.label(r["app"]), r["n"], r["clicks"]) for r in rows)


def _shared_pages(engine: Engine, shares: ir.Table) -> tuple[SharedPageRow, ...]:
    by_page = shares.group_by("site", "path")
    counted = by_page.agg(
        n=shares.count(),
        sharers=shares.sharer.nunique(),
        clicks=shares.clicks.sum().round(DECIMALS),
    )
    top = counted.order_by([counted.clicks.desc(), counted.n.desc(), counted.path, counted.site])
    pages = engine.fetch(top.limit(MAX_PAGES), "shared pages")
    few = engine.load("top_shared", pages.select(["site", "path"]))
    through = shares.join(few, ["site", "path"])
    through = through.group_by("site", "path", "app").agg(n=through.count())
    names: dict[tuple[str, str], list[str]] = {}
    for row in engine.fetch(
        through.order_by([through.n.desc(), through.app]), "apps of shared pages"
    ).to_pylist():
        names.setdefault((row["site"], row["path"]), []).append(apps.label(row["app"]))
    return tuple(
        SharedPageRow(
            row["site"] or None,
            row["path"],
            row["n"],
            row["sharers"],
            tuple(names[row["site"], row["path"]]),
            row["clicks"],
        )
        for row in pages.to_pylist()
    )


def evidence_rows(engine: Engine, patterns: ir.Table) -> tuple[EvidenceRow, ...]:
    """Return the evidence that moved the estimate most: number of sessions times mean log-odds."""
    nested = patterns.select("n", item=patterns.evidence.unnest())
    items = nested.select("n", "item").unpack("item")
    counted = items.group_by("signal", "note").agg(
        n=exact_sum(items.n), moved=exact_sum(items.n * items.log_odds)
    )
    ranked = counted.order_by([counted.moved.abs().desc(), counted.signal, counted.note])
    return tuple(
        EvidenceRow(row["signal"], row["note"], row["n"], row["moved"] / row["n"])
        for row in engine.fetch(ranked.limit(MAX_EVIDENCE), "evidence").to_pylist()
    )
