"""Options that several commands share; each group becomes one value, which the command takes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from darksocial.cli._command import (
    ENGINE,
    INPUT,
    JUDGING,
    PRIVACY,
    Decorator,
    Name,
    gathered,
    option,
)
from darksocial.language import gettext as _
from darksocial.plugins import names_in

if TYPE_CHECKING:
    from darksocial.settings import ReadSettings, Resources, Settings

MAX_THREADS = 256
"""As in settings.py, which takes too long to load for a help page."""
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])

inputs_argument = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")

format_option = option(
    "--format", heading=INPUT, metavar="NAME", help=_("Read every input in this format.")
)
directive_option = option(
    "--log-format",
    heading=INPUT,
    metavar="DIRECTIVE",
    help=_("Read every input by this LogFormat (Apache) or log_format (nginx)."),
)
directive_file_option = option(
    "--log-format-from",
    heading=INPUT,
    metavar="FILE[:NAME]",
    help=_("Take the directive from a server's configuration file."),
)
map_option = option(
    "--map",
    heading=INPUT,
    multiple=True,
    metavar="FIELD=KEY,...",
    help=_("Read JSON, CSV, TSV or Parquet by these keys, as in time=ts,url=request_uri."),
)
timezone_option = option(
    "--timezone",
    heading=INPUT,
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help=_("Zone of times that are logged without one: Europe/Berlin, +01:00."),
)
time_format_option = option(
    "--time-format",
    heading=INPUT,
    metavar="PATTERN",
    help=_("How times are written that are not read otherwise: %d.%m.%Y %H:%M:%S."),
)
proxy_option = option(
    "--trusted-proxy",
    heading=INPUT,
    multiple=True,
    metavar="CIDR",
    help=_("Trust X-Forwarded-For from this network."),
)
geoip_option = option(
    "--geoip",
    heading=INPUT,
    metavar="FILE.mmdb",
    help=_("Look up the countries of addresses in FILE."),
)


def read_settings_of(
    format: str | None,  # noqa: A002 - the option's name
    log_format: str | None,
    log_format_from: str | None,
    map: tuple[str, ...],  # noqa: A002 - the option's name
    timezone: str,
    trusted_proxy: tuple[str, ...],
    time_format: str | None,
    geoip: str | None,
) -> "ReadSettings":
    """Return how inputs are read."""
    from darksocial.settings import ReadSettings

    return ReadSettings(
        format, log_format, log_format_from, map, timezone, trusted_proxy, time_format, geoip
    )


reading_options = gathered(
    "read",
    read_settings_of,
    (
        format_option,
        directive_option,
        directive_file_option,
        map_option,
        timezone_option,
        proxy_option,
        time_format_option,
        geoip_option,
    ),
)
"""The options that say how inputs are read: the command takes them as `read`."""


session_option = option(
    "--session-timeout",
    heading=JUDGING,
    type=click.IntRange(1, 475),
    default=30,
    show_default=True,
    metavar="MINUTES",
    help=_("End a session after this long without a hit."),
)
site_option = option(
    "--site",
    heading=JUDGING,
    multiple=True,
    metavar="HOST",
    help=_("A host of the site, for logs without a host field. An address is reduced to its host.  "
           "[default: inferred from the log]"),
)  # fmt: skip
page_option = option(
    "--page-parameter",
    heading=JUDGING,
    multiple=True,
    metavar="NAME",
    help=_("Distinguish pages by this parameter, as by id in /show?id=7, beside those that the log "
           "shows to name pages."),
)  # fmt: skip


def share_option(heading: str) -> Decorator[Any]:
    """Return `--share-parameter`, below a heading of the help."""
    return option(
        "--share-parameter",
        heading=heading,
        default="sh",
        show_default=True,
        metavar="NAME",
        help=_("The parameter that holds share ids (darksocial snippet), or '' for none."),
    )


class QueryParameters(NamedTuple):
    """The parameters of addresses that mean something: those of pages, and that of share ids."""

    page_parameter: tuple[str, ...]
    share_parameter: str


parameter_options = gathered("parameters", QueryParameters, (page_option, share_option(JUDGING)))
exclude_option = option(
    "--exclude-referrer",
    heading=JUDGING,
    multiple=True,
    metavar="HOST",
    help=_("Let referrals from HOST, such as a payment provider, continue a session."),
)
goal_option = option(
    "--goal",
    heading=JUDGING,
    multiple=True,
    metavar="KEY=VALUE,...",
    help=_("Count a conversion: path (* for any characters), status, method, event, value."),
)
prior_option = option(
    "--prior-file",
    heading=JUDGING,
    type=FILE,
    metavar="FILE",
    help=_("Read what you know about the site from [model] in FILE."),
)
strip_option = option(
    "--strip-query",
    heading=PRIVACY,
    multiple=True,
    metavar="NAME",
    help=_("Drop this parameter from queries and referrers, like those with personal data."),
)
keep_query_option = option(
    "--keep-query",
    heading=PRIVACY,
    multiple=True,
    metavar="NAME",
    help=_("Keep this parameter in queries and referrers."),
)


def keep_option(text: str) -> Decorator[Any]:
    """Return `--keep-identifiers`, with what it keeps in the command."""
    return option("--keep-identifiers", heading=PRIVACY, is_flag=True, help=text)


def secret_option(text: str) -> Decorator[Any]:
    """Return `--visitor-secret`, with the file that holds it by default."""
    return option("--visitor-secret", heading=PRIVACY, metavar="TEXT", help=text)


def settings_of(
    session_timeout: int,
    site: tuple[str, ...],
    parameters: QueryParameters,
    exclude_referrer: tuple[str, ...],
    goal: tuple[str, ...],
    prior_file: Path | None,
    keep_identifiers: bool = False,
    strip_query: tuple[str, ...] = (),
    keep_query: tuple[str, ...] = (),
) -> "Settings":
    """Return how sessions are made and judged, and which personal data is kept."""
    from darksocial.cli._goals import goals_of
    from darksocial.cli._prior import model_of
    from darksocial.settings import Settings

    return Settings(
        session_timeout,
        site,
        exclude_referrer,
        keep_identifiers,
        goals_of(goal),
        model_of(prior_file),
        strip_query,
        keep_query,
        parameters.page_parameter,
        parameters.share_parameter,
    )


JUDGING_OPTIONS = (
    session_option,
    site_option,
    parameter_options,
    exclude_option,
    goal_option,
    prior_option,
)

analysis_options = gathered("settings", settings_of, JUDGING_OPTIONS)
"""The options that say how visits are made and judged: the command takes them as `settings`."""


def stored_analysis_options(keep_text: str) -> Decorator[Any]:
    """Return `analysis_options` with those that say which personal data is written."""
    privacy = (keep_option(keep_text), strip_option, keep_query_option)
    return gathered("settings", settings_of, (*JUDGING_OPTIONS, *privacy))


memory_option = option(
    "--memory-limit",
    heading=ENGINE,
    metavar="SIZE",
    help=_("Keep tables below SIZE, such as 2GB, in memory and the rest on disk.  [default: 350MB, "
           "and more if that is not enough]"),
)  # fmt: skip
threads_option = option(
    "--threads",
    heading=ENGINE,
    type=click.IntRange(1, MAX_THREADS),
    metavar="N",
    help=_("Use at most N cores.  [default: all]"),
)
engine_option = option(
    "--engine",
    heading=ENGINE,
    type=Name(names_in("engines")),
    default="duckdb",
    show_default=True,
    help=_("Work in this process (duckdb), or on a cluster (spark)."),
)
master_option = option(
    "--master",
    heading=ENGINE,
    metavar="URL",
    help=_("Spark's master, such as yarn or local[8].  [default: the session's, or this machine]"),
)


def resources_of(
    memory_limit: str | None,
    threads: int | None,
    engine: str = "duckdb",
    master: str | None = None,
) -> "Resources":
    """Return what the work may take of the machine, and where it is done."""
    from darksocial.settings import Resources

    return Resources(memory_limit, threads, engine, master)


resource_options = gathered("resources", resources_of, (memory_option, threads_option))
"""The options that limit what is taken of the machine: the command takes them as `resources`."""

engine_options = gathered(
    "resources", resources_of, (memory_option, threads_option, engine_option, master_option)
)
"""The same, with the options that say where the work is done."""
