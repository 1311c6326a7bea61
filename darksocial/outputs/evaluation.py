"""Evaluations in the terminal and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console

from darksocial.evaluation import Evaluation
from darksocial.evaluation.hiding import Masked
from darksocial.evaluation.metrics import Bin
from darksocial.evaluation.worlds import RunOfWorld, by_world
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import tables
from darksocial.outputs.drawing import display, title, wrapped
from darksocial.outputs.tables import show_table
from darksocial.report.numbers import about, decimal, significant, whole, whole_percent

Row = tuple[str, ...]
RULE_HEADINGS = ("", "AUC", _("avg. precision"), _("Brier ratio"), _("counted"))
MIN_MESSAGES = 10
"""Fewer visits from messengers than these cannot be ranked. Assumed."""
ORIGIN_NAMES = {
    "dark_social": _("message"),
    "lost_search": _("search"),
    "lost_social": _("social"),
    "lost_email": _("mailing"),
    "lost_ai": _("AI"),
}
CLASS_HEADINGS = {
    "dark_social": _("dark"),
    "direct": _("direct"),
    "lost_search": _("search"),
    "lost_social": _("social"),
    "lost_email": _("mail"),
    "lost_ai": _("AI"),
}
CHANNEL_NAMES = {
    "dark_social": _("dark social"),
    "direct": _("direct"),
    "search": _("search"),
    "social": _("social"),
    "email": _("mail"),
    "ai": _("AI"),
}
MASK_SHOWS = _(
    "What this shows: how often visits from search, mailings, public posts and assistants would be "
    "mistaken for dark social on this site if they had lost their origin; `rule` is how often the "
    "rule of thumb flags them."
)
MASK_HIDES = _(
    "What it cannot show: how many visits without an origin are dark. Apps that send no referrer "
    "have other users than those that do, and typed addresses, bookmarks and browser history never "
    "have an origin to hide, so nothing here tests them."
)
WORLDS_SHOW = _(
    "Sums over the runs: `holds` says in how many the interval holds the truth, and `worst` is the "
    "count by the truth in the run that is furthest off. A simulation is a model: real sites "
    "differ from it."
)


def show(evaluation: Evaluation) -> None:
    """Print one evaluation."""
    console = Console(highlight=False)
    joined = _(
        "{joined} of {sessions} sessions match one of {visits} true visits; {direct} of them are "
        "booked as Direct, and {dark} of these were dark social."
    )
    wrapped(console, joined.format(**_numbers(evaluation)), indent="")
    _table(console, _("How well Direct visits are judged"), RULE_HEADINGS, _rule_rows(evaluation))
    _table(
        console,
        _("What else was found"),
        ("", _("found"), _("of"), _("proportion")),
        _part_rows(evaluation),
    )
    show_calibration(console, evaluation.calibration)
    _table(
        console,
        _("All visits by where they came from"),
        ("", _("booked"), _("estimated"), _("in truth")),
        [
            (CHANNEL_NAMES[row.origin], whole(row.before), whole(row.after), whole(row.truth))
            for row in evaluation.channels
        ],
    )
    if evaluation.holds:
        holds = _(
            "The estimate of {expected} dark visits, between {low} and {high}, includes the true "
            "number, {dark}."
        )
    else:
        holds = _(
            "The estimate of {expected} dark visits, between {low} and {high}, does not include "
            "the true number, {dark}."
        )
    display(console)
    wrapped(console, holds.format(**_numbers(evaluation)), indent="")


def show_calibration(console: Console, bins: Sequence[Bin]) -> None:
    """Print how often visits of each estimated probability were dark."""
    rows = [
        (
            _("{low} to {high}").format(low=decimal(b.low, 1), high=decimal(b.high, 1)),
            whole(b.visits),
            decimal(b.said, 2),
            decimal(b.dark, 2),
        )
        for b in bins
    ]
    headings = (_("probability"), _("visits"), _("estimated"), _("were dark"))
    _table(console, _("Calibration"), headings, rows)


def _numbers(evaluation: Evaluation) -> dict[str, str]:
    """Return the numbers of an evaluation that sentences name."""
    names = ("joined", "sessions", "visits", "direct", "dark", "expected", "low", "high")
    return {name: about(getattr(evaluation, name)) for name in names}


def show_masked(masked: Masked) -> None:
    """Print how visits whose origin was hidden are judged."""
    console = Console(highlight=False)
    origins = _(
        "The origin of {origins} of {sessions} sessions is recorded by referrer, tag or a "
        "messenger's own browser. {hidden} of these were judged without it, as if booked as "
        "Direct."
    ).format(
        origins=about(masked.known), sessions=about(masked.sessions), hidden=about(masked.hidden)
    )
    wrapped(console, origins, indent="")
    headings = (_("hidden"), _("visits"), *CLASS_HEADINGS.values(), _("rule"))
    rows = [
        (
            ORIGIN_NAMES[o.origin],
            whole(o.visits),
            *(whole_percent(o.said[name]) for name in CLASS_HEADINGS),
            whole_percent(o.flagged_by_rule),
        )
        for o in masked.origins
    ]
    _table(console, _("How they are judged (mean probability)"), headings, rows)
    display(console)
    _show_ranking(console, masked)
    for paragraph in (MASK_SHOWS, MASK_HIDES):
        display(console)
        wrapped(console, paragraph, indent="")


def _show_ranking(console: Console, masked: Masked) -> None:
    messages = next((o.visits for o in masked.origins if o.origin == "dark_social"), 0)
    if messages >= MIN_MESSAGES and masked.auc is not None and masked.rule_auc is not None:
        ranking = _("Messengers against all others: AUC {auc}, rule of thumb {rule_auc}.")
        text = ranking.format(auc=decimal(masked.auc, 2), rule_auc=decimal(masked.rule_auc, 2))
    else:
        text = _("Too few visits from messengers have a recorded origin to judge their ranking.")
    wrapped(console, text, indent="")
    if masked.named:
        identified = ngettext(
            "An app was identified for {n} of them, {right} of these correctly.",
            "An app was identified for {n} of them, {right} of these correctly.",
            significant(masked.named),
        )
        wrapped(
            console, identified.format(n=about(masked.named), right=about(masked.right)), indent=""
        )


def line_of_run(run: RunOfWorld) -> str:
    """Return a run that has ended as one line."""
    return _("{world}, seed {seed}: {expected} dark visits counted, {dark} in truth").format(
        world=run.world, seed=run.seed, expected=about(run.expected), dark=about(run.dark)
    )


def show_worlds(runs: Sequence[RunOfWorld]) -> None:
    """Print a table of worlds: what is counted in their runs, beside the truth."""
    console = Console(highlight=False)
    headings = (
        "", _("visits"), _("likely bots"), _("dark"), _("counted"), _("90% interval"), _("holds"),
        _("worst"),
    )  # fmt: skip
    rows = [
        (
            row.world,
            whole(row.visits),
            whole(row.likely_bots),
            whole(row.dark),
            whole(row.expected),
            _("{low} to {high}").format(low=whole(row.low), high=whole(row.high)),
            _("{n} of {runs}").format(n=row.holds, runs=row.runs),
            decimal(row.worst, 2),
        )
        for row in by_world(runs)
    ]
    _table(console, _("Dark visits booked as Direct, counted and in truth"), headings, rows)
    display(console)
    wrapped(console, WORLDS_SHOW, indent="")


def worlds_as_dict(runs: Sequence[RunOfWorld]) -> dict[str, object]:
    """Return runs as plain values for JSON, and what they are together by world."""
    return {
        "worlds": [asdict(row) for row in by_world(runs)],
        "runs": [asdict(run) | {"holds": run.holds, "off_by": run.off_by} for run in runs],
    }


def as_dict(evaluation: Evaluation) -> dict[str, object]:
    """Return an evaluation as plain values for JSON."""
    return asdict(evaluation) | {"holds": evaluation.holds}


def _rule_rows(evaluation: Evaluation) -> list[Row]:
    rows = [
        (
            rule.name,
            *(
                "" if value is None else decimal(value, 3)
                for value in (rule.auc, rule.average_precision, rule.brier_ratio)
            ),
            whole(rule.counted),
        )
        for rule in evaluation.rules
    ]
    return [*rows, (_("truth"), "", "", "", whole(evaluation.dark))]


def _part_rows(evaluation: Evaluation) -> list[Row]:
    parts = {
        _("apps identified, of dark visits"): evaluation.named,
        _("correct, of those identified"): evaluation.right,
        _("scrapers excluded from the sessions"): evaluation.scrapers,
        _("copied campaign links"): evaluation.echoes,
        _("shares with a preview"): evaluation.shares,
    }
    return [
        (name, whole(p.found), whole(p.of), "" if p.share is None else whole_percent(p.share))
        for name, p in parts.items()
    ]


def _table(console: Console, heading: str, headings: Row, rows: Sequence[Row]) -> None:
    title(console, heading)
    columns = (tables.label(headings[0]), *map(tables.number, headings[1:]))
    show_table(console, columns, rows)
