"""Options that several commands share."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from darksocial.plugins import names_in
from darksocial.settings import MAX_THREADS

F = TypeVar("F", bound=Callable[..., Any])


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Options as one, which a command takes in this order."""

    def taken(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return taken


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
    """The options that say how visits are made and judged: the command takes them as `settings`."""

    @wraps(command)
    def with_settings(
        *arguments: Any,
        session_timeout: int,
        site: tuple[str, ...],
        exclude_referrer: tuple[str, ...],
        goal: tuple[str, ...],
        prior_file: Path | None,
        **others: Any,
    ) -> Any:
        from darksocial.cli._goals import goals_of
        from darksocial.cli._prior import model_of
        from darksocial.settings import Settings

        settings = Settings(
            session_timeout,
            site,
            exclude_referrer,
            goals=goals_of(goal),
            model=model_of(prior_file),
        )
        return command(*arguments, settings=settings, **others)

    options = together(session_option, site_option, exclude_option, goal_option, prior_option)
    return options(cast(F, with_settings))


query_options = together(
    click.option(
        "--strip-query",
        multiple=True,
        metavar="NAME",
        help="Drop this parameter from queries and referrers, beside those that tell of persons.",
    ),
    click.option(
        "--keep-query",
        multiple=True,
        metavar="NAME",
        help="Keep this parameter in queries and referrers.",
    ),
)
"""The options that say which parameters of queries are written."""


resource_options = together(
    click.option(
        "--memory-limit",
        metavar="SIZE",
        help="Keep tables below SIZE (as 2GB) in memory, the rest on disk. [default: 700MB, and "
        "more where it must be]",
    ),
    click.option(
        "--threads", type=click.IntRange(1, MAX_THREADS), metavar="N", help="Use N cores at most."
    ),
)
"""The options that say what may be taken of the machine."""


engine_options = together(
    click.option(
        "--engine",
        type=click.Choice(names_in("engines")),
        default="duckdb",
        show_default=True,
        help="Work in this process (duckdb), or on a cluster (spark).",
    ),
    click.option(
        "--master",
        metavar="URL",
        help="Spark's master, such as yarn or local[8]. [default: the session's, or local]",
    ),
)
"""The options that say where the work is done."""


def reading_by(directive: str) -> Callable[[F], F]:
    """The options that say how inputs are read: the command takes them as `read`.

    `directive` is the name of that for a LogFormat.
    """
    options = together(
        click.option("--format", metavar="NAME", help="Read every file in this format."),
        click.option(
            directive,
            "log_format",
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

    def taken(command: F) -> F:
        @wraps(command)
        def with_settings(
            *arguments: Any,
            format: str | None,  # noqa: A002  # the option's name
            log_format: str | None,
            log_format_from: str | None,
            map: tuple[str, ...],  # noqa: A002  # the option's name
            timezone: str,
            trusted_proxy: tuple[str, ...],
            **others: Any,
        ) -> Any:
            from darksocial.settings import ReadSettings

            read = ReadSettings(format, log_format, log_format_from, map, timezone, trusted_proxy)
            return command(*arguments, read=read, **others)

        return options(cast(F, with_settings))

    return taken


reading_options = reading_by("--log-format")
