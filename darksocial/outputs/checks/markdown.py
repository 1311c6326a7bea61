"""The results of checks as Markdown: for the summary of a step in GitHub Actions, or a comment."""

from collections.abc import Iterator

from darksocial.checking.baseline import BASELINE, UNCHANGED, Difference
from darksocial.checking.results import Checked, Result
from darksocial.checks import ERROR, WARNING
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import Output
from darksocial.outputs.checks._plain import located
from darksocial.outputs.checks._words import measure_counts, state_counts, verdict
from darksocial.outputs.markdown import escaped, table_lines
from darksocial.report.numbers import relative_change

MARKS = {ERROR: "❌", WARNING: "⚠️", "passed": "✅", "skipped": "⏭️"}


def text(checked: Checked) -> str:
    """Return the results: failures in full, what differs from the baseline, a table of all."""
    return "\n".join(_lines(checked)) + "\n"


def _lines(checked: Checked) -> Iterator[str]:
    errors, warnings = checked.with_state(ERROR), checked.with_state(WARNING)
    yield _("## darksocial check: failed") if checked.failed else _("## darksocial check: passed")
    yield ""
    total = len(checked.results)
    sentence = ngettext("{n:,} check: {counts}.", "{n:,} checks: {counts}.", total)
    yield sentence.format(n=total, counts=state_counts(checked))
    for result in (*errors, *warnings):
        yield from _failure(result)
    for note in checked.goal_notes:
        yield ""
        yield escaped(note)
    yield from _baseline(checked)
    yield from _table(checked)


def _failure(result: Result) -> Iterator[str]:
    yield ""
    yield f"### {MARKS[result.state]} {_label(result)}"
    yield ""
    yield result.message
    yield ""
    yield _("- actual: {actual}").format(actual=escaped(result.outcome.actual))
    yield _("- allowed: {allowed}").format(allowed=escaped(result.outcome.allowed))
    for place in result.outcome.where:
        yield _("- at {place}").format(place=escaped(located(place)))
    yield _("- try: {advice}").format(advice=result.advice)


def _baseline(checked: Checked) -> Iterator[str]:
    if not checked.differences:
        return
    yield ""
    yield _("### Compared with the baseline")
    yield ""
    yield measure_counts(checked.differences)
    for note in checked.notes:
        yield escaped(note)
    differing = [d for d in checked.differences if d.verdict != UNCHANGED]
    if differing:
        yield ""
        headings = (_("measure"), _("before"), _("now"), _("change"), _("verdict"))
        numbers = (False, True, True, True, False)
        yield from table_lines(headings, numbers, map(_difference, differing))


def _difference(d: Difference) -> tuple[str, ...]:
    measure = f"{d.measure} {escaped(d.name)}"
    return (
        measure,
        d.words(d.before),
        d.words(d.now),
        relative_change(d.relative),
        verdict(d.verdict),
    )


def _table(checked: Checked) -> Iterator[str]:
    yield ""
    all_checks = _("All checks")
    yield f"<details><summary>{all_checks}</summary>"
    yield ""
    headings = ("", _("check"), _("actual"), _("allowed"))
    rows = (_row(result) for result in checked.results if result.name != BASELINE)
    yield from table_lines(headings, (False,) * len(headings), rows)
    yield ""
    yield "</details>"


def _row(result: Result) -> tuple[str, ...]:
    actual = result.outcome.skipped or result.outcome.actual
    return MARKS[result.state], _label(result), escaped(actual), escaped(result.outcome.allowed)


def _label(result: Result) -> str:
    """Return the name of the check, and its subject, which can be a path from a log."""
    return f"{result.name} {escaped(result.subject)}".strip()


OUTPUT = Output("markdown", text)
