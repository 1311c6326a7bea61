"""Which apps and assistants existed at the time of a visit or a share.

It is judged by the time of the one visit, so the result is the same in any part of a log.
"""

from darksocial.expressions import ibis, ir
from darksocial.lookups.releases import AI_ASSISTANT, forerunners, release_seconds


def before_assistants(time: ir.TimestampValue) -> ir.BooleanValue:
    """Return the condition that no AI assistant existed yet. A row without a time has none."""
    early: ir.BooleanValue = time.epoch_seconds() < release_seconds()[AI_ASSISTANT]
    return early.fill_null(False)


def app_of_time(app: ir.StringValue, time: ir.TimestampValue) -> ir.StringValue:
    """Return the app, or what its name or user agent meant before it existed (null: nothing)."""
    released = app.cases(*release_seconds().items(), else_=ibis.null("int64"))
    is_early = (time.epoch_seconds() < released).fill_null(False)
    forerunner = app.cases(*forerunners().items(), else_=ibis.null("string"))
    return ibis.ifelse(is_early, forerunner, app)
