"""What was read, for the report: what became of each file's lines, and what they cannot tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from darksocial.engines import Engine
from darksocial.inputs.accounts import Inputs, Tally
from darksocial.inputs.gaps import missing_evidence
from darksocial.report.goals import unreached_goals
from darksocial.report.values import InputReport, RejectRow, UnreadInput
from darksocial.settings import Goal, ReadSettings

OVERLAPPING = (
    "their rows stand for many sessions, and tables of one tool hold the same sessions again: "
    "where these do, read one of them."
)
PROXIES, PROXY_SHARE, PROXY_HITS, PROXY_AGENTS = 5, 0.9, 100, 10
"""A log is behind a proxy if five addresses have nine tenths of 100 hits or more, and ten visitors
or more share one of them. Assumed."""
PROXIED = "almost all hits come from a few addresses, as behind a proxy. "
NAME_PROXY = (
    "Visitors are told by X-Forwarded-For as it stands; to have it checked, name the proxy's "
    "network with --trusted-proxy."
)
LOG_CLIENT = (
    "People with the same browser count as one visitor. Log the client: $http_x_forwarded_for "
    "(nginx), %{X-Forwarded-For}i (Apache), X-Forwarded-For (IIS), or the server's real-IP module."
)


@dataclass(frozen=True, slots=True)
class Received:
    """The part of a report that tells of inputs."""

    inputs: tuple[InputReport, ...]
    unread: tuple[UnreadInput, ...] = ()
    rejects: tuple[RejectRow, ...] = ()
    notes: tuple[str, ...] = ()
    unreached_goals: tuple[Goal, ...] = ()


def received(
    engine: Engine,
    inputs: Inputs,
    tallies: Sequence[Tally],
    requests: ir.Table,
    people: ir.Table,
    read: ReadSettings,
    goals: Sequence[Goal],
) -> Received:
    """Count what became of the lines of all inputs. `tallies` are those of `account_for`."""
    return Received(
        _input_reports(engine, tallies, requests, people),
        tuple(UnreadInput(*left_out) for left_out in inputs.unread),
        _reject_rows(engine, requests, tallies),
        (*_notes(inputs), *_proxy_notes(engine, inputs, requests, read)),
        unreached_goals(engine, requests, people, goals),
    )


def _input_reports(
    engine: Engine, tallies: Sequence[Tally], requests: ir.Table, people: ir.Table
) -> tuple[InputReport, ...]:
    """What became of each file's lines, with the hits of bots and of link previews."""
    people = people.select("visitor", "bot", "preview_app")
    seen = requests.join(people, "visitor")
    machines = seen.group_by("file").agg(
        bots=seen.lines.sum(where=seen.bot.notnull()).fill_null(0),
        previews=seen.lines.sum(where=seen.preview_app.notnull()).fill_null(0),
    )
    by_file = {row["file"]: row for row in engine.fetch(machines, "machines by file").to_pylist()}
    return tuple(
        _input_report(tally, by_file.get(number, {})) for number, tally in enumerate(tallies)
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


def _notes(inputs: Inputs) -> tuple[str, ...]:
    """Say which evidence the inputs cannot give."""
    formats = {entry.format: entry.records for entry in inputs.read if entry.lines}
    found = []
    for name, records in formats.items():
        found += [f"{name}: {note}" for note in missing_evidence(records)]
    sums = [name for name, records in formats.items() if "weight" in records]
    if len(sums) > 1:
        found.append(f"{' and '.join(sums)}: {OVERLAPPING}")
    return tuple(found)


def _proxy_notes(
    engine: Engine, inputs: Inputs, requests: ir.Table, read: ReadSettings
) -> tuple[str, ...]:
    """Say where nearly all hits come from a few addresses, as behind a proxy, and what helps."""
    found = []
    for row in engine.fetch(busiest_addresses(requests), "busiest addresses").to_pylist():
        entry = inputs.read[row["file"]]
        if row["hits"] < PROXY_HITS or row["agents"] < PROXY_AGENTS:
            continue
        if (row["most"] or 0) >= PROXY_SHARE * row["hits"]:
            has_list = "forwarded" in entry.records and not read.trusted_proxies
            found.append(f"{entry.format}: {PROXIED}{NAME_PROXY if has_list else LOG_CLIENT}")
    return tuple(dict.fromkeys(found))


def busiest_addresses(requests: ir.Table) -> ir.Table:
    """By file: `hits`, how many of them the `PROXIES` busiest addresses have (`most`), and how many
    visitors share one address at most (`agents`)."""
    known = requests.filter(requests.client_ip.notnull())
    busiest = known.group_by("file", "client_ip").agg(
        n=known.lines.sum(), agents=known.visitor.nunique()
    )
    place = ibis.row_number().over(
        group_by=busiest.file, order_by=[busiest.n.desc(), busiest.client_ip]
    )
    ranked = busiest.mutate(place=place)
    by_file = ranked.group_by("file").agg(
        hits=ranked.n.sum(),
        most=ranked.n.sum(where=ranked.place < PROXIES),
        agents=ranked.agents.max(),
    )
    return by_file.order_by("file")


def _reject_rows(
    engine: Engine, requests: ir.Table, tallies: Sequence[Tally]
) -> tuple[RejectRow, ...]:
    """Rejects by reason, with the place of the first."""
    rejected = requests.filter(requests.text.notnull())
    firsts = rejected.group_by("reason", "file").agg(n=rejected.count(), line=rejected.line.min())
    rows = engine.fetch(firsts.order_by("reason", "file"), "first rejects").to_pylist()
    found: dict[str, RejectRow] = {}
    for row in rows:
        earlier = found.get(row["reason"])
        place = earlier.example if earlier else f"{tallies[row['file']].file}:{row['line']}"
        lines = row["n"] + (earlier.lines if earlier else 0)
        found[row["reason"]] = RejectRow(row["reason"], lines, place)
    return tuple(sorted(found.values(), key=lambda row: (-row.lines, row.reason)))
