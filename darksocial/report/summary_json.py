"""summary.json: the finished report for programs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.printable import inert_json
from darksocial.report.values import Report
from darksocial.schema import SCHEMA_VERSION, SUMMARY_VERSION

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


def read_report(path: Path) -> Report:
    """Return the report that a summary.json with the keys of today holds, without the two fields
    that say which of its notes are on goals and on the site.

    Raises InputError if the file is none, or if a version with other keys wrote it.
    """
    content = read_summary(path)
    version = content.pop("schema_version", 1)
    if version not in range(SUMMARY_VERSION, SCHEMA_VERSION + 1):
        raise InputError(
            _("{path} was written with schema version {version}, and {current} is read.").format(
                path=path, version=version, current=SCHEMA_VERSION
            ),
            advice=_("analyze the same logs anew; for a store `darksocial nightly --rebuild`"),
        )
    try:
        content["apps"] = content["dark_social"].pop("apps")
        report = _of_kind(Report, {**content, "site_notes": [], "goal_notes": []})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            _("{path} cannot be read: {reason}").format(path=path, reason=repr(error)),
            expected=_("the summary.json of `darksocial analyze`"),
        ) from error
    assert isinstance(report, Report)
    return report


def _of_kind(kind: Any, value: Any) -> Any:
    """Return a plain value as what a field of that type holds."""
    if get_origin(kind) is UnionType:
        return None if value is None else _of_kind(_without_none(kind), value)
    if get_origin(kind) is tuple:
        return tuple(_of_kind(get_args(kind)[0], item) for item in value)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _of_kind(each, value[name]) for name, each in _kinds(kind).items()})
    if kind is datetime:
        return datetime.fromisoformat(value)
    return kind(value)


def _without_none(union: Any) -> Any:
    return next(kind for kind in get_args(union) if kind is not NoneType)


@cache
def _kinds(kind: type) -> Mapping[str, Any]:
    """Return the types of the fields of a value, by their names."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


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
