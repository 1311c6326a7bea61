"""Evaluations in the terminal and as Markdown."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darksocial.evaluation import Evaluation
from darksocial.evaluation.hiding import Masked
from darksocial.outputs.drawing import display

Row = tuple[str, ...]
HEAD = ("", "AUC", "avg. precision", "Brier ratio", "counted")

LEAST_MESSAGES = 10
ORIGINS = {
    "dark_social": "message",
    "lost_search": "search",
    "lost_social": "social",
    "lost_email": "mailing",
    "lost_ai": "AI",
}
CLASS_HEADS = {
    "dark_social": "dark",
    "direct": "direct",
    "lost_search": "search",
    "lost_social": "social",
    "lost_email": "mail",
    "lost_ai": "AI",
}
MASK_SHOWS = (
    "What this shows: how often visits from search, mailings, public posts and assistants would be "
    "taken for dark social on this site, had they lost their origin; `rule` is how often the rule "
    "of thumb flags them."
)
MASK_HIDES = (
    "What it cannot show: how many visits without origin are dark. Apps that send no referrer have "
    "other users than those that do, and typed addresses, bookmarks and browser history never have "
    "an origin to hide, so nothing here tests them."
)


def show(evaluation: Evaluation) -> None:
    """Print one evaluation."""
    console = Console(highlight=False)
    display(
        console,
        f"{evaluation.joined:,} of {evaluation.sessions:,} sessions are one of "
        f"{evaluation.visits:,} true visits; {evaluation.direct:,} of them are booked as Direct, "
        f"and {evaluation.dark:,} of these were dark social.",
    )
    _table(console, "How well Direct visits are judged", HEAD, _rule_rows(evaluation))
    _table(console, "What else was found", ("", "found", "of", "share"), _part_rows(evaluation))
    rows = [
        (f"{b.low:.1f} to {b.high:.1f}", f"{b.visits:,}", f"{b.said:.2f}", f"{b.dark:.2f}")
        for b in evaluation.calibration
    ]
    _table(console, "Calibration", ("probability", "visits", "said", "were dark"), rows)
    inside = "holds" if evaluation.holds else "does not hold"
    display(
        console,
        f"\nThe estimate of {evaluation.expected:,.0f} dark visits, between {evaluation.low:,.0f} "
        f"and {evaluation.high:,.0f}, {inside} the true {evaluation.dark:,}.",
    )


def show_masked(masked: Masked) -> None:
    """Print what was said of visits whose origin was hidden."""
    console = Console(highlight=False)
    display(
        console,
        f"{masked.known:,} of {masked.sessions:,} sessions tell their origin by referrer, tag or "
        f"a messenger's own browser. "
        f"{masked.hidden:,} of these were judged without it, as if booked as Direct.",
    )
    head = ("hidden", "visits", *CLASS_HEADS.values(), "rule")
    rows = [
        (
            ORIGINS[o.origin],
            f"{o.visits:,}",
            *(f"{o.said[name]:.0%}" for name in CLASS_HEADS),
            f"{o.flagged_by_rule:.0%}",
        )
        for o in masked.origins
    ]
    _table(console, "What is said of them (mean probability)", head, rows)
    messages = next((o.visits for o in masked.origins if o.origin == "dark_social"), 0)
    if messages >= LEAST_MESSAGES and masked.auc is not None and masked.rule_auc is not None:
        display(
            console,
            f"\nMessengers against all others: AUC {masked.auc:.2f}, by the rule of thumb "
            f"{masked.rule_auc:.2f}.",
        )
    else:
        display(
            console,
            "\nToo few visits from messengers have a known origin to say how well they are ranked.",
        )
    if masked.named:
        display(
            console, f"An app was named for {masked.named:,} of them, {masked.right:,} rightly."
        )
    display(console, f"\n{MASK_SHOWS}\n\n{MASK_HIDES}")


def markdown(named: Sequence[tuple[str, Sequence[Evaluation]]]) -> str:
    """A table of evaluations in groups, one line a group (means, and the worst case)."""
    head = (
        "site", "runs", "AUC", "worst", "avg. precision", "worst", "Brier ratio", "count / truth",
        "off by", "interval holds", "app named", "app right", "scrapers out", "echoes found",
    )  # fmt: skip
    rows = [summary_row(name, group) for name, group in named]
    everything = [e for _, group in named for e in group]
    rows.append(summary_row("all", everything))
    return _lines(head, rows)


def rules_table(evaluations: Sequence[Evaluation]) -> str:
    """The rules beside each other, as means over the evaluations."""
    names = [rule.name for rule in evaluations[0].rules]
    rows = []
    for at, name in enumerate(names):
        rules = [e.rules[at] for e in evaluations]
        ratio = fmean(e.rules[at].counted / e.dark for e in evaluations if e.dark)
        rows.append(
            (
                name,
                mean([r.auc for r in rules]),
                mean([r.average_precision for r in rules]),
                mean([r.brier_ratio for r in rules]),
                f"{ratio:.2f}",
            )
        )
    head = ("rule", "AUC", "avg. precision", "Brier ratio", "count / truth")
    return _lines(head, rows)


def summary_row(name: str, group: Sequence[Evaluation]) -> Row:
    """One line of the table of evaluations."""
    models = [e.model for e in group]
    ratios = [e.expected / e.dark for e in group if e.dark]
    return (
        name,
        str(len(group)),
        mean([m.auc for m in models]),
        _least([m.auc for m in models]),
        mean([m.average_precision for m in models]),
        _least([m.average_precision for m in models]),
        mean([m.brier_ratio for m in models]),
        f"{math.exp(fmean(map(math.log, ratios))):.2f}" if ratios else "",
        f"{fmean(abs(r - 1) for r in ratios):.0%}" if ratios else "",
        f"{sum(e.holds for e in group)} of {len(group)}",
        mean([e.named.share for e in group]),
        mean([e.right.share for e in group]),
        mean([e.scrapers.share for e in group]),
        mean([e.echoes.share for e in group]),
    )


def mean(values: Sequence[float | None]) -> str:
    """The mean of the values that there are, with two digits."""
    kept = [value for value in values if value is not None]
    return f"{fmean(kept):.2f}" if kept else ""


def as_dict(evaluation: Evaluation) -> dict[str, object]:
    """An evaluation for JSON."""
    return asdict(evaluation) | {"holds": evaluation.holds}


def _least(values: Sequence[float | None]) -> str:
    kept = [value for value in values if value is not None]
    return f"{min(kept):.2f}" if kept else ""


def _lines(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _rule_rows(evaluation: Evaluation) -> list[Row]:
    rows = [
        (
            rule.name,
            *(
                "" if value is None else f"{value:.3f}"
                for value in (rule.auc, rule.average_precision, rule.brier_ratio)
            ),
            f"{rule.counted:,.0f}",
        )
        for rule in evaluation.rules
    ]
    return [*rows, ("truth", "", "", "", f"{evaluation.dark:,}")]


def _part_rows(evaluation: Evaluation) -> list[Row]:
    parts = {
        "apps named, of dark visits": evaluation.named,
        "right, of those named": evaluation.right,
        "scrapers kept out of the sessions": evaluation.scrapers,
        "copied campaign links": evaluation.echoes,
        "shares with a preview": evaluation.shares,
    }
    return [
        (name, f"{p.found:,}", f"{p.of:,}", "" if p.share is None else f"{p.share:.0%}")
        for name, p in parts.items()
    ]


def _table(console: Console, title: str, head: Row, rows: Sequence[Row]) -> None:
    display(console)
    display(console, Text(title, style="bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for at, name in enumerate(head):
        table.add_column(name, justify="right" if at else "left", style="" if at else None)
    for row in rows:
        table.add_row(*row)
    display(console, Padding(table, (0, 0, 0, 2)))
