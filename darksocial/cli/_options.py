"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

inputs_argument = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")

quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print no progress and no report.")

site_option = click.option(
    "--site",
    multiple=True,
    metavar="HOST",
    help="A host of the site itself, where the log names none. [default: told from the log]",
)

session_option = click.option(
    "--session-timeout",
    type=click.IntRange(1, 475),
    default=30,
    show_default=True,
    metavar="MINUTES",
    help="End a session after this long without a hit.",
)

exclude_option = click.option(
    "--exclude-referrer",
    multiple=True,
    metavar="HOST",
    help="Referrals from HOST (a payment provider) continue a session.",
)

goal_option = click.option(
    "--goal",
    multiple=True,
    metavar="KEY=VALUE,...",
    help="Count a conversion: path (* for any characters), status, method, event, value.",
)

prior_option = click.option(
    "--prior-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take what is known of the site from [model] in FILE.",
)


def keep_option(told: str) -> Callable[[F], F]:
    """`--keep-identifiers`, with what it keeps in the command."""
    return click.option("--keep-identifiers", is_flag=True, help=told)


def analysis_options(command: F) -> F:
    """The options that say how visits are made and judged."""
    options = (session_option, site_option, exclude_option, goal_option, prior_option)
    for option in reversed(options):
        command = option(command)
    return command


def query_options(command: F) -> F:
    """The options that say which parameters of queries are written."""
    options = (
        click.option(
            "--strip-query",
            multiple=True,
            metavar="NAME",
            help="Drop this parameter from queries and referrers, beside those that tell of "
            "persons.",
        ),
        click.option(
            "--keep-query",
            multiple=True,
            metavar="NAME",
            help="Keep this parameter in queries and referrers.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def resource_options(command: F) -> F:
    """The options that say what may be taken of the machine."""
    options = (
        click.option(
            "--memory-limit",
            default="1GB",
            show_default=True,
            metavar="SIZE",
            help="Keep tables below SIZE in memory, the rest on disk.",
        ),
        click.option("--threads", type=click.IntRange(1), metavar="N", help="Use N cores at most."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def reading_options(command: F) -> F:
    """The options that say how inputs are read."""
    options = (
        click.option("--format", metavar="NAME", help="Read every file in this format."),
        click.option(
            "--log-format",
            metavar="DIRECTIVE",
            help="Read every file by this LogFormat (Apache) or log_format (nginx).",
        ),
        click.option(
            "--log-format-from",
            metavar="FILE[:NAME]",
            help="Take the directive out of a server's configuration file.",
        ),
        click.option(
            "--map",
            multiple=True,
            metavar="FIELD=KEY,...",
            help="Read JSON, CSV, TSV or Parquet by these keys, as in time=ts,url=request_uri.",
        ),
        click.option(
            "--timezone",
            default="UTC",
            show_default=True,
            metavar="ZONE",
            help="Zone of times that tell none, as Europe/Berlin or +01:00.",
        ),
        click.option(
            "--trusted-proxy",
            multiple=True,
            metavar="CIDR",
            help="Believe X-Forwarded-For of proxies in this network.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
