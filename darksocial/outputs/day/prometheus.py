"""The report of a day as a text file for Prometheus' node_exporter.

The format is that of https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version
0.0.4); names follow https://prometheus.io/docs/practices/naming/.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.outputs import Output
from darksocial.store.daily import KINDS, DayReport

NOT_KNOWN = "not_known"
ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name without the prefix, its type, what it holds, and its samples."""

    name: str
    type: str
    holds: str
    samples: Sequence[Sample]


def text(report: DayReport) -> str:
    """Return the report in Prometheus' text format."""
    return "".join(f"{line}\n" for family in _families(report) for line in _lines(family))


def check_folder(path: Path) -> None:
    """Raise OutputError where there is no folder for the file: node_exporter reads from its own."""
    if not path.absolute().parent.is_dir():
        raise OutputError(
            _("There is no folder {folder} for {file}.").format(
                folder=path.absolute().parent, file=path.name
            ),
            expected=_("the folder that node_exporter reads its text files from"),
            advice=_("Create it, or use the folder of --collector.textfile.directory."),
        )


def _lines(family: Family) -> Iterator[str]:
    name = f"darksocial_{family.name}"
    if family.samples:
        yield f"# HELP {name} {family.holds}"
        yield f"# TYPE {name} {family.type}"
    for labels, value in family.samples:
        pairs = ",".join(f'{key}="{_label(text)}"' for key, text in labels.items())
        yield f"{name}{{{pairs}}} {value!r}" if pairs else f"{name} {value!r}"


def _label(value: str) -> str:
    """Return a label's value. What is not UTF-8 is replaced: one such byte makes the whole file
    unreadable to Prometheus."""
    return value.encode("utf-8", "replace").decode("utf-8").translate(ESCAPES)


def _families(report: DayReport) -> Iterator[Family]:
    counts = report.counts
    yield Family("sessions", "gauge", "Sessions of the day by channel.", _channels(report))
    yield _gauge("visitors", "Visitors of the day.", counts.visitors)
    yield _gauge("pageviews", "Page views of the day.", counts.pageviews)
    yield _gauge("direct_sessions", "Sessions of the day booked as Direct.", counts.direct)
    yield _gauge("dark_social_expected", "Expected dark visits of the day.", counts.dark)
    yield _gauge("dark_social_low", "Lower bound of the 90% interval.", counts.dark_low)
    yield _gauge("dark_social_high", "Upper bound of the 90% interval.", counts.dark_high)
    yield Family(
        "app_dark_social_expected",
        "gauge",
        "Expected dark visits of the day by the app that is named.",
        [({"app": row.app or NOT_KNOWN}, row.expected) for row in report.apps],
    )
    yield _gauge("conversions", "Conversions of the day.", counts.conversions)
    yield _gauge("revenue", "Revenue of the day.", counts.revenue)
    unusual = [row.kind for row in report.standouts]
    kinds: list[Sample] = [({"kind": kind}, unusual.count(kind)) for kind in KINDS]
    yield Family("standouts", "gauge", "What was unusual on the day, by kind.", kinds)
    lacking: list[Sample] = [({"reason": entry.reason}, 1) for entry in report.cannot_tell]
    yield Family("cannot_tell", "gauge", "What the hits of the day do not record.", lacking)
    start = datetime.combine(report.day, time(), UTC)
    yield _gauge("day_timestamp_seconds", "Start of the day (UTC).", start.timestamp())
    yield from _run(report)


def _channels(report: DayReport) -> list[Sample]:
    return [
        ({"channel": row.channel, "picture": picture}, value)
        for row in report.channels
        for picture, value in (("before", row.before), ("after", row.after))
    ]


def _run(report: DayReport) -> Iterator[Family]:
    run = report.run
    if run is None:
        return
    total, last = run.total, run.read
    yield Family(
        "lines_total",
        "counter",
        "Lines that runs have read.",
        [
            ({"result": "hit"}, total.hits),
            ({"result": "reject"}, total.rejects),
            ({"result": "blank"}, total.blanks),
        ],
    )
    yield _gauge("run_lines", "Lines that the run read.", last.lines)
    yield _gauge("run_unread_files", "Files that the run left out.", run.unread)
    yield _gauge("run_seconds", "How long the run took.", run.seconds)
    yield _gauge("last_run_timestamp_seconds", "End of the run.", run.ended_at.timestamp())


def _gauge(name: str, holds: str, value: float | None) -> Family:
    return Family(name, "gauge", holds, [] if value is None else [({}, value)])


OUTPUT = Output("prometheus", text, check=check_folder)
