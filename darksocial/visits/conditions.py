"""Conditions on visitors and visits that several signals, the model and the report share."""

from darksocial.expressions import ibis, ir
from darksocial.lookups.channels import CHANNELS, DARK_SOCIAL
from darksocial.lookups.landing_pages import DEEP_KINDS
from darksocial.schema import ARRIVAL, MIN_LIKELY_BOT, NOT_LOGGED

NOT_LOGGED_LABEL = "Beginning not logged"
"""What visits are counted as whose arrival is not known, in place of the channel of their hit."""


BOTS_LABEL = "Likely bots"
"""What visits are counted as that are a bot's more likely than a person's."""

COUNTED_CHANNELS = (DARK_SOCIAL, *CHANNELS, NOT_LOGGED_LABEL, BOTS_LABEL)
"""The rows of a table of channels, in their order."""


def is_person(visitors: ir.Table) -> ir.BooleanValue:
    """Return the condition that a visitor is neither a bot nor a fetcher of link previews."""
    return visitors.bot.isnull() & visitors.preview_app.isnull()


def likely_bot(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that a visit is more likely a bot's than a person's."""
    likely: ir.BooleanValue = (visits.p_bot > MIN_LIKELY_BOT).fill_null(False)
    return likely


def probability_of_person(visits: ir.Table) -> ir.FloatingValue:
    """Return how likely a visit is a person's: 1 where the input does not show it."""
    person: ir.FloatingValue = 1 - visits.p_bot.fill_null(0.0)
    return person


def arrived_direct(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that a visit arrived and was booked as Direct: it may be dark."""
    return (visits.channel_before == "Direct") & (visits.began == ARRIVAL)


def booked_channel(visits: ir.Table) -> ir.StringValue:
    """Return the channel that a visit was booked to, or that its beginning is not known."""
    return ibis.ifelse(visits.began == NOT_LOGGED, NOT_LOGGED_LABEL, visits.channel_before)


def counted_channel(visits: ir.Table) -> ir.StringValue:
    """Return the channel in whose row a visit is counted, before it was weighed."""
    return ibis.ifelse(likely_bot(visits), BOTS_LABEL, booked_channel(visits))


def is_direct(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that a visit arrived and was booked as Direct, as signals see it.

    In their table a visit that is no arrival has no channel (beginnings.py).
    """
    return visits.channel_before == "Direct"


def came_direct(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that a visit was booked as Direct, and its row is one visit."""
    return is_direct(visits) & ~visits.aggregated


def landed_deep(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that nobody types the landing page (lookups/landing_pages.py)."""
    return visits.landing_kind.isin(DEEP_KINDS)
