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
from darksocial.inputs import Inputs, Tally
from darksocial.report import (
    AppRow,
    ChannelRow,
    CountRow,
    DarkSocial,
    EvidenceRow,
    InputReport,
    PageRow,
    RejectRow,
    Report,
    UnreadInput,
)
from darksocial.settings import ReadSettings, Settings, config_hash

Z_90 = 1.645
TOP_PAGES = 20
TOP_EVIDENCE = 20
UNKNOWN_APP = "not known"
MISSING = {
    "client_ip": "no client address is recorded, so a user agent is a visitor.",
    "referrer": "no referrer is recorded, so how its visits came is not known: Unassigned.",
    "user_agent": "no user agent is recorded: bots cannot be named, an address is a visitor.",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a report is counted from: inputs with their tallies, and the tables of each step.

    `visits` comes from `attribution.attributed`.
    """

    inputs: Inputs
    tallies: Sequence[Tally]
    requests: ir.Table
    people: ir.Table
    visits: ir.Table


def build_report(
    engine: Engine, counted: Counted, read: ReadSettings, settings: Settings
) -> Report:
    """Return the finished report."""
    visits, people = counted.visits, counted.people
    totals = visits.agg(
        started_at=visits.started_at.min(),
        ended_at=visits.ended_at.max(),
        sessions=visits.weight.sum(),
        visitors=visits.visitor.nunique(),
        pageviews=visits.pageviews.sum(),
    )
    total = engine.fetch(totals).to_pylist()[0]
    return Report(
        version=__version__,
        config_hash=config_hash(__version__, read, settings),
        inputs=input_reports(engine, counted),
        unread=tuple(UnreadInput(*left_out) for left_out in counted.inputs.unread),
        started_at=total["started_at"],
        ended_at=total["ended_at"],
        sessions=total["sessions"] or 0.0,
        visitors=total["visitors"],
        pageviews=total["pageviews"] or 0,
        channels=channel_rows(engine, visits),
        dark_social=dark_social(engine, visits),
        apps=app_rows(engine, visits),
        pages=page_rows(engine, visits),
        evidence=evidence_rows(engine, visits),
        rejects=reject_rows(engine, counted.requests, counted.tallies),
        bots=hit_counts(engine, people, "bot"),
        previews=hit_counts(engine, people, "preview_app"),
        notes=notes(counted.inputs),
    )


def input_reports(engine: Engine, counted: Counted) -> tuple[InputReport, ...]:
    """What became of each file's lines, with the hits of bots and of link previews."""
    people = counted.people.select("visitor", "bot", "preview_app")
    seen = counted.requests.join(people, "visitor")
    machines = seen.group_by("file").agg(
        bots=seen.bot.notnull().sum(), previews=seen.preview_app.notnull().sum()
    )
    by_file = {row["file"]: row for row in engine.fetch(machines).to_pylist()}
    return tuple(
        _input_report(tally, by_file.get(number, {}))
        for number, tally in enumerate(counted.tallies)
    )


def _input_report(tally: Tally, machines: Mapping[str, Any]) -> InputReport:
    return InputReport(
        file=tally.file,
        format=tally.format,
        lines=tally.counts.lines,
        hits=tally.counts.hits,
        rejects=tally.counts.rejects,
        blanks=tally.counts.blanks,
        bots=machines.get("bots", 0),
        previews=machines.get("previews", 0),
        warning=tally.warning,
    )


def notes(inputs: Inputs) -> tuple[str, ...]:
    """Say which evidence the inputs cannot give."""
    formats = {entry.source.name: entry.source.records for entry in inputs.read if entry.lines}
    found = []
    for name, records in formats.items():
        found += [f"{name}: {note}" for field, note in MISSING.items() if field not in records]
    return tuple(found)


def channel_rows(engine: Engine, visits: ir.Table) -> tuple[ChannelRow, ...]:
    """Sessions by channel, booked and expected; channels without either are left out."""
    sums = {name: (visits[name] * visits.weight).sum() for name in (*PROBABILITIES, "p_booked")}
    grouped = visits.group_by("channel_before").agg(before=visits.weight.sum(), **sums)
    before: dict[str, float] = {}
    after: dict[str, float] = {}
    for row in engine.fetch(grouped).to_pylist():
        booked = row["channel_before"]
        before[booked] = row["before"]
        after[booked] = after.get(booked, 0.0) + row["p_booked"]
        for name, channel in CHANNEL_OF_CLASS.items():
            after[channel] = after.get(channel, 0.0) + row[f"p_{name}"]
    order = (DARK_SOCIAL, *CHANNELS)
    rows = [ChannelRow(name, before.get(name, 0.0), after.get(name, 0.0)) for name in order]
    return tuple(row for row in rows if row.before or row.after > 0)


def dark_social(engine: Engine, visits: ir.Table) -> DarkSocial:
    """The expected number of dark visits with its 90% interval.

    The bounds take the base odds of dark social as wrong by the factor that attribution.py
    states, and add the spread that visits have around their probabilities (a sum of independent
    draws, normal approximation).
    """
    kinds = visits.mutate(is_direct=visits.channel_before == "Direct")
    p = kinds.p_dark_social
    grouped = kinds.group_by("is_direct").agg(
        sessions=kinds.weight.sum(),
        expected=(p * kinds.weight).sum(),
        low=(kinds.p_dark_low * kinds.weight).sum(),
        high=(kinds.p_dark_high * kinds.weight).sum(),
        variance=(p * (1 - p) * kinds.weight).sum(),
    )
    rows = engine.fetch(grouped).to_pylist()
    direct = [row for row in rows if row["is_direct"]]
    direct_sessions = _total(direct, "sessions")
    direct_expected, direct_low, direct_high = _interval(direct)
    expected, low, high = _interval(rows)
    return DarkSocial(
        expected=expected,
        low=low,
        high=high,
        direct_sessions=direct_sessions,
        direct_expected=direct_expected,
        direct_low=direct_low,
        direct_high=direct_high,
        share_of_direct=direct_expected / direct_sessions if direct_sessions else None,
    )


def _total(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return math.fsum(row[name] for row in rows)


def _interval(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float, float]:
    expected, spread = _total(rows, "expected"), Z_90 * math.sqrt(_total(rows, "variance"))
    below = math.hypot(expected - _total(rows, "low"), spread)
    above = math.hypot(_total(rows, "high") - expected, spread)
    return expected, max(0.0, expected - below), min(_total(rows, "sessions"), expected + above)


def app_rows(engine: Engine, visits: ir.Table) -> tuple[AppRow, ...]:
    """Dark social by app, the largest first; the part without a named app comes last."""
    grouped = visits.group_by("app").agg(expected=(visits.p_dark_social * visits.weight).sum())
    rows = [row for row in engine.fetch(grouped).to_pylist() if row["expected"] > 0]
    rows.sort(key=lambda row: (row["app"] is None, -row["expected"], row["app"] or ""))
    return tuple(
        AppRow(row["app"], apps.label(row["app"]) if row["app"] else UNKNOWN_APP, row["expected"])
        for row in rows
    )


def page_rows(engine: Engine, visits: ir.Table) -> tuple[PageRow, ...]:
    """The landing pages with the most dark social."""
    direct = ibis.ifelse(visits.channel_before == "Direct", visits.weight, 0.0)
    grouped = visits.mutate(direct=direct).group_by("site", "landing_path")
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


def evidence_rows(engine: Engine, visits: ir.Table) -> tuple[EvidenceRow, ...]:
    """The findings that moved most: number of sessions times the mean size of the step."""
    counted = visits.group_by("pattern").agg(
        n=visits.weight.sum(), evidence=visits.evidence.first()
    )
    totals: dict[tuple[str, str], list[float]] = {}
    for row in engine.fetch(counted.order_by("pattern")).to_pylist():
        for item in row["evidence"]:
            total = totals.setdefault((item["signal"], item["note"]), [0.0, 0.0])
            total[0] += row["n"]
            total[1] += row["n"] * item["log_odds"]
    ranked = sorted(totals.items(), key=lambda entry: (-abs(entry[1][1]), entry[0]))
    return tuple(
        EvidenceRow(signal, note, n, moved / n)
        for (signal, note), (n, moved) in ranked[:TOP_EVIDENCE]
    )


def reject_rows(
    engine: Engine, requests: ir.Table, tallies: Sequence[Tally]
) -> tuple[RejectRow, ...]:
    """Rejects by reason, with the place of the first."""
    rejected = requests.filter(requests.text.notnull())
    firsts = rejected.group_by("reason", "file").agg(n=rejected.count(), line=rejected.line.min())
    rows = engine.fetch(firsts.order_by("reason", "file")).to_pylist()
    found: dict[str, RejectRow] = {}
    for row in rows:
        earlier = found.get(row["reason"])
        place = earlier.example if earlier else f"{tallies[row['file']].file}:{row['line']}"
        lines = row["n"] + (earlier.lines if earlier else 0)
        found[row["reason"]] = RejectRow(row["reason"], lines, place)
    return tuple(sorted(found.values(), key=lambda row: (-row.lines, row.reason)))


def hit_counts(engine: Engine, visitors: ir.Table, column: str) -> tuple[CountRow, ...]:
    """Hits of bots by reason (`bot`), or of link previews by app (`preview_app`)."""
    named = visitors.filter(visitors[column].notnull())
    counted = named.group_by(column).agg(n=named.hits.sum())
    rows = engine.fetch(counted.order_by([counted.n.desc(), counted[column]])).to_pylist()
    return tuple(CountRow(row[column], int(row["n"])) for row in rows)
