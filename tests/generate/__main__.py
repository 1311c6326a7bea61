"""`python -m tests.generate`: write the generated pages; --check: say which are out of date.

`--goldens` renews the expected outputs of tests as well: look at the difference before you commit.
`--picture` draws the picture of the page in docs/ with Chromium.
`--compiled` compiles the SQL that comes with the package, which takes a minute.
`--new-format NAME` writes the files of a new format, to be filled in.
"""

import sys
from pathlib import Path

import click

from tests.generate import compiled, goldens, pages, picture, skeleton


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a page is out of date.")
@click.option("--goldens", "renew", is_flag=True, help="Renew the expected outputs of tests.")
@click.option("--compiled", "compiles", is_flag=True, help="Compile the SQL of the package anew.")
@click.option("--picture", "draws", is_flag=True, help="Draw the picture of the page anew.")
@click.option("--new-format", metavar="NAME", help="Write a skeleton of a format, then stop.")
def main(check: bool, renew: bool, compiles: bool, draws: bool, new_format: str | None) -> None:
    """Write the pages of docs/ that follow from the code, and the report in README.md."""
    if new_format:
        for path in skeleton.write(new_format):
            click.echo(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
        return
    stale = [path for path, text in pages.pages().items() if pages.is_stale(path, text)]
    for path in stale:
        if check:
            click.echo(f"{path} is out of date: run `make docs`", err=True)
        else:
            path.write_text(pages.pages()[path], "utf-8")
    if draws:
        picture.write()
    elif picture.is_stale():
        click.echo(f"{picture.PATH} is out of date: run `make picture`", err=True)
        stale.append(picture.PATH)
    if renew:
        goldens.renew()
    if compiles:
        compiled.PATH.write_text(compiled.file_text(), "utf-8")
    sys.exit(1 if check and stale else 0)


main()
