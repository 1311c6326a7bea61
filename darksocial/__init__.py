"""darksocial finds the visits that analytics tools book as Direct although a link was passed on.

    import darksocial

    with darksocial.analyze(["access.log"]) as analysis:
        print(analysis.report.dark_social)
        sessions = analysis.to_pandas()

The verbs are those of the command line. They load their parts when first used, so that importing
the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Checked",
    "DarkSocialError",
    "DayReport",
    "Goal",
    "Hits",
    "InputError",
    "Model",
    "OutputError",
    "Policy",
    "ReadSettings",
    "Report",
    "Resources",
    "Settings",
    "UsageError",
    "analyze",
    "check",
    "day_report",
    "evaluate",
    "evaluate_masked",
    "explain",
    "formats",
    "nightly",
    "parse",
    "recognise",
    "signals",
    "simulate",
    "survey",
]

_HOMES = {
    "Analysis": ("analysis", "Analysis"),
    "Checked": ("checks._results", "Checked"),
    "DarkSocialError": ("errors", "DarkSocialError"),
    "DayReport": ("daily", "DayReport"),
    "Goal": ("settings", "Goal"),
    "Hits": ("analysis", "Hits"),
    "InputError": ("errors", "InputError"),
    "Model": ("settings", "Model"),
    "OutputError": ("errors", "OutputError"),
    "Policy": ("store.nightly", "Policy"),
    "ReadSettings": ("settings", "ReadSettings"),
    "Report": ("report", "Report"),
    "Resources": ("settings", "Resources"),
    "Settings": ("settings", "Settings"),
    "UsageError": ("errors", "UsageError"),
    "analyze": ("pipeline", "analyze"),
    "check": ("checking", "check"),
    "day_report": ("daily", "day_report"),
    "evaluate": ("evaluation", "evaluate"),
    "evaluate_masked": ("masking", "evaluate_masked"),
    "explain": ("explanations", "explain"),
    "formats": ("sources", "registry"),
    "nightly": ("store.nightly", "nightly"),
    "parse": ("pipeline", "parse"),
    "recognise": ("recognition", "recognise"),
    "signals": ("evidence", "registry"),
    "simulate": ("simulation", "simulate"),
    "survey": ("surveying", "survey"),
}

if TYPE_CHECKING:
    from darksocial.analysis import Analysis, Hits
    from darksocial.checking import check
    from darksocial.checks._results import Checked
    from darksocial.daily import DayReport, day_report
    from darksocial.errors import DarkSocialError, InputError, OutputError, UsageError
    from darksocial.evaluation import evaluate
    from darksocial.evidence import registry as signals
    from darksocial.explanations import explain
    from darksocial.masking import evaluate_masked
    from darksocial.pipeline import analyze, parse
    from darksocial.recognition import recognise
    from darksocial.report import Report
    from darksocial.settings import Goal, Model, ReadSettings, Resources, Settings
    from darksocial.simulation import simulate
    from darksocial.sources import registry as formats
    from darksocial.store.nightly import Policy, nightly
    from darksocial.surveying import survey


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
