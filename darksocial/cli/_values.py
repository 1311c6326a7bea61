"""Values in darksocial.toml: each must be what its option takes, or is named with file and key."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from darksocial.cli._goals import goals_of
from darksocial.errors import UsageError
from darksocial.plugins import nearest
from darksocial.settings import ReadSettings, Resources, Settings

CHECKS: dict[str, Callable[[Any], object]] = {
    "timezone": lambda value: ReadSettings(timezone=value),
    "trusted_proxy": lambda value: ReadSettings(trusted_proxies=tuple(value)),
    "map": lambda value: ReadSettings(map=tuple(value)).mapping,
    "memory_limit": lambda value: Resources(memory_limit=value),
    "strip_query": lambda value: Settings(strip_query=tuple(value)),
    "keep_query": lambda value: Settings(keep_query=tuple(value)),
    "goal": lambda value: goals_of(tuple(value)),
}
"""What the library says of an option's value beyond its type."""


def checked(option: click.Parameter, value: Any, where: str) -> Any:
    """Return the value as click takes it. Raises UsageError that says where it stands.

    `where` is the file and the key, as in `darksocial.toml, [analyze] out`.
    """
    if isinstance(option.type, click.DateTime) and type(value) is date:
        value = value.isoformat()
    fits, expected = _kind(option)
    if not fits(value):
        seen = "..." if "secret" in (option.name or "") else _shown(value)
        raise UsageError(f"{where} is {seen}", expected=expected)
    try:
        for item in value if takes_many(option) else [value]:
            if not isinstance(option.type, click.Path):  # what is there, a command finds
                option.type.convert(item, option, None)
        CHECKS.get(option.name or "", lambda _: None)(value)
    except click.BadParameter as error:
        raise UsageError(
            f"{where} is {_shown(value)}: {error.message}", expected=_range(option, value)
        ) from error
    except UsageError as error:
        raise UsageError(
            f"{where}: {error.problem}", expected=error.expected, advice=error.advice
        ) from error
    return value


def takes_many(option: click.Parameter) -> bool:
    """Whether a parameter may be given several times."""
    return option.nargs == -1 or (isinstance(option, click.Option) and option.multiple)


def _kind(option: click.Parameter) -> tuple[Callable[[Any], bool], str]:
    """What a value of an option must be, and how that is said."""
    if isinstance(option, click.Option) and option.is_flag:
        return lambda value: isinstance(value, bool), "true or false"
    if takes_many(option):
        return _are_texts, 'a list of texts, as in ["one", "two"]'
    if isinstance(option.type, click.types.IntParamType):
        return lambda value: type(value) is int, "a whole number"
    if isinstance(option.type, click.types.FloatParamType):
        return lambda value: type(value) in (int, float), "a number"
    return lambda value: isinstance(value, str) and "\0" not in value, 'a text, as in "one"'


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _range(option: click.Parameter, value: Any) -> str:
    if isinstance(option.type, click.Choice):
        choices = list(map(str, option.type.choices))
        near = nearest(value, choices, likeness=0)
        return f"one of {', '.join(choices)}; the nearest is {near}"
    if isinstance(option.type, click.DateTime):
        return "a day, as in 2026-03-02"
    low, high = (getattr(option.type, name, None) for name in ("min", "max"))
    return f"{low} to {high}" if high is not None else f"{low} or more"


def _shown(value: Any) -> str:
    """A value as TOML has it, as far as one line holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)[:100]
