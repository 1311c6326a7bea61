"""What was read, for the report: what became of the lines, and which evidence is missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.inputs.accounts import Inputs, Tally
from darksocial.inputs.gaps import missing_evidence
from darksocial.language import gettext as _
from darksocial.report.addresses import address_notes, busiest_by_file
from darksocial.report.gaps import NO_GAPS, Gaps, gaps_in
from darksocial.report.goals import unreached_goals
from darksocial.report.subresources import subresource_notes
from darksocial.report.values import CountRow, InputReport, RejectRow, UnreadInput
from darksocial.settings import Goal, ReadSettings
from darksocial.visits.conditions import is_person

Counts = tuple[CountRow, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """The part of a report that describes the inputs."""

    inputs: tuple[InputReport, ...]
    unread: tuple[UnreadInput, ...] = ()
    rejects: tuple[RejectRow, ...] = ()
    notes: tuple[str, ...] = ()
    unreached_goals: tuple[Goal, ...] = ()
    gaps: Gaps = NO_GAPS


def received(
    engine: Engine,
    inputs: Inputs,
    tallies: Sequence[Tally],
    requests: ir.Table,
    senders: ir.Table,
    people: ir.Table,
    files: ir.Table,
    read: ReadSettings,
    goals: Sequence[Goal],
) -> Received:
    """Count what became of the lines of all inputs. `tallies` are those of `account_for`."""
    busiest = busiest_by_file(engine, senders, people)
    return Received(
        _input_reports(engine, tallies, senders, people),
        tuple(UnreadInput(*left_out) for left_out in inputs.unread),
        _reject_rows(engine, requests, tallies),
        (
            *_notes(inputs),
            *address_notes(inputs, busiest, read),
            *subresource_notes(engine, requests),
        ),
        unreached_goals(engine, requests, people, goals),
        gaps_in(engine, senders, people, files, busiest),
    )


def _input_reports(
    engine: Engine, tallies: Sequence[Tally], senders: ir.Table, people: ir.Table
) -> tuple[InputReport, ...]:
    """Return what became of each file's lines, with the hits of bots and of link previews."""
    people = people.select("visitor", "bot", "preview_app")
    by_visitor = senders.join(people, "visitor")
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


def hit_counts(engine: Engine, visitors: ir.Table) -> tuple[Counts, Counts]:
    """Return the hits of bots by reason, and of link previews by app."""
    machines = visitors.filter(~is_person(visitors))
    counted = machines.group_by("bot", "preview_app").agg(n=machines.hits.sum())
    rows = engine.fetch(counted, "bots and previews").to_pylist()
    bots, previews = (_counts(rows, name) for name in ("bot", "preview_app"))
    return bots, previews


def _counts(rows: Sequence[Mapping[str, Any]], name: str) -> Counts:
    sums: Counter[str] = Counter()
    for row in rows:
        if row[name] is not None:
            sums[row[name]] += int(row["n"])
    ordered = sorted(sums.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(CountRow(*entry) for entry in ordered)
