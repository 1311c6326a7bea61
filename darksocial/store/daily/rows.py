"""The visits and shares of days of a store, as they are stored."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.schema import IDENTIFIERS, SESSIONS, SHARES
from darksocial.store.daily.stored import EXPECTED_FILES
from darksocial.store.files import layout

STORED_CONTRACTS = {"sessions": SESSIONS, "shares": SHARES}


def stored_rows(store: Path, table: str, days: Iterable[date]) -> ds.Dataset:
    """Return the `sessions` or `shares` of days, with the columns of today's contract.

    Addresses and user agents are there where they were stored. Raises InputError if a file cannot
    be read.
    """
    folders = [store / layout.day_folder(table, str(day)) for day in days]
    files = [str(path) for folder in folders for path in sorted(folder.glob("*.parquet"))]
    schema = STORED_CONTRACTS[table].arrow
    if not files:
        return ds.dataset(schema.empty_table())
    try:
        stored = ds.dataset(files, format="parquet").schema.names
        extra = [field.arrow() for field in IDENTIFIERS if field.name in stored]
        return ds.dataset(files, pa.schema([*schema, *extra]), format="parquet")
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            _("the {table} in {store} cannot be read: {reason}").format(
                table=table, store=store, reason=error
            ),
            expected=EXPECTED_FILES,
            advice=_("darksocial store verify {store}").format(store=store),
        ) from error
