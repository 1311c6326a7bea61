"""What checks found, as Markdown: for the summary of a step in GitHub Actions, or a comment."""

from collections.abc import Iterator

from darksocial.checking.baseline import BASELINE, SAME, Difference, told
from darksocial.checking.results import Checked, Result
from darksocial.checks import ERROR, WARNING
from darksocial.outputs import Output
from darksocial.outputs.checks._plain import located
from darksocial.outputs.markdown import escaped
from darksocial.report.words import counted

MARKS = {ERROR: "❌", WARNING: "⚠️", "passed": "✅", "skipped": "⏭️"}


def text(checked: Checked) -> str:
    """Return the results: failures in full, what differs from the baseline, a table of all."""
    return "\n".join(_lines(checked)) + "\n"


def _lines(checked: Checked) -> Iterator[str]:
    errors, warnings = checked.of(ERROR), checked.of(WARNING)
    yield f"## darksocial check: {'failed' if checked.failed else 'passed'}"
    yield ""
    warned = counted(len(warnings), "warning")
    yield f"{counted(len(checked.results), 'check')}: {len(errors)} failed, {warned}."
    for result in (*errors, *warnings):
        yield from _failure(result)
    yield from _baseline(checked)
    yield from _table(checked)


def _failure(result: Result) -> Iterator[str]:
    yield ""
    yield f"### {MARKS[result.state]} {_label(result)}"
    yield ""
    yield result.message
    yield ""
    yield f"- seen: {escaped(result.outcome.seen)}"
    yield f"- allowed: {escaped(result.outcome.allowed)}"
    for place in result.outcome.where:
        yield f"- at {escaped(located(place))}"
    yield f"- try: {result.advice}"


def _baseline(checked: Checked) -> Iterator[str]:
    if not checked.differences:
        return
    yield ""
    yield "### Beside the baseline"
    yield ""
    yield f"{len(checked.differences)} measures: {told(checked.differences)}."
    for note in checked.notes:
        yield escaped(note)
    differing = [d for d in checked.differences if d.verdict != SAME]
    if differing:
        yield ""
        yield "| measure | before | now | change | verdict |"
        yield "| --- | ---: | ---: | ---: | --- |"
        yield from map(_difference, differing)


def _difference(d: Difference) -> str:
    measure = f"{d.measure} {escaped(d.name)}"
    cells = (measure, d.words(d.before), d.words(d.now), f"{d.relative:+.0%}", d.verdict)
    return f"| {' | '.join(cells)} |"


def _table(checked: Checked) -> Iterator[str]:
    yield ""
    yield "<details><summary>All checks</summary>"
    yield ""
    yield "| | check | seen | allowed |"
    yield "| --- | --- | --- | --- |"
    for result in checked.results:
        if result.name == BASELINE:
            continue
        seen = result.outcome.skipped or result.outcome.seen
        cells = (_label(result), escaped(seen), escaped(result.outcome.allowed))
        yield f"| {MARKS[result.state]} | {' | '.join(cells)} |"
    yield ""
    yield "</details>"


def _label(result: Result) -> str:
    """The name of the check, and its subject, which can be a path from a log."""
    return f"{result.name} {escaped(result.subject)}".strip()


OUTPUT = Output("markdown", text)
