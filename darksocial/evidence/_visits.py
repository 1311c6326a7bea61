"""Conditions on visits that several signals share."""

import ibis.expr.types as ir


def is_direct(visits: ir.Table) -> ir.BooleanValue:
    """The visit was booked as Direct, and its format records referrers."""
    return visits.channel_before == "Direct"


def landed_deep(visits: ir.Table) -> ir.BooleanValue:
    """The landing page is one that nobody types (landings.py)."""
    return visits.landing_kind.isin(("article", "numbered"))
