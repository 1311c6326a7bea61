"""`darksocial evaluate`: an analysis beside the truth."""

from pathlib import Path

import click


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    required=True,
    help="What really happened, as `darksocial simulate` writes it.",
)
@click.option("--visitor-secret", help="The secret of the analysis, without OUT.key.")
@click.option("--json", is_flag=True, help="Print it as JSON.")
def command(out: Path, truth: Path, visitor_secret: str | None, json: bool) -> None:
    """Compare the analysis in the folder OUT with the truth about its traffic.

    Shows how well the visits booked as Direct are ranked and counted, beside simpler rules; how
    often the app is right; and whether scrapers, copied campaign links and shares were found.
    """
    from json import dumps

    from darksocial.cli._secret import kept_secret
    from darksocial.evaluation import evaluate
    from darksocial.outputs import evaluation

    result = evaluate(out, truth, visitor_secret or kept_secret(out))
    if json:
        click.echo(dumps(evaluation.as_dict(result), indent=1))
    else:
        evaluation.show(result)
