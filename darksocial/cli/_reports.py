"""What a command prints and writes: `--report KIND`, `--output KIND=FILE` and `--quiet`.

The kinds are the modules of a folder below outputs/, one folder for each sort of result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from darksocial.cli._command import OUTPUT, Decorator, Name, gathered, option
from darksocial.cli._completion import Completed, outputs
from darksocial.cli._printing import echo, echo_commands
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import names_in, one_of
from darksocial.report.before import AS_ARRIVED, READINGS

if TYPE_CHECKING:
    from darksocial.outputs import Output

Result = TypeVar("Result")

TERMINAL, NONE = "terminal", "none"
DRAWN_KINDS = frozenset({TERMINAL})
"""Kinds that are drawn on a terminal and have no text for a file."""
FOLDER_KIND = "csv"
"""The kind that is written as a folder."""
WRITTEN_KINDS = frozenset({FOLDER_KIND, "duckdb", "eml", "html", "parquet", "paths", "pdf", "xlsx"})
"""Kinds that are files alone: nothing of them can be printed."""
CHECK_TEXT = "text"
"""What `darksocial check` draws on a terminal; this kind has a text for a file, too."""
COMBINABLE_KINDS = frozenset({CHECK_TEXT, "github"})
"""Kinds that can follow each other on standard output: every line of one belongs to no other."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One form of a result, and the file that it is written to."""

    kind: str
    path: Path


@dataclass(frozen=True, slots=True)
class Reports:
    """The forms in which a result is printed, and those that are written to files.

    `is_quiet` leaves out what is drawn for people. A form for programs is printed all the same: it
    was asked for. `before` is how a report counts a visit booked as Direct.
    """

    printed: tuple[str, ...]
    files: tuple[OutputFile, ...] = ()
    is_quiet: bool = False
    before: str = AS_ARRIVED

    def check(self, forms: "Mapping[str, Output[Result]]") -> None:
        """Raise the error of a file that cannot be written where it is wanted: before the work."""
        for file in self.files:
            if check := forms[file.kind].check:
                check(file.path)

    def check_forms(self, forms: "Mapping[str, Output[Result]]") -> None:
        """Raise UsageError for a kind that a result does not have."""
        for kind in (*self.printed, *(file.kind for file in self.files)):
            if kind not in forms:
                raise UsageError(
                    _("This report has no form {kind}.").format(kind=kind),
                    expected=one_of(kind, list(forms)),
                )

    def deliver(self, forms: "Mapping[str, Output[Result]]", result: Result) -> None:
        """Write the files, each whole or not at all, and print the rest.

        Raises OutputError if a file cannot be written.
        """
        for file in self.files:
            forms[file.kind].save(result, file.path)
        for kind in self.printed:
            if not (self.is_quiet and forms[kind].show):
                print_as(forms[kind], result)


def report_kinds(folder: str) -> list[str]:
    """Return what `--report` takes for the results of a folder below outputs/."""
    kinds = [name for name in names_in(f"outputs/{folder}") if name not in WRITTEN_KINDS]
    names = [TERMINAL if name == CHECK_TEXT else name for name in kinds]
    return [*sorted(names), NONE]


def file_kinds(folder: str) -> list[str]:
    """Return what `--output` takes for the results of a folder below outputs/."""
    return [name for name in names_in(f"outputs/{folder}") if name not in DRAWN_KINDS]


def report_option(kinds: Sequence[str]) -> Decorator[Any]:
    """Return `--report` with the kinds that a command has."""
    return option(
        "--report",
        heading=OUTPUT,
        type=Name(kinds),
        metavar="KIND",
        default=TERMINAL,
        show_default=True,
        help=_("What to print: {kinds}.").format(kinds=", ".join(kinds)),
    )


quiet_option = option(
    "-q",
    "--quiet",
    heading=OUTPUT,
    is_flag=True,
    help=_("Print no progress, and no report for people."),
)


before_option = option(
    "--before",
    heading=OUTPUT,
    type=Name(READINGS),
    metavar="READING",
    default=AS_ARRIVED,
    show_default=True,
    help=_("How channels count a visit booked as Direct: as it arrived (arrival), or by the "
           "visitor's last other source, as GA4's reports do (last-non-direct)."),
)  # fmt: skip


def report_options(folder: str) -> Decorator[Any]:
    """Return the options of reports that count visits by channel; they come as `reports`."""
    kinds = file_kinds(folder)

    def reports_of(report: str, output: tuple[str, ...], before: str, quiet: bool) -> Reports:
        files = tuple(_output_file(text, kinds) for text in output)
        return Reports(() if report == NONE else (report,), files, quiet, before)

    kind = report_option(report_kinds(folder))
    options = (kind, _output_option(kinds), before_option, quiet_option)
    return gathered("reports", reports_of, options)


def table_options(folder: str) -> Decorator[Any]:
    """Return the options of reports that count no visits by channel; they come as `reports`."""
    kinds = file_kinds(folder)

    def table_reports_of(report: str, output: tuple[str, ...], quiet: bool) -> Reports:
        files = tuple(_output_file(text, kinds) for text in output)
        return Reports(() if report == NONE else (report,), files, quiet)

    kind = report_option(report_kinds(folder))
    return gathered("reports", table_reports_of, (kind, _output_option(kinds), quiet_option))


def _output_option(kinds: Sequence[str]) -> Decorator[Any]:
    text = _("Write this form of the report to FILE ({kinds}); csv to a folder. May be repeated.")
    return option(
        "--output",
        heading=OUTPUT,
        multiple=True,
        metavar="KIND=FILE",
        type=_kinds_completed(kinds),
        help=text.format(kinds=", ".join(kinds)),
    )


def _kinds_completed(kinds: Sequence[str]) -> Completed:
    """Return the type of `--output`: a text that the shell completes to kinds and files."""
    return Completed(lambda _ctx, incomplete: outputs(kinds, incomplete))


PAGE_FILE = "darksocial.html"
TABLE_KINDS = (FOLDER_KIND, "duckdb", "xlsx")
"""The kinds that `darksocial page` writes beside the page."""


def page_outputs(output: tuple[str, ...]) -> tuple[tuple[Path, ...], Reports]:
    """Return the files of the page, and the files with its tables.

    Without a file of its own the page has the usual one.
    """
    of_tables = [text for text in output if text.partition("=")[0] in TABLE_KINDS]
    pages = [Path(text) for text in output if text not in of_tables] or [Path(PAGE_FILE)]
    return tuple(pages), Reports((), tuple(_output_file(text, TABLE_KINDS) for text in of_tables))


page_output_option = gathered(
    "outputs",
    page_outputs,
    (
        option(
            "-o",
            "--output",
            heading=OUTPUT,
            multiple=True,
            metavar="FILE|KIND=FILE",
            type=_kinds_completed(TABLE_KINDS),
            help=_(
                "Write the page to FILE, or its tables and visits: {kinds}. May be repeated.  "
                "[default: {file}]"
            ).format(kinds="csv=DIR, duckdb=FILE, xlsx=FILE", file=PAGE_FILE),
        ),
    ),
)
"""The option of the files of a page; they come as `outputs`."""


def check_options() -> Decorator[Any]:
    """Return the options of `report_options` for `check`, where `--output KIND` prints."""
    kinds = ", ".join(file_kinds("checks"))
    output_help = _("Write this form of the results to FILE, or print it without FILE ({kinds}). "
                    "May be repeated.")  # fmt: skip
    report_help = _("What to print: {kinds}.  [default: terminal, or what --output KIND names]")
    return gathered(
        "reports",
        check_reports,
        (
            option(
                "--report",
                heading=OUTPUT,
                type=Name(report_kinds("checks")),
                metavar="KIND",
                help=report_help.format(kinds=", ".join(report_kinds("checks"))),
            ),
            option(
                "--output",
                heading=OUTPUT,
                multiple=True,
                metavar="KIND[=FILE]",
                type=_kinds_completed(file_kinds("checks")),
                help=output_help.format(kinds=kinds),
            ),
            quiet_option,
        ),
    )


def check_reports(
    report: str | None = None, output: Sequence[str] = (), quiet: bool = False
) -> Reports:
    """Return what `check` prints and writes.

    Raises UsageError for a kind that does not exist, and for two kinds whose lines nobody could
    distinguish on standard output.
    """
    kinds = file_kinds("checks")
    printed = [text for text in output if "=" not in text]
    for text in printed:
        _check_kind(text, text, kinds)
    if report is None:
        printed = printed or [CHECK_TEXT]
    elif report != NONE:
        printed.insert(0, CHECK_TEXT if report == TERMINAL else report)
    printed = list(dict.fromkeys(printed))
    if len(printed) > 1 and not set(printed) <= COMBINABLE_KINDS:
        raise UsageError(
            _("{kinds} cannot share standard output.").format(kinds=", ".join(printed)),
            expected=_("one of them, or text and github"),
            advice="--output KIND=FILE",
        )
    files = tuple(_output_file(text, kinds) for text in output if "=" in text)
    return Reports(tuple(printed), files, quiet)


def _output_file(text: str, kinds: Sequence[str]) -> OutputFile:
    kind, separator, path = text.partition("=")
    _check_kind(text, kind, kinds)
    if not path:
        raise UsageError(
            _("`output` is {text!r}, which names no file.").format(text=text),
            expected=f"{kind}={'DIR' if kind == FOLDER_KIND else 'FILE'}",
            advice=""
            if separator or kind in WRITTEN_KINDS
            else _("--report {kind} prints it").format(kind=kind),
        )
    return OutputFile(kind, Path(path))


def _check_kind(text: str, kind: str, kinds: Sequence[str]) -> None:
    if kind not in kinds:
        raise UsageError(
            _("`output` is {text!r}, which is not KIND=FILE.").format(text=text),
            expected=_("a KIND that is {kinds}").format(kinds=one_of(kind, kinds)),
        )


def print_as(form: "Output[Result]", result: Result) -> None:
    """Draw the result if the form has a drawing, otherwise print its text."""
    if form.show:
        form.show(result)
    elif form.text and form.commands:
        echo_commands(form.text(result))
    elif form.text:
        echo(form.text(result), nl=False)
