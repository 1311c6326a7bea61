"""`darksocial nightly`: bring a store up to date with what is new in the logs."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from darksocial.cli._campaign_options import PARTNERS_HELP, Spending, spending_options
from darksocial.cli._command import OUTPUT, STORE, Name, described, gathered, option
from darksocial.cli._options import (
    DAY,
    FILE,
    FOLDER,
    reading_options,
    resource_options,
    secret_option,
    stored_analysis_options,
)
from darksocial.cli._reports import TERMINAL, Reports, report_options
from darksocial.cli._verbose import verbose_option
from darksocial.language import gettext as _
from darksocial.language import ngettext

if TYPE_CHECKING:
    from darksocial.settings import ReadSettings, Resources, Settings
    from darksocial.store.night import Policy

UNUSED_SECRET = "a dry run makes no ids of visitors"
HELP = _(
    "Read what is new since the last run, add it to a store, and write the days it changes.\n\n"
    "INPUT is as for `analyze`. What was read before is recognised by its content: logs may be "
    "renamed, rotated, compressed or truncated between runs, and runs may be missed or repeated."
    "\n\nWith --costs, what campaigns cost and brought in all stored days is written to "
    "STORE/campaigns.parquet, and with --partners that of partners to STORE/partners.parquet."
)


class Keeping(NamedTuple):
    """How a store is kept, and what campaigns and partners cost."""

    policy: "Policy"
    spending: Spending
    partners: Path | None


store_option = option(
    "--store",
    heading=STORE,
    type=FOLDER,
    default="darksocial-store",
    show_default=True,
    help=_("Keep hits, sessions and reports in this folder."),
)
since_option = option(
    "--since", heading=STORE, type=DAY, metavar="DAY", help=_("Write no day before DAY.")
)
until_option = option(
    "--until", heading=STORE, type=DAY, metavar="DAY", help=_("Write no day after DAY.")
)
rebuild_option = option(
    "--rebuild",
    heading=STORE,
    is_flag=True,
    help=_("Write all days again, from the stored hits."),
)
dry_run_option = option(
    "--dry-run",
    heading=STORE,
    is_flag=True,
    help=_("Print what would be read and written, then stop."),
)
retention_option = option(
    "--retention-days",
    heading=STORE,
    type=click.IntRange(1, 36_500),
    metavar="N",
    help=_("Erase what is older than N days.  [default: keep everything]"),
)
rotation_option = option(
    "--rotate-key",
    heading=STORE,
    type=Name(["never", "monthly", "daily"]),
    default="never",
    show_default=True,
    help=_("How often visitor ids change."),
)
style_option = option(
    "--log-style",
    heading=OUTPUT,
    type=Name(["text", "json"]),
    default="text",
    show_default=True,
    help=_("How the run's own log is written to standard error."),
)


def policy_of(
    since: datetime | None,
    until: datetime | None,
    rebuild: bool,
    dry_run: bool,
    retention_days: int | None,
    rotate_key: str,
) -> "Policy":
    """Return how the store is kept."""
    from darksocial.store.night import Policy

    return Policy(
        retention_days,
        rotate_key,
        since.date() if since else None,
        until.date() if until else None,
        rebuild,
        dry_run,
    )


policy_options = gathered(
    "policy",
    policy_of,
    (
        since_option,
        until_option,
        rebuild_option,
        dry_run_option,
        retention_option,
        rotation_option,
    ),
)


@described(
    help=HELP,
    short_help=_("Bring a store up to date with what is new."),
    example="darksocial nightly '/var/log/nginx/access.log*' --output markdown=day.md",
)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@reading_options
@store_option
@policy_options
@spending_options
@option("--partners", heading=OUTPUT, type=FILE, metavar="FILE", help=PARTNERS_HELP)
@gathered("keeping", Keeping, ())
@stored_analysis_options(
    _("Store client addresses and user agents too, and everything as it was logged.")
)
@secret_option(_("The key of visitor ids.  [default: in the file STORE.key]"))
@report_options("day")
@style_option
@resource_options
@verbose_option
def command(
    inputs: tuple[str, ...],
    read: "ReadSettings",
    store: Path,
    keeping: Keeping,
    settings: "Settings",
    visitor_secret: str | None,
    reports: Reports,
    log_style: Literal["text", "json"],
    resources: "Resources",
) -> None:
    """Run a night: read, write, and report on the last complete day."""
    from darksocial.cli._logging import run_logger
    from darksocial.cli._progress import progress_bar
    from darksocial.cli._secret import visitor_secret as secret_for
    from darksocial.outputs.day import registry
    from darksocial.outputs.store import show_run
    from darksocial.store.nightly import check_folder, nightly

    policy = keeping.policy
    _check_inputs(inputs)
    if log_style == "json" or not (reports.is_quiet or sys.stderr.isatty()):
        run_logger(log_style)
    reports.check(registry())
    check_folder(store)
    secret = secret_for(visitor_secret, None if policy.dry_run else store) or UNUSED_SECRET
    with progress_bar(reports.is_quiet) as watch:
        run = nightly(
            inputs,
            store,
            secret=secret,
            now=lambda: datetime.now(UTC),
            read=read,
            settings=settings,
            policy=policy,
            watch=watch,
            resources=resources,
        )
    if not reports.is_quiet and TERMINAL in reports.printed:
        show_run(run, store)
    if not policy.dry_run:
        _report(store, reports)
        _write_returns(store, keeping)
    _check_complete(run.skipped, store)


def _check_inputs(inputs: tuple[str, ...]) -> None:
    from darksocial.errors import UsageError

    if not inputs:
        raise UsageError(
            _("No logs are named."),
            expected=_("INPUT..., or the key inputs in darksocial.toml"),
            advice=_("`darksocial init`, which looks for logs and writes that file"),
        )


def _report(store: Path, reports: Reports) -> None:
    """Print and write the report of the last day that the store holds, if it holds one."""
    from darksocial.outputs.day import registry
    from darksocial.store.daily import day_report
    from darksocial.store.files.layout import report_of
    from darksocial.store.files.state import load

    is_written = any(store.glob(report_of("*")))
    if is_written and load(store).days:
        report = day_report(store, now=lambda: datetime.now(UTC), before=reports.before)
        reports.deliver(registry(), report)


def _write_returns(store: Path, keeping: Keeping) -> None:
    """Write what campaigns and partners brought in all stored days, if the store holds any."""
    spending, listed = keeping.spending, keeping.partners
    if not (spending.costs or listed):
        return
    from darksocial.campaigns.partners import partners as partners_in
    from darksocial.campaigns.report import campaigns
    from darksocial.outputs.campaigns import parquet as campaign_file
    from darksocial.outputs.partners import parquet as partner_file
    from darksocial.store.files.commits import commit
    from darksocial.store.files.layout import CAMPAIGNS, PARTNERS, draft_of
    from darksocial.store.files.lock import opened

    with opened(store) as state:
        places = []
        if spending.costs and state.days:
            report = campaigns(store, partners=listed, **spending._asdict())
            campaign_file.write(report, draft_of(store / CAMPAIGNS))
            places.append(CAMPAIGNS)
        if listed and state.days:
            brought = partners_in(store, partners=listed, margin=spending.margin)
            partner_file.write(brought, draft_of(store / PARTNERS))
            places.append(PARTNERS)
        commit(store, state, places)


def _check_complete(skipped: list[tuple[str, str]], store: Path) -> None:
    """Raise OutputError if days could not be written."""
    from darksocial.errors import OutputError

    if skipped:
        day, reason = skipped[0]
        problem = ngettext(
            "{n:,} day is not written: {day} ({reason}).",
            "{n:,} days are not written. The first is {day} ({reason}).",
            len(skipped),
        )
        raise OutputError(
            problem.format(n=len(skipped), day=day, reason=reason),
            expected=_("hits as they were written; everything else is done"),
            advice=_(
                "restore the file, or `darksocial store recover {store}` and then this again"
            ).format(store=store),
        )
