"""Commands: options under headings, an example in every help, and values made of options."""

import os
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from typing import Any, TypeVar, cast

import click

from darksocial.cli._renamed import refuse_old_flag, refuse_old_value, refuse_old_variables
from darksocial.errors import DarkSocialError
from darksocial.language import gettext as _
from darksocial.plugins import nearest

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]

INPUT, SELECTION, TRAFFIC = _("Input"), _("Selection"), _("Traffic")
STORE, JUDGING, PRIVACY = _("Store"), _("Judging"), _("Privacy")
OUTPUT, ENGINE, OTHER = _("Output"), _("Engine"), _("Other")
HELP_SETTINGS = {"help_option_names": ["-h", "--help"]}
HEADINGS = (INPUT, SELECTION, TRAFFIC, STORE, JUDGING, PRIVACY, OUTPUT, ENGINE, OTHER)
"""The headings of the help, in its order."""


class Option(click.Option):
    """An option with the heading under which the help lists it."""

    def __init__(self, *arguments: Any, heading: str = OTHER, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.heading = heading


class Command(click.Command):
    """A command whose help groups the options and ends with an example."""

    def __init__(self, *arguments: Any, example: str, **attributes: Any) -> None:
        # Click keeps the help option of the first context in which a command is used.
        attributes.setdefault("context_settings", HELP_SETTINGS)
        super().__init__(*arguments, **attributes)
        self.example = example

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments; refuse an old name of an option, and say the new one."""
        name = ctx.info_name or ""
        if not ctx.resilient_parsing:
            refuse_old_variables(name, os.environ)
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            refuse_old_flag(name, error.option_name)
            raise
        if not ctx.resilient_parsing:
            refuse_old_value(name, ctx.params)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Errors about an argument name it as the usage line does.

        The error boundary knows options only, and `out` may be the option --out or an argument.
        """
        try:
            return super().invoke(ctx)
        except DarkSocialError as error:
            for parameter in self.params:
                if isinstance(parameter, click.Argument):
                    shown = parameter.make_metavar(ctx)
                    error.problem = error.problem.replace(f"`{parameter.name}`", shown)
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those of one heading together."""
        records: dict[str, list[tuple[str, str]]] = {heading: [] for heading in HEADINGS}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record and isinstance(parameter, click.Option):
                records[getattr(parameter, "heading", OTHER)].append(record)
        for heading, rows in records.items():
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example, on one line however long it is: it is there to be copied."""
        with formatter.section(_("Example")):
            formatter.write(f"{'':{formatter.current_indent}}{self.example}\n")


class Name(click.Choice[str]):
    """One of several names; a mistyped one is answered with the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name. Raises BadParameter for one that does not exist."""
        if value in self.choices:
            return str(value)
        names = ", ".join(self.choices)
        near = nearest(str(value), self.choices)
        if near:
            message = _("{name!r} is not one of {names}. Did you mean {near!r}?")
        else:
            message = _("{name!r} is not one of {names}.")
        text = message.format(name=value, names=names, near=near)
        raise click.BadParameter(text, ctx, param)


def described(*, example: str, help: str, short_help: str) -> Callable[..., Command]:  # noqa: A002 - Click's name
    """Return a decorator that makes a command of a function."""
    return click.command(cls=Command, example=example, help=help, short_help=short_help)


def option(*names: str, heading: str, **attributes: Any) -> Decorator[Any]:
    """Return a decorator that adds an option below a heading of the help."""
    return click.option(*names, cls=Option, heading=heading, **attributes)


def together(*options: Decorator[Any]) -> Decorator[Any]:
    """Return options as one decorator; the command takes them in this order."""

    def decorate(function: Function) -> Function:
        for add in reversed(options):
            function = add(function)
        return function

    return decorate


def gathered(
    name: str, build: Callable[..., object], options: Sequence[Decorator[Any]]
) -> Decorator[Any]:
    """Return options as one decorator: what `build` makes of their values is passed as `name`."""
    fields = tuple(signature(build).parameters)

    def decorate(function: Function) -> Function:
        @wraps(function)
        def with_value(*arguments: Any, **values: Any) -> Any:
            chosen = {field: values.pop(field) for field in fields if field in values}
            return function(*arguments, **{name: build(**chosen)}, **values)

        return cast(Function, together(*options)(with_value))

    return decorate
