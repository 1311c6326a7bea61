"""What the owner knows about a site, in a TOML file: `--prior-file`, or darksocial.toml.

[model]
newsletter = ["Tue 07:30"]
timezone = "Europe/Berlin"
apps = ["whatsapp", "slack"]
countries = ["DE"]

[model.rates]
dark_social = 0.15
"""

from dataclasses import fields
from pathlib import Path
from typing import Any

from darksocial.cli._configuration import read_configuration
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import nearest
from darksocial.settings import CAUSES, Model

TABLE = "model"


def model_of(path: Path | None) -> Model:
    """Return what `[model]` of the file says; the default model without a file.

    Raises InputError if the file cannot be read, and UsageError if it has no such table, or one
    that cannot be understood.
    """
    if path is None:
        return Model()
    table = read_configuration(path).get(TABLE)
    if not isinstance(table, dict):
        raise UsageError(
            _("{path} has no table [model].").format(path=path),
            expected=_("a table of that name"),
        )
    values: dict[str, Any] = {}
    for key, value in table.items():
        _check_key(path, key, [field.name for field in fields(Model)], "[model] ")
        values[key] = _value(path, key, value)
    try:
        return Model(**values)
    except UsageError as error:
        raise UsageError(
            _("{path}, [model]: {problem}").format(
                path=path, problem=error.problem.replace("`", "")
            ),
            expected=error.expected,
        ) from error


def _value(path: Path, key: str, value: Any) -> Any:
    if key == "rates":
        return _rates(path, value)
    if key == "timezone":
        return _text(path, key, value)
    if not isinstance(value, list):
        raise _wrong(path, key, value, _("a list of texts"))
    return tuple(_text(path, key, item) for item in value)


def _rates(path: Path, value: Any) -> tuple[tuple[str, float], ...]:
    if not isinstance(value, dict):
        raise _wrong(path, "rates", value, _("a table, as in [model.rates]"))
    for cause, rate in value.items():
        _check_key(path, cause, list(CAUSES), "[model.rates] ")
        if not isinstance(rate, int | float) or isinstance(rate, bool):
            raise _wrong(path, f"rates.{cause}", rate, _("a proportion between 0 and 1"))
    return tuple((cause, float(rate)) for cause, rate in value.items())


def _text(path: Path, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(path, key, value, _("a text"))
    return value


def _wrong(path: Path, key: str, value: Any, expected: str) -> UsageError:
    problem = _("{path}, [model]: {key} is {value!r}.").format(path=path, key=key, value=value)
    return UsageError(problem, expected=expected)


def _check_key(path: Path, key: str, names: list[str], table: str) -> None:
    if key not in names:
        near = nearest(key, names)
        expected = table + near if near else _("one of {names}").format(names=", ".join(names))
        raise UsageError(
            _("{path} has the key {key}, which does not exist.").format(
                path=path, key=f"{table}{key}"
            ),
            expected=expected,
        )
