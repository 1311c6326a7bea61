"""Evidence to probabilities: the competing causes of each visit, weighed against each other.

A visit starts with the base rates of its site and device (learning.py). Each signal that has a
level in the visit multiplies the odds of the classes by what the level says (naive Bayes), but only
the strongest signal of each group. Visits with the same pattern of levels have the same
probabilities, so the weighing is done once for each distinct pattern, and its cost does not grow
with traffic.

Log-odds of a signal, as reports and the evidence column give them: the log-odds of dark social
with the signal, less the log-odds without it, all else equal. Natural logarithms throughout.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from darksocial import data
from darksocial.engines import Engine
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.model.intervals import Z_90
from darksocial.model.learning import Learned, PatternCount, Rates, learn, posterior
from darksocial.model.losses import ORIGIN_OF_CLASS, Loss, corrected, losses
from darksocial.model.masking import drawn, masked_one_in, with_masked
from darksocial.model.priors import with_known_rates
from darksocial.model.sums import exact_sum
from darksocial.schema import ARRIVAL, EVIDENCE
from darksocial.settings import Model
from darksocial.signals import CLASSES, Level, Signal, registry
from darksocial.visits.conditions import (
    BOTS_LABEL,
    arrived_direct,
    landed_deep,
    likely_bot,
    probability_of_person,
)
from darksocial.visits.context import COLUMNS_FOR_APPS, VISIT_KEY
from darksocial.visits.existence import app_of_time

PROBABILITIES = tuple(f"p_{name}" for name in CLASSES if name != "booked")
CHANNEL_OF_CLASS = {
    "dark_social": DARK_SOCIAL,
    "direct": "Direct",
    "lost_search": "Organic Search",
    "lost_social": "Organic Social",
    "lost_email": "Email",
    "lost_ai": "AI Assistant",
}
OF_PEOPLE = (*PROBABILITIES, "p_booked")
DEVICES_WITH_RATES = ("mobile", "tablet", "desktop", "other")
# A booked channel remains unless there is evidence against it.
RATES_OF_BOOKED = {"booked": 1.0}
# Spread of the log-odds of dark social among sites (standard deviation): 90 of 100 sites are within
# a factor of two of the table, assumed.
RATE_SPREAD = math.log(2) / Z_90
# The same for the weights of the signals, which no number of visits corrects. It is set by how
# often intervals held the truth on simulated sites (docs/accuracy.md).
WEIGHT_SPREAD = 0.8
# 200,000 visits of a simulated site show some 10,000 patterns. Those beyond the limit are rare;
# with it the process that learns holds a bounded table whatever the traffic.
MAX_PATTERNS = 100_000
# Those who come by one link are no sample of the site: where a link travels through groups for a
# day, it must not make other pages look shared. On three simulated sites with such a day the count
# was 1.1 to 1.4 times the truth without the limit, and 1.0 to 1.2 with it. Its size is assumed.
MAX_PART_OF_PAGE = 0.05
# A preview names the app if the visit is about as likely its click as not, and may be dark at all.
MIN_NAMING_ODDS = 0.5
MIN_NAMING_PROBABILITY = 0.3
# By this factor the odds may be off in rows of many sessions, whose evidence is mostly not
# recorded: assumed, after intervals with 4 had held the truth on ten of fifteen simulated sites
# only, and two still missed it with 9. It was set on them, so they are no proof of it.
AGGREGATED_FACTOR = 12.0
# How a pattern names such rows.
ROWS_OF_SUMS = "rows"

# An app with previews of its own, and whose servers fetch them.
MESSENGER, META = "messenger", "meta"

# Base rates of the classes, by kind ('direct', 'booked') and device.
RateTable = Mapping[tuple[str, str], Mapping[str, float]]

WEIGHED = pa.schema(
    [
        ("teacher", pa.string()),
        ("pattern", pa.string()),
        *((name, pa.float64()) for name in OF_PEOPLE),
        ("odds_factor", pa.float64()),
        ("verdict", pa.string()),
        ("evidence", EVIDENCE),
    ]
)


@dataclass(frozen=True, slots=True)
class SignalLevel:
    """A signal that has a level in a pattern, and that level."""

    signal: Signal
    level: Level


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
    is_judged = (masked.began == ARRIVAL) & ~masked.is_masked
    levels_seen = engine.stage(
        "observed",
        masked.select(
            *VISIT_KEY,
            *COLUMNS_FOR_APPS,
            inside=landed_deep(masked),
            pattern=ibis.ifelse(is_judged, judged, unjudged),
            masked_pattern=ibis.ifelse(masked.is_masked, judged, ibis.null("string")),
        ),
    )
    return engine.view("observed_visits", visits.join(levels_seen, VISIT_KEY))


def _level(signal: Signal, placed: ir.Table) -> ir.StringValue:
    """Return the level of a signal: none in a row of many sessions that it cannot judge."""
    level = signal.observe(placed)
    if signal.reads_sums:
        return level
    return ibis.ifelse(placed.aggregated, ibis.null("string"), level)


def attributed(engine: Engine, visits: ir.Table, model: Model) -> ir.Table:
    """Return the visits with the columns of `WEIGHED`, `channel_after`, `app` and `p_dark_masked`.

    `visits` comes from `observed`. Evidence is that of the pattern: it is joined only when it is
    needed, since it would be the widest column of each visit. p_booked is the probability of the
    booked channel; it and the p_ columns of the contract sum to 1 (a p_bot of null counts as 0).
    p_dark_masked is how probably dark a visit of a person would be without its origin (masking.py).
    """
    table = starting_rates(model)
    learned = lessons(engine, visits, table)
    own_keys = visits.select("teacher", "pattern").distinct()
    masked_keys = visits.filter(visits.masked_pattern.notnull()).select(
        "teacher", pattern="masked_pattern"
    )
    keys = own_keys.union(masked_keys, distinct=True)
    weigh_all = partial(weigh_patterns, learned=learned, table=table)
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


def lessons(engine: Engine, visits: ir.Table, table: RateTable) -> dict[str, Learned]:
    """Return the base rates that the direct visits of each teacher lead to, beginning with `table`.

    A visit counts as much as it is likely a person's, and all visits to a page inside the site
    together for at most `MAX_PART_OF_PAGE` of the others. The `MAX_PATTERNS` patterns with the most
    visits count.
    """
    counted = direct_by_pattern(engine, visits)
    counts: dict[str, list[PatternCount]] = {}
    by_number = counted.order_by([counted.n.desc(), counted.teacher, counted.pattern])
    taught = engine.fetch(by_number.limit(MAX_PATTERNS), "patterns to learn from").sort_by(
        [("teacher", "ascending"), ("pattern", "ascending")]
    )
    for row in taught.to_pylist():
        _kind, device, _rows, *levels = row["pattern"].split("|")
        log_odds = summed(decisive_levels(levels))
        count = PatternCount(device, row["n"], log_odds)
        counts.setdefault(row["teacher"], []).append(count)
    assumed = {device: rates for (kind, device), rates in table.items() if kind == "direct"}
    by_teacher = losses(engine, visits)
    return {
        teacher: learn(_with_losses(assumed, by_teacher.get(teacher, {}), rows), rows)
        for teacher, rows in counts.items()
    }


def direct_by_pattern(engine: Engine, visits: ir.Table) -> ir.Table:
    """Return `n`, how many direct visits of each pattern the base rates of a teacher are learned
    from."""
    single = visits.filter(arrived_direct(visits), ~visits.aggregated)
    name = single.site.fill_null("") + single.landing_path
    direct = single.select(
        "teacher",
        "pattern",
        page=ibis.ifelse(single.inside, name, ibis.null("string")).fill_null(""),
        n=single.weight * probability_of_person(single),
    )
    by_page = engine.stage(
        "direct_by_page",
        direct.group_by("teacher", "pattern", "page").agg(n=exact_sum(direct.n)),
    )
    total = by_page.group_by("teacher").agg(of_teacher=exact_sum(by_page.n))
    inside = by_page.filter(by_page.page != "")
    pages = inside.group_by("teacher", "page").agg(of_page=exact_sum(inside.n))
    beside = pages.join(total, "teacher")
    most = MAX_PART_OF_PAGE * (beside.of_teacher - beside.of_page)
    crowded = beside.filter(beside.of_page > most).select(
        "teacher", "page", part=most / beside.of_page
    )
    joined = by_page.left_join(crowded, ["teacher", "page"])
    counted = joined.select("teacher", "pattern", n=joined.n * joined.part.fill_null(1.0))
    return counted.group_by("teacher", "pattern").agg(n=exact_sum(counted.n))


def _with_losses(
    assumed: Mapping[str, Rates], losses_of: Mapping[str, Loss], rows: Sequence[PatternCount]
) -> dict[str, Rates]:
    """Return base rates that the losses of the site's own tagged links have corrected."""
    direct = math.fsum(row.visits for row in rows)
    return {device: corrected(rates, losses_of, direct) for device, rates in assumed.items()}


def _sites_with_messenger(engine: Engine, visits: ir.Table) -> list[str]:
    """Return the sites to which somebody came by Messenger, by its browser or its referrer."""
    came = (visits.in_app == MESSENGER) | (visits.referrer_app == MESSENGER)
    counted = visits.group_by("site").agg(n=came.fill_null(False).sum())
    sites = counted.filter(counted.n > 0).order_by("site")
    return [row["site"] or "" for row in engine.fetch(sites, "sites with Messenger").to_pylist()]


def _app(visits: ir.Table, with_messenger: Sequence[str]) -> ir.StringValue:
    """Return the app: by referrer, in-app browser or tag, else by the preview before the visit; an
    app that did not exist yet is not named.

    Meta fetches for Messenger, Instagram and public posts alike (data/preview_fetchers.csv). It is
    taken for Messenger only at the sites to which people come by it.
    """
    in_app = ibis.ifelse(visits.in_app_kind == "private", visits.in_app, ibis.null("string"))
    odds = visits.shares_expected / visits.direct_expected
    copied = (visits.copy_expected / visits.campaign_expected).fill_null(0.0)
    followed = (odds >= MIN_NAMING_ODDS) | (copied >= MIN_NAMING_ODDS)
    has_messenger = visits.site.fill_null("").isin(with_messenger)
    is_messenger = has_messenger & (visits.share_app == META)
    fetcher = ibis.ifelse(is_messenger, MESSENGER, visits.share_app)
    previewed = ibis.ifelse(
        followed & (visits.p_dark_social >= MIN_NAMING_PROBABILITY), fetcher, ibis.null("string")
    )
    app = ibis.coalesce(visits.referrer_app, in_app, visits.tag_app, previewed)
    return app_of_time(app, visits.started_at)


def weigh_patterns(
    keys: pa.RecordBatch, learned: Mapping[str, Learned], table: RateTable
) -> pa.RecordBatch:
    """Return a batch of `WEIGHED` for a batch of teachers and patterns."""
    rows = [weigh(key["pattern"], key["teacher"], learned, table) for key in keys.to_pylist()]
    return pa.RecordBatch.from_pylist(rows, schema=WEIGHED)


def weigh(
    pattern: str, teacher: str, learned: Mapping[str, Learned], table: RateTable
) -> dict[str, object]:
    """Return one row of `WEIGHED` for a pattern, with the base rates that its teacher taught."""
    kind, device, rows, *levels = pattern.split("|")
    decisive = decisive_levels(levels)
    lesson = learned.get(teacher)
    base: Mapping[str, float] = table[kind, device]
    if kind == "direct" and lesson and rows != ROWS_OF_SUMS:
        base = lesson.rates[device]
    if kind != "direct" and not decisive:
        base = RATES_OF_BOOKED
    log_odds = summed(decisive)
    probabilities = posterior(base, log_odds)
    if rows == ROWS_OF_SUMS:
        probabilities = with_lost_in_direct(probabilities)
    verdict = max(CLASSES, key=lambda name: probabilities[name])
    return {
        "teacher": teacher,
        "pattern": pattern,
        **{f"p_{name}": probabilities[name] for name in CLASSES},
        "odds_factor": AGGREGATED_FACTOR if rows == ROWS_OF_SUMS else spread_factor(lesson),
        "verdict": CHANNEL_OF_CLASS.get(verdict, verdict),
        "evidence": _evidence(base, decisive, probabilities["dark_social"]),
    }


def with_lost_in_direct(probabilities: Rates) -> dict[str, float]:
    """Return the probabilities with those of lost visits in that of `direct`.

    In rows of many sessions nothing distinguishes these from each other but the base rates of
    other sites, which move no visit from one channel to another.
    """
    direct = math.fsum(probabilities[name] for name in ("direct", *ORIGIN_OF_CLASS))
    return {**probabilities, **dict.fromkeys(ORIGIN_OF_CLASS, 0.0), "direct": direct}


def spread_factor(lesson: Learned | None) -> float:
    """Return the factor by which the base odds of dark social may be off, in 90 of 100 sites.

    The error of the table shrinks with the information in the site's visits; that of the signals'
    weights remains.
    """
    information = lesson.information if lesson else 0.0
    from_rates = 1 / (1 / RATE_SPREAD**2 + information)
    return math.exp(Z_90 * math.sqrt(from_rates + WEIGHT_SPREAD**2))


def summed(decisive: Sequence[SignalLevel]) -> dict[str, float]:
    """Return the log-odds of all levels together, by class; nothing if there are no levels."""
    columns = zip(*(one.level.by_class for one in decisive), strict=True)
    return dict(zip(CLASSES, map(math.fsum, columns), strict=False))


def decisive_levels(levels: Sequence[str]) -> list[SignalLevel]:
    """Return the levels that count: of each group the one that moves the classes furthest.

    `levels` holds one level (or '') for each signal in the order of the registry.
    """
    strongest: dict[str, SignalLevel] = {}
    for signal, name in zip(registry().values(), levels, strict=True):
        if not name:
            continue
        candidate = SignalLevel(signal, signal.levels[name])
        rival = strongest.get(signal.group)
        if rival is None or _spread(candidate.level) > _spread(rival.level):
            strongest[signal.group] = candidate
    return list(strongest.values())


def starting_rates(model: Model) -> RateTable:
    """Return the base rates before the site's visits count: the table's, or the owner's own."""
    return {
        (kind, device): with_known_rates(rates, model) if kind == "direct" else rates
        for (kind, device), rates in base_rates().items()
    }


@cache
def base_rates() -> dict[tuple[str, str], dict[str, float]]:
    """Return data/base_rates.csv: class to rate, by kind ('direct', 'booked') and device."""
    return {
        (row["kind"], row["device"]): {name: float(row[name]) for name in CLASSES}
        for row in data.read("base_rates")
    }


def _spread(level: Level) -> float:
    return max(level.by_class) - min(level.by_class)


def _evidence(
    base: Mapping[str, float], decisive: Sequence[SignalLevel], probability: float
) -> list[dict[str, object]]:
    """Return how far each signal moved the log-odds of dark social, the furthest first.

    `probability`: of dark social, with all of them.
    """
    with_all = _log_odds(probability)
    rows: list[tuple[float, str, str]] = []
    for one in decisive:
        others = [other for other in decisive if other is not one]
        moved = with_all - _log_odds(posterior(base, summed(others))["dark_social"])
        rows.append((moved, one.signal.name, one.level.note))
    rows.sort(key=lambda row: (-abs(row[0]), row[1]))
    return [{"signal": name, "log_odds": moved, "note": note} for moved, name, note in rows]


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(bounded / (1 - bounded))
