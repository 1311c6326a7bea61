"""Tracked shares on the terminal: figures, generations, and a tree."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.apps import label as app_label
from darksocial.outputs import tables
from darksocial.outputs.drawing import command_line, display, title, wrapped
from darksocial.outputs.share_words import (
    METHOD_LABELS,
    counts_by_app,
    counts_by_method,
    sentences,
    shares_of_next,
)
from darksocial.outputs.tables import show_table
from darksocial.plugins import one_of
from darksocial.printable import printable
from darksocial.report.numbers import decimal, whole
from darksocial.tracking.trees import Generation, SharesReport, TrackedShare, Tree, children_of

MAX_DRAWN_SHARES = 200
"""A tree is drawn up to so many shares: more nobody reads in a terminal."""


def show_shares(report: SharesReport, out: Path, *, generations: bool, top: int) -> None:
    """Print what the shares in `out` show, and the command that draws the tree of most visits;
    `generations` adds a table of them, `top` bounds that of trees."""
    console = Console(highlight=False)
    if not (report.shares or report.chatbots):
        wrapped(console, _("No share id is in these visits and previews."), indent="")
    for line in sentences(report):
        wrapped(console, line, indent="")
    _show_counts(console, _("By app"), counts_by_app(report))
    _show_counts(console, _("By method"), counts_by_method(report))
    if generations and report.generations:
        title(console, _("Generations"))
        show_table(console, *generation_table(report.generations))
    if report.trees:
        _show_trees(console, report.trees[:top])
        wrapped(console, _("To draw the first of them:"), indent="")
        command = f"darksocial shares {shlex.quote(str(out))} --tree {report.trees[0].root}"
        command_line(console, command)


def _show_counts(console: Console, heading: str, rows: Sequence[tuple[str, int, int]]) -> None:
    if not rows:
        return
    title(console, heading)
    show_table(console, *count_table("", rows))


def count_table(
    heading: str, counts: Sequence[tuple[str, int, int]]
) -> tuple[Sequence[tables.Column], Sequence[tables.Row]]:
    """Return the columns and the rows of shares and visits by what `heading` says."""
    columns = (tables.label(heading), tables.number(_("shares")), tables.number(_("visits")))
    return columns, [(name, whole(shares), whole(visits)) for name, shares, visits in counts]


def generation_table(
    generations: Sequence[Generation],
) -> tuple[Sequence[tables.Column], Sequence[tables.Row]]:
    """Return the columns and the rows of shares and visits by generation."""
    columns = (
        tables.number(_("generation")),
        tables.number(_("shares")),
        tables.number(_("visits")),
        tables.label(_("shares of the next, for each")),
    )
    rows = [
        (str(row.generation), whole(row.shares), whole(row.clicks), shares_of_next(row))
        for row in generations
    ]
    return columns, rows


def _show_trees(console: Console, trees: Sequence[Tree]) -> None:
    title(console, _("Trees with the most visits"))
    columns = (
        tables.label(_("root")),
        tables.number(_("shares")),
        tables.number(_("visits")),
        tables.number(_("depth")),
        tables.number(_("virality")),
        tables.path(_("page")),
    )
    rows = [
        (
            tree.root,
            whole(tree.shares),
            whole(tree.clicks),
            str(tree.depth),
            "" if tree.virality is None else decimal(tree.virality, 2),
            tables.Path(tree.page),
        )
        for tree in trees
    ]
    show_table(console, columns, rows)


def show_tree(report: SharesReport, share_id: str) -> None:
    """Print the tree that holds a share. Raises UsageError if there is none."""
    all_shares = (*report.shares, *report.chatbots)
    roots = sorted({share.root for share in all_shares if share_id in (share.root, share.key)})
    if not roots:
        names = sorted({share.root for share in all_shares})
        raise UsageError(
            _("No tracked share has the id {share_id}.").format(share_id=share_id),
            expected=one_of(share_id, names[:10]) if names else _("shares with ids"),
        )
    console = Console(highlight=False)
    for root in roots:
        shares = [share for share in all_shares if share.root == root]
        display(console, Text(printable(f"{root}  {shares[0].page}"), "bold"))
        drawn = list(_branches(children_of(shares), None, ""))
        for indent, line in drawn[:MAX_DRAWN_SHARES]:
            _show_branch(console, indent, printable(line))
        if len(drawn) > MAX_DRAWN_SHARES:
            rest = len(drawn) - MAX_DRAWN_SHARES
            wrapped(console, _("... and {n:,} more").format(n=rest))


def _show_branch(console: Console, indent: str, line: str) -> None:
    """Print a share of a tree: for a person in lines that fit, as far as its indent leaves room,
    and for a program as one line."""
    if console.is_terminal and len(indent) < console.width // 2:
        wrapped(console, line, indent=indent)
    else:
        display(console, Text(f"{indent}{line}"), soft_wrap=True)


def _branches(
    children: Mapping[str | None, Sequence[TrackedShare]], top: str | None, indent: str
) -> Iterator[tuple[str, str]]:
    """Yield indent and line of each share below another one, those below it following each."""
    waiting = [(share, indent) for share in reversed(children.get(top, ()))]
    while waiting:
        share, before = waiting.pop()
        yield before, _share(share, is_top=not before)
        below = reversed(children.get(share.key, ()))
        waiting += [(child, f"{before}  ") for child in below]


def _share(share: TrackedShare, *, is_top: bool) -> str:
    apps = ", ".join(map(app_label, share.apps)) or _("app not known")
    text = ngettext(
        "{key}  generation {g}, {method}, {apps}: {n:,} visit",
        "{key}  generation {g}, {method}, {apps}: {n:,} visits",
        len(share.clicks),
    ).format(
        key=share.key,
        g=share.generation,
        method=METHOD_LABELS[share.method],
        apps=apps,
        n=len(share.clicks),
    )
    if share.is_public:
        return _("{share} (posted in public)").format(share=text)
    if share.generation > 1 and is_top:
        return _("{share} (its parent is not in the log)").format(share=text)
    return text
