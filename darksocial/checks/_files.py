"""Files and lines: which inputs are logs of a server, and where a check found something."""

from darksocial.checks import MAX_PLACES
from darksocial.expressions import ir
from darksocial.formats import registry
from darksocial.parser.periods import PART_LINES
from darksocial.report.values import Report


def logs(report: Report) -> list[int]:
    """Return the indices of the inputs that are logs: neither visitors nor sums of visits."""
    return [n for n, file in enumerate(report.inputs) if not _is_export(file.format)]


def first_rows(rows: ir.Table) -> ir.Table:
    """Return the first rows in order of file and line, with the `total` number of all."""
    rows = rows.mutate(line=rows.line % PART_LINES)
    return rows.mutate(total=rows.count()).order_by("file", "line").limit(MAX_PLACES)


def _is_export(name: str) -> bool:
    log_format = registry().get(name.partition(" ")[0])
    return bool(log_format and {"visitor", "weight"} & log_format.can_record)
