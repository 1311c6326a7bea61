"""`darksocial shares`: the shares whose ids are in the log, and the trees that they make."""

from pathlib import Path

import click

from darksocial.cli._command import SELECTION, described, option
from darksocial.language import gettext as _

HELP = _(
    "Show the tracked shares of an analysis: how many, their visits, and the trees they make.\n\n"
    "OUT is the folder that `darksocial analyze` wrote, or a store of `darksocial nightly`. Shares "
    "have ids where the pages have the script of `darksocial snippet`, or where links of "
    "`darksocial link` were handed out."
)


@described(
    help=HELP,
    short_help=_("Show tracked shares and their trees."),
    example="darksocial shares darksocial-out --generations",
)
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT|STORE")
@option("--page", heading=SELECTION, metavar="PATH", help=_("Shares of this page."))
@option("--generations", heading=SELECTION, is_flag=True, help=_("Add a table of generations."))
@option(
    "--top",
    heading=SELECTION,
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help=_("At most N trees, those with most visits first."),
)
@option("--tree", heading=SELECTION, metavar="ID", help=_("Draw the tree that holds this share."))
def command(out: Path, page: str | None, generations: bool, top: int, tree: str | None) -> None:
    """Print what tracked shares show, or one tree."""
    from darksocial.outputs.shares import show_shares, show_tree
    from darksocial.results.shares import shares

    report = shares(out, page=page)
    if tree:
        show_tree(report, tree)
    else:
        show_shares(report, out, generations=generations, top=top)
