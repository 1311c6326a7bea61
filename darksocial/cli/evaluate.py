"""`darksocial evaluate`: an analysis beside the truth, or against origins that were hidden."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from darksocial.cli._command import INPUT, JUDGING, described, gathered, option
from darksocial.cli._options import (
    prior_option,
    reading_options,
    secret_option,
    share_option,
    site_option,
)
from darksocial.cli._printing import echo
from darksocial.cli._reports import NONE, TERMINAL, Reports, Result, quiet_option, report_option
from darksocial.cli._verbose import verbose_option
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.outputs import Output
    from darksocial.settings import ReadSettings, Settings

FILE_SOURCES = (ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT)
"""A truth that a configuration names gives way to --mask and --by-ids, a world to what is read."""
JSON_KIND = "json"
HELP = _(
    "Measure how well visits are judged: by the truth, or by origins that are known.\n\n"
    "With --truth, OUT is a folder that `darksocial analyze` wrote about labelled traffic. The "
    "results show how well the visits booked as Direct are ranked and counted, beside simpler "
    "rules; how often the app is right; and whether scrapers, copied campaign links and shares "
    "were found.\n\n"
    "With --mask, INPUT is any log, read as by `analyze`. One in five of the visits whose referrer "
    "or tag is known is judged without it, and compared with what was hidden.\n\n"
    "With --by-ids, INPUT is the log of a site whose pages give share ids (`darksocial snippet`), "
    "or a store of `darksocial nightly`. It is analysed with the ids and without: what would have "
    "been said of visits that are known to be dark? The folder of an analysis does not hold enough "
    "for that.\n\n"
    "With --world, sites with a trouble of real logs are simulated and analysed, and what is "
    "counted is compared with the truth. Each takes some seconds."
)


@dataclass(frozen=True, slots=True)
class Against:
    """What judgements are compared with: a truth, known origins or share ids, or worlds of the
    simulator."""

    truth: Path | None
    mask: bool
    by_ids: bool
    world: str | None
    seeds: int


against_options = gathered(
    "against",
    Against,
    (
        option(
            "--truth",
            heading=INPUT,
            type=click.Path(path_type=Path),
            help=_("What really happened, as `darksocial simulate` writes it."),
        ),
        option(
            "--mask",
            heading=JUDGING,
            is_flag=True,
            help=_("Hide known origins in INPUT and infer them."),
        ),
        option(
            "--by-ids",
            heading=JUDGING,
            is_flag=True,
            help=_("Hide the share ids in INPUT, and judge the visits that came by them."),
        ),
        option(
            "--world",
            heading=INPUT,
            metavar="NAME",
            help=_("Simulate this world of `darksocial simulate`, or all, in place of INPUT."),
        ),
        option(
            "--seeds",
            heading=INPUT,
            type=int,
            default=1,
            show_default=True,
            help=_("How many sites of each world are simulated."),
        ),
    ),
)


@described(
    help=HELP,
    short_help=_("Measure how well visits are judged."),
    example="darksocial evaluate darksocial-out --truth simulated/truth.jsonl",
)
@click.argument("paths", nargs=-1, metavar="[OUT | INPUT...]")
@against_options
@secret_option(_("The secret of the analysis, without OUT.key."))
@reading_options
@site_option
@share_option(JUDGING)
@prior_option
@report_option([TERMINAL, JSON_KIND, NONE])
@quiet_option
@verbose_option
def command(
    paths: tuple[str, ...],
    against: Against,
    visitor_secret: str | None,
    read: "ReadSettings",
    site: tuple[str, ...],
    share_parameter: str,
    prior_file: Path | None,
    report: str,
    quiet: bool,
) -> None:
    """Evaluate an analysis or logs, and print the result."""
    from darksocial.errors import UsageError

    is_of_file = {
        name: click.get_current_context().get_parameter_source(name) in FILE_SOURCES
        for name in ("truth", "world")
    }
    world = None if is_of_file["world"] and paths else against.world
    truth = (
        None if is_of_file["truth"] and (against.mask or against.by_ids or world) else against.truth
    )
    ways = [bool(truth), against.mask, against.by_ids, bool(world)]
    if sum(ways) != 1 or (truth and len(paths) > 1) or bool(paths) == bool(world):
        raise UsageError(
            _("It is not clear what to evaluate."),
            expected=_(
                "one folder with --truth FILE, logs with --mask or --by-ids, or --world alone"
            ),
        )
    reports = Reports(() if report == NONE else (report,), is_quiet=quiet)
    if world:
        _evaluate_worlds(world, against.seeds, reports)
        return
    if truth:
        _evaluate_by_truth(Path(paths[0]), truth, visitor_secret, reports)
        return
    from darksocial.cli._prior import model_of
    from darksocial.settings import Settings

    model = model_of(prior_file)
    settings = Settings(site=site, model=model, share_parameter=share_parameter)
    evaluate = _evaluate_by_ids if against.by_ids else _evaluate_masked
    evaluate(paths, read, settings, reports)


def _evaluate_masked(
    paths: tuple[str, ...], read: "ReadSettings", settings: "Settings", reports: Reports
) -> None:
    from darksocial.cli._progress import progress_bar
    from darksocial.evaluation.masked import evaluate_masked
    from darksocial.outputs import evaluation

    with progress_bar(reports.is_quiet) as watch:
        masked = evaluate_masked(paths, read=read, settings=settings, watch=watch)
    reports.deliver(_forms(evaluation.show_masked, asdict), masked)


def _evaluate_by_ids(
    paths: tuple[str, ...], read: "ReadSettings", settings: "Settings", reports: Reports
) -> None:
    from darksocial.cli._progress import progress_bar
    from darksocial.evaluation.by_ids import evaluate_by_ids
    from darksocial.outputs import by_ids

    with progress_bar(reports.is_quiet) as watch:
        result = evaluate_by_ids(paths, read=read, settings=settings, watch=watch)
    reports.deliver(_forms(by_ids.show, by_ids.as_dict), result)


def _evaluate_by_truth(out: Path, truth: Path, secret: str | None, reports: Reports) -> None:
    from darksocial.cli._secret import kept_secret
    from darksocial.evaluation import evaluate
    from darksocial.outputs import evaluation

    result = evaluate(out, truth, kept_secret(secret, out))
    reports.deliver(_forms(evaluation.show, evaluation.as_dict), result)


def _evaluate_worlds(world: str, seeds: int, reports: Reports) -> None:
    """Run the worlds; each run that ends is a line on standard error."""
    from darksocial.evaluation.worlds import evaluate_worlds
    from darksocial.outputs import evaluation

    runs = []
    for run in evaluate_worlds(world, seeds):
        runs.append(run)
        if not reports.is_quiet:
            echo(evaluation.line_of_run(run), err=True)
    reports.deliver(_forms(evaluation.show_worlds, evaluation.worlds_as_dict), runs)


def _forms(
    show: Callable[[Result], None], as_dict: Callable[[Result], dict[str, Any]]
) -> "dict[str, Output[Result]]":
    """Return the forms of an evaluation: drawn, and as JSON."""
    from json import dumps

    from darksocial.outputs import Output
    from darksocial.printable import inert_json

    def text(result: Result) -> str:
        return inert_json(dumps(as_dict(result), indent=1)) + "\n"

    return {TERMINAL: Output(TERMINAL, show=show), JSON_KIND: Output(JSON_KIND, text=text)}
