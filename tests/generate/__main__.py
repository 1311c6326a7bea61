"""`python -m tests.generate`: write the generated pages; --check: say which are out of date.

`--goldens` renews the expected outputs of tests as well: look at the difference before you commit.
"""

import sys

import click

from tests.generate import goldens, pages


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a page is out of date.")
@click.option("--goldens", "renew", is_flag=True, help="Renew the expected outputs of tests.")
def main(check: bool, renew: bool) -> None:
    """Write docs/commands.md, formats.md, schema.md and signals.md from the code."""
    stale = [path for path, text in pages.pages().items() if pages.is_stale(path, text)]
    for path in stale:
        if check:
            click.echo(f"{path} is out of date: run `make docs`", err=True)
        else:
            path.write_text(pages.pages()[path], "utf-8")
    if renew:
        goldens.renew()
    sys.exit(1 if check and stale else 0)


main()
