"""The steps of an engine on standard error, one line each as it ends."""

import logging
import textwrap

from darksocial.cli._printing import echo
from darksocial.language import ngettext

ENGINES = logging.getLogger("darksocial.engine")
"""The logger of all engines: steps at level INFO, their SQL at level DEBUG."""
SQL_COLUMNS = 76
SQL_INDENT = "    "


def show_steps(count: int) -> None:
    """Print steps as they end, and their SQL too if `count` is more than one."""
    ENGINES.handlers = [StepHandler()]
    ENGINES.setLevel(logging.INFO if count == 1 else logging.DEBUG)
    ENGINES.propagate = False


class StepHandler(logging.Handler):
    """Prints what an engine logs: seconds, rows and name of each step, and its SQL before it."""

    def emit(self, record: logging.LogRecord) -> None:
        fields = record.__dict__["fields"]
        if "sql" in fields:
            dialect = record.name.rpartition(".")[2]
            echo(f"{fields['step']}:\n{_readable(fields['sql'], dialect)}", err=True)
        else:
            echo(_line(**fields), err=True)


def _line(step: str, seconds: float, rows: int) -> str:
    """Return a step that has ended as one line."""
    template = ngettext(
        "{seconds:>9.3f} s {rows:>15,} row   {step}",
        "{seconds:>9.3f} s {rows:>15,} rows  {step}",
        rows,
    )
    return template.format(seconds=seconds, rows=rows, step=step)


def _readable(sql: str, dialect: str) -> str:
    """Return SQL in indented lines; the parser's has its line breaks already."""
    if "\n" in sql:
        return textwrap.indent(sql, SQL_INDENT)
    import sqlglot

    pretty = sqlglot.parse_one(sql, dialect=dialect).sql(
        dialect, pretty=True, max_text_width=SQL_COLUMNS
    )
    return textwrap.indent(pretty, SQL_INDENT)
