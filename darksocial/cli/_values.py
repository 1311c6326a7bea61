"""Values in darksocial.toml: each must be what its option takes; errors name the file and key."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from darksocial.cli._fields import without_field
from darksocial.cli._goals import goals_of
from darksocial.cli._selection import selection_of
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of

MAX_SHOWN_CHARACTERS = 100
SELECTION_FIELDS = frozenset({"since", "until", "only", "report_zone"})
"""Options that choose visits; those of `nightly` with these names are days."""


def checked(option: click.Parameter, value: Any, place: str) -> Any:
    """Return the value as click takes it. Raises UsageError that names its place.

    `place` is the file and the key, as in `darksocial.toml, [analyze] out`.
    """
    if isinstance(option.type, click.DateTime) and type(value) is date:
        value = value.isoformat()
    if option.name == "output" and takes_many(option) and isinstance(value, str):
        value = [value]  # of `page` it was one file
    fits, expected = _kind(option)
    if not fits(value):
        shown = "..." if "secret" in (option.name or "") else _shown(value)
        raise UsageError(
            _("{place} is {value}.").format(place=place, value=shown), expected=expected
        )
    try:
        for item in value if takes_many(option) else [value]:
            if not isinstance(option.type, click.Path):  # whether it exists, the command finds out
                option.type.convert(item, option, None)
        _check_by_library(option, value)
        _check_selection(option, value)
    except click.BadParameter as error:
        raise UsageError(
            _("{place} is {value}.").format(place=place, value=_shown(value)),
            expected=_range(option, value),
        ) from error
    except UsageError as error:
        raise UsageError(
            _("{place}: {problem}").format(place=place, problem=without_field(error.problem)),
            expected=error.expected,
            advice=error.advice,
        ) from error
    return value


def takes_many(option: click.Parameter) -> bool:
    """Return whether a parameter may be repeated."""
    return option.nargs == -1 or (isinstance(option, click.Option) and option.multiple)


def _check_by_library(option: click.Parameter, value: Any) -> None:
    """Check what the library requires of a value beyond its type. Raises UsageError."""
    from darksocial.settings import ReadSettings, Resources, Settings

    match option.name:
        case "timezone" | "time_format" as name:
            ReadSettings(**{name: value})
        case "trusted_proxy":
            ReadSettings(trusted_proxies=tuple(value))
        case "map":
            ReadSettings(map=tuple(value)).mapping  # noqa: B018 - which raises the error
        case "memory_limit":
            Resources(memory_limit=value)
        case "site" if takes_many(option):  # that of `simulate` is a type of site
            Settings(site=tuple(value))
        case "exclude_referrer":
            Settings(exclude_referrer=tuple(value))
        case "page_parameter" | "keep_query" | "strip_query":  # all are names of parameters
            Settings(keep_query=tuple(value))
        case "share_parameter":
            Settings(share_parameter=value)
        case "goal":
            goals_of(tuple(value))


def _check_selection(option: click.Parameter, value: Any) -> None:
    """Check a value that chooses visits. Raises UsageError."""
    if option.name in SELECTION_FIELDS and not isinstance(option.type, click.DateTime):
        chosen: Any = tuple(value) if takes_many(option) else value
        selection_of(**{option.name: chosen})


def _kind(option: click.Parameter) -> tuple[Callable[[Any], bool], str]:
    """Return a test of the type that an option takes, and its description."""
    if isinstance(option, click.Option) and option.is_flag:
        return lambda value: isinstance(value, bool), _("true or false")
    if takes_many(option):
        return _are_texts, _('a list of texts, as in ["one", "two"]')
    if isinstance(option.type, click.types.IntParamType):
        return lambda value: type(value) is int, _("a whole number")
    if isinstance(option.type, click.types.FloatParamType):
        return lambda value: type(value) in (int, float), _("a number")
    return lambda value: isinstance(value, str) and "\0" not in value, _('a text, as in "one"')


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _range(option: click.Parameter, value: Any) -> str:
    """Return a description of the values that an option takes."""
    if isinstance(option.type, click.Choice):
        return one_of(value, map(str, option.type.choices), likeness=0)
    if isinstance(option.type, click.DateTime):
        return _("a day, as in 2026-03-02")
    low, high = (getattr(option.type, name, None) for name in ("min", "max"))
    if high is None:
        return _("{low} or more").format(low=low)
    return _("{low} to {high}").format(low=low, high=high)


def _shown(value: Any) -> str:
    """Return a value as TOML has it, cut to what one line holds."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)[:MAX_SHOWN_CHARACTERS]
