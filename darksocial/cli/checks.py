"""`darksocial checks`: what `darksocial check` looks at."""

import click


@click.command(short_help="List the checks, or document one.")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the checks with their parameters and defaults, or document the check NAME.

    The parameters are keys of the check's table in a rules file, as in [reject_rate]. The name
    "baseline" documents the comparison with an earlier run.
    """
    from darksocial.outputs.checks import text as checks_text

    if name:
        checks_text.show_check(name)
    else:
        checks_text.show_checks()
