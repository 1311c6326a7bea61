"""The results of checks as SARIF 2.1.0: a result for each failure, a rule for each check.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. GitHub shows a result with a
location only, at the first ten: a failure without a place is put at the first input.
"""

import hashlib
from typing import Any

from darksocial._version import __version__
from darksocial.checking.baseline import BASELINE
from darksocial.checking.results import BASELINE_MESSAGE, Checked, Result
from darksocial.checks import ERROR, WARNING, Place, documentation, registry
from darksocial.outputs import Output
from darksocial.outputs.checks._plain import details, headline, uri
from darksocial.outputs.checks.json import as_text
from darksocial.printable import printable

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def text(checked: Checked) -> str:
    """Return the failures as SARIF."""
    failures = checked.with_state(ERROR, WARNING)
    names = sorted({result.name for result in checked.results})
    inputs = [file.file for file in checked.report.inputs]
    driver = {"name": "darksocial", "version": __version__, "rules": [_rule(n) for n in names]}
    run = {
        "tool": {"driver": driver},
        "results": [_result(result, names, inputs) for result in failures],
    }
    log = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return as_text(log)


def _rule(name: str) -> dict[str, Any]:
    if name == BASELINE:
        return {"id": name, "shortDescription": {"text": BASELINE_MESSAGE}}
    check = registry()[name]
    return {
        "id": name,
        "shortDescription": {"text": check.message},
        "fullDescription": {"text": documentation(name)},
        "help": {"text": check.advice},
        "defaultConfiguration": {"level": check.level},
    }


def _result(result: Result, names: list[str], inputs: list[str]) -> dict[str, Any]:
    places = [place for place in result.outcome.where if place.file] or [
        Place(result.message, file) for file in inputs[:1]
    ]
    return {
        "ruleId": result.name,
        "ruleIndex": names.index(result.name),
        "level": result.level,
        "message": {"text": "\n".join((headline(result), *details(result)))},
        "locations": [_location(place) for place in places],
        "partialFingerprints": {"darksocial/v1": _fingerprint(result)},
    }


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(place.file or "")}}
    if place.line is not None:
        physical["region"] = {"startLine": place.line}
    return {"physicalLocation": physical, "message": {"text": printable(place.what)}}


def _fingerprint(result: Result) -> str:
    """Return the same for the same rule in every run, so that a failure is one alert, not many."""
    return hashlib.sha256(result.label.encode()).hexdigest()[:16]


OUTPUT = Output("sarif", text)
