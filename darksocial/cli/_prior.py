"""What the owner knows about a site, in a TOML file: `--prior-file`, or darksocial.toml.

[model]
newsletter = ["Tue 07:30"]
timezone = "Europe/Berlin"
apps = ["whatsapp", "slack"]
countries = ["DE"]

heard_from = "answers.csv"

[model.rates]
dark_social = 0.15

[model.answers]
"At the fair in Lyon" = "other"
"""

from dataclasses import fields
from pathlib import Path
from typing import Any

from darksocial.cli._configuration import read_configuration
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import nearest
from darksocial.settings import RATE_CAUSES, Model

TABLE = "model"
HEARD_FROM, ANSWERS = "heard_from", "answers"


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
        _check_key(path, key, [*(field.name for field in fields(Model)), ANSWERS], "[model] ")
        values[key] = _value(path, key, value)
    origins = values.pop(ANSWERS, {})
    if HEARD_FROM in values:
        values[HEARD_FROM] = _answers(path, values[HEARD_FROM], origins)
    elif origins:
        raise UsageError(
            _("{path} has [model.answers] and no file of answers.").format(path=path),
            expected=_("[model] heard_from, the name of a CSV with the columns date and answer"),
        )
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
    if key == ANSWERS:
        return _origins(path, value)
    if key in ("timezone", HEARD_FROM):
        return _text(path, key, value)
    if not isinstance(value, list):
        raise _wrong(path, key, value, _("a list of texts"))
    return tuple(_text(path, key, item) for item in value)


def _rates(path: Path, value: Any) -> tuple[tuple[str, float], ...]:
    if not isinstance(value, dict):
        raise _wrong(path, "rates", value, _("a table, as in [model.rates]"))
    for cause, rate in value.items():
        _check_key(path, cause, list(RATE_CAUSES), "[model.rates] ")
        if not isinstance(rate, int | float) or isinstance(rate, bool):
            raise _wrong(path, f"rates.{cause}", rate, _("a proportion between 0 and 1"))
    return tuple((cause, float(rate)) for cause, rate in value.items())


def _origins(path: Path, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong(path, ANSWERS, value, _("a table, as in [model.answers]"))
    return {answer: _text(path, f"answers.{answer}", name) for answer, name in value.items()}


def _answers(path: Path, name: str, origins: dict[str, str]) -> tuple[tuple[str, int], ...]:
    """Return the answers in a file, whose name is meant from the folder of the configuration."""
    from darksocial.campaigns.answers import read_answers

    return read_answers(path.parent / name, origins)


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
