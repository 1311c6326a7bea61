"""What checks found, in a terminal: readable at 80 columns, without colour, and when piped."""

import io
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darksocial.checking.baseline import BASELINE, CHANGED, SAME, Difference, told
from darksocial.checking.baseline import __doc__ as comparison
from darksocial.checking.results import Checked, Result
from darksocial.checks import ERROR, WARNING, Check, documentation, registry
from darksocial.outputs import Output
from darksocial.outputs.checks._plain import located
from darksocial.outputs.drawing import display
from darksocial.printable import printable
from darksocial.report.words import counted

STYLES = {ERROR: "bold red", WARNING: "yellow", "passed": "green", "skipped": "dim"}
INDENT = (0, 0, 0, 2)
P_IS = "p: how probable so large a difference is where nothing has changed"


def show(checked: Checked, console: Console | None = None) -> None:
    """Print failures in full, then what passed and what was skipped, one line each."""
    console = console or Console(highlight=False)
    display(console, _headline(checked))
    for result in (*checked.of(ERROR), *checked.of(WARNING)):
        if result.name != BASELINE:
            _show_failure(console, result)
    _show_baseline(console, checked)
    rest = [r for r in checked.of("passed", "skipped") if r.name != BASELINE]
    if rest:
        _title(console, "Passed and skipped")
        display(console, Padding(_listed(rest), INDENT))


def _headline(checked: Checked) -> Text:
    counts = {
        f"{len(checked.of(ERROR)):,} failed": bool(checked.of(ERROR)),
        counted(len(checked.of(WARNING)), "warning"): bool(checked.of(WARNING)),
        f"{len(checked.of('passed')):,} passed": True,
        f"{len(checked.of('skipped')):,} skipped": bool(checked.of("skipped")),
    }
    verdict = "failed" if checked.failed else "passed"
    told_counts = ", ".join(text for text, is_told in counts.items() if is_told)
    return Text.assemble(
        ("Checks ", "bold"), (verdict, STYLES[ERROR if checked.failed else "passed"]),
        (f": {told_counts}.", "bold"),
    )  # fmt: skip


def _show_failure(console: Console, result: Result) -> None:
    display(console)
    display(
        console,
        Text.assemble(
            (f"{result.state} ", STYLES[result.state]), (printable(result.label), "bold"),
            f"\n{result.message}",
        )
    )  # fmt: skip
    rows = [("seen", result.outcome.seen), ("allowed", result.outcome.allowed)]
    rows += [("look at", located(place)) for place in result.outcome.where]
    rows.append(("try", result.advice))
    table = Table.grid(padding=(0, 2))
    for number, (name, value) in enumerate(rows):
        repeated = number and rows[number - 1][0] == name
        table.add_row(
            Text("" if repeated else name, "dim"), Text(printable(value), overflow="fold")
        )
    display(console, Padding(table, INDENT))


def _show_baseline(console: Console, checked: Checked) -> None:
    if not checked.differences:
        return
    _title(console, "Beside the baseline")
    display(console, f"  {len(checked.differences):,} measures: {told(checked.differences)}")
    for note in checked.notes:
        display(console, Padding(Text(printable(note), "yellow"), INDENT))
    differing = [d for d in checked.differences if d.verdict != SAME]
    if differing:
        display(console, Padding(_compared(differing), INDENT))
        display(console, Padding(Text(P_IS, "dim"), INDENT))


def _compared(found: Sequence[Difference]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("measure", overflow="fold")
    for name in ("before", "now", "change", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for d in found:
        style = STYLES[d.level] if d.verdict == CHANGED else ""
        table.add_row(
            Text(printable(f"{d.measure} {d.name}")),
            d.words(d.before),
            d.words(d.now),
            f"{d.relative:+.0%}",
            "" if d.chance is None else f"{d.chance:.2g}",
            Text(d.verdict, style),
        )
    return table


def _listed(results: Sequence[Result]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("check", overflow="fold")
    table.add_column("seen", overflow="fold")
    table.add_column("allowed")
    for result in results:
        skipped = result.outcome.skipped
        seen = f"skipped: {skipped}" if skipped else result.outcome.seen
        label = Text(printable(result.label), STYLES[result.state])
        table.add_row(label, Text(printable(seen)), Text(result.outcome.allowed))
    return table


def _title(console: Console, text: str) -> None:
    display(console)
    display(console, Text(text, "bold underline"))


def show_checks() -> None:
    """Print the checks: message, level, and parameters with their defaults."""
    console = Console(highlight=False)
    for name, check in registry().items():
        of = f"   one for each {check.subject}" if check.subject else f"   {check.level}"
        display(console, Text(name, style="bold").append(of, "dim"))
        display(console, Padding(Text(documentation(name).partition("\n")[0]), INDENT))
        _show_parameters(console, check)
        display(console)


def show_check(name: str) -> None:
    """Print the documentation of one check, or of the comparison with a baseline."""
    console = Console(highlight=False)
    if name == BASELINE:
        display(console, Text((comparison or "").strip()))
        return
    for paragraph in documentation(name).split("\n\n"):
        display(console, Text(paragraph.replace("\n", " "), end="\n\n"))
    _show_parameters(console, registry()[name])


def _show_parameters(console: Console, check: Check) -> None:
    for parameter in check.parameters:
        default = "not set" if parameter.default is None else f"{parameter.default:g}"
        line = f"{parameter.name} = {default}: {parameter.meaning} ({parameter.kind.expected})"
        display(console, Padding(Text(line, "cyan"), (0, 0, 0, 4)))


def text(checked: Checked) -> str:
    """Return what `show` prints, at a width of 80 columns."""
    page = io.StringIO()
    show(checked, Console(file=page, width=80, highlight=False, color_system=None))
    return page.getvalue()


OUTPUT = Output("text", text, show)
