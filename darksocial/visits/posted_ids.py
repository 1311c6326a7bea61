"""Links with share ids that were posted in public, and whether friends sent them on in private."""

from darksocial.expressions import ibis, ir
from darksocial.tracking.share_id import MANY_CLICKS, MOSTLY_PUBLIC

ID_KEY = ["share_id", "share_root"]
"""What identifies a share."""
LOST_OF_POST, READERS_ASSUMED = 0.2, 10
"""Of the readers of a post, so many have no referrer for each that has one, as far as fewer readers
than these say it themselves. Assumed."""


def posted_ids(visits: ir.Table, tracked: ir.Table) -> ir.Table:
    """Return the shares whose link was posted in public, by `visits` with the id of a share and
    the fetches of previews that are `tracked`, with `posted`; `fetched_at`, when an app
    first fetched its preview; and `is_mostly_post`: whether those who came from then on without a
    referrer are mostly readers of the post, too, and not friends to whom one of them sent the link.

    How many readers of the post have no referrer for each that has one, those say who came before.
    """
    fetched = tracked.group_by(*ID_KEY).agg(fetched_at=tracked.time.min())
    joined = visits.left_join(fetched, ID_KEY, rname="{name}_fetched")
    is_before = (joined.started_at < joined.fetched_at).fill_null(True)
    is_lost = joined.referrer.isnull()
    counted = joined.group_by(*ID_KEY).agg(
        n=joined.count(),
        public=joined.referrer.count(),
        fetched_at=joined.fetched_at.min(),
        shown_before=(is_before & ~is_lost).sum(),
        lost_before=(is_before & is_lost).sum(),
        shown_after=(~is_before & ~is_lost).sum(),
        lost_after=(~is_before & is_lost).sum(),
    )
    odds = (counted.lost_before + LOST_OF_POST * READERS_ASSUMED) / (
        counted.shown_before + READERS_ASSUMED
    )
    is_mostly_post = odds * counted.shown_after >= counted.lost_after / 2
    is_public = (counted.n >= MANY_CLICKS) & (counted.public >= counted.n * MOSTLY_PUBLIC)
    marked = counted.mutate(posted=ibis.literal(True), is_mostly_post=is_mostly_post)
    return marked.filter(is_public).select(*ID_KEY, "posted", "fetched_at", "is_mostly_post")
