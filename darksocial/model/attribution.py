"""Evidence to probabilities: the competing causes of each visit, weighed against each other.

A visit starts with the base rates of its site and device (learning.py). Each signal that has a
level in the visit multiplies the odds of the classes by what the level says there (weighing.py).
Visits with the same pattern of levels have the same probabilities, so the weighing is done once for
each distinct pattern, and its cost does not grow with traffic.

Log-odds of a signal, as reports and the evidence column give them: the log-odds of dark social
with the signal, less the log-odds without it, all else equal. Natural logarithms throughout.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.model.masking import drawn, masked_one_in, with_masked
from darksocial.model.priors import starting_rates
from darksocial.model.weighing import OF_PEOPLE, ROWS_OF_SUMS, Lesson, weigh_patterns
from darksocial.schema import ARRIVAL
from darksocial.settings import Model
from darksocial.signals import Signal, registry
from darksocial.visits.conditions import (
    BOTS_LABEL,
    landed_deep,
    likely_bot,
    probability_of_person,
)
from darksocial.visits.context import COLUMNS_FOR_APPS, VISIT_KEY
from darksocial.visits.existence import app_of_time

DEVICES_WITH_RATES = ("mobile", "tablet", "desktop", "other")
# A preview names the app if the visit is about as likely its click as not, and may be dark at all.
MIN_NAMING_ODDS = 0.5
MIN_NAMING_PROBABILITY = 0.3
# An app with previews of its own, and whose servers fetch them.
MESSENGER, META = "messenger", "meta"


def observed(engine: Engine, visits: ir.Table, placed: ir.Table) -> ir.Table:
    """Return the visits with `pattern`, the level of each signal, `masked_pattern`, and `inside`,
    whether they landed on a page that nobody types.

    `placed` are the visits with their context, of which `COLUMNS_FOR_APPS` remain. A visit that is
    no arrival has no level: nobody opened a link then. `masked_pattern` is the pattern that a visit
    would have without its origin (masking.py), null where that is not tested.
    """
    signals = registry().values()
    # A view holds the number, so that what follows is the same for all logs.
    masked = with_masked(engine.view("drawn", drawn(placed, masked_one_in(engine, visits))))
    kind = ibis.ifelse(masked.channel_before == "Direct", "direct", "booked")
    device = ibis.ifelse(masked.device.isin(DEVICES_WITH_RATES), masked.device, "other")
    levels = [_level(signal, masked).fill_null("") for signal in signals]
    rows = ibis.ifelse(masked.aggregated, ROWS_OF_SUMS, "sessions")
    judged = ibis.literal("|").join([kind, device.fill_null("other"), rows, *levels])
    unjudged = "|".join(["booked", "other", "sessions", *("" for _ in signals)])
    is_judged = (masked.began == ARRIVAL) | masked.is_masked
    # The levels are those of one pattern or of the other, so they are named once.
    levels_seen = engine.stage(
        "observed",
        masked.select(
            *VISIT_KEY,
            *COLUMNS_FOR_APPS,
            "is_masked",
            inside=landed_deep(masked),
            levels=ibis.ifelse(is_judged, judged, ibis.null("string")),
        ),
    )
    joined = visits.join(levels_seen, VISIT_KEY)
    patterns = joined.mutate(
        pattern=ibis.ifelse(joined.is_masked, unjudged, joined.levels.fill_null(unjudged)),
        masked_pattern=ibis.ifelse(joined.is_masked, joined.levels, ibis.null("string")),
    )
    return engine.view("observed_visits", patterns.drop("is_masked", "levels"))


def _level(signal: Signal, placed: ir.Table) -> ir.StringValue:
    """Return the level of a signal: none in a row of many sessions that it cannot judge."""
    level = signal.observe(placed)
    if signal.reads_sums:
        return level
    return ibis.ifelse(placed.aggregated, ibis.null("string"), level)


def attributed(
    engine: Engine, visits: ir.Table, learned: Mapping[str, Lesson], model: Model
) -> ir.Table:
    """Return the visits with the columns of `WEIGHED`, `channel_after`, `app` and `p_dark_masked`.

    `visits` comes from `observed`, `learned` from `lessons`. Evidence is that of the pattern: it is
    joined only when it is needed, since it would be the widest column of each visit. p_booked is
    the probability of the booked channel; it and the p_ columns of the contract sum to 1 (a p_bot
    of null counts as 0).
    p_dark_masked is how probably dark a visit of a person would be without its origin (masking.py).
    """
    own_keys = visits.select("teacher", "pattern").distinct()
    masked_keys = visits.filter(visits.masked_pattern.notnull()).select(
        "teacher", pattern="masked_pattern"
    )
    keys = own_keys.union(masked_keys, distinct=True)
    weigh_all = partial(weigh_patterns, learned=learned, table=starting_rates(model))
    weighed = engine.look_up("weighed", keys, weigh_all)
    masked = weighed.select(
        "teacher", masked_pattern="pattern", p_dark_masked=weighed.p_dark_social
    )
    joined = _of_people(visits.join(weighed.drop("evidence"), ["teacher", "pattern"]))
    joined = joined.left_join(masked, ["teacher", "masked_pattern"], rname="{name}_masked")
    joined = joined.drop("teacher_masked", "masked_pattern_masked")
    after = ibis.cases(
        (likely_bot(joined), BOTS_LABEL),
        (joined.verdict == "booked", joined.channel_before),
        else_=joined.verdict,
    )
    app = _app(joined, _sites_with_messenger(engine, visits))
    judged = engine.stage("attributed", joined.mutate(channel_after=after, app=app))
    evidence = weighed.select("teacher", "pattern", "evidence")
    return engine.view("judged", judged.join(evidence, ["teacher", "pattern"]))


def _of_people(visits: ir.Table) -> ir.Table:
    """Return the visits with their probabilities, as weighed for a person's, times that of being
    one."""
    person = probability_of_person(visits)
    return visits.mutate(**{name: visits[name] * person for name in OF_PEOPLE})


def _sites_with_messenger(engine: Engine, visits: ir.Table) -> list[str]:
    """Return the sites to which somebody came by Messenger, by its browser or its referrer."""
    came = (visits.in_app == MESSENGER) | (visits.referrer_app == MESSENGER)
    counted = visits.group_by("site").agg(n=came.fill_null(False).sum())
    sites = counted.filter(counted.n > 0).order_by("site")
    return [row["site"] or "" for row in engine.fetch(sites, "sites with Messenger").to_pylist()]


def _app(visits: ir.Table, with_messenger: Sequence[str]) -> ir.StringValue:
    """Return the app: by referrer, in-app browser or tag, else by the preview of the visit's share
    id, else by the preview before the visit; an app that did not exist yet is not named.

    Meta fetches for Messenger, Instagram and public posts alike (data/preview_fetchers.csv). It is
    taken for Messenger only at the sites to which people come by it.
    """
    in_app = ibis.ifelse(visits.in_app_kind == "private", visits.in_app, ibis.null("string"))
    odds = visits.shares_expected / visits.direct_expected
    copied = (visits.copy_expected / visits.campaign_expected).fill_null(0.0)
    is_tracked = visits.tracked_app.notnull()
    followed = (odds >= MIN_NAMING_ODDS) | (copied >= MIN_NAMING_ODDS)
    share_app = ibis.coalesce(visits.tracked_app, visits.share_app)
    has_messenger = visits.site.fill_null("").isin(with_messenger)
    is_messenger = has_messenger & (share_app == META)
    fetcher = ibis.ifelse(is_messenger, MESSENGER, share_app)
    previewed = ibis.ifelse(
        is_tracked | (followed & (visits.p_dark_social >= MIN_NAMING_PROBABILITY)),
        fetcher,
        ibis.null("string"),
    )
    app = ibis.coalesce(visits.referrer_app, in_app, visits.tag_app, previewed)
    return app_of_time(app, visits.started_at)
