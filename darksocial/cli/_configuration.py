"""darksocial.toml: a default for every option.

A key on the top level is the default of every command that has the option; a key in a table that
is named after a command is the default of that command alone, and wins. Keys are the options'
names without the leading dashes; `session-timeout` and `session_timeout` are the same. Tables under
`goals` say what counts as a conversion (_goals.py). `model` says what is known of the site
(_prior.py): it makes the file the default of `--prior-file`. `checks` holds the rules of
`darksocial check`: it makes the file the default of `--rules`.
"""

import tomllib
from pathlib import Path
from typing import Any

import click

from darksocial.cli._goals import goal_texts
from darksocial.cli._values import checked
from darksocial.errors import InputError, UsageError
from darksocial.spelling import nearest

DEFAULT_NAME = "darksocial.toml"
FILE_OF = {"model": "prior_file", "checks": "rules"}
"""Tables that make the file the default of an option."""


Options = dict[str, click.Parameter]


def read_configuration(path: Path) -> dict[str, Any]:
    """Return the content of a configuration file.

    Raises InputError where it cannot be read and UsageError where it is no TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", expected="a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{path} is no TOML: {error}", expected="lines like: key = value"
        ) from error


def defaults(
    content: dict[str, Any], path: Path, group: click.Group, ctx: click.Context
) -> dict[str, dict[str, Any]]:
    """Return the defaults that a configuration sets, by command and parameter.

    Raises UsageError for a key that no command has, naming the nearest one that exists, and for a
    value that its option does not take.
    """
    options = {name: options_of(group.get_command(ctx, name)) for name in group.list_commands(ctx)}
    found: dict[str, dict[str, Any]] = {name: {} for name in options}
    rest = _without_told(content, path, options, found)
    _check_tables(rest, options, path)
    tables = {key: value for key, value in rest.items() if isinstance(value, dict)}
    _check_spellings(rest, path, "")
    for key, value in rest.items():
        if key not in tables:
            _place(key, value, options, found, path, "")
    for table, keys in tables.items():
        if table not in options:
            known = (*options, "goals", *FILE_OF)
            raise _unknown(path, f"[{table}]", [f"[{name}]" for name in known])
        _check_spellings(keys, path, f"[{table}] ")
        for key, value in keys.items():
            _place(key, value, {table: options[table]}, found, path, f"[{table}] ")
    return found


def _without_told(
    content: dict[str, Any],
    path: Path,
    options: dict[str, Options],
    found: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """Set what tables of their own kind say, and return the content without them."""
    goals = goal_texts(content["goals"], path) if "goals" in content else None
    for command, names in options.items():
        if goals is not None and "goal" in names:
            found[command]["goal"] = goals
    for table, option in FILE_OF.items():
        for command, names in options.items() if table in content else ():
            if option in names:
                found[command][option] = str(path)
    return {key: value for key, value in content.items() if key not in ("goals", *FILE_OF)}


def options_of(command: click.Command | None) -> Options:
    """The parameters of a command that have a default to set, by name.

    The argument `inputs` is among them where a command can do without it, as `nightly` can. An
    option that the command does not take as a value, as `--verbose`, is for one run alone.
    """
    parameters = command.params if command else []
    return {
        p.name: p
        for p in parameters
        if p.name
        and p.expose_value
        and (isinstance(p, click.Option) or (p.name == "inputs" and not p.required))
    }


def option_names(command: click.Command | None) -> list[str]:
    """The names of the parameters of a command that have a default to set."""
    return list(options_of(command))


def _place(
    key: str,
    value: Any,
    options: dict[str, Options],
    found: dict[str, dict[str, Any]],
    path: Path,
    where: str,
) -> None:
    name = key.replace("-", "_")
    takers = [command for command, names in options.items() if name in names]
    if not takers:
        known = sorted({option for names in options.values() for option in names})
        raise _unknown(path, f"{where}{key}", [f"{where}{option}" for option in known], value)
    for command in takers:
        found[command][name] = checked(options[command][name], value, f"{path}, {where}{key}")


def _check_tables(content: dict[str, Any], commands: dict[str, Options], path: Path) -> None:
    """Refuse a command that is no table, unless an option has its name."""
    options = {name for names in commands.values() for name in names}
    for key, value in content.items():
        if key in set(commands) - options and not isinstance(value, dict):
            raise UsageError(f"{path}, {key} is {value!r}", expected=f"a table [{key}]")


def _check_spellings(keys: dict[str, Any], path: Path, where: str) -> None:
    """Refuse a key that is there twice, once with `-` and once with `_`."""
    for key in keys:
        if "-" in key and key.replace("-", "_") in keys:
            raise UsageError(
                f"{path} has {where}{key} and {where}{key.replace('-', '_')}",
                expected="one of them: they are the same key",
            )


def _unknown(path: Path, key: str, known: list[str], value: object = None) -> UsageError:
    near = nearest(key, known)
    shown = key if value is None else f"{key} = {value!r}"
    return UsageError(
        f"{path} has the key {shown}, which no command knows",
        expected=near or "the name of an option or of a command",
        advice="`darksocial config` lists the keys",
    )
