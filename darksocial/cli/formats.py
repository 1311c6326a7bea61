"""`darksocial formats`: which formats there are, and what a file would be read as."""

from datetime import UTC, datetime

import click

from darksocial.cli._options import keep_option
from darksocial.cli._printing import echo
from darksocial.errors import UsageError


@click.command(short_help="List the formats, or recognise that of a file.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@keep_option("Show example lines as they are, addresses and agents included.")
@click.option(
    "--sql", is_flag=True, help="Print the SQL that reads a format; give its name as FILE."
)
def command(files: tuple[str, ...], keep_identifiers: bool, sql: bool) -> None:
    """List the log formats, or say what each FILE would be read as, and why.

    `darksocial formats combined --sql` prints the SQL that reads a format.
    """
    from darksocial.inputs.recognise import recognise
    from darksocial.outputs import catalogue

    if sql:
        _print_sql(files)
    elif files:
        catalogue.show_recognised(recognise(files), keep_identifiers=keep_identifiers)
    else:
        catalogue.show_formats()


def _print_sql(names: tuple[str, ...]) -> None:
    """Print the statements of formats, each with its semicolon."""
    from darksocial.formats import format_named
    from darksocial.parser.statement import statement_of

    if not names:
        raise UsageError(
            "--sql is given without the name of a format",
            expected="one that `darksocial formats` lists",
            advice="`darksocial formats combined --sql`",
        )
    today = datetime.now(UTC).date().isoformat()
    for log_format in map(format_named, names):
        echo(f"-- {log_format.name}: {log_format.title}")
        echo(f"{statement_of(log_format, today)};")
