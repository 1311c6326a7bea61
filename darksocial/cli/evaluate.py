"""`darksocial evaluate`: an analysis beside the truth, or against origins that were hidden."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from darksocial.cli._command import INPUT, JUDGING, described, option
from darksocial.cli._options import prior_option, reading_options, secret_option, site_option
from darksocial.cli._printing import echo
from darksocial.cli._reports import NONE, TERMINAL, quiet_option, report_option
from darksocial.cli._verbose import verbose_option
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.settings import ReadSettings

FROM_FILES = (ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT)
"""A truth that a configuration names gives way to --mask."""
JSON = "json"
HELP = _(
    "Measure how well visits are judged: by the truth, or by origins that are known.\n\n"
    "With --truth, OUT is a folder that `darksocial analyze` wrote about labelled traffic. The "
    "results show how well the visits booked as Direct are ranked and counted, beside simpler "
    "rules; how often the app is right; and whether scrapers, copied campaign links and shares "
    "were found.\n\n"
    "With --mask, INPUT is any log, read as by `analyze`. One in five of the visits whose referrer "
    "or tag is known is judged without it, and compared with what was hidden."
)


@described(
    help=HELP,
    short_help=_("Measure how well visits are judged."),
    example="darksocial evaluate darksocial-out --truth simulated/truth.jsonl",
)
@click.argument("paths", nargs=-1, required=True, metavar="OUT | INPUT...")
@option(
    "--truth",
    heading=INPUT,
    type=click.Path(path_type=Path),
    help=_("What really happened, as `darksocial simulate` writes it."),
)
@option(
    "--mask", heading=JUDGING, is_flag=True, help=_("Hide known origins in INPUT and infer them.")
)
@secret_option(_("The secret of the analysis, without OUT.key."))
@reading_options
@site_option
@prior_option
@report_option([TERMINAL, JSON, NONE])
@quiet_option
@verbose_option
def command(
    paths: tuple[str, ...],
    truth: Path | None,
    mask: bool,
    visitor_secret: str | None,
    read: "ReadSettings",
    site: tuple[str, ...],
    prior_file: Path | None,
    report: str,
    quiet: bool,
) -> None:
    """Evaluate an analysis or logs, and print the result."""
    from darksocial.errors import UsageError

    if mask and click.get_current_context().get_parameter_source("truth") in FROM_FILES:
        truth = None
    if mask == bool(truth) or (truth and len(paths) > 1):
        raise UsageError(
            _("It is not clear what to evaluate."),
            expected=_("one folder with --truth FILE, or logs with --mask"),
        )
    if quiet and report == TERMINAL:
        report = NONE
    if truth:
        _evaluate_by_truth(Path(paths[0]), truth, visitor_secret, report)
        return
    from darksocial.cli._prior import model_of
    from darksocial.cli._progress import progress_bar
    from darksocial.evaluation.masked import evaluate_masked
    from darksocial.outputs import evaluation
    from darksocial.settings import Settings

    settings = Settings(site=site, model=model_of(prior_file))
    with progress_bar(quiet) as watch:
        masked = evaluate_masked(paths, read=read, settings=settings, watch=watch)
    if report == JSON:
        from dataclasses import asdict

        _print_json(asdict(masked))
    elif report == TERMINAL:
        evaluation.show_masked(masked)


def _evaluate_by_truth(out: Path, truth: Path, secret: str | None, report: str) -> None:
    from darksocial.cli._secret import kept_secret
    from darksocial.evaluation import evaluate
    from darksocial.outputs import evaluation

    result = evaluate(out, truth, kept_secret(secret, out))
    if report == JSON:
        _print_json(evaluation.as_dict(result))
    elif report == TERMINAL:
        evaluation.show(result)


def _print_json(value: dict[str, Any]) -> None:
    from json import dumps

    from darksocial.printable import inert_json

    echo(inert_json(dumps(value, indent=1)))
