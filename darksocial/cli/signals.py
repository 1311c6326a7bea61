"""`darksocial signals`: what the judgement rests on."""

import click


@click.command(short_help="List the signals, or document one.")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the signals with their weights and sources, or document the signal NAME.

    Weights are log-odds by class: how much likelier (natural log) the finding is under that class
    than on average. Of signals in one group only the strongest counts.
    """
    from darksocial.outputs import catalogue

    if name:
        catalogue.show_signal(name)
    else:
        catalogue.show_signals()
