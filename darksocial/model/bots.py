"""How likely each visit is a bot's: a class beside the causes of a visit, learned from the site.

Programs that wear a browser's name and view one page are people to every rule that names bots. As
a crowd they show: visits that come with a referrer or a tag load assets, and those booked as Direct
do not. If h of the people's visits load nothing, and o of the Direct ones, then (o - h) / (1 - h)
of these are bots, and of those that load nothing that many divided by o. Here this is done for all
levels of `loading` (visits/loading.py), by expectation-maximisation over their numbers, so the cost
does not grow with traffic. h is learned from the visits of known origin less the bots among them,
and is never more than `MAX_PEOPLE_LOADING_NOTHING`.

Loading says nothing where no visit of a site loads anything, and where most visits of known origin
load nothing while the Direct ones load no less: the assets come from another host. Known origins
that load less than Direct visits do are forged. Where it says nothing, the probability is null.

A visit that begins from the site itself is the second half of one whose address changed, or began
before the log. On a real site 515 of 2,452 visits booked as Direct were such halves. So where, half
an hour after the log began, there are more than `MAX_HALVES_PER_ARRIVAL` for each visit that
arrived, the rest forge their referrer.

A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum Likelihood from Incomplete Data via the EM
Algorithm", Journal of the Royal Statistical Society B 39, 1977.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir, parameter
from darksocial.model.intervals import Z_90
from darksocial.schema import NOT_LOGGED
from darksocial.visits.conduct import MAX_SECONDS_OF_UNSEEN_BEGINNINGS
from darksocial.visits.hits import whole_seconds
from darksocial.visits.loading import (
    FEW,
    LOADINGS,
    NONE,
    NONE_BESIDE,
    NONE_LIKE_ADDRESS,
    NONE_LIKE_AGENT,
    SEVERAL,
    WITHOUT_ASSETS,
)

# How visits are divided: by what they were booked as.
DIRECT, KNOWN, HALVES, BEGUN_BEFORE = "direct", "known", "not_logged", "begun_before"
ORIGINS = (DIRECT, KNOWN, HALVES, BEGUN_BEFORE)
# What people and bots load: assumed. Of 480 visits from search engines to a shop (zanbil.ir, 2019)
# 97 loaded nothing; some of these were bots.
PEOPLE = {
    SEVERAL: 0.8,
    FEW: 0.08,
    NONE: 0.07,
    NONE_BESIDE: 0.043,
    NONE_LIKE_ADDRESS: 0.004,
    NONE_LIKE_AGENT: 0.003,
}
BOTS = {
    SEVERAL: 0.02,
    FEW: 0.12,
    NONE: 0.26,
    NONE_BESIDE: 0.1,
    NONE_LIKE_ADDRESS: 0.18,
    NONE_LIKE_AGENT: 0.32,
}
# What is not learned: so few people load as little as all that are like them that the bots among
# the visits of known origin would outweigh them; and what loads as much as people is taken for one.
FIXED_FOR_PEOPLE = (NONE_LIKE_ADDRESS, NONE_LIKE_AGENT)
FIXED_FOR_BOTS = (SEVERAL,)
PEOPLE_LOADING_NOTHING = math.fsum(PEOPLE[level] for level in WITHOUT_ASSETS)
# What is assumed of what people and bots load counts as so many visits, and so does what part of
# the visits of an origin are bots'.
PRIOR_PEOPLE = 100.0
PRIOR_BOTS = 20.0
PRIOR_VISITS_OF_ORIGIN = 20.0
PART_OF_BOTS = {DIRECT: 0.05, KNOWN: 0.02, HALVES: 0.05, BEGUN_BEFORE: 0.02}
MIN_PEOPLE_LOADING_NOTHING, MAX_PEOPLE_LOADING_NOTHING = 0.01, 0.3
# Where more of the visits of known origin load nothing, their assets come from elsewhere: assumed.
MAX_KNOWN_LOADING_NOTHING = 0.5
MAX_HALVES_PER_ARRIVAL = 515 / (2452 - 515)
# It ends after so many rounds, or once no part of bots changes by more than MAX_PART_CHANGE.
MAX_ROUNDS = 200
MAX_PART_CHANGE = 1e-6

BOT_PROBABILITIES = ("p_bot", "p_bot_low", "p_bot_high")
JUDGED = pa.schema(
    [
        ("teacher", pa.string()),
        ("origin_group", pa.string()),
        ("loading", pa.string()),
        *((name, pa.float64()) for name in BOT_PROBABILITIES),
    ]
)
Group = tuple[str, str]
"""Origin and loading of some visits. Loading is '' where nothing is recorded of it."""
Numbers = Mapping[Group, float]


@dataclass(frozen=True, slots=True)
class _Learned:
    """How likely a visit of each group is a bot's; which part of the people's visits load nothing,
    0 to 1; and how many visits of people say so."""

    likely: Mapping[Group, float]
    nothing: float
    visits: float


def with_bots(engine: Engine, visits: ir.Table) -> ir.Table:
    """Return the visits with `p_bot` and the bounds of its 90% interval (`p_bot_low` and
    `p_bot_high`), which are null where the input does not show it.

    `visits` has `teacher` (teachers.py).
    """
    second = whole_seconds(visits.started_at).cast("int64")
    first_at = whole_seconds(visits.started_at.min()).cast("int64")
    first = engine.fetch(visits.agg(second=first_at), "first visit").to_pylist()[0]["second"]
    begun = second - parameter("first_visit", first or 0, "int64")
    not_logged = visits.began == NOT_LOGGED
    group = ibis.cases(
        (not_logged & (begun <= MAX_SECONDS_OF_UNSEEN_BEGINNINGS), BEGUN_BEFORE),
        (not_logged, HALVES),
        (visits.channel_before == "Direct", DIRECT),
        else_=KNOWN,
    )
    keyed = visits.mutate(origin_group=group, loading=visits.loading.fill_null(""))
    keyed = engine.view("visits_by_origin", keyed)
    single = keyed.filter(~keyed.aggregated)
    counted = single.group_by("teacher", "origin_group", "loading").agg(n=single.count())
    numbers: dict[str, dict[Group, float]] = {}
    for row in engine.fetch(counted, "visits by loading").to_pylist():
        numbers.setdefault(row["teacher"], {})[row["origin_group"], row["loading"]] = row["n"]
    table = engine.load("bots", judged(numbers))
    key = ["teacher", "origin_group", "loading", "aggregated"]
    joined = keyed.left_join(table.mutate(aggregated=False), key, rname="{name}_right")
    columns = [name for name in visits.columns if name != "loading"]
    return engine.view("with_bots", joined.select(*columns, *BOT_PROBABILITIES))


def judged(numbers: Mapping[str, Numbers]) -> pa.Table:
    """Return a table of `JUDGED` for the numbers of visits by teacher and group."""
    rows = [
        {"teacher": teacher, "origin_group": origin, "loading": loading}
        | dict(zip(BOT_PROBABILITIES, bounded, strict=True))
        for teacher, of_teacher in sorted(numbers.items())
        for (origin, loading), bounded in sorted(_bounded(of_teacher).items())
    ]
    return pa.Table.from_pylist(rows, schema=JUDGED)


def _bounded(numbers: Numbers) -> dict[Group, tuple[float, float, float]]:
    """Return how likely a visit of each group is a bot's, and the bounds.

    The bounds are those of the part of the people's visits that load nothing.
    """
    likely: Mapping[Group, float] = _forged_halves(numbers)
    low = high = likely
    if _shows_bots(numbers):
        learned = _learned(numbers)
        spread = Z_90 * math.sqrt(learned.nothing * (1 - learned.nothing) / learned.visits)
        likely = learned.likely
        low = _learned(numbers, learned.nothing + spread).likely
        high = _learned(numbers, learned.nothing - spread).likely
    return {group: (p, min(p, low[group]), max(p, high[group])) for group, p in likely.items()}


def _shows_bots(numbers: Numbers) -> bool:
    """Return whether what visits load distinguishes bots from people."""
    if not any(numbers.get((origin, SEVERAL)) for origin in ORIGINS):
        return False
    nothing = _loading_nothing(numbers, KNOWN)
    return nothing <= MAX_KNOWN_LOADING_NOTHING or _loading_nothing(numbers, DIRECT) < nothing


def _loading_nothing(numbers: Numbers, origin: str) -> float:
    """Return which part of the visits of an origin load nothing, 0 to 1, beginning with what is
    assumed of people."""
    nothing = math.fsum(numbers.get((origin, level), 0.0) for level in WITHOUT_ASSETS)
    visits = math.fsum(numbers.get((origin, level), 0.0) for level in LOADINGS)
    return (nothing + PRIOR_PEOPLE * PEOPLE_LOADING_NOTHING) / (visits + PRIOR_PEOPLE)


def _learned(numbers: Numbers, nothing: float | None = None) -> _Learned:
    """Return what expectation-maximisation leads to. `nothing` is the part of the people's visits
    that load nothing; without it that is learned."""
    recorded = {group: numbers[group] for group in sorted(numbers) if group[1]}
    parts, people, bots = PART_OF_BOTS, _people(PEOPLE, nothing), BOTS
    likely: dict[Group, float] = {}
    visits = PRIOR_PEOPLE
    for _round in range(MAX_ROUNDS):
        likely = {
            (origin, level): _posterior(parts[origin], people[level], bots[level])
            for origin, level in recorded
        }
        forged = _forged_halves(recorded, likely)
        likely |= {group: max(p, forged[group]) for group, p in likely.items() if group in forged}
        before, parts = parts, {origin: _part(recorded, likely, origin) for origin in ORIGINS}
        by_persons, by_bots = _divided(recorded, likely)
        visits = PRIOR_PEOPLE + math.fsum(by_persons.values())
        people = _people(_rates(PEOPLE, by_persons, PRIOR_PEOPLE, FIXED_FOR_PEOPLE), nothing)
        bots = _rates(BOTS, by_bots, PRIOR_BOTS, FIXED_FOR_BOTS)
        if max(abs(parts[origin] - before[origin]) for origin in ORIGINS) < MAX_PART_CHANGE:
            break
    return _Learned(likely, math.fsum(people[level] for level in WITHOUT_ASSETS), visits)


def _divided(
    numbers: Numbers, likely: Mapping[Group, float]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the people's visits of known origin and all visits of bots, by what they load."""
    persons = dict.fromkeys(LOADINGS, 0.0)
    bots = dict.fromkeys(LOADINGS, 0.0)
    for (origin, level), n in numbers.items():
        bots[level] += n * likely[origin, level]
        if origin == KNOWN:
            persons[level] += n * (1 - likely[origin, level])
    return persons, bots


def _rates(
    assumed: Mapping[str, float], visits: Mapping[str, float], prior: float, fixed: Sequence[str]
) -> dict[str, float]:
    """Return the rates that visits lead to, beginning with assumed ones that count as `prior`
    visits; those that are `fixed` stay as they are."""
    free = {
        level: prior * assumed[level] + visits[level] for level in LOADINGS if level not in fixed
    }
    rest = (1 - math.fsum(assumed[level] for level in fixed)) / math.fsum(free.values())
    return {level: free[level] * rest if level in free else assumed[level] for level in LOADINGS}


def _posterior(part: float, people: float, bots: float) -> float:
    """Return how likely a visit is a bot's, by the part of bots among the visits of its origin and
    the part of the visits of people and of bots that load as much."""
    return part * bots / (part * bots + (1 - part) * people)


def _part(numbers: Numbers, likely: Mapping[Group, float], origin: str) -> float:
    """Return which part of the visits of an origin are bots', beginning with what is assumed."""
    of_origin = {group: n for group, n in numbers.items() if group[0] == origin}
    bots = math.fsum(n * likely[group] for group, n in of_origin.items())
    visits = math.fsum(of_origin.values())
    return (PRIOR_VISITS_OF_ORIGIN * PART_OF_BOTS[origin] + bots) / (
        PRIOR_VISITS_OF_ORIGIN + visits
    )


def _people(rates: Mapping[str, float], nothing: float | None) -> dict[str, float]:
    """Return the rates of people with bounds to the part that loads nothing. `nothing` is that part
    if it is set."""
    measured = math.fsum(rates[level] for level in WITHOUT_ASSETS)
    part = measured if nothing is None else nothing
    part = min(max(part, MIN_PEOPLE_LOADING_NOTHING), MAX_PEOPLE_LOADING_NOTHING)
    return {
        level: rate * (part / measured if level in WITHOUT_ASSETS else (1 - part) / (1 - measured))
        for level, rate in rates.items()
    }


def _forged_halves(
    numbers: Numbers, likely: Mapping[Group, float] | None = None
) -> dict[Group, float]:
    """Return how likely visits that begin from the site itself are bots', by their number alone, if
    there are too many. `likely`: which of those that arrived are bots."""
    likely = likely or {}
    halves = math.fsum(n for group, n in numbers.items() if group[0] == HALVES)
    arrived = math.fsum(
        n * (1 - likely.get(group, 0.0))
        for group, n in numbers.items()
        if group[0] in (DIRECT, KNOWN)
    )
    people = MAX_HALVES_PER_ARRIVAL * max(arrived, PRIOR_VISITS_OF_ORIGIN)
    if halves <= people:
        return {}
    # Bots do not wait half an hour after a log's begin.
    return {group: 1 - people / halves for group in numbers if group[0] in (HALVES, BEGUN_BEFORE)}
