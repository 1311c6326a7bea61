"""An Excel workbook (Office Open XML) by XlsxWriter: one sheet for each table of a report, and
those of the visits and shares.

Numbers are numbers with all their digits, times are dates (UTC), headings stay in sight. A text is
a text also where it begins as a formula does: the cell has the mark that Excel sets by an
apostrophe, so that it remains one when it is edited
(https://xlsxwriter.readthedocs.io/format.html#format-set-quote-prefix).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.files import formulas
from darksocial.outputs.files.contents import Rows, Tables
from darksocial.results.directory import write_whole

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ROWS, MAX_CHARACTERS = 1_048_576, 32_767
"""Rows of a sheet, heading included, and characters of a cell
(https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3)."""
FIRST_YEAR = 1900
"""Excel has no earlier dates."""
NUMBER_FORMATS = {"whole": "#,##0", "broken": "#,##0.0##", "day": "yyyy-mm-dd",
                  "time": "yyyy-mm-dd hh:mm:ss"}  # fmt: skip
MIN_WIDTH, MAX_WIDTH, TIME_WIDTH = 9, 60, 19
"""Widths of columns in characters."""
LONG_TEXTS = {
    "landing_path",
    "path",
    "note",
    "says",
    "is",
    "evidence",
    "file",
    "referrer",
    "session_id",
}
"""Columns whose texts are long."""
SHEET_AFTER = _("{name} {n}")
"""The name of a further sheet for the rows that one cannot hold."""


def check(_path: Path) -> None:
    """Raise UsageError if XlsxWriter is not installed."""
    try:
        import xlsxwriter  # noqa: F401 - whether it is there
    except ImportError as error:
        raise UsageError(
            _("A workbook needs XlsxWriter: pip install 'darksocial[xlsx]'")
        ) from error


def write(contents: Tables, path: Path, *, max_rows: int = MAX_ROWS) -> None:
    """Write the workbook, whole or not at all. A sheet has at most so many rows, heading included.

    Raises OutputError, and UsageError if XlsxWriter is not installed.
    """
    check(path)
    write_whole(path, lambda draft: _fill(draft, contents, max_rows))


def _fill(draft: Path, contents: Tables, max_rows: int) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = {"constant_memory": True, "tmpdir": str(draft.parent)}
    book = xlsxwriter.Workbook(str(draft), options)
    formats = {name: book.add_format({"num_format": text}) for name, text in NUMBER_FORMATS.items()}
    formats["heading"] = book.add_format({"bold": True, "bottom": 1})
    formats["quoted"] = book.add_format({"quote_prefix": True})
    try:
        for name, rows in contents.flat().items():
            _write_sheets(book, formats, name, rows, max_rows)
        for name, series in CHARTS.items():
            if name in contents.tables:
                _add_chart(book, name, series, contents.tables[name])
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _write_sheets(
    book: Any, formats: Mapping[str, Any], name: str, rows: Rows, max_rows: int
) -> None:
    """Write rows to one sheet, and those beyond what it can hold to further ones."""
    sheet = _new_sheet(book, formats, name, rows)
    number, line = 1, 1
    for values in _lines(rows):
        if line == max_rows:
            number, line = number + 1, 1
            sheet = _new_sheet(book, formats, SHEET_AFTER.format(name=name, n=number), rows)
        for column, value in enumerate(values):
            _write_cell(sheet, formats, line, column, value)
        line += 1


def _new_sheet(book: Any, formats: Mapping[str, Any], name: str, rows: Rows) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(rows.schema):
        sheet.set_column(column, column, _width(field))
        sheet.write_string(0, column, field.name, formats["heading"])
    return sheet


def _width(field: "pa.Field") -> int:
    import pyarrow.types as types

    if types.is_temporal(field.type):
        return TIME_WIDTH
    return MAX_WIDTH if field.name in LONG_TEXTS else max(MIN_WIDTH, len(field.name) + 2)


def _lines(rows: Rows) -> Iterator[tuple[object, ...]]:
    for batch in rows.batches():
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _write_cell(
    sheet: Any, formats: Mapping[str, Any], line: int, column: int, value: object
) -> None:
    """Write one value by its type; nothing where it is null, or a number that Excel does not have
    (NaN)."""
    match value:
        case bool():
            sheet.write_boolean(line, column, value)
        case int():
            sheet.write_number(line, column, value, formats["whole"])
        case float() if value - value == 0:
            sheet.write_number(line, column, value, formats["broken"])
        case date(year=year) if year < FIRST_YEAR:
            sheet.write_string(line, column, value.isoformat())
        case datetime():
            sheet.write_datetime(line, column, value.replace(tzinfo=None), formats["time"])
        case date():
            sheet.write_datetime(line, column, value, formats["day"])
        case str():
            quoted = formats["quoted"] if value.startswith(formulas.FORMULA_SIGNS) else None
            sheet.write_string(line, column, value[:MAX_CHARACTERS], quoted)


CHARTS = {"channels": ("before", "after"), "apps": ("expected",)}
"""The tables that have a chart, and its columns."""
CHART_COLOURS = ("#9AA0A6", "#7B2D8B")
"""Grey for what is booked, the accent for what is estimated."""
CHART_ROWS = 20
CHART_SIZE = {"width": 720, "height": 420}


def _add_chart(book: Any, name: str, series: tuple[str, ...], table: "pa.Table") -> None:
    """Put a bar chart beside the rows of a table, if it has rows; the first row is at its top."""
    last = min(table.num_rows, CHART_ROWS)
    if not last:
        return
    labels = table.schema.names.index("label" if "label" in table.schema.names else "channel")
    chart = book.add_chart({"type": "bar"})
    for column in series:
        place = table.schema.names.index(column)
        chart.add_series(
            {
                "name": [name, 0, place],
                "categories": [name, 1, labels, last, labels],
                "values": [name, 1, place, last, place],
                "fill": {"color": CHART_COLOURS[column != series[0] or len(series) == 1]},
            }
        )
    chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
    chart.set_x_axis({"num_format": NUMBER_FORMATS["whole"]})
    chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
    chart.set_size(CHART_SIZE)
    sheet = book.get_worksheet_by_name(name)
    sheet.insert_chart(1, len(table.schema.names) + 1, chart)
