"""`darksocial checks`: what `darksocial check` looks at."""

import click

from darksocial.cli._command import described
from darksocial.language import gettext as _

HELP = _(
    "List the checks with their parameters and defaults, or document the check NAME.\n\n"
    "The parameters are keys of the check's table in a rules file, as in [reject_rate]. The name "
    '"baseline" documents the comparison with an earlier run.'
)


@described(
    help=HELP,
    short_help=_("List the checks, or document one."),
    example="darksocial checks reject_rate",
)
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Print the checks, or one of them."""
    from darksocial.outputs.checks import text as checks_text

    if name:
        checks_text.show_check(name)
    else:
        checks_text.show_checks()
