"""`darksocial evaluate`: an analysis beside the truth, or against origins that were hidden."""

from pathlib import Path

import click
from click.core import ParameterSource

from darksocial.cli._options import prior_option, quiet_option, reading_options, site_option
from darksocial.cli._printing import echo
from darksocial.cli._verbose import verbose_option
from darksocial.settings import ReadSettings

FROM_FILES = (ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT)
"""A truth that a configuration names gives way to --mask."""


@click.command(short_help="Say how well visits are judged.")
@click.argument("paths", nargs=-1, required=True, metavar="OUT | INPUT...")
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    help="What really happened, as `darksocial simulate` writes it.",
)
@click.option("--mask", is_flag=True, help="Hide known origins in INPUT and ask for them.")
@click.option("--visitor-secret", help="The secret of the analysis, without OUT.key.")
@reading_options
@site_option
@prior_option
@click.option("--json", is_flag=True, help="Print it as JSON.")
@quiet_option
@verbose_option
def command(
    paths: tuple[str, ...],
    truth: Path | None,
    mask: bool,
    visitor_secret: str | None,
    read: ReadSettings,
    site: tuple[str, ...],
    prior_file: Path | None,
    json: bool,
    quiet: bool,
) -> None:
    """Say how well visits are judged: by the truth, or by origins that are known.

    With --truth, OUT is a folder that `darksocial analyze` wrote about labelled traffic. Shown are
    how well the visits booked as Direct are ranked and counted, beside simpler rules; how often the
    app is right; and whether scrapers, copied campaign links and shares were found.

    With --mask, INPUT is any log, read as by `analyze`. One in five of the visits whose referrer or
    tag is known is judged without them, and compared with what was hidden.
    """
    from json import dumps

    from darksocial.errors import UsageError
    from darksocial.evaluation import evaluate
    from darksocial.outputs import evaluation
    from darksocial.printable import inert_json

    if mask and click.get_current_context().get_parameter_source("truth") in FROM_FILES:
        truth = None
    if mask == bool(truth) or (truth and len(paths) > 1):
        raise UsageError(
            "it is not clear what to evaluate",
            expected="one folder with --truth FILE, or logs with --mask",
        )
    if truth:
        from darksocial.cli._secret import kept_secret

        out = Path(paths[0])
        result = evaluate(out, truth, kept_secret(visitor_secret, out))
        if json:
            echo(inert_json(dumps(evaluation.as_dict(result), indent=1)))
        else:
            evaluation.show(result)
        return
    from dataclasses import asdict

    from darksocial.cli._prior import model_of
    from darksocial.cli._progress import progress_bar
    from darksocial.evaluation.masked import evaluate_masked
    from darksocial.settings import Settings

    settings = Settings(site=site, model=model_of(prior_file))
    with progress_bar(quiet) as watch:
        masked = evaluate_masked(paths, read=read, settings=settings, watch=watch)
    if json:
        echo(inert_json(dumps(asdict(masked), indent=1)))
    else:
        evaluation.show_masked(masked)
