"""What was read, for the report: what became of the lines, and which evidence is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from darksocial.engines import Engine
from darksocial.inputs.accounts import Inputs, Tally
from darksocial.inputs.gaps import missing_evidence
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.goals import unreached_goals
from darksocial.report.subresources import subresource_notes
from darksocial.report.values import InputReport, RejectRow, UnreadInput
from darksocial.settings import Goal, ReadSettings
from darksocial.visits.visitors import with_machines

# A log is behind a proxy if five addresses have nine tenths of 100 hits or more, and ten visitors
# or more share one of them. Assumed.
MAX_PROXIES, MIN_PROXY_PROPORTION, MIN_PROXY_HITS, MIN_PROXY_VISITORS = 5, 0.9, 100, 10
# Addresses of the machine itself (RFC 1122, RFC 4291), of private networks (RFC 1918, RFC 4193) and
# of one link (RFC 3927, RFC 4291).
INSIDE = (
    r"^(127\.|10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\."
    r"|::1$|[fF][cdCD][0-9a-fA-F]{2}:|[fF][eE]80:)"
)


@dataclass(frozen=True, slots=True)
class Received:
    """The part of a report that describes the inputs."""

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
        (
            *_notes(inputs),
            *_address_notes(engine, inputs, requests, people, read),
            *subresource_notes(engine, requests),
        ),
        unreached_goals(engine, requests, people, goals),
    )


def _input_reports(
    engine: Engine, tallies: Sequence[Tally], requests: ir.Table, people: ir.Table
) -> tuple[InputReport, ...]:
    """Return what became of each file's lines, with the hits of bots and of link previews."""
    people = people.select("visitor", "bot", "preview_app")
    by_visitor = requests.join(people, "visitor")
    machines = by_visitor.group_by("file").agg(
        bots=by_visitor.lines.sum(where=by_visitor.bot.notnull()).fill_null(0),
        previews=by_visitor.lines.sum(where=by_visitor.preview_app.notnull()).fill_null(0),
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
    """Return notes on the evidence that the inputs lack."""
    formats = {entry.format: entry.records for entry in inputs.read if entry.lines}
    notes = []
    for name, records in formats.items():
        notes += [f"{name}: {note}" for note in missing_evidence(records)]
    sums = [name for name, records in formats.items() if "weight" in records]
    if len(sums) > 1:
        overlapping = _(
            "{formats}: Each row is the sum of many sessions, and several tables of one tool can "
            "count the same sessions. If these do, read only one of them."
        )
        notes.append(overlapping.format(formats=", ".join(sums)))
    return tuple(notes)


def _address_notes(
    engine: Engine, inputs: Inputs, requests: ir.Table, people: ir.Table, read: ReadSettings
) -> tuple[str, ...]:
    """Return notes on logs in which nearly all hits come from a few addresses, with what helps, and
    on hits that come from within."""
    notes = []
    hits = requests.filter(requests.client_ip.notnull())
    by_sender = hits.group_by("file", "client_ip", "visitor").agg(lines=hits.lines.sum())
    busiest = busiest_addresses(with_machines(by_sender, people))
    inside: dict[str, int] = {}
    for row in engine.fetch(busiest, "busiest addresses").to_pylist():
        entry = inputs.read[row["file"]]
        is_large = row["hits"] >= MIN_PROXY_HITS and row["agents"] >= MIN_PROXY_VISITORS
        if not is_large or (row["most"] or 0) < MIN_PROXY_PROPORTION * row["hits"]:
            inside[entry.format] = inside.get(entry.format, 0) + (row["inside"] or 0)
        else:
            has_list = "forwarded" in entry.records and not read.trusted_proxies
            note = _forwarded_note() if has_list else _client_note()
            notes.append(note.format(format=entry.format))
    notes += [_inside_note(n).format(format=name, n=n) for name, n in inside.items() if n]
    return tuple(dict.fromkeys(notes))


def _inside_note(hits: int) -> str:
    return ngettext(
        "{format}: {n:,} hit of people comes from a private network or from the server itself. It "
        "counts as any other.",
        "{format}: {n:,} hits of people come from a private network or from the server itself. "
        "They count as any other.",
        hits,
    )


def _forwarded_note() -> str:
    return _(
        "{format}: almost all hits come from a few addresses, as behind a proxy. Visitors are "
        "distinguished by X-Forwarded-For, which is not checked; to have it checked, name the "
        "proxy's network with --trusted-proxy."
    )


def _client_note() -> str:
    return _(
        "{format}: almost all hits come from a few addresses, as behind a proxy. People with the "
        "same browser count as one visitor. Log the client: $http_x_forwarded_for (nginx), "
        "%{{X-Forwarded-For}}i (Apache), X-Forwarded-For (IIS), or use the server's real-IP module."
    )


def busiest_addresses(requests: ir.Table) -> ir.Table:
    """Return by file the `hits` of people, how many of them the `MAX_PROXIES` busiest addresses
    have (`most`) and addresses that are `inside`, and how many visitors share one address at most
    (`agents`).

    `requests` say which hits are those of machines (`is_machine`): a monitor or a scanner that
    changes its agent is no proxy. Rows may be summed up by visitor.
    """
    addressed = requests.filter(requests.client_ip.notnull(), ~requests.is_machine)
    busiest = addressed.group_by("file", "client_ip").agg(
        n=addressed.lines.sum(), agents=addressed.visitor.nunique()
    )
    place = ibis.row_number().over(
        group_by=busiest.file, order_by=[busiest.n.desc(), busiest.client_ip]
    )
    ranked = busiest.mutate(place=place)
    by_file = ranked.group_by("file").agg(
        hits=ranked.n.sum(),
        most=ranked.n.sum(where=ranked.place < MAX_PROXIES),
        agents=ranked.agents.max(),
        inside=ranked.n.sum(where=ranked.client_ip.re_search(INSIDE)),
    )
    return by_file.order_by("file")


def _reject_rows(
    engine: Engine, requests: ir.Table, tallies: Sequence[Tally]
) -> tuple[RejectRow, ...]:
    """Return the rejects by reason, with the place of the first."""
    rejected = requests.filter(requests.text.notnull())
    firsts = rejected.group_by("reason", "file").agg(n=rejected.count(), line=rejected.line.min())
    rows = engine.fetch(firsts.order_by("reason", "file"), "first rejects").to_pylist()
    by_reason: dict[str, RejectRow] = {}
    for row in rows:
        earlier = by_reason.get(row["reason"])
        place = earlier.example if earlier else f"{tallies[row['file']].file}:{row['line']}"
        lines = row["n"] + (earlier.lines if earlier else 0)
        by_reason[row["reason"]] = RejectRow(row["reason"], lines, place)
    return tuple(sorted(by_reason.values(), key=lambda row: (-row.lines, row.reason)))
