"""`darksocial explain`: why visits were judged as they were."""

from pathlib import Path

import click


@click.command(short_help="Show why visits were judged as they were.")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option("--session", metavar="ID", help="The visit with this session_id.")
@click.option("--page", metavar="PATH", help="Visits that landed on this path.")
@click.option("--app", metavar="NAME", help="Visits that came through this app.")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="At most N visits, the most probably dark first.",
)
def command(out: Path, session: str | None, page: str | None, app: str | None, top: int) -> None:
    """Show, signal by signal, why visits were judged as they were.

    A page comes with its tempo: visits over time, and the shares that were seen. An app comes with
    what it rests on.

    OUT is the folder that `darksocial analyze` wrote. Log-odds say how far a signal moved a visit
    towards dark social (+) or away from it (-): +0.7 doubles the odds, +2.3 makes them tenfold.
    """
    from darksocial.outputs.explanation import show_grounds, show_tempo, show_visits
    from darksocial.results import tempo
    from darksocial.results.explain import explain

    if page:
        show_tempo(page, tempo.page_tempo(out, page))
    if app:
        show_grounds(tempo.app_grounds(out, app))
    show_visits(explain(out, session=session, page=page, app=app, top=top))
