"""Which inputs are logs of a server, as against exports of an analytics tool."""

from darksocial.report import Report
from darksocial.sources import registry


def logs(report: Report) -> list[int]:
    """Return the numbers of the inputs that are logs: neither visitors nor sums of visits."""
    return [n for n, file in enumerate(report.inputs) if not _is_export(file.format)]


def _is_export(name: str) -> bool:
    source = registry().get(name.partition(" ")[0])
    return bool(source and {"visitor", "weight"} & source.can_record)
