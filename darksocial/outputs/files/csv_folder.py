"""A folder of CSV files: one for each table of a report, and those of the visits and shares.

The files are UTF-8 with commas, a heading, and quotes around every text (RFC 4180,
https://www.rfc-editor.org/rfc/rfc4180); a null is empty without quotes, times end in Z.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from darksocial.outputs.files import formulas
from darksocial.outputs.files.contents import Rows, Tables
from darksocial.results import directory, ownership


def check(folder: Path) -> None:
    """Raise OutputError if a folder holds what darksocial did not write."""
    ownership.check_own(folder, ownership.CSV_FOLDER)


def write(contents: Tables, folder: Path) -> None:
    """Write the files: all, or none. Raises OutputError."""
    with directory.replacing(folder, ownership.CSV_FOLDER) as draft:
        for name, rows in contents.flat().items():
            _write_file(draft / f"{name}.csv", rows)


def _write_file(path: Path, rows: Rows) -> None:
    with pa_csv.CSVWriter(path, rows.schema) as writer:
        for batch in rows.batches():
            writer.write_batch(_guarded(batch))


def _guarded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch in which no text is a formula to a spreadsheet."""
    columns = [
        _guarded_texts(column) if pa.types.is_string(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _guarded_texts(texts: pa.Array) -> pa.Array:
    is_formula = pc.match_substring_regex(texts, formulas.FORMULA_PATTERN)
    return pc.if_else(is_formula, pc.binary_join_element_wise(formulas.GUARD, texts, ""), texts)
