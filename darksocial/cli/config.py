"""`darksocial config`: the value of every option, and where it comes from."""

from collections.abc import Iterator
from typing import Any

import click

from darksocial.cli._command import described
from darksocial.cli._configuration import (
    VERSION_KEY,
    Configuration,
    flag_name,
    options_of,
)
from darksocial.cli._printing import echo
from darksocial.language import gettext as _
from darksocial.printable import inert, printable

VALUE_ORIGINS = {
    "COMMANDLINE": _("flag"),
    "ENVIRONMENT": _("environment"),
    "DEFAULT_MAP": _("file"),
    "DEFAULT": _("built in"),
}
FROM_FILE = "DEFAULT_MAP"
COMMENT_COLUMN = 40
HELP = _(
    "Print the effective value of every option and where it comes from.\n\n"
    "A flag wins over the environment (DARKSOCIAL_COMMAND_OPTION), which wins over "
    "darksocial.toml, which wins over the built-in default. The output is a darksocial.toml with "
    "the same settings; secrets are left out."
)


@described(
    help=HELP,
    short_help=_("Print the effective value of every option."),
    example="darksocial config > new.toml",
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print the configuration as TOML."""
    parent = ctx.parent
    assert parent is not None and isinstance(parent.command, click.Group)
    for line in _lines(parent, parent.command):
        echo(line)


def _lines(parent: click.Context, group: click.Group) -> Iterator[str]:
    from darksocial.settings import CONFIGURATION_VERSION

    configuration = parent.obj if isinstance(parent.obj, Configuration) else None
    path = str(configuration.path) if configuration else _("none")
    yield _comment(_("configuration file: {path}").format(path=path))
    yield f"{VERSION_KEY} = {CONFIGURATION_VERSION}"
    table_values = configuration.table_values if configuration else {}
    for name in group.list_commands(parent):
        chosen = group.get_command(parent, name)
        if chosen and options_of(chosen):
            yield ""
            yield f"[{name}]"
            yield from _values(chosen, name, parent, table_values)
    yield from _tables(configuration)


def _values(
    chosen: click.Command, name: str, parent: click.Context, table_values: dict[str, Any]
) -> Iterator[str]:
    with chosen.make_context(name, [], parent=parent, resilient_parsing=True) as ctx:
        for key, option in options_of(chosen).items():
            source = ctx.get_parameter_source(key)
            origin = source.name if source else "DEFAULT"
            value = _chosen_value(option, ctx)
            is_in_table = origin == FROM_FILE and ctx.lookup_default(key) == table_values.get(
                key, ...
            )
            if not is_in_table:
                yield _value(option, value, VALUE_ORIGINS[origin])


def _chosen_value(option: click.Parameter, ctx: click.Context) -> object:
    """Return the value of an option, also of one that the command itself does not take."""
    if option.expose_value:
        return ctx.params[option.name or ""]
    value, _source = option.consume_value(ctx, {})
    return option.type_cast_value(ctx, value)


def _value(option: click.Parameter, value: object, origin: str) -> str:
    """Return the line of one option; a comment if TOML cannot hold the value, or should not."""
    from darksocial.cli._toml import value_text

    key = flag_name(option.name or "")
    if value is None:
        return _comment(_("{key} is not set").format(key=key))
    if "secret" in key:
        return _comment(_("{key} is set ({origin}), and not shown").format(key=key, origin=origin))
    pair = f"{key} = {value_text(value)}"
    return f"{pair:<{COMMENT_COLUMN}} # {origin}"


def _tables(configuration: Configuration | None) -> Iterator[str]:
    """Yield the tables with a form of their own, as the file holds them."""
    from darksocial.cli._toml import table_lines

    for name, table in configuration.own_tables.items() if configuration else ():
        yield ""
        if isinstance(table, dict):
            yield from table_lines(name, table)
        for row in table if isinstance(table, list) else ():
            yield f"[[{name}]]"
            yield from list(table_lines(name, row))[1:]


def _comment(text: str) -> str:
    return f"# {inert(printable(text))}"
