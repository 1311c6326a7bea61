"""`darksocial signals`: the evidence that visits are judged by."""

from pathlib import Path

import click

from darksocial.cli._command import SELECTION, described, option
from darksocial.language import gettext as _

HELP = _(
    "List the signals with their weights and references, or document the signal NAME.\n\n"
    "Weights are log-odds by class: how much likelier (natural logarithm) a level is under that "
    "class than on average. They are what is assumed, and of the signals in one group only the "
    "strongest counts. A site with 200 visits booked as Direct or more teaches weights of its own, "
    "which --learned shows."
)


@described(
    help=HELP,
    short_help=_("List the signals, or document one."),
    example="darksocial signals landing_page",
)
@click.argument("name", required=False)
@option(
    "--learned",
    heading=SELECTION,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help=_("Show what was learned in the folder OUT, which `darksocial analyze` wrote."),
)
def command(name: str | None, learned: Path | None) -> None:
    """Print the signals, or one of them, or what was learned of them."""
    from darksocial.outputs import catalogue

    if learned:
        from darksocial.outputs.learned import show_learned
        from darksocial.report.taught import taught_in

        show_learned(taught_in(learned, name))
    elif name:
        catalogue.show_signal(name)
    else:
        catalogue.show_signals()
