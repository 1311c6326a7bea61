"""Share id: the link carries the id of a share that the site's own script put there.

The script of `darksocial snippet` gives the address of each page an id, which goes along when the
address is shared. A visit that was booked as Direct and asked for the page with an id came by that
share: nobody types it, and the visitor's own ids, from reload, back or bookmark, are none
(visits/share_ids.py). A public post can hold such a link too, but then most of its visits have a
referrer.
"""

import ibis
import ibis.expr.types as ir

from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct


def observe(visits: ir.Table) -> ir.StringValue:
    is_tracked = visits.share_method.notnull() & is_direct(visits)
    return ibis.cases((is_tracked.fill_null(False), "shared"))


SIGNAL = Signal(
    "share_id",
    "campaign",
    {
        "shared": Level(
            {"dark_social": 6.5},
            "the link carries the id of a share",
            "as certain as a tag that names a messenger; size assumed",
        )
    },
    observe,
    reads_sums=True,
)
