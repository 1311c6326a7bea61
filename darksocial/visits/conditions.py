"""Conditions on visits that several signals share."""

import ibis.expr.types as ir


def is_direct(visits: ir.Table) -> ir.BooleanValue:
    """The visit was booked as Direct, and no referrer says why (its format records referrers).

    Visits from the site itself or from an excluded referrer, which GA4 books as Direct as well,
    are not meant: see internal_referrer.
    """
    return (visits.channel_before == "Direct") & ~visits.continues


def came_direct(visits: ir.Table) -> ir.BooleanValue:
    """The visit was booked as Direct as above, and its row stands for one visit."""
    return is_direct(visits) & ~visits.aggregated


def landed_deep(visits: ir.Table) -> ir.BooleanValue:
    """The landing page is one that nobody types (lookups/landing_pages.py)."""
    return visits.landing_kind.isin(("article", "numbered"))
