"""`--verbose`: the steps of the engine on standard error."""

import click

from darksocial.cli._command import ENGINE, option
from darksocial.language import gettext as _


def _show_steps(ctx: click.Context, parameter: click.Parameter, count: int) -> None:
    """Let the steps be printed, and their SQL where the option is given twice."""
    if count:
        # Only here, since `logging` would be a twentieth of what --help takes.
        from darksocial.cli._step_lines import show_steps

        show_steps(count)


verbose_option = option(
    "-v",
    "--verbose",
    heading=ENGINE,
    count=True,
    expose_value=False,
    callback=_show_steps,
    help=_("Print each step of the engine, with its seconds and rows; -vv: and its SQL."),
)
