"""summary.json: the finished report for programs."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from darksocial.errors import InputError
from darksocial.printable import inert_json
from darksocial.report.values import Report
from darksocial.schema import SCHEMA_VERSION

DECIMALS = 6
NAME = "summary.json"


def summary(report: Report) -> dict[str, object]:
    """Return the report as plain values: times in ISO 8601, numbers to six decimals.

    `dark_social` has the apps inside, as the contract has it.
    """
    told = {"schema_version": SCHEMA_VERSION, **asdict(report)}
    told["dark_social"]["apps"] = told.pop("apps")
    values = plain(told)
    assert isinstance(values, dict)
    return values


def text(report: Report) -> str:
    """Return summary.json as text; what must not be printed as it is, is escaped."""
    content = json.dumps(summary(report), indent=2, ensure_ascii=False, allow_nan=False)
    return inert_json(content) + "\n"


def write(path: Path, report: Report) -> None:
    """Write summary.json to `path`."""
    path.write_text(text(report), "utf-8")


def read_summary(path: Path) -> dict[str, Any]:
    """Return the content of a summary.json. Raises InputError where it is none."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read: {error}", expected="the summary.json of `darksocial analyze`"
        ) from error
    if not isinstance(told, dict):
        raise InputError(f"{path} holds no object", expected="a summary.json")
    return told


def plain(value: object) -> object:
    """Return a value with days and times in ISO 8601 and numbers to six decimals."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case float():
            return round(value, DECIMALS)
        case date():
            return value.isoformat()
        case _:
            return value
