"""`darksocial simulate`: labelled traffic of a site that does not exist."""

from datetime import datetime
from pathlib import Path

import click

from darksocial.cli._printing import echo
from darksocial.printable import printable


@click.command(short_help="Make labelled traffic of a made-up site.")
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Write the log and truth.jsonl into this folder.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same log.")
@click.option(
    "--days", type=click.IntRange(1, 24_000), default=14, show_default=True, help="Length."
)
@click.option(
    "--visits", type=click.IntRange(1, 1_000_000_000), default=6000, show_default=True, help="Size."
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-03-02",
    show_default=True,
    help="First day.",
)
@click.option(
    "--rotate", is_flag=True, help="Write it as access.log, access.log.1, access.log.2.gz."
)
@click.option("--site", default="publisher", show_default=True, help="Type of the site (below).")
@click.option(
    "--vary",
    type=click.FloatRange(1, 100),
    default=1.0,
    show_default=True,
    help="Multiply every rate by a chance factor up to this one, or divide by it.",
)
def command(
    out: Path,
    seed: int,
    days: int,
    visits: int,
    start: datetime,
    rotate: bool,
    site: str,
    vary: float,
) -> None:
    """Make a log of a site, with the true cause of each visit beside it.

    The site is a publisher, a shop, a documentation, a saas or a blog.

    Addresses and host names are those reserved for documentation. The rates behind it are tables
    in darksocial/data, each with its source or marked as assumed.
    """
    from darksocial.simulation import simulate

    made = simulate(
        out,
        seed=seed,
        days=days,
        visits=visits,
        start=start.date(),
        rotate=rotate,
        site=site,
        vary=vary,
    )
    logs = ", ".join(printable(str(path)) for path in made.logs)
    echo(f"{made.lines:,} lines of {made.visits:,} visits and {made.bots:,} bots in {logs}")
    echo(f"{made.shares:,} shares; the truth is in {printable(str(made.truth))}")
