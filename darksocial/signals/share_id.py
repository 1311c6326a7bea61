"""Share id: the link carries the id of a share that the site's own script put there.

The script of `darksocial snippet` gives the address of each page an id, which goes along when the
address is shared. A visit that was booked as Direct and asked for the page with an id came by that
share: nobody types it, and the visitor's own ids, from reload, back or bookmark, are none
(visits/share_ids.py). A public post can hold such a link too: where most of its many visits have
the referrer of another site, the others came from that post as well, unless an app had fetched the
preview of the id and more came from then on than the post explains.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct


def observe(visits: ir.Table) -> ir.StringValue:
    is_tracked = visits.share_method.notnull() & is_direct(visits)
    is_tracked = is_tracked.fill_null(False)
    return ibis.cases(
        (is_tracked & visits.is_posted.fill_null(False), "posted"), (is_tracked, "shared")
    )


SIGNAL = Signal(
    "share_id",
    "campaign",
    {
        "shared": Level(
            {"dark_social": 9.0},
            "the link carries the id of a share",
            "simulate --world tracked-shares, seeds 1 and 2: all of 927 such visits were dark; "
            "size assumed, so that no missing preview and no habit of the visitor outweighs it",
        ),
        "posted": Level(
            {"lost_social": 9.0},
            "the link was posted in public: most of its visits name another site",
            "as certain as the id of a private share; size assumed",
        ),
    },
    observe,
    reads_sums=True,
)
