"""The results of all rules on one analysis."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from darksocial.checking.baseline import BASELINE, CHANGED, UNCHANGED, Difference, differences
from darksocial.checking.rules import Rule, Rules
from darksocial.checks import ERROR, Facts, Outcome
from darksocial.language import gettext as _
from darksocial.printable import inert, printable
from darksocial.report.numbers import p_value, relative_change, whole_percent
from darksocial.report.values import Report

BASELINE_MESSAGE = _(
    "A measure differs from the baseline by more than is allowed and than chance explains."
)
BASELINE_ADVICE = _("if the change is intended, make the summary of this run the new baseline")


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one rule; `message` and `advice` are for those that fail."""

    name: str
    subject: str
    level: str
    message: str
    outcome: Outcome
    advice: str

    @property
    def label(self) -> str:
        """Return the check with its subject."""
        return f"{self.name} {self.subject}".strip()

    @property
    def state(self) -> str:
        """Return `passed`, `skipped`, or the level of a failure."""
        if self.outcome.skipped:
            return "skipped"
        return "passed" if self.outcome.passed else self.level


@dataclass(frozen=True, slots=True)
class Checked:
    """An analysis with the results of its checks.

    report: the finished report of the analysis.
    results: one for each rule, in the order of the rules; then one for each difference.
    differences: measures of this run beside those of the baseline; empty without a baseline.
    notes: what limits the comparison, in whole sentences.
    """

    report: Report
    results: tuple[Result, ...]
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def goal_notes(self) -> tuple[str, ...]:
        """Return which goals no hit reached, in whole sentences."""
        return self.report.goal_notes

    @property
    def failed(self) -> bool:
        """Return whether a rule of level error failed."""
        return any(result.state == ERROR for result in self.results)

    def __repr__(self) -> str:
        states = Counter(result.state for result in self.results)
        counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        labels = ", ".join(result.label for result in self.results if result.state == result.level)
        return inert(f"<Checked: {counts}" + (f" ({printable(labels)})>" if labels else ">"))

    def with_state(self, *states: str) -> tuple[Result, ...]:
        """Return the results whose state is one of `states`: error, warning, passed, skipped."""
        return tuple(result for result in self.results if result.state in states)


def evaluated(
    facts: Facts,
    rules: Rules,
    summary: Mapping[str, Any],
    earlier: Mapping[str, Any] | None = None,
) -> Checked:
    """Evaluate every rule, and compare the summary with an earlier one if there is one."""
    results = tuple(_result(rule, facts) for rule in rules.rules)
    if earlier is None:
        return Checked(facts.report, results)
    differing = differences(earlier, summary, rules.baseline)
    results += tuple(_compared(difference) for difference in differing)
    return Checked(facts.report, results, differing, _notes(earlier, summary))


def _result(rule: Rule, facts: Facts) -> Result:
    check = rule.check
    outcome = check.run(facts, rule.criteria)
    return Result(
        check.name, rule.criteria.subject, rule.level, check.message, outcome, check.advice
    )


def _compared(difference: Difference) -> Result:
    d = difference
    outcome = Outcome(
        d.verdict != CHANGED,
        _compared_values(d),
        _("{tolerance} more or less, or what chance explains").format(
            tolerance=whole_percent(d.tolerance)
        ),
    )
    return Result(
        BASELINE, f"{d.measure} {d.name}", d.level, BASELINE_MESSAGE, outcome, BASELINE_ADVICE
    )


def _compared_values(d: Difference) -> str:
    values = {"now": d.words(d.now), "before": d.words(d.before), "verdict": d.verdict}
    values["change"] = relative_change(d.relative)
    if d.chance is None or d.verdict == UNCHANGED:
        return _("{now}, before {before} ({change}): {verdict}").format(**values)
    text = _("{now}, before {before} ({change}): {verdict} (p = {p_value})")
    return text.format(p_value=p_value(d.chance), **values)


def _notes(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    texts = {
        "version": _("The baseline was made by darksocial {before}, this run by {now}."),
        "config_hash": _("The baseline was made with other options: {before}, now {now}."),
    }
    for key, text in texts.items():
        before, current = earlier.get(key), now.get(key)
        if before != current:
            return (text.format(before=before, now=current),)
    return ()
