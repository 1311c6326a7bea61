"""The tables of docs/accuracy.md: several evaluations as Markdown."""

import math
from collections.abc import Sequence
from statistics import fmean

from darksocial.evaluation import Evaluation
from darksocial.evaluation.metrics import Bin
from darksocial.outputs.markdown import table_lines

Row = tuple[str, ...]
NEAR = 0.15
"""A count so near to the truth, relative to it, is called so."""


def markdown(groups: Sequence[tuple[str, Sequence[Evaluation]]]) -> str:
    """Return a table of evaluations in groups, one line a group (means, and the worst case)."""
    head = (
        "site", "runs", "AUC", "worst", "avg. precision", "worst", "Brier ratio", "calibration",
        "count / truth", "off by", "within 15%", "interval holds", "app named", "app right",
        "scrapers out", "echoes found",
    )  # fmt: skip
    rows = [_summary_row(name, group) for name, group in groups]
    everything = [e for _name, group in groups for e in group]
    rows.append(_summary_row("all", everything))
    return _lines(head, rows)


def rules_table(evaluations: Sequence[Evaluation]) -> str:
    """Return a table of the rules, as means over the evaluations."""
    names = [rule.name for rule in evaluations[0].rules]
    rows = []
    for number, name in enumerate(names):
        rules = [e.rules[number] for e in evaluations]
        ratio = fmean(e.rules[number].counted / e.dark for e in evaluations if e.dark)
        rows.append(
            (
                name,
                _mean([r.auc for r in rules]),
                _mean([r.average_precision for r in rules]),
                _mean([r.brier_ratio for r in rules]),
                f"{ratio:.2f}",
            )
        )
    head = ("rule", "AUC", "avg. precision", "Brier ratio", "count / truth")
    return _lines(head, rows)


def _summary_row(name: str, group: Sequence[Evaluation]) -> Row:
    """Return one line of the table of evaluations."""
    models = [e.model for e in group]
    ratios = [e.expected / e.dark for e in group if e.dark]
    return (
        name,
        str(len(group)),
        _mean([m.auc for m in models]),
        _least([m.auc for m in models]),
        _mean([m.average_precision for m in models]),
        _least([m.average_precision for m in models]),
        _mean([m.brier_ratio for m in models]),
        f"{fmean(calibration_error(e.calibration) for e in group):.3f}",
        f"{math.exp(fmean(map(math.log, ratios))):.2f}" if ratios else "",
        f"{fmean(abs(r - 1) for r in ratios):.0%}" if ratios else "",
        f"{sum(abs(r - 1) <= NEAR for r in ratios)} of {len(ratios)}",
        f"{sum(e.holds for e in group)} of {len(group)}",
        _mean([e.named.share for e in group]),
        _mean([e.right.share for e in group]),
        _mean([e.scrapers.share for e in group]),
        _mean([e.echoes.share for e in group]),
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return how far the probabilities of each tenth are from the proportion that was dark, as a
    mean over all visits."""
    visits = sum(one.visits for one in bins)
    return math.fsum(one.visits * abs(one.said - one.dark) for one in bins) / visits


def _mean(values: Sequence[float | None]) -> str:
    """Return the mean of the values that are not None, with two digits."""
    numbers = [value for value in values if value is not None]
    return f"{fmean(numbers):.2f}" if numbers else ""


def _least(values: Sequence[float | None]) -> str:
    numbers = [value for value in values if value is not None]
    return f"{min(numbers):.2f}" if numbers else ""


def _lines(head: Row, rows: Sequence[Row]) -> str:
    return "\n".join(table_lines(head, (False,) * len(head), rows)) + "\n"
