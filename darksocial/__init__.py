"""Find the visits that analytics tools book as Direct although they came from a shared link.

    import darksocial

    with darksocial.analyze(["access.log"]) as analysis:
        print(analysis.report.dark_social)
        sessions = analysis.to_pandas()

The verbs are those of the command line. They load their parts when first used, so that importing
the package costs next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from darksocial._version import __version__ as __version__

__all__ = [
    "Analysis",
    "Breakdown",
    "CampaignReport",
    "Checked",
    "DarkSocialError",
    "DayReport",
    "Goal",
    "Hits",
    "InputError",
    "Model",
    "OutputError",
    "PartnerReport",
    "Policy",
    "ReadSettings",
    "Report",
    "Resources",
    "Selection",
    "Settings",
    "UsageError",
    "analyze",
    "campaigns",
    "check",
    "compare",
    "day_report",
    "evaluate",
    "evaluate_by_ids",
    "evaluate_masked",
    "explain",
    "formats",
    "link",
    "nightly",
    "page",
    "parse",
    "partners",
    "read_answers",
    "recognise",
    "save",
    "shares",
    "signals",
    "simulate",
    "snippet",
    "stored_report",
    "survey",
]

_HOMES = {
    "Analysis": ("analysis", "Analysis"),
    "Breakdown": ("selection", "Breakdown"),
    "CampaignReport": ("campaigns.values", "CampaignReport"),
    "Checked": ("checking.results", "Checked"),
    "DarkSocialError": ("errors", "DarkSocialError"),
    "DayReport": ("store.daily", "DayReport"),
    "Goal": ("settings", "Goal"),
    "Hits": ("analysis", "Hits"),
    "InputError": ("errors", "InputError"),
    "Model": ("settings", "Model"),
    "OutputError": ("errors", "OutputError"),
    "PartnerReport": ("campaigns.partner_values", "PartnerReport"),
    "Policy": ("store.night", "Policy"),
    "ReadSettings": ("settings", "ReadSettings"),
    "Report": ("report.values", "Report"),
    "Resources": ("settings", "Resources"),
    "Selection": ("selection", "Selection"),
    "Settings": ("settings", "Settings"),
    "UsageError": ("errors", "UsageError"),
    "analyze": ("pipeline", "analyze"),
    "campaigns": ("campaigns.report", "campaigns"),
    "check": ("checking.run", "check"),
    "compare": ("comparison", "compare"),
    "day_report": ("store.daily", "day_report"),
    "evaluate": ("evaluation", "evaluate"),
    "evaluate_by_ids": ("evaluation.by_ids", "evaluate_by_ids"),
    "evaluate_masked": ("evaluation.masked", "evaluate_masked"),
    "explain": ("results.explain", "explain"),
    "formats": ("formats", "registry"),
    "link": ("tracking.links", "link"),
    "nightly": ("store.nightly", "nightly"),
    "page": ("outputs.paging", "page"),
    "parse": ("pipeline", "parse"),
    "partners": ("campaigns.partners", "partners"),
    "read_answers": ("campaigns.answers", "read_answers"),
    "recognise": ("inputs.recognise", "recognise"),
    "save": ("outputs.saving", "save"),
    "shares": ("results.shares", "shares"),
    "signals": ("signals", "registry"),
    "simulate": ("simulation", "simulate"),
    "snippet": ("tracking.snippet", "snippet"),
    "stored_report": ("report.selected", "stored_report"),
    "survey": ("survey", "survey"),
}

if TYPE_CHECKING:
    from darksocial.analysis import Analysis, Hits
    from darksocial.campaigns.answers import read_answers
    from darksocial.campaigns.partner_values import PartnerReport
    from darksocial.campaigns.partners import partners
    from darksocial.campaigns.report import campaigns
    from darksocial.campaigns.values import CampaignReport
    from darksocial.checking.results import Checked
    from darksocial.checking.run import check
    from darksocial.comparison import compare
    from darksocial.errors import DarkSocialError, InputError, OutputError, UsageError
    from darksocial.evaluation import evaluate
    from darksocial.evaluation.by_ids import evaluate_by_ids
    from darksocial.evaluation.masked import evaluate_masked
    from darksocial.formats import registry as formats
    from darksocial.inputs.recognise import recognise
    from darksocial.outputs.paging import page
    from darksocial.outputs.saving import save
    from darksocial.pipeline import analyze, parse
    from darksocial.report.selected import stored_report
    from darksocial.report.values import Report
    from darksocial.results.explain import explain
    from darksocial.results.shares import shares
    from darksocial.selection import Breakdown, Selection
    from darksocial.settings import Goal, Model, ReadSettings, Resources, Settings
    from darksocial.signals import registry as signals
    from darksocial.simulation import simulate
    from darksocial.store.daily import DayReport, day_report
    from darksocial.store.night import Policy
    from darksocial.store.nightly import nightly
    from darksocial.survey import survey
    from darksocial.tracking.links import link
    from darksocial.tracking.snippet import snippet


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        problem = "module {module!r} has no attribute {name!r}"  # Python's own words
        raise AttributeError(problem.format(module=__name__, name=name))
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])


class _Facade(ModuleType):
    """This package: its public names win over folders of the same name (`formats`, `signals`)."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Facade
