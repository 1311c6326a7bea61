"""Visits whose origin is known, seen as if it had not been recorded: a test on the visits at hand.

A visit by search or from a public network whose referrer names its origin is seen once more as one
booked as Direct: on the same page, at the same time, by the same visitor, and without a referrer.
Each is masked alone, and all others keep their origin. How likely the model takes it to be dark
shows how often lost search and social visits pass for dark on this site (report/masked.py).

No signal looks at a visit of this kind because of its referrer, so its levels are free for those of
the masked visit: the test reads nothing again, and costs hardly any time.
"""

import math

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir, parameter
from darksocial.schema import ARRIVAL
from darksocial.signals import nearby
from darksocial.visits.conditions import likely_bot

CLASS_OF_MASKED = {"Organic Search": "lost_search", "Organic Social": "lost_social"}
"""The channels whose visits are masked, with the class that they would be without a referrer."""
REFERRER_KINDS = ("search", "social")
NO_TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "click_id")
APPS = ("referrer_app", "tag_app", "link_says")
MASKED_TEXTS = ("referrer", "referrer_kind")
SECONDS_PER_MINUTE = 60
MAX_MASKED = 10_000
"""About so many visits are masked at most: their mean probability is then off by a quarter of a
percentage point (standard error, where the probabilities of single visits spread by 0.25)."""


def can_be_masked(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that nothing but its referrer shows the origin of a person's visit, and
    that it names a search engine or a public network."""
    is_booked = (visits.began == ARRIVAL) & visits.channel_before.isin(tuple(CLASS_OF_MASKED))
    from_network = visits.referrer.notnull() & visits.referrer_kind.isin(REFERRER_KINDS)
    alone = ibis.and_(*(visits[name].isnull() for name in (*NO_TAGS, *APPS)))
    is_single = ~visits.aggregated & ~likely_bot(visits)
    is_messenger = (visits.in_app_kind == "private").fill_null(False)
    condition: ir.BooleanValue = is_booked & from_network & alone & is_single & ~is_messenger
    return condition.fill_null(False)


def masked_one_in(engine: Engine, visits: ir.Table) -> int:
    """Return of how many visits that can be masked one is: of all, as long as these are few."""
    maskable = visits.filter(can_be_masked(visits))
    counted = maskable.agg(n=maskable.count())
    number: int = engine.fetch(counted, "visits that can be masked").to_pylist()[0]["n"]
    return max(1, math.ceil(number / MAX_MASKED))


def drawn(placed: ir.Table, one_in: int) -> ir.Table:
    """Return the visits with `is_masked`: `one_in` so many that can be masked, drawn by minute."""
    minute = placed.started_at.epoch_seconds() // SECONDS_PER_MINUTE
    in_turn = minute % parameter("masked_one_in", one_in, "int64") == 0
    return placed.mutate(is_masked=can_be_masked(placed) & in_turn)


def with_masked(visits: ir.Table) -> ir.Table:
    """Return the visits, of which those that are masked have no origin.

    They come from `drawn`. What is counted on the page of a masked visit has it among the visits
    booked as Direct, and no longer where it was.
    """
    counted = {name: near.which for name, near in nearby().items() if not near.others}
    # Computed for masked visits alone, which are few.
    own = {
        f"own_{name}": ibis.ifelse(visits.is_masked, _number(which(visits)), 0)
        for name, which in counted.items()
    }
    visits = visits.mutate(**own)
    masked = visits.mutate(
        channel_before=ibis.ifelse(visits.is_masked, "Direct", visits.channel_before),
        page_direct=visits.page_direct + _number(visits.is_masked),
        page_returns=visits.page_returns + _number(visits.is_masked & visits.seen_before),
        **{
            name: ibis.ifelse(visits.is_masked, ibis.null("string"), visits[name])
            for name in MASKED_TEXTS
        },
    )
    return masked.mutate(
        **{
            name: ibis.ifelse(
                masked.is_masked,
                masked[name] - masked[f"own_{name}"] + _number(which(masked)),
                masked[name],
            )
            for name, which in counted.items()
        }
    )


def _number(condition: ir.BooleanValue) -> ir.IntegerValue:
    return condition.fill_null(False).ifelse(1, 0)
