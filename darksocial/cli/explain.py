"""`darksocial explain`: why visits were judged as they were."""

from pathlib import Path

import click


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option("--session", metavar="ID", help="The visit with this session_id.")
@click.option("--page", metavar="PATH", help="Visits that landed on this path.")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="At most N visits, the most probably dark first.",
)
def command(out: Path, session: str | None, page: str | None, top: int) -> None:
    """Show, signal by signal, why visits were judged as they were.

    OUT is the folder that `darksocial analyze` wrote. Log-odds say how far a signal moved a visit
    towards dark social (+) or away from it (-): +0.7 doubles the odds, +2.3 makes them tenfold.
    """
    import darksocial
    from darksocial.outputs.explanation import show_visits

    show_visits(darksocial.explain(out, session=session, page=page, top=top))
