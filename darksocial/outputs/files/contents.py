"""What a folder of CSV files, a workbook or a database holds, whatever result it is made of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from darksocial.language import gettext as _
from darksocial.report.frames import arrow_table, tables_of
from darksocial.report.numbers import log_odds
from darksocial.report.values import CannotTell

ABOUT = "about"
EVIDENCE_COLUMN = "evidence"
LOG_ODDS_DECIMALS = 2
"""Parquet and DuckDB hold all digits."""
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that come in batches of bounded size, and their Arrow schema."""

    schema: pa.Schema
    batches: Callable[[], Iterable[pa.RecordBatch]]


@dataclass(frozen=True)
class Tables:
    """The content of a file: what it is about, and the tables of a report by name."""

    facts: tuple[Fact, ...]
    tables: Mapping[str, pa.Table]

    def flat(self) -> Mapping[str, Rows]:
        """Return everything by name, as a form has it in which a cell holds one value."""
        about = pa.table(
            {
                "what": [name for name, _text in self.facts],
                "is": [text for _name, text in self.facts],
            },
            pa.schema([("what", pa.string()), ("is", pa.string())]),
        )
        tables = {ABOUT: about, **self.tables}
        return {name: Rows(table.schema, table.to_batches) for name, table in tables.items()}


@dataclass(frozen=True)
class Contents(Tables):
    """The content of a file that holds visits and shares as well.

    sessions: with the columns of the sessions contract. Addresses and user agents are in them only
        where they were asked for.
    shares: with the columns of the shares contract.
    """

    sessions: Rows
    shares: Rows

    def flat(self) -> Mapping[str, Rows]:
        """Return everything by name, as a form has it in which a cell holds one value."""
        events = {"sessions": _flat(self.sessions), "shares": _flat(self.shares)}
        return {**super().flat(), **events}


def tables_in(report: object) -> dict[str, pa.Table]:
    """Return every table of a finished report by its name."""
    return {name: arrow_table(report, name) for name, _kind in tables_of(type(report))}


def facts_of(
    headline: str, version: str, period: str, limits: Iterable[str], gaps: Iterable[CannotTell]
) -> tuple[Fact, ...]:
    """Return what a file says of itself: result, version, period, and what limits the numbers."""
    return (
        (_("result"), headline),
        (_("version of darksocial"), version),
        (_("period"), period),
        (_("times"), _("UTC")),
        *((_("cannot be said"), gap.says) for gap in gaps),
        *((_("note"), text) for text in limits),
    )


def _flat(rows: Rows) -> Rows:
    """Return rows with their evidence as a text."""
    if EVIDENCE_COLUMN not in rows.schema.names:
        return rows
    place = rows.schema.get_field_index(EVIDENCE_COLUMN)
    schema = rows.schema.set(place, pa.field(EVIDENCE_COLUMN, pa.string()))
    return Rows(schema, lambda: (_with_text(batch, place, schema) for batch in rows.batches()))


def _with_text(batch: pa.RecordBatch, place: int, schema: pa.Schema) -> pa.RecordBatch:
    texts = [_evidence_text(items) for items in batch.column(place).to_pylist()]
    columns = [*batch.columns[:place], pa.array(texts, pa.string()), *batch.columns[place + 1 :]]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _evidence_text(items: Iterable[Mapping[str, Any]]) -> str:
    """Return the evidence of a visit in one line: each note with its log-odds."""
    one = _("{note} ({log_odds})")
    return "; ".join(
        one.format(note=item["note"], log_odds=log_odds(item["log_odds"], LOG_ODDS_DECIMALS))
        for item in items
    )
