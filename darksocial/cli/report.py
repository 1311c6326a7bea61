"""`darksocial report`: one day of a store, beside the week before, and what stands out."""

from datetime import datetime
from pathlib import Path

import click

from darksocial.cli._printing import echo


@click.command()
@click.argument("store", type=click.Path(file_okay=False, path_type=Path), metavar="STORE")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Report on DAY (2026-03-02).  [default: the last day that is over]",
)
@click.option(
    "--format",
    "report_format",
    type=click.Choice(["terminal", "json", "markdown", "prometheus"]),
    default="terminal",
    show_default=True,
    help="What to print.",
)
def command(store: Path, day: datetime | None, report_format: str) -> None:
    """Report on one day of STORE, beside the same weekday before, and say what stands out.

    STORE is the folder that `darksocial nightly` keeps.
    """
    from datetime import UTC

    from darksocial.outputs.day import json as day_json
    from darksocial.outputs.day import markdown as day_markdown
    from darksocial.outputs.day import prometheus
    from darksocial.outputs.day import terminal as day_terminal
    from darksocial.store.daily import day_report

    report = day_report(store, day.date() if day else None, now=lambda: datetime.now(UTC))
    texts = {"json": day_json, "markdown": day_markdown, "prometheus": prometheus}
    if report_format == "terminal":
        day_terminal.show(report)
    else:
        echo(texts[report_format].text(report), nl=False)
