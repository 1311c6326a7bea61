"""`darksocial formats`: which formats there are, and what a file would be read as."""

import click


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
def command(files: tuple[str, ...]) -> None:
    """List the log formats, or say what each FILE would be read as, and why."""
    import darksocial
    from darksocial.outputs import catalogue

    if files:
        catalogue.show_recognised(darksocial.recognise(files))
    else:
        catalogue.show_formats()
