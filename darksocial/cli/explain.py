"""`darksocial explain`: why visits were judged as they were."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._command import SELECTION, described, option
from darksocial.cli._selection import selection_options
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.selection import Selection

HELP = _(
    "Show, signal by signal, why visits were judged as they were.\n\n"
    "For a page, also show its visits over time with the shares of it. For an app, also show the "
    "evidence on which it was named.\n\n"
    "OUT is the folder that `darksocial analyze` wrote. Log-odds say how far a signal moved a "
    "visit towards dark social (+) or away from it (-): +0.7 doubles the odds, +2.3 multiplies "
    "them by ten."
)


@described(
    help=HELP,
    short_help=_("Show why visits were judged as they were."),
    example="darksocial explain darksocial-out --app whatsapp --top 5",
)
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@option("--session", heading=SELECTION, metavar="ID", help=_("The visit with this session_id."))
@option("--page", heading=SELECTION, metavar="PATH", help=_("Visits that landed on this path."))
@option("--app", heading=SELECTION, metavar="NAME", help=_("Visits that came through this app."))
@option(
    "--top",
    heading=SELECTION,
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help=_("At most N visits, those most probably dark first."),
)
@selection_options
def command(
    out: Path,
    session: str | None,
    page: str | None,
    app: str | None,
    top: int,
    selection: "Selection",
) -> None:
    """Print the evidence of visits."""
    from darksocial.outputs.explanation import show_grounds, show_tempo, show_visits
    from darksocial.results import tempo
    from darksocial.results.explain import explain

    if page:
        show_tempo(page, tempo.page_tempo(out, page, selection))
    if app:
        show_grounds(tempo.app_grounds(out, app, selection))
    show_visits(explain(out, session=session, page=page, app=app, top=top, selection=selection))
