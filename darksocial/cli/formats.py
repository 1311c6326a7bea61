"""`darksocial formats`: the formats there are, and how a file would be read."""

from datetime import UTC, datetime

import click

from darksocial.cli._command import OUTPUT, described, option
from darksocial.cli._options import keep_option, time_format_option
from darksocial.cli._printing import echo
from darksocial.errors import UsageError
from darksocial.language import gettext as _

HELP = _(
    "List the log formats, or show how each FILE would be read, and why.\n\n"
    "With --sql, FILE is the name of a format, and the SQL that reads it is printed."
)


@described(
    help=HELP,
    short_help=_("List the formats, or recognise that of a file."),
    example="darksocial formats access.log",
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@time_format_option
@keep_option(_("Show example lines as they are, with addresses and user agents."))
@option(
    "--sql",
    heading=OUTPUT,
    is_flag=True,
    help=_("Print the SQL that reads a format, whose name takes the place of FILE."),
)
def command(
    files: tuple[str, ...], time_format: str | None, keep_identifiers: bool, sql: bool
) -> None:
    """Print the formats, or those that files have."""
    from darksocial.inputs.recognise import recognise
    from darksocial.outputs import catalogue
    from darksocial.privacy.identifiers import Privacy

    if sql:
        _print_sql(files)
    elif files:
        recognised = recognise(files, time_format=time_format)
        catalogue.show_recognised(recognised, Privacy(keep_identifiers))
    else:
        catalogue.show_formats()


def _print_sql(names: tuple[str, ...]) -> None:
    """Print the statements of formats, each with its semicolon."""
    from darksocial.formats import format_named
    from darksocial.parser.statement import statement_of

    if not names:
        raise UsageError(
            _("--sql needs the name of a format."),
            expected=_("one that `darksocial formats` lists"),
            advice="`darksocial formats combined --sql`",
        )
    today = datetime.now(UTC).date().isoformat()
    for log_format in map(format_named, names):
        echo(f"-- {log_format.name}: {log_format.title}")
        echo(f"{statement_of(log_format, today)};")
