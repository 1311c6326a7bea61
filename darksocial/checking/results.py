"""What the rules found in one analysis."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from darksocial.checking.baseline import BASELINE, CHANGED, SAME, Difference, differences
from darksocial.checking.rules import Rule, Rules
from darksocial.checks import ERROR, Facts, Outcome, message
from darksocial.printable import inert, printable
from darksocial.report.values import Report

MESSAGE = "A measure differs from the baseline, by more than is allowed and than chance explains."
LOOK_AGAIN = "if the change is meant, make the summary of this run the new baseline"


@dataclass(frozen=True, slots=True)
class Result:
    """One rule and what it found; `message` and `advice` are for those that fail."""

    name: str
    subject: str
    level: str
    message: str
    outcome: Outcome
    advice: str

    @property
    def label(self) -> str:
        """The check with its subject."""
        return f"{self.name} {self.subject}".strip()

    @property
    def state(self) -> str:
        """`passed`, `skipped`, or the level of a failure."""
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
    def failed(self) -> bool:
        """Whether a rule of level error failed."""
        return any(result.state == ERROR for result in self.results)

    def __repr__(self) -> str:
        states = Counter(result.state for result in self.results)
        counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        labels = ", ".join(result.label for result in self.results if result.state == result.level)
        return inert(f"<Checked: {counts}" + (f" ({printable(labels)})>" if labels else ">"))

    def of(self, *states: str) -> tuple[Result, ...]:
        """Return the results whose state is one of `states`."""
        return tuple(result for result in self.results if result.state in states)


def found(
    facts: Facts,
    rules: Rules,
    summary: Mapping[str, Any],
    earlier: Mapping[str, Any] | None = None,
) -> Checked:
    """Ask every rule, and compare the summary with an earlier one where there is one."""
    results = tuple(_result(rule, facts) for rule in rules.rules)
    if earlier is None:
        return Checked(facts.report, results)
    differing = differences(earlier, summary, rules.baseline)
    results += tuple(_compared(difference) for difference in differing)
    return Checked(facts.report, results, differing, _notes(earlier, summary))


def _result(rule: Rule, facts: Facts) -> Result:
    check = rule.check
    outcome = check.run(facts, rule.given)
    return Result(
        check.name, rule.given.subject, rule.level, message(check.name), outcome, check.advice
    )


def _compared(difference: Difference) -> Result:
    d = difference
    chance = "" if d.chance is None or d.verdict == SAME else f" (p = {d.chance:.2g})"
    outcome = Outcome(
        d.verdict != CHANGED,
        f"{d.words(d.now)}, before {d.words(d.before)} ({d.relative:+.0%}): {d.verdict}{chance}",
        f"{d.tolerance:.0%} more or less, or what chance explains",
    )
    return Result(BASELINE, f"{d.measure} {d.name}", d.level, MESSAGE, outcome, LOOK_AGAIN)


def _notes(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    pairs: Sequence[tuple[str, str]] = (
        ("version", "The baseline was made by another version of darksocial"),
        ("config_hash", "The baseline was made with other options, or by another version"),
    )
    differing = [
        f"{text}: {earlier.get(key)}, now {now.get(key)}."
        for key, text in pairs
        if earlier.get(key) != now.get(key)
    ]
    return tuple(differing[:1])
