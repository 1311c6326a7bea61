"""What the latest row of some kind says: the source that a later visit inherits."""

from collections.abc import Sequence

from darksocial.expressions import ibis, ir


def with_latest(
    rows: ir.Table,
    is_source: ir.BooleanValue,
    group: Sequence[str],
    order: Sequence[str],
    columns: Sequence[str],
) -> ir.Table:
    """Return the rows with `latest_NAME` of some columns, and the number of `sources` so far.

    That is what the latest row of the group says of which `is_source` holds, the row itself
    included; null before the first. The rows of a group are in the order of the columns `order`.
    """
    marked = rows.mutate(sources=is_source.ifelse(1, 0))
    so_far = ibis.window(
        group_by=[marked[name] for name in group],
        order_by=[marked[name] for name in order],
        rows=(None, 0),
    )
    counted = marked.mutate(sources=marked.sources.sum().over(so_far))
    since = ibis.window(
        group_by=[counted[name] for name in (*group, "sources")],
        order_by=[counted[name] for name in order],
    )
    return counted.mutate(
        **{
            f"latest_{name}": (counted.sources > 0).ifelse(
                counted[name].first().over(since), ibis.null(counted[name].type())
            )
            for name in columns
        }
    )
