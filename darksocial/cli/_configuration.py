"""darksocial.toml: a default for every option.

A key on the top level is the default of every command that has the option; a key in a table that
is named after a command is the default of that command alone, and wins. Keys are the options'
names without the leading dashes; `session-timeout` and `session_timeout` are the same. Tables under
`goals` say what counts as a conversion (_goals.py). `model` says what is known of the site
(_prior.py): it makes the file the default of `--prior-file`. `checks` holds the rules of
`darksocial check`: it makes the file the default of `--rules`.
"""

import difflib
import tomllib
from pathlib import Path
from typing import Any

import click

from darksocial.cli._goals import goal_texts
from darksocial.errors import InputError, UsageError

DEFAULT_NAME = "darksocial.toml"
FILE_OF = {"model": "prior_file", "checks": "rules"}
"""Tables that make the file the default of an option."""


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
    options = {
        name: option_names(group.get_command(ctx, name)) for name in group.list_commands(ctx)
    }
    found: dict[str, dict[str, Any]] = {name: {} for name in options}
    rest = _without_told(content, path, options, found)
    tables = {key: value for key, value in rest.items() if isinstance(value, dict)}
    for key, value in rest.items():
        if key not in tables:
            _place(key, value, options, found, path, "")
    for table, keys in tables.items():
        if table not in options:
            raise _unknown(path, f"[{table}]", [f"[{name}]" for name in options])
        for key, value in keys.items():
            _place(key, value, {table: options[table]}, found, path, f"[{table}] ")
    for name, values in found.items():
        _check_values(path, group.get_command(ctx, name), values)
    return found


def _without_told(
    content: dict[str, Any],
    path: Path,
    options: dict[str, list[str]],
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


def _check_values(path: Path, command: click.Command | None, values: dict[str, Any]) -> None:
    """Refuse values that an option would not take, before any command runs."""
    if command is None or not values:
        return
    ctx = click.Context(command, resilient_parsing=True)
    for option in command.params:
        value = values.get(option.name or "")
        if value is None:
            continue
        if isinstance(option.type, click.Path):  # what is there, a command finds when it runs
            if not isinstance(value, str):
                raise _refused(path, option, value, "a path")
            continue
        if isinstance(option, click.Option) and option.multiple and not isinstance(value, list):
            raise _refused(path, option, value, f"a list, as in [{value!r}]")
        try:
            option.type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise _refused(path, option, value, error.message.rstrip(".")) from error


def _refused(path: Path, option: click.Parameter, value: object, expected: str) -> UsageError:
    return UsageError(
        f"{path}: {option.name} is {value!r}",
        expected=expected,
        advice="`darksocial COMMAND --help` says what the option takes",
    )


def option_names(command: click.Command | None) -> list[str]:
    """The parameters of a command that have a default to set.

    The argument `inputs` is among them where a command can do without it, as `nightly` can.
    """
    parameters = command.params if command else []
    return [
        p.name
        for p in parameters
        if p.name and (isinstance(p, click.Option) or (p.name == "inputs" and not p.required))
    ]


def _place(
    key: str,
    value: Any,
    options: dict[str, list[str]],
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
        found[command][name] = value


def _unknown(path: Path, key: str, known: list[str], value: object = None) -> UsageError:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    shown = key if value is None else f"{key} = {value!r}"
    return UsageError(
        f"{path} has the key {shown}, which no command knows",
        expected=f"{near[0]}" if near else "the name of an option or of a command",
        advice="`darksocial config` lists the keys",
    )
