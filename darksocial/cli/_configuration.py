"""darksocial.toml: a default for every option.

A key on the top level is the default of every command that has the option. A key in a table that
is named after a command is the default of that command alone, and wins. Keys are the options'
names without the leading dashes; `session-timeout` and `session_timeout` are the same. Three
tables have a form of their own: `goals` says what counts as a conversion (_goals.py), `model` says
what the owner knows about the site (_prior.py) and makes the file the default of `--prior-file`,
and `checks` holds the rules of `darksocial check` and makes the file the default of `--rules`.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from darksocial.cli._goals import goal_texts
from darksocial.cli._renamed import refuse_old_key
from darksocial.cli._values import checked
from darksocial.errors import InputError, UsageError
from darksocial.language import gettext as _
from darksocial.plugins import nearest

DEFAULT_NAME = "darksocial.toml"
FILE_OPTIONS = {"model": "prior_file", "checks": "rules"}
"""Tables that make the file the default of an option."""
GOALS_TABLE = "goals"
OWN_TABLES = (GOALS_TABLE, *FILE_OPTIONS)
VERSION_KEY = "schema-version"

Options = Mapping[str, click.Parameter]


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration file: its path, and what it holds."""

    path: Path
    content: dict[str, Any]

    @property
    def table_values(self) -> dict[str, Any]:
        """The values of options that tables of their own set."""
        values: dict[str, Any] = {}
        if GOALS_TABLE in self.content:
            values["goal"] = goal_texts(self.content[GOALS_TABLE], self.path)
        for table, option in FILE_OPTIONS.items():
            if table in self.content:
                values[option] = str(self.path)
        return values

    @property
    def own_tables(self) -> dict[str, Any]:
        """The tables that have a form of their own, as the file holds them."""
        return {name: self.content[name] for name in OWN_TABLES if name in self.content}


@dataclass(slots=True)
class Defaults:
    """The defaults that a file sets, by command and parameter, while it is read."""

    path: Path
    options: Mapping[str, Options]
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    def set(self, key: str, value: Any, commands: list[str], table: str = "") -> None:
        """Set the default of an option for those of the commands that have it.

        Raises UsageError for a key that none of them has, and for a value that it does not take.
        """
        name = key.replace("-", "_")
        place = _("{path}, {key}").format(path=self.path, key=f"{table}{key}")
        takers = [command for command in commands if name in self.options[command]]
        refuse_old_key(commands, key, value, place, is_option=bool(takers))
        if not takers:
            flags = {option for command in commands for option in self.options[command]}
            keys = [f"{table}{flag_name(option)}" for option in sorted(flags)]
            raise _unknown(self.path, f"{table}{key}", keys, value)
        for command in takers:
            self.values[command][name] = checked(self.options[command][name], value, place)


def read_configuration(path: Path) -> dict[str, Any]:
    """Return the content of a configuration file.

    Raises InputError if it cannot be read and UsageError if it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error),
            expected=_("a TOML file"),
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            _("{path} is not TOML: {reason}.").format(path=path, reason=error),
            expected=_("lines like: key = value"),
        ) from error


def defaults(
    content: dict[str, Any], path: Path, group: click.Group, ctx: click.Context
) -> dict[str, dict[str, Any]]:
    """Return the defaults that a configuration sets, by command and parameter.

    Raises UsageError for a version that this program does not know, for a key that no command has,
    naming the nearest one that exists, and for a value that its option does not take.
    """
    options = {name: options_of(group.get_command(ctx, name)) for name in group.list_commands(ctx)}
    table_values = Configuration(path, content).table_values
    result = Defaults(path, options)
    for name, taken in options.items():
        result.values[name] = {key: value for key, value in table_values.items() if key in taken}
    rest = {key: value for key, value in content.items() if key not in OWN_TABLES}
    _check_tables({key: content[key] for key in FILE_OPTIONS if key in content}, FILE_OPTIONS, path)
    _check_spellings(rest, path, "")
    _check_version(rest, path)
    flags = {flag for taken in options.values() for flag in taken}
    _check_tables(rest, set(options) - flags, path)
    tables = {key: value for key, value in rest.items() if isinstance(value, dict)}
    for key, value in rest.items():
        if key not in tables:
            result.set(key, value, list(options))
    for table, keys in tables.items():
        if table not in options:
            names = [f"[{name}]" for name in (*options, *OWN_TABLES)]
            raise _unknown(path, f"[{table}]", names)
        _check_spellings(keys, path, f"[{table}] ")
        for key, value in keys.items():
            result.set(key, value, [table], f"[{table}] ")
    return result.values


def options_of(command: click.Command | None) -> dict[str, click.Parameter]:
    """Return the parameters of a command that have a default to set, by name.

    The argument `inputs` is among them if a command can do without it, as `nightly` can.
    """
    parameters = command.params if command else []
    return {
        p.name: p
        for p in parameters
        if p.name and (isinstance(p, click.Option) or (p.name == "inputs" and not p.required))
    }


def flag_name(name: str) -> str:
    """Return the key of darksocial.toml for a parameter: its flag without the dashes."""
    return name.replace("_", "-")


def _check_version(content: dict[str, Any], path: Path) -> None:
    """Take the version out of the content. Raises UsageError if it is none of those we know."""
    from darksocial.settings import CONFIGURATION_VERSION, CONFIGURATION_VERSIONS

    version = content.pop(VERSION_KEY, content.pop(VERSION_KEY.replace("-", "_"), 1))
    if type(version) is int and version > CONFIGURATION_VERSION:
        raise UsageError(
            _("{path} has the {key} {version}, which a newer darksocial wrote.").format(
                path=path, key=VERSION_KEY, version=version
            ),
            expected=_("at most {version}").format(version=CONFIGURATION_VERSION),
            advice=_(
                "that version of darksocial, or `darksocial config` with it, to see the values"
            ),
        )
    if type(version) is not int or version not in CONFIGURATION_VERSIONS:
        raise UsageError(
            _("{path}, {key} is {value!r}.").format(path=path, key=VERSION_KEY, value=version),
            expected=_("a whole number from 1 to {version}").format(version=CONFIGURATION_VERSION),
        )


def _check_tables(content: dict[str, Any], names: Collection[str], path: Path) -> None:
    """Refuse a value that is not a table although its key is the name of one."""
    for key, value in content.items():
        if key in names and not isinstance(value, dict):
            raise UsageError(
                _("{path}, {key} is {value!r}.").format(path=path, key=key, value=value),
                expected=_("a table [{key}]").format(key=key),
            )


def _check_spellings(keys: dict[str, Any], path: Path, table: str) -> None:
    """Refuse a key that is there twice, once with `-` and once with `_`."""
    for key in keys:
        if "-" in key and key.replace("-", "_") in keys:
            raise UsageError(
                _("{path} has {key} and {other}.").format(
                    path=path, key=f"{table}{key}", other=f"{table}{key.replace('-', '_')}"
                ),
                expected=_("one of them: they are the same key"),
            )


def _unknown(path: Path, key: str, keys: list[str], value: object = None) -> UsageError:
    near = nearest(key, keys)
    shown = key if value is None else f"{key} = {value!r}"
    return UsageError(
        _("{path} has the key {key}, which no command knows.").format(path=path, key=shown),
        expected=near or _("the name of an option or of a command"),
        advice=_("`darksocial config` lists the keys"),
    )
