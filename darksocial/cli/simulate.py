"""`darksocial simulate`: labelled traffic of a site that does not exist."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._command import OUTPUT, TRAFFIC, described, option
from darksocial.cli._options import DAY, FOLDER
from darksocial.cli._printing import echo
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.printable import printable

if TYPE_CHECKING:
    from darksocial.simulation.run import Simulation

HELP = _(
    "Make a log of a site, with the true cause of each visit beside it.\n\n"
    "The site is a publisher, a shop, a documentation, a saas or a blog. Addresses and host names "
    "are those reserved for documentation. The rates behind it are tables in darksocial/data, each "
    "with its reference or marked as assumed."
)


@described(
    help=HELP,
    short_help=_("Make labelled traffic of a made-up site."),
    example="darksocial simulate --out simulated --site shop --days 7",
)
@option(
    "-o",
    "--out",
    heading=OUTPUT,
    type=FOLDER,
    required=True,
    help=_("Write the log and truth.jsonl into this folder."),
)
@option(
    "--rotate",
    heading=OUTPUT,
    is_flag=True,
    help=_("Write it as access.log, access.log.1, access.log.2.gz."),
)
@option(
    "--seed",
    heading=TRAFFIC,
    type=int,
    default=1,
    show_default=True,
    help=_("The same seed gives the same log."),
)
@option(
    "--days",
    heading=TRAFFIC,
    type=click.IntRange(1, 24_000),
    default=14,
    show_default=True,
    help=_("How many days the log covers."),
)
@option(
    "--visits",
    heading=TRAFFIC,
    type=click.IntRange(1, 1_000_000_000),
    default=6000,
    show_default=True,
    help=_("How many visits people make."),
)
@option(
    "--start",
    heading=TRAFFIC,
    type=DAY,
    default="2026-03-02",
    show_default=True,
    help=_("The first day."),
)
@option(
    "--site",
    heading=TRAFFIC,
    default="publisher",
    show_default=True,
    help=_("The type of the site."),
)
@option(
    "--vary",
    heading=TRAFFIC,
    type=click.FloatRange(1, 100),
    default=1.0,
    show_default=True,
    help=_("Multiply or divide every rate by a chance factor up to this one."),
)
@option(
    "--world",
    heading=TRAFFIC,
    metavar="NAME",
    help=_(
        "Add one trouble of real logs. Machines: stealth-bots, changing-agents, password-guessing, "
        "probes-answered, form-spam, referrer-spam, monitors. How people reach the site: "
        "few-addresses, carrier-nat, rotating-addresses, open-tabs, readers, bare-assets. The site "
        "and its links: page-in-query, encoded-paths, forum, login-wall, short-links, "
        "payment-returns, slow-clicks, newsletter, viral-day, campaigns, tracked-shares, "
        "few-tracked, assistants. What the log lacks: common-format, no-previews, no-assets. A "
        "report of sums in place of the log: sums, sums-by-page."
    ),
)
def command(
    out: Path,
    rotate: bool,
    seed: int,
    days: int,
    visits: int,
    start: datetime,
    site: str,
    vary: float,
    world: str | None,
) -> None:
    """Simulate traffic, and print what was written."""
    from darksocial.simulation import simulate

    _print_result(
        simulate(
            out,
            seed=seed,
            days=days,
            visits=visits,
            start=start.date(),
            rotate=rotate,
            site=site,
            vary=vary,
            world=world,
        )
    )


def _print_result(result: "Simulation") -> None:
    logs = ", ".join(printable(str(path)) for path in result.logs)
    echo(
        _("{lines:,} lines of {visits:,} visits and {bots:,} bots in {logs}").format(
            lines=result.lines, visits=result.visits, bots=result.bots, logs=logs
        )
    )
    shares = ngettext(
        "{n:,} share; the truth is in {path}",
        "{n:,} shares; the truth is in {path}",
        result.shares,
    )
    echo(shares.format(n=result.shares, path=printable(str(result.truth))))
