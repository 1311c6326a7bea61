"""Checks on an analysis: is the log sound, are its numbers in bounds, did they change?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from types import NoneType
from typing import Any

from darksocial import arguments
from darksocial.analysis import ask_noted, ask_noted_requests
from darksocial.checking.results import Checked, evaluated
from darksocial.checking.rules import rules_of
from darksocial.checks import Facts
from darksocial.pipeline import analyze
from darksocial.reading.progress import Watch
from darksocial.settings import ReadSettings, Resources, Settings


def check(
    names: arguments.Names,
    *,
    rules: Mapping[str, Any] | None = None,
    rules_name: str = "rules",
    baseline: Mapping[str, Any] | None = None,
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
    the summary.json of an earlier run. `now` is the time after which a hit lies in the future. The
    other parameters are those of `analyze`. Raises UsageError for rules that cannot be used, and
    InputError where nothing can be read or parsed or the baseline is no summary.
    """
    arguments.check("rules", rules, Mapping, NoneType)
    arguments.check("baseline", baseline, Mapping, NoneType)
    arguments.check("now", now, datetime, NoneType)
    checked_rules = rules_of(rules or {}, rules_name)
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
        )
        return evaluated(facts, checked_rules, analysis.summary(), baseline)
