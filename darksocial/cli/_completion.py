"""What the shell completes: file names, and the names of formats, signals, checks, apps and sites.

Options whose values are a fixed choice, and those that take a path, are completed by Click. Nothing
here loads more than the standard library: a shell asks at every press of the tab key.
"""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from darksocial.cli._configuration import DEFAULT_NAME
from darksocial.plugins import names_in

COMPLETE_VARIABLE = "_DARKSOCIAL_COMPLETE"
"""The variable by which a shell asks the program: the one that Click derives from its name."""

Complete = Callable[[click.Context, str], Iterable[str]]


class Completed(click.types.StringParamType):
    """A text that the shell completes to one of some names, or to a file where there are none."""

    def __init__(self, names: Complete) -> None:
        self.names = names

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin with what was typed."""
        names = [name for name in self.names(ctx, incomplete) if name.startswith(incomplete)]
        return [*map(CompletionItem, names)] or [CompletionItem(incomplete, type="file")]


def completing(name: str, command: click.Command) -> click.Command:
    """Return a command whose parameters that take any text complete to what they mean."""
    for parameter in command.params:
        key = (name, parameter.name or "")
        complete = OF_COMMAND.get(key) or OF_PARAMETER.get(parameter.name or "")
        if complete and type(parameter.type) is click.types.StringParamType:
            parameter.type = Completed(complete)
    return command


def _files(ctx: click.Context, incomplete: str) -> Iterable[str]:
    return ()


def _formats(ctx: click.Context, incomplete: str) -> Iterable[str]:
    return names_in("formats")


def _formats_or_files(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Return the formats for `--sql`, which takes the name of one, and else file names."""
    return names_in("formats") if ctx.params.get("sql") else ()


def _signals(ctx: click.Context, incomplete: str) -> Iterable[str]:
    return names_in("signals")


def _checks(ctx: click.Context, incomplete: str) -> Iterable[str]:
    return names_in("checks")


def _apps(ctx: click.Context, incomplete: str) -> Iterable[str]:
    from darksocial.lookups import apps

    return apps.names()


def _site_types(ctx: click.Context, incomplete: str) -> Iterable[str]:
    from darksocial.simulation import sites

    return sites.site_types()


def _sites(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Return the hosts that darksocial.toml names, on its top level and in its tables."""
    content = _configuration(ctx.find_root().params.get("config_path") or Path(DEFAULT_NAME))
    tables = [content, *(table for table in content.values() if isinstance(table, dict))]
    hosts = (
        host for table in tables if isinstance(table.get("site"), list) for host in table["site"]
    )
    return sorted({host for host in hosts if isinstance(host, str)})


def _configuration(path: Path) -> dict[str, Any]:
    """Return the content of a configuration, or nothing if it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def outputs(kinds: Sequence[str], incomplete: str) -> list[str]:
    """Return KIND= for each kind, and the files behind a KIND= that was typed."""
    kind, mark, start = incomplete.partition("=")
    if not mark:
        return [f"{name}=" for name in kinds]
    parent = start.rpartition("/")[0]
    folder_path = Path(f"{parent}/") if parent or start.startswith("/") else Path()
    prefix = f"{parent}/" if parent or start.startswith("/") else ""
    entries = sorted(folder_path.iterdir()) if folder_path.is_dir() else []
    return [f"{kind}={prefix}{entry.name}{'/' * entry.is_dir()}" for entry in entries]


OF_PARAMETER: dict[str, Complete] = {
    "inputs": _files,
    "paths": _files,
    "files": _formats_or_files,
    "places": _files,
    "urls": _files,
    "log_format_from": _files,
    "format": _formats,
    "app": _apps,
    "site": _sites,
}
"""What the parameters of this name complete to, in every command."""
OF_COMMAND: dict[tuple[str, str], Complete] = {
    ("signals", "name"): _signals,
    ("checks", "name"): _checks,
    ("simulate", "site"): _site_types,
}
"""What parameters complete to in one command, whose name means something else in others."""
