"""The results of checks in a terminal: readable at any width, without colour, and when piped."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from darksocial.checking.baseline import BASELINE, CHANGED, UNCHANGED, Difference
from darksocial.checking.baseline import __doc__ as comparison
from darksocial.checking.results import Checked, Result
from darksocial.checks import ERROR, WARNING, Check, documentation, registry
from darksocial.language import gettext as _
from darksocial.outputs import Output, tables
from darksocial.outputs.checks._plain import located
from darksocial.outputs.checks._words import STATES, measure_counts, state_counts, verdict
from darksocial.outputs.drawing import INDENT, as_text, display, title, wrapped
from darksocial.outputs.tables import show_table
from darksocial.printable import printable
from darksocial.report.numbers import p_value, relative_change

STYLES = {ERROR: "bold red", WARNING: "yellow", "passed": "green", "skipped": "dim"}


def show(checked: Checked, console: Console | None = None) -> None:
    """Print failures in full, notes on goals, and one line for each that passed or was skipped."""
    console = console or Console(highlight=False)
    display(console, _headline(checked))
    for result in checked.with_state(ERROR, WARNING):
        if result.name != BASELINE:
            _show_failure(console, result)
    for note in checked.goal_notes:
        wrapped(console, f"! {printable(note)}", "yellow")
    _show_baseline(console, checked)
    rest = [r for r in checked.with_state("passed", "skipped") if r.name != BASELINE]
    if rest:
        title(console, _("Passed and skipped"))
        _show_rest(console, rest)


def _headline(checked: Checked) -> Text:
    if checked.failed:
        text, style = _("Checks failed: {counts}."), STYLES[ERROR]
    else:
        text, style = _("Checks passed: {counts}."), STYLES["passed"]
    return Text(text.format(counts=state_counts(checked)), style)


def _show_failure(console: Console, result: Result) -> None:
    display(console)
    state = Text(f"{STATES[result.state]} ", STYLES[result.state])
    display(console, state + Text(printable(result.label), "bold not dim"))
    display(console, result.message)
    rows = [(_("actual"), result.outcome.actual), (_("allowed"), result.outcome.allowed)]
    for number, place in enumerate(result.outcome.where):
        rows.append(("" if number else _("look at"), located(place)))
    rows.append((_("try"), result.advice))
    show_table(console, (tables.label(""), tables.text("")), rows)


def _show_baseline(console: Console, checked: Checked) -> None:
    if not checked.differences:
        return
    title(console, _("Compared with the baseline"))
    wrapped(console, measure_counts(checked.differences))
    for note in checked.notes:
        wrapped(console, f"! {printable(note)}", "yellow")
    differing = [d for d in checked.differences if d.verdict != UNCHANGED]
    if differing:
        _show_differences(console, differing)
        meaning = _("p: the probability of so large a difference if nothing has changed")
        wrapped(console, meaning, "dim")


def _show_differences(console: Console, differences: Sequence[Difference]) -> None:
    columns = (
        tables.text(_("measure")),
        tables.number(_("before")),
        tables.number(_("now")),
        tables.number(_("change")),
        tables.number("p"),
        tables.label(_("verdict")),
    )
    rows = [
        (
            f"{d.measure} {d.name}",
            d.words(d.before),
            d.words(d.now),
            relative_change(d.relative),
            "" if d.chance is None else p_value(d.chance),
            Text(verdict(d.verdict), STYLES[d.level] if d.verdict == CHANGED else ""),
        )
        for d in differences
    ]
    show_table(console, columns, rows)


def _show_rest(console: Console, results: Sequence[Result]) -> None:
    columns = (tables.text(_("check")), tables.text(_("actual")), tables.text(_("allowed")))
    rows: list[tables.Row] = []
    for result in results:
        actual = result.outcome.actual
        if result.outcome.skipped:
            actual = _("skipped: {reason}").format(reason=result.outcome.skipped)
        label = Text(printable(result.label), STYLES[result.state])
        rows.append((label, actual, result.outcome.allowed))
    show_table(console, columns, rows)


def show_checks() -> None:
    """Print the checks: message, level, and parameters with their defaults."""
    console = Console(highlight=False)
    for name, check in registry().items():
        display(console, Text(name, style="bold").append(f"  {_scope(check)}", "dim"))
        wrapped(console, check.message)
        _show_parameters(console, check)
        display(console)


def _scope(check: Check) -> str:
    """Return the level of a check, or what a rule of it has to name."""
    if check.subject:
        return _("one rule for each {subject}").format(subject=check.subject)
    return check.level


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
        default = _("not set") if parameter.default is None else f"{parameter.default:g}"
        line = _("{name} = {default}: {meaning} ({expected})").format(
            name=parameter.name,
            default=default,
            meaning=parameter.meaning,
            expected=parameter.kind.expected,
        )
        wrapped(console, line, "cyan", INDENT * 2)


def text(checked: Checked) -> str:
    """Return what `show` prints, for a file."""
    return as_text(lambda console: show(checked, console))


OUTPUT = Output("text", text, show)
