"""What the public functions return: results whose tables come as Arrow or pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from darksocial import arguments
from darksocial.engines import Engine, Written
from darksocial.errors import UsageError
from darksocial.expressions import built
from darksocial.inputs.accounts import Tally
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.privacy.urls import Parameters
from darksocial.report import summary_json
from darksocial.report.values import Report
from darksocial.results import directory, places
from darksocial.results.parquet import write_file
from darksocial.results.tables import as_named, as_sessions, as_shares
from darksocial.schema import HITS, REJECTS, SHARES, Contract, sessions_contract
from darksocial.settings import Goal, Settings

if TYPE_CHECKING:
    import pandas as pd

    from darksocial.expressions import ir

ANSWER_STEP = "answer"
# Columns of sessions with few different values: in pandas they are categories.
SESSION_CATEGORIES = ("device", "os", "browser", "channel_before", "channel_after", "app")


class Result:
    """A result: it holds an engine until it is closed, or until the end of `with`."""

    def __init__(self, engine: Engine, lines: ir.Table, files: ir.Table) -> None:
        self._engine = engine
        self._lines = lines
        self._files = files
        self._is_closed = False

    @property
    def headline(self) -> str:
        """What the result is, in one line without any text from a log."""
        raise NotImplementedError

    def __repr__(self) -> str:
        closed = " (closed)" if self._is_closed else ""
        return f"<{type(self).__name__} of {self.headline}{closed}>"

    def close(self) -> None:
        """Release what the result holds. Asking for a table afterwards raises UsageError."""
        if not self._is_closed:
            self._is_closed = True
            self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def rejects(self) -> pa.Table:
        """Return the lines that are no hits, with the columns of the rejects contract.

        The order is that of file and line. Raises UsageError if the result is closed.
        """
        return pa.Table.from_batches(self.reject_batches(), REJECTS.arrow)

    def reject_batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the lines that are no hits, as `rejects`, in batches of bounded size."""
        return self._batches(rejects(self._lines, self._files))

    def _batches(self, table: Written) -> Iterator[pa.RecordBatch]:
        self._check_open()
        return self._while_open(table)

    def _while_open(self, table: Written) -> Iterator[pa.RecordBatch]:
        batches = self._engine.batches(table.rows.order_by(list(table.order)), "rows")
        while True:
            self._check_open()
            batch = next(batches, None)
            if batch is None:
                return
            yield table.finish(batch)

    def _check_open(self) -> None:
        if self._is_closed:
            raise UsageError(
                _("This result (a darksocial.{name}) is closed: its tables are gone.").format(
                    name=type(self).__name__
                ),
                expected=_("a call before close() and inside the `with` block"),
                advice=_("assign what you need later to a variable, such as a pandas frame"),
            )


def with_names(lines: ir.Table, files: ir.Table, contract: Contract) -> Written:
    """Return lines with the names of their files, in order of file and line."""
    rows = lines.join(files.select("file", "name"), "file")
    columns = [name for name in contract.names if name not in ("file", "line")]
    rows = rows.select("file", "line", "name", *columns)
    return Written(contract, rows, partial(as_named, schema=contract.arrow), ("file", "line"))


def rejects(lines: ir.Table, files: ir.Table) -> Written:
    """Return the lines that are no hits, with the columns of the rejects contract."""
    return with_names(lines.filter(lines.text.notnull()), files, REJECTS)


def frame_of(table: pa.Table, categories: Sequence[str]) -> pd.DataFrame:
    """Return a table as a pandas frame, in which some columns are categories."""
    frame = table.to_pandas(categories=list(categories))
    for name in categories:
        values = frame[name].cat.categories
        frame[name] = frame[name].cat.reorder_categories(sorted(values))
    return frame


class Hits(Result):
    """What `parse` returns: the hits and the rejects of all inputs.

    `tallies` says what became of the lines of each file; `unread` names the files that were left
    out, as pairs of file and reason. Tables come whole (Arrow, pandas) or batch by batch, as long
    as the result is open.
    """

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

    @property
    def headline(self) -> str:
        """How much was read, in one line without any text from a log."""
        counts = [tally.counts for tally in self.tallies]
        hits, rejects = sum(c.hits for c in counts), sum(c.rejects for c in counts)
        lines = sum(c.lines for c in counts)
        text = ngettext(
            "{n:,} file; lines: {lines:,}, of which hits: {hits:,}, rejects: {rejects:,}",
            "{n:,} files; lines: {lines:,}, of which hits: {hits:,}, rejects: {rejects:,}",
            len(counts),
        )
        return text.format(n=len(counts), lines=lines, hits=hits, rejects=rejects)

    def _repr_html_(self) -> str:
        from darksocial.outputs.notebook import hits_view

        return hits_view(self)

    def table(self) -> pa.Table:
        """Return one row a hit, with the columns of the hits contract.

        The order is that of file and line; times are UTC with microseconds. Raises UsageError if
        the result is closed.
        """
        return pa.Table.from_batches(self.batches(), HITS.arrow)

    def to_pandas(self) -> pd.DataFrame:
        """Return the hits, as `table`, as a pandas frame."""
        return self.table().to_pandas()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the hits, as `table`, in batches of bounded size."""
        return self._batches(self._hits())

    def _hits(self) -> Written:
        hits = self._lines.filter(self._lines.reason.isnull())
        return with_names(hits, self._files, HITS)

    def write(self, hits: arguments.Place, rejects: arguments.Place | None = None) -> None:
        """Write the file `hits`, and the file `rejects` if it is named, as Parquet: whole or not at
        all.

        Raises OutputError where a file cannot be written.
        """
        self._check_open()
        directory.write_whole(
            arguments.folder("hits", hits),
            lambda path: write_file(path, HITS.arrow, self.batches()),
        )
        if rejects is not None:
            directory.write_whole(
                arguments.folder("rejects", rejects),
                lambda path: write_file(path, REJECTS.arrow, self.reject_batches()),
            )


class Analysis(Result):
    """What `analyze` returns: the finished `report`, the sessions, the shares and the rejects.

    `unreached_goals` are the goals that no hit of a person reached, among the first 63.
    Tables come whole (Arrow, pandas) or batch by batch, with the columns of docs/schema.md, as long
    as the result is open.
    """

    def __init__(
        self,
        engine: Engine,
        report: Report,
        visits: ir.Table,
        shares: ir.Table,
        lines: ir.Table,
        files: ir.Table,
        settings: Settings,
        unreached_goals: Sequence[Goal] = (),
    ) -> None:
        super().__init__(engine, lines, files)
        self.report = report
        self.unreached_goals = tuple(unreached_goals)
        self._visits = visits
        self._shares = shares
        self._contract = sessions_contract(settings.keep_identifiers)
        self._settings = settings

    @property
    def headline(self) -> str:
        """How much was read and what was found, in one line without any text from a log."""
        return self.report.headline

    def _repr_html_(self) -> str:
        from darksocial.outputs.notebook import analysis_view

        return analysis_view(self.report)

    def ask(self, question: Callable[[ir.Table], ir.Table]) -> pa.Table:
        """Return the rows of the Ibis expression that `question` makes of the visits, whose columns
        are those of the sessions contract and everything that signals look at."""
        return ask_noted(self, lambda visits: question(built(visits)))

    def ask_requests(self, question: Callable[[ir.Table], ir.Table]) -> pa.Table:
        """Return the rows of the Ibis expression that `question` makes of all lines that were read.

        `file` numbers `report.inputs` from 0; lines that are no hits have a `reason` and nothing
        else. `is_machine` says whether a bot or a fetcher of link previews sent the hit. A row is
        for `lines` lines: for one, if the analysis was made with `each_line`.
        """
        return ask_noted_requests(self, lambda lines: question(built(lines)))

    def sessions(self) -> pa.Table:
        """Return one row a session, with the columns of the sessions contract.

        The order is that of the start; times are UTC with microseconds, probabilities are 0 to 1,
        and log-odds are natural logarithms. Channels follow GA4's default channel group
        (https://support.google.com/analytics/answer/9756891). Raises UsageError if the result is
        closed.
        """
        return pa.Table.from_batches(self.session_batches(), self._contract.arrow)

    def to_pandas(self) -> pd.DataFrame:
        """Return the sessions, as `sessions`, as a pandas frame.

        Channels, app, device, os and browser are categories, in alphabetical order.
        """
        return frame_of(self.sessions(), SESSION_CATEGORIES)

    @property
    def session_schema(self) -> pa.Schema:
        """The columns of `sessions`, with address and user agent where settings keep them."""
        return self._contract.arrow

    def session_batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the sessions, as `sessions`, in batches of bounded size."""
        return self._batches(self._sessions())

    def _sessions(self) -> Written:
        keep_identifiers = self._settings.keep_identifiers
        dropped = Parameters(self._settings.strip_query, self._settings.keep_query)
        own = [name for name in self._contract.names if name != "session_id"]
        finish = partial(
            as_sessions, schema=self._contract.arrow, dropped=None if keep_identifiers else dropped
        )
        order = ("started_at", "visitor_id", "site")
        return Written(self._contract, self._visits.select(*own), finish, order, day="started_at")

    def shares(self) -> pa.Table:
        """Return one row a share, with the columns of the shares contract.

        The order is that of time; `clicks` and `conversions` are expected numbers. Raises
        UsageError if the result is closed.
        """
        return pa.Table.from_batches(self.share_batches(), SHARES.arrow)

    def share_batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the shares, as `shares`, in batches of bounded size."""
        return self._batches(self._share_rows())

    def _share_rows(self) -> Written:
        shares = self._shares.mutate(site=self._shares.site.nullif(""))
        own = [name for name in SHARES.names if name != "share_id"]
        rows = shares.select("share", *own)
        return Written(SHARES, rows, partial(as_shares, schema=SHARES.arrow), ("share",))

    def summary(self) -> dict[str, object]:
        """Return the content of summary.json: the report as dictionaries, lists and numbers."""
        return summary_json.summary(self.report)

    def page(self, title: str | None = None, *, with_paths: bool = True) -> str:
        """Return the report as a page to forward: HTML in one file, without scripts and requests.

        `title` takes the place of the site's name. Without `with_paths` it names no addresses of
        pages, for readers who may not see them. `save` writes it, also as a PDF or a mail. Raises
        UsageError if the result is closed, and for a title that is no text.
        """
        self._check_open()
        arguments.check("title", title, str, NoneType)
        arguments.check("with_paths", with_paths, bool)
        from darksocial.outputs.page import html
        from darksocial.outputs.page.stored import page_of_analysis

        return html(page_of_analysis(self, title, with_paths=with_paths))

    def write(self, out: arguments.Place) -> None:
        """Write sessions/, shares.parquet, rejects.parquet and summary.json to `out`: all or none.

        `out` is a folder, or on Spark also a URI. There shares.parquet and rejects.parquet are
        folders of Parquet files. What was in `out` before is replaced only once everything is
        written. Raises OutputError where that cannot be done, or where `out` is not a folder of
        darksocial.
        """
        self._check_open()
        with places.replacing(arguments.place("out", out), self._engine.storage) as draft:
            self._engine.write(self._sessions(), draft.place_of("sessions"))
            self._engine.write(self._share_rows(), draft.place_of("shares.parquet"))
            self._engine.write(rejects(self._lines, self._files), draft.place_of("rejects.parquet"))
            draft.write("summary.json", summary_json.text(self.report))


def ask_noted(analysis: Analysis, question: Callable[[ir.Table], ir.Table]) -> pa.Table:
    """Return what `ask` does for a question of this package, whose expressions are noted."""
    return _answer(analysis, question, analysis._visits)


def ask_noted_requests(analysis: Analysis, question: Callable[[ir.Table], ir.Table]) -> pa.Table:
    """Return what `ask_requests` does for a question whose expressions are noted."""
    return _answer(analysis, question, analysis._lines)


def _answer(
    analysis: Analysis, question: Callable[[ir.Table], ir.Table], table: ir.Table
) -> pa.Table:
    """Return the rows of a question, which may be many: they are not held twice."""
    analysis._check_open()
    rows = question(table)
    batches = list(analysis._engine.batches(rows, ANSWER_STEP))
    if batches:
        return pa.Table.from_batches(batches)
    return analysis._engine.fetch(rows, ANSWER_STEP)
