"""What the library's verbs return: results whose tables come as Arrow or pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.inputs import Tally
from darksocial.outputs import directory, parquet, summary_json
from darksocial.queries import Parameters, bare_batch
from darksocial.report import Report
from darksocial.schema import HITS, REJECTS, SHARES, sessions_contract
from darksocial.settings import Settings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


class Result:
    """A result holds an engine, and gives it back when closed or at the end of `with`."""

    def __init__(self, engine: Engine, lines: ir.Table, files: ir.Table) -> None:
        self._engine = engine
        self._lines = lines
        self._files = files

    def close(self) -> None:
        """Give back what the result holds; its tables cannot be asked for any longer."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def rejects(self) -> pa.Table:
        """The lines that are no hits: the rejects contract, in order of file and line."""
        return pa.Table.from_batches(self.reject_batches(), REJECTS.arrow)

    def reject_batches(self) -> Iterator[pa.RecordBatch]:
        """The rejects contract, batch by batch."""
        yield from reject_batches(self._engine, self._lines, self._files)


def reject_batches(engine: Engine, lines: ir.Table, files: ir.Table) -> Iterator[pa.RecordBatch]:
    """The rejects contract, batch by batch, of parsed lines and a table of files with names."""
    yield from _numbered(engine, lines.filter(lines.text.notnull()), files, REJECTS.arrow)


def _numbered(
    engine: Engine, lines: ir.Table, files: ir.Table, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Lines with the names of their files, in order of file and line."""
    named = lines.join(files.select("file", "name"), "file").order_by(["file", "line"])
    chosen = named.drop("file").rename(file="name").select(schema.names)
    for batch in engine.batches(chosen):
        yield batch.cast(schema)


class Hits(Result):
    """What `parse` returns: the hits and the rejects of all inputs, a tally of each file, and
    the files that were left out, each with the reason."""

    def __init__(
        self,
        engine: Engine,
        lines: ir.Table,
        files: ir.Table,
        tallies: Sequence[Tally],
        unread: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(engine, lines, files)
        self.tallies = tuple(tallies)
        self.unread = tuple(unread)

    def table(self) -> pa.Table:
        """The hits contract, in order of file and line."""
        return pa.Table.from_batches(self.batches(), HITS.arrow)

    def to_pandas(self) -> pd.DataFrame:
        """The hits contract as a pandas frame."""
        return self.table().to_pandas()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The hits contract, batch by batch."""
        hits = self._lines.filter(self._lines.reason.isnull())
        yield from _numbered(self._engine, hits, self._files, HITS.arrow)

    def write(self, hits: Path, rejects: Path | None = None) -> None:
        """Write the hits, and the rejects where asked for, as Parquet: whole or not at all.

        Raises OutputError where a file cannot be written.
        """
        directory.write_whole(hits, lambda path: parquet.write_file(path, HITS, self.batches()))
        if rejects:
            directory.write_whole(
                rejects, lambda path: parquet.write_file(path, REJECTS, self.reject_batches())
            )


class Analysis(Result):
    """What `analyze` returns: the finished report, the sessions and the rejects."""

    def __init__(
        self,
        engine: Engine,
        report: Report,
        visits: ir.Table,
        shares: ir.Table,
        lines: ir.Table,
        files: ir.Table,
        settings: Settings,
    ) -> None:
        super().__init__(engine, lines, files)
        self.report = report
        self._visits = visits
        self._shares = shares
        self._contract = sessions_contract(settings.keep_identifiers)
        self._settings = settings

    def ask(self, question: Callable[[ir.Table], ir.Table]) -> pa.Table:
        """Rows of an Ibis expression over the visits with all that signals looked at."""
        return self._engine.fetch(question(self._visits))

    def ask_requests(self, question: Callable[[ir.Table], ir.Table]) -> pa.Table:
        """Rows of an Ibis expression over all lines that were read, one row each.

        `file` numbers `report.inputs` from 0; lines that are no hits have a `reason` and nothing
        else.
        """
        return self._engine.fetch(question(self._lines))

    def sessions(self) -> pa.Table:
        """The sessions contract, in order of start."""
        return pa.Table.from_batches(self.session_batches(), self._contract.arrow)

    def to_pandas(self) -> pd.DataFrame:
        """The sessions contract as a pandas frame."""
        return self.sessions().to_pandas()

    def session_batches(self) -> Iterator[pa.RecordBatch]:
        """The sessions contract, batch by batch."""
        own = [name for name in self._contract.names if name != "session_id"]
        ordered = self._visits.order_by(["started_at", "visitor_id", "site"]).select(*own)
        for batch in map(self._bare, self._engine.batches(ordered)):
            told = parquet.with_session_ids(batch).select(self._contract.names)
            yield told.cast(self._contract.arrow)

    def _bare(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Take out of queries and referrers what tells of persons, unless it is kept."""
        if self._settings.keep_identifiers:
            return batch
        told = self._settings
        return bare_batch(batch, Parameters(told.strip_query, told.keep_query))

    def shares(self) -> pa.Table:
        """The shares contract, in order of time."""
        return pa.Table.from_batches(self.share_batches(), SHARES.arrow)

    def share_batches(self) -> Iterator[pa.RecordBatch]:
        """The shares contract, batch by batch."""
        shares = self._shares.mutate(site=self._shares.site.nullif(""))
        own = [name for name in SHARES.names if name != "share_id"]
        for batch in self._engine.batches(shares.order_by("share").select(*own)):
            yield parquet.with_share_ids(batch).select(SHARES.names).cast(SHARES.arrow)

    def summary(self) -> dict[str, object]:
        """The content of summary.json."""
        return summary_json.summary(self.report)

    def write(self, out: Path) -> None:
        """Write sessions/, shares.parquet, rejects.parquet and summary.json to `out`: all or none.

        What stood in `out` before is replaced only once everything is written. Raises
        OutputError where that cannot be done, or where `out` is not a folder of darksocial.
        """
        with directory.replacing(out) as draft:
            parquet.write_sessions(draft / "sessions", self._contract, self.session_batches())
            parquet.write_file(draft / "shares.parquet", SHARES, self.share_batches())
            parquet.write_file(draft / "rejects.parquet", REJECTS, self.reject_batches())
            summary_json.write(draft / "summary.json", self.report)
