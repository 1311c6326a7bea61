"""`darksocial formats`: which formats there are, and what a file would be read as."""

import click

from darksocial.cli._options import keep_option


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@keep_option("Show example lines as they are, addresses and agents included.")
def command(files: tuple[str, ...], keep_identifiers: bool) -> None:
    """List the log formats, or say what each FILE would be read as, and why."""
    from darksocial.inputs.recognise import recognise
    from darksocial.outputs import catalogue

    if files:
        catalogue.show_recognised(recognise(files), keep_identifiers=keep_identifiers)
    else:
        catalogue.show_formats()
