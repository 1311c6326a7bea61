"""The evaluation by share ids in the terminal and as JSON."""

from dataclasses import asdict

from rich.console import Console

from darksocial.evaluation.by_ids import ByIds
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import tables
from darksocial.outputs.drawing import display, title, wrapped
from darksocial.outputs.evaluation import show_calibration
from darksocial.outputs.tables import show_table
from darksocial.outputs.texts import preview_app
from darksocial.report.numbers import about, decimal, significant, whole, whole_percent

MIN_RANKED = 10
"""Fewer visits of either kind than these cannot be ranked. Assumed."""
SHOWS = _(
    "What this shows: how many of the dark visits of this site the model finds, and through which "
    "app, where it does not know the share id. What it cannot show: whether those who share links "
    "with ids are like the others. Their browser runs the script, and nothing on the way removed "
    "the id."
)


def show(result: ByIds) -> None:
    """Print how visits whose share id was hidden are judged."""
    console = Console(highlight=False)
    came = ngettext(
        "{n} visit booked as Direct is known to be dark: it came by a share id.",
        "{n} visits booked as Direct are known to be dark: they came by share ids.",
        significant(result.dark),
    )
    wrapped(console, came.format(n=about(result.dark)), indent="")
    expects = _(
        "Without the ids the model expects {expected} of them to be dark ({recall}), and takes "
        "{recognised} for more probably dark than not."
    )
    text = expects.format(
        expected=about(result.expected),
        recall=whole_percent(result.recall),
        recognised=about(result.recognised),
    )
    wrapped(console, text, indent="")
    if result.own:
        came_back = ngettext(
            "{n} visit is known not to be, having come back with the visitor's own id; the model "
            "expects {expected} to be dark.",
            "{n} visits are known not to be, having come back with the visitor's own id; the model "
            "expects {expected} of them to be dark.",
            significant(result.own),
        )
        text = came_back.format(n=about(result.own), expected=about(result.expected_own))
        wrapped(console, text, indent="")
    _show_ranking(console, result)
    _show_apps(console, result)
    show_calibration(console, result.calibration)
    display(console)
    wrapped(console, SHOWS, indent="")


def as_dict(result: ByIds) -> dict[str, object]:
    """Return the evaluation as plain values for JSON."""
    return asdict(result) | {"recall": result.recall}


def _show_ranking(console: Console, result: ByIds) -> None:
    if min(result.dark, result.own) < MIN_RANKED or result.auc is None:
        text = _("Too few visits are known to be of one kind or the other to judge their ranking.")
    else:
        text = _("The first against the second: AUC {auc}, rule of thumb {rule_auc}.").format(
            auc=decimal(result.auc, 2), rule_auc=decimal(result.rule_auc or 0.0, 2)
        )
    wrapped(console, text, indent="")


def _show_apps(console: Console, result: ByIds) -> None:
    if not result.apps:
        return
    title(console, _("By the app that fetched the preview with the id"))
    headings = (_("visits"), _("Direct"), _("expected"), _("app named"), _("correct"))
    columns = (tables.label(_("app")), *map(tables.number, headings))
    rows = [
        (
            preview_app(row.app),
            whole(row.visits),
            whole(row.direct),
            whole(row.expected),
            whole(row.identified),
            whole(row.right),
        )
        for row in result.apps
    ]
    show_table(console, columns, rows)
