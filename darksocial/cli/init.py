"""`darksocial init`: look for logs, and write darksocial.toml."""

from pathlib import Path

import click

from darksocial.cli._command import OUTPUT, described, option
from darksocial.cli._configuration import DEFAULT_NAME
from darksocial.language import gettext as _

HELP = _(
    "Look for logs and write darksocial.toml, which says what is read each night, and why.\n\n"
    "Looks in the folders and files that are named, or otherwise in /var/log/nginx, "
    "/var/log/apache2, /var/log/httpd, /var/log/caddy, ./logs and ./*.log. Goals are proposed from "
    "the paths in the newest logs."
)


@described(
    help=HELP,
    short_help=_("Look for logs and write darksocial.toml."),
    example="darksocial init /var/log/nginx",
)
@click.argument("places", nargs=-1, metavar="[FOLDER_OR_FILE]...")
@option("--force", heading=OUTPUT, is_flag=True, help=_("Replace an existing file."))
def command(places: tuple[str, ...], force: bool) -> None:
    """Look for logs, write the configuration, and print what was found."""
    from darksocial.errors import OutputError
    from darksocial.outputs import proposal, proposal_toml
    from darksocial.survey import survey

    path = Path(DEFAULT_NAME)
    if path.exists() and not force:
        raise OutputError(
            _("{path} exists already.").format(path=path),
            expected=_("a folder without that file"),
            advice="darksocial init --force",
        )
    logs = survey(places)
    proposal_toml.write(path, logs)
    proposal.show(logs, path)
