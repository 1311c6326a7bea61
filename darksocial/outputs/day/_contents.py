"""What the files of a day hold."""

from pathlib import Path

from darksocial.outputs.day._rows import headline
from darksocial.outputs.files.contents import Contents, Rows, facts_of, tables_in
from darksocial.store.daily import DayReport
from darksocial.store.daily.rows import stored_rows


def contents_of(report: DayReport) -> Contents:
    """Return the tables of the report, with the visits and shares of its day from the store.

    Raises InputError if the store cannot be read.
    """
    sessions, shares = (
        stored_rows(Path(report.store), table, [report.day]) for table in ("sessions", "shares")
    )
    return Contents(
        facts_of(
            headline(report), report.version, str(report.day), report.notes, report.cannot_tell
        ),
        tables_in(report),
        Rows(sessions.schema, sessions.to_batches),
        Rows(shares.schema, shares.to_batches),
    )
