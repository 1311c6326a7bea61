"""summary.json: the finished report for programs."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.printable import inert_json
from darksocial.report.values import Report
from darksocial.schema import SCHEMA_VERSION

DECIMALS = 6
NAME = "summary.json"


def summary(report: Report) -> dict[str, object]:
    """Return the report as plain values: times in ISO 8601, numbers to six decimals.

    `dark_social` has the apps inside; `notes` has those on goals and on the site.
    """
    summarised = {"schema_version": SCHEMA_VERSION, **asdict(report)}
    summarised["dark_social"]["apps"] = summarised.pop("apps")
    del summarised["goal_notes"], summarised["site_notes"]
    values = plain(summarised)
    assert isinstance(values, dict)
    return values


def text(report: Report) -> str:
    """Return summary.json as text; characters that must not be printed are escaped."""
    content = json.dumps(summary(report), indent=2, ensure_ascii=False, allow_nan=False)
    return inert_json(content) + "\n"


def write(path: Path, report: Report) -> None:
    """Write summary.json to `path`."""
    path.write_text(text(report), "utf-8")


def read_summary(path: Path) -> dict[str, Any]:
    """Return the content of a summary.json. Raises InputError if it is none."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            _("{path} cannot be read: {reason}").format(path=path, reason=error),
            expected=_("the summary.json of `darksocial analyze`"),
        ) from error
    if not isinstance(content, dict):
        raise InputError(
            _("{path} does not hold a JSON object.").format(path=path),
            expected=_("the summary.json of `darksocial analyze`"),
        )
    return content


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
