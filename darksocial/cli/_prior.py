"""What a site's owner knows, as a TOML file tells it: `--prior-file`, or darksocial.toml.

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
from darksocial.plugins import nearest
from darksocial.settings import CAUSES, Model

TABLE = "model"


def model_of(path: Path | None) -> Model:
    """Return what `[model]` of the file says; nothing without a file.

    Raises InputError where the file cannot be read, and UsageError where it has no such table, or
    one that cannot be understood.
    """
    if path is None:
        return Model()
    table = read_configuration(path).get(TABLE)
    if not isinstance(table, dict):
        raise UsageError(f"{path} has no [{TABLE}]", expected="a table of that name")
    told: dict[str, Any] = {}
    for key, value in table.items():
        _check_key(path, key, [field.name for field in fields(Model)], "[model] ")
        told[key] = _value(path, key, value)
    try:
        return Model(**told)
    except UsageError as error:
        raise UsageError(f"{path}, [model]: {error.problem}", expected=error.expected) from error


def _value(path: Path, key: str, value: Any) -> Any:
    if key == "rates":
        return _rates(path, value)
    if key == "timezone":
        return _text(path, key, value)
    if not isinstance(value, list):
        raise _wrong(path, key, value, "a list of texts")
    return tuple(_text(path, key, item) for item in value)


def _rates(path: Path, value: Any) -> tuple[tuple[str, float], ...]:
    if not isinstance(value, dict):
        raise _wrong(path, "rates", value, "a table, as in [model.rates]")
    for name, share in value.items():
        _check_key(path, name, list(CAUSES), "[model.rates] ")
        if not isinstance(share, int | float) or isinstance(share, bool):
            raise _wrong(path, f"rates.{name}", share, "a share between 0 and 1")
    return tuple((name, float(share)) for name, share in value.items())


def _text(path: Path, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(path, key, value, "a text")
    return value


def _wrong(path: Path, key: str, value: Any, expected: str) -> UsageError:
    return UsageError(f"{path}, [model]: {key} is {value!r}", expected=expected)


def _check_key(path: Path, key: str, known: list[str], where: str) -> None:
    if key not in known:
        near = nearest(key, known)
        raise UsageError(
            f"{path} has the key {where}{key}, which does not exist",
            expected=where + near if near else "one of " + ", ".join(known),
        )
