"""`darksocial init`: look for logs, and write darksocial.toml."""

from pathlib import Path

import click

from darksocial.cli._configuration import DEFAULT_NAME


@click.command(short_help="Look for logs and write darksocial.toml.")
@click.argument("places", nargs=-1, metavar="[FOLDER_OR_FILE]...")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(places: tuple[str, ...], force: bool) -> None:
    """Look for logs and write darksocial.toml, which says what is read each night, and why.

    Looks at the folders and files that are named, or else at /var/log/nginx, /var/log/apache2,
    /var/log/httpd, /var/log/caddy, ./logs and ./*.log. Goals are proposed from the paths in the
    newest logs.
    """
    from darksocial.errors import OutputError
    from darksocial.outputs import proposal, proposal_toml
    from darksocial.survey import survey

    path = Path(DEFAULT_NAME)
    if path.exists() and not force:
        raise OutputError(
            f"{path} is there already",
            expected="a new file",
            advice="darksocial init --force",
        )
    found = survey(places)
    proposal_toml.write(path, found)
    proposal.show(found, path)
