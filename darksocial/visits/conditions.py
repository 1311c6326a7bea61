"""Conditions on visits that several signals share."""

import ibis.expr.types as ir


def is_direct(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that a visit was booked as Direct, in a format that records referrers.

    Visits from the site itself or from an excluded referrer, which GA4 books as Direct as well,
    do not count: see internal_referrer.
    """
    return (visits.channel_before == "Direct") & ~visits.continues


def came_direct(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that a visit was booked as Direct, and its row is one visit."""
    return is_direct(visits) & ~visits.aggregated


def landed_deep(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that nobody types the landing page (lookups/landing_pages.py)."""
    return visits.landing_kind.isin(("article", "numbered"))
