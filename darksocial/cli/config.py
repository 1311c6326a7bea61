"""`darksocial config`: which options are in force, and why."""

from datetime import datetime

import click

from darksocial.cli._printing import echo
from darksocial.printable import printable

SOURCES = {
    "COMMANDLINE": "flag",
    "ENVIRONMENT": "environment",
    "DEFAULT_MAP": "file",
    "DEFAULT": "built in",
}


@click.command(short_help="Print the effective value of every option.")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print the effective value of every option and where it comes from.

    A flag wins over the environment (DARKSOCIAL_COMMAND_OPTION), that over darksocial.toml, and
    that over the built-in default. Secrets are not shown.
    """
    parent = ctx.parent
    assert parent is not None and isinstance(parent.command, click.Group)
    echo(f"# configuration file: {printable(str(ctx.obj or 'none'))}")
    for name in parent.command.list_commands(parent):
        chosen = parent.command.get_command(parent, name)
        if chosen is None or not any(isinstance(p, click.Option) for p in chosen.params):
            continue
        echo(f"\n[{name}]")
        for line in _values(chosen, name, parent):
            echo(line)


def _values(chosen: click.Command, name: str, parent: click.Context) -> list[str]:
    with chosen.make_context(name, [], parent=parent, resilient_parsing=True) as ctx:
        lines = []
        for option in chosen.params:
            if not isinstance(option, click.Option) or not option.name or option.is_eager:
                continue
            source = ctx.get_parameter_source(option.name)
            origin = SOURCES[source.name] if source else SOURCES["DEFAULT"]
            pair = f"{option.name} = {_shown(option, ctx.params[option.name])}"
            lines.append(f"{pair:<40} # {origin}")
        return lines


def _shown(option: click.Option, value: object) -> str:
    from darksocial.outputs.proposal_toml import quoted

    if value is None or value == ():
        return "[]" if option.multiple else '""'
    if "secret" in (option.name or ""):
        return '"..."'
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return f'"{value:%Y-%m-%d}"'
        case int() | float():
            return str(value)
        case tuple():
            return "[" + ", ".join(quoted(str(item)) for item in value) + "]"
        case _:
            return quoted(str(value))
