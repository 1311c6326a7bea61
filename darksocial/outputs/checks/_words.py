"""Words for what became of rules and of a comparison, in every form for people."""

from collections import Counter
from collections.abc import Sequence

from darksocial.checking import baseline
from darksocial.checking.baseline import Difference
from darksocial.checking.results import Checked
from darksocial.checks import ERROR, WARNING
from darksocial.language import gettext as _
from darksocial.language import ngettext

STATES = {
    ERROR: _("failed"),
    WARNING: _("warning"),
    "passed": _("passed"),
    "skipped": _("skipped"),
}
"""What became of a rule (checking/results.py)."""
VERDICT_NAMES = {
    baseline.UNCHANGED: _("same"),
    baseline.NOISE: _("noise"),
    baseline.TOO_FEW: _("too few cases"),
    baseline.TOLERATED: _("tolerated"),
    baseline.CHANGED: _("a change"),
}
"""The verdicts on differences from a baseline (checking/baseline.py)."""


def state_counts(checked: Checked) -> str:
    """Return how many rules failed, passed and so on."""
    counts = Counter(result.state for result in checked.results)
    failed, warned, passed, skipped = (
        counts[state] for state in (ERROR, WARNING, "passed", "skipped")
    )
    listed = (
        (failed, ngettext("{n:,} failed", "{n:,} failed", failed)),
        (warned, ngettext("{n:,} warning", "{n:,} warnings", warned)),
        (passed, ngettext("{n:,} passed", "{n:,} passed", passed)),
        (skipped, ngettext("{n:,} skipped", "{n:,} skipped", skipped)),
    )
    return ", ".join(text.format(n=count) for count, text in listed if count)


def verdict(name: str) -> str:
    """Return the verdict on a difference, in words."""
    return VERDICT_NAMES[name]


def measure_counts(differences: Sequence[Difference]) -> str:
    """Return how many measures were compared with a baseline, by verdict."""
    counts = baseline.verdict_counts(differences).items()
    listed = ", ".join(f"{verdict(name)}: {count:,}" for name, count in counts)
    sentence = ngettext("{n:,} measure ({counts})", "{n:,} measures ({counts})", len(differences))
    return sentence.format(n=len(differences), counts=listed)
