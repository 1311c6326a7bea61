"""`darksocial signals`: the evidence that visits are judged by."""

import click

from darksocial.cli._command import described
from darksocial.language import gettext as _

HELP = _(
    "List the signals with their weights and references, or document the signal NAME.\n\n"
    "Weights are log-odds by class: how much likelier (natural logarithm) a level is under that "
    "class than on average. Of the signals in one group only the strongest counts."
)


@described(
    help=HELP,
    short_help=_("List the signals, or document one."),
    example="darksocial signals landing_page",
)
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Print the signals, or one of them."""
    from darksocial.outputs import catalogue

    if name:
        catalogue.show_signal(name)
    else:
        catalogue.show_signals()
