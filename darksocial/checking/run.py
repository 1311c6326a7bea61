"""Checks on an analysis: is the log sound, are its numbers in bounds, did they change?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from types import NoneType
from typing import Any

from darksocial import arguments
from darksocial.analysis import Analysis, ask_noted, ask_noted_requests
from darksocial.campaigns.report import campaigns
from darksocial.checking.results import Checked, evaluated
from darksocial.checking.rules import rules_of
from darksocial.checks import CampaignReturn, Facts
from darksocial.lookups.channels import NOT_SET
from darksocial.pipeline import analyze
from darksocial.reading.progress import Watch
from darksocial.scratch.folder import Scratch
from darksocial.settings import ReadSettings, Resources, Settings


def check(
    names: arguments.Names,
    *,
    rules: Mapping[str, Any] | None = None,
    rules_name: str = "rules",
    baseline: Mapping[str, Any] | None = None,
    costs: arguments.Names = (),
    cost_map: Mapping[str, str] | None = None,
    campaign_map: Sequence[str] = (),
    margin: float = 1.0,
    read: ReadSettings | None = None,
    settings: Settings | None = None,
    secret: str | None = None,
    watch: Watch | None = None,
    resources: Resources | None = None,
    now: datetime | None = None,
) -> Checked:
    """Analyse logs and return the results of the checks.

    `rules` is the content of a rules file (docs/checks.md) and `rules_name` its name in errors;
    without rules every check that needs none runs with its defaults. `baseline` is the content of
    the summary.json of an earlier run. `costs`, `cost_map`, `campaign_map` and `margin` are as for
    `campaigns`: what campaigns cost and brought is checked with files of costs only. `now` is the
    time after which a hit lies in the future. The other parameters are those of `analyze`. Raises
    UsageError for rules that cannot be used, and InputError where nothing can be read or parsed,
    the baseline is no summary, or a file of costs cannot be read.
    """
    arguments.check("rules", rules, Mapping, NoneType)
    arguments.check("baseline", baseline, Mapping, NoneType)
    arguments.check("now", now, datetime, NoneType)
    checked_rules = rules_of(rules or {}, rules_name)
    spent = {
        "costs": arguments.names_of(costs),
        "cost_map": cost_map,
        "campaign_map": campaign_map,
        "margin": margin,
    }
    with analyze(
        names,
        read=read,
        settings=settings,
        secret=secret,
        watch=watch,
        resources=resources,
        each_line=True,
    ) as analysis:
        facts = Facts(
            analysis.report,
            partial(ask_noted, analysis),
            partial(ask_noted_requests, analysis),
            now or datetime.now(UTC),
            _returns(analysis, spent) if spent["costs"] else None,
        )
        return evaluated(facts, checked_rules, analysis.summary(), baseline)


def _returns(analysis: Analysis, spent: Mapping[str, Any]) -> tuple[CampaignReturn, ...]:
    """Return what the campaigns with a cost returned, from tables that are written for that and
    deleted."""
    with Scratch() as scratch:
        analysis.write(scratch.path / "out")
        report = campaigns(scratch.path / "out", **spent)
    return tuple(
        CampaignReturn(
            f"{row.campaign or NOT_SET} ({row.source} / {row.medium})",
            row.cost,
            row.visits_before,
            row.roi_before,
            row.roi_after,
            row.roi_after_low,
            row.roi_after_high,
        )
        for row in report.campaigns
        if row.cost is not None
    )
