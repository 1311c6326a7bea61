"""The results of checks for programs."""

import json
import math
from dataclasses import asdict
from typing import Any

from darksocial._version import __version__
from darksocial.checking.baseline import Difference
from darksocial.checking.results import Checked, Result
from darksocial.outputs import Output
from darksocial.printable import inert_json


def text(checked: Checked) -> str:
    """Return the results as JSON in ASCII, so that no terminal takes an escape sequence in it."""
    return as_text(as_dict(checked))


def as_text(value: dict[str, Any]) -> str:
    """Return a value as JSON in which no runner of a build finds a command."""
    return inert_json(json.dumps(value, indent=2)) + "\n"


def as_dict(checked: Checked) -> dict[str, Any]:
    """Return the results as plain values. `state` is passed, skipped, or the level of a failure."""
    return {
        "version": __version__,
        "failed": checked.failed,
        "inputs": [file.file for file in checked.report.inputs],
        "results": [_result(result) for result in checked.results],
        "baseline": [_difference(difference) for difference in checked.differences],
        "notes": [*checked.goal_notes, *checked.notes],
    }


def _result(result: Result) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "check": result.name,
        "subject": result.subject or None,
        "level": result.level,
        "state": result.state,
        "message": result.message,
        "seen": outcome.actual or None,
        "allowed": outcome.allowed or None,
        "skipped": outcome.skipped or None,
        "where": [asdict(place) for place in outcome.where],
        "advice": result.advice,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    relative = difference.relative
    return {**asdict(difference), "relative": relative if math.isfinite(relative) else None}


OUTPUT = Output("json", text)
