"""Visits and share events as one table of moments on a page, to be counted in the order of time."""

from collections.abc import Mapping

from darksocial.expressions import ibis, ir


def moments_on_pages(
    visits: ir.Table,
    events: ir.Table,
    of_visits: Mapping[str, ir.Value],
    of_events: Mapping[str, ir.Value],
) -> ir.Table:
    """Return visits and share events as rows with `site`, `page`, `second` and further columns.

    `of_visits` are all further columns, with their types; those of them that `of_events` lacks are
    null in share events.
    """
    visited = visits.select(
        site=visits.site.fill_null(""),
        page=visits.landing_path.fill_null(""),
        second=visits.started_at.epoch_seconds(),
        **of_visits,
    )
    types = {name: visited[name].type() for name in of_visits}
    shared = events.select(
        site=events.site,
        page=events.path,
        second=events.time.epoch_seconds(),
        **{
            name: of_events[name].cast(kind) if name in of_events else ibis.null(kind)
            for name, kind in types.items()
        },
    )
    return visited.union(shared)
