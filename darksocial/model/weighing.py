"""Patterns of levels to probabilities, with what the site taught of its base rates and levels.

Each level of a visit multiplies the odds of the classes by what it says (naive Bayes). What that is
comes from the tables of the site (tables.py). Visits of other kinds (those with a booked channel,
rows of many sessions, sites that taught too little) are weighed by what is assumed of the levels,
and only the strongest level of each group counts.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.model.agreement import Agreement
from darksocial.model.intervals import Z_90
from darksocial.model.learning import Rates, posterior
from darksocial.model.levels import SignalLevel, decisive_levels, summed
from darksocial.model.losses import ORIGIN_OF_CLASS
from darksocial.model.priors import RateTable
from darksocial.model.tables import FIXED_GROUPS, Tables, level_at, taught_signals
from darksocial.schema import EVIDENCE
from darksocial.signals import CLASSES

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
# A booked channel remains unless there is evidence against it.
RATES_OF_BOOKED = {"booked": 1.0}
# Spread of the log-odds of dark social among sites (standard deviation): 90 of 100 sites are within
# a factor of two of the table, assumed.
RATE_SPREAD = math.log(2) / Z_90
# The same for the weights of the signals, where a site did not teach what they say. It is set by
# how often intervals held the truth on simulated sites (docs/accuracy.md).
WEIGHT_SPREAD = 0.8
# By this factor the odds may be off in rows of many sessions, whose evidence is mostly not
# recorded: assumed, after intervals with 4 had held the truth on ten of fifteen simulated sites
# only, and two still missed it with 9. It was set on them, so they are no proof of it.
AGGREGATED_FACTOR = 12.0
# How a pattern names such rows.
ROWS_OF_SUMS = "rows"

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
class Lesson:
    """What the direct visits of a teacher taught.

    rates: base rates by device.
    visits: how many there are.
    information: the Fisher information of the visits about the log-odds of dark social.
    tables: what the levels say there; empty if there were too few visits.
    agreement: how many of them are dark, by two estimates; null if there were too few.
    sensitivity: by how much the logarithm of that count moves with the log-odds.
    """

    rates: Mapping[str, Rates]
    visits: float
    information: float
    tables: Tables = field(default_factory=dict)
    agreement: Agreement | None = None
    sensitivity: float = 1.0


def weigh_patterns(
    keys: pa.RecordBatch, learned: Mapping[str, Lesson], table: RateTable
) -> pa.RecordBatch:
    """Return a batch of `WEIGHED` for a batch of teachers and patterns."""
    rows = [weigh(key["pattern"], key["teacher"], learned, table) for key in keys.to_pylist()]
    return pa.RecordBatch.from_pylist(rows, schema=WEIGHED)


def weigh(
    pattern: str, teacher: str, learned: Mapping[str, Lesson], table: RateTable
) -> dict[str, object]:
    """Return one row of `WEIGHED` for a pattern, with what its teacher taught."""
    kind, device, rows, *levels = pattern.split("|")
    lesson = learned.get(teacher)
    base: Mapping[str, float] = table[kind, device]
    decisive, unseen = decisive_levels(levels), dict[str, float]()
    if kind == "direct" and lesson and rows != ROWS_OF_SUMS:
        base = lesson.rates[device]
        if lesson.tables:
            decisive, unseen = taught_levels(levels, lesson.tables)
    if kind != "direct" and not decisive:
        base = RATES_OF_BOOKED
    probabilities = posterior(base, _added(summed(decisive), unseen))
    if rows == ROWS_OF_SUMS:
        probabilities = with_lost_in_direct(probabilities)
    verdict = max(CLASSES, key=lambda name: probabilities[name])
    return {
        "teacher": teacher,
        "pattern": pattern,
        **{f"p_{name}": probabilities[name] for name in CLASSES},
        "odds_factor": AGGREGATED_FACTOR if rows == ROWS_OF_SUMS else spread_factor(lesson),
        "verdict": CHANNEL_OF_CLASS.get(verdict, verdict),
        "evidence": _evidence(base, decisive, unseen, probabilities["dark_social"]),
    }


def taught_levels(
    levels: Sequence[str], tables: Tables
) -> tuple[list[SignalLevel], dict[str, float]]:
    """Return the levels that count, with what the site taught of them, and what it says (log-odds
    by class) that other signals have none.

    What is not learned counts as it does everywhere.
    """
    decisive = [one for one in decisive_levels(levels) if one.signal.group in FIXED_GROUPS]
    absent: list[tuple[float, ...]] = []
    for place, signal in taught_signals():
        name = levels[place]
        taught = tables[signal.name].get(level_at(place, levels))
        if name:
            level = signal.levels[name]
            decisive.append(
                SignalLevel(signal, level, taught.by_class if taught else level.by_class)
            )
        elif taught:
            absent.append(taught.by_class)
    return decisive, dict(zip(CLASSES, map(math.fsum, zip(*absent, strict=True)), strict=False))


def with_lost_in_direct(probabilities: Rates) -> dict[str, float]:
    """Return the probabilities with those of lost visits in that of `direct`.

    In rows of many sessions nothing distinguishes these from each other but the base rates of
    other sites, which move no visit from one channel to another.
    """
    direct = math.fsum(probabilities[name] for name in ("direct", *ORIGIN_OF_CLASS))
    return {**probabilities, **dict.fromkeys(ORIGIN_OF_CLASS, 0.0), "direct": direct}


def spread_factor(lesson: Lesson | None) -> float:
    """Return the factor by which the base odds of dark social may be off, in 90 of 100 sites.

    Where a site taught what the levels say it is that which moves the count as far as its two
    estimates may be off. Elsewhere the error of the table shrinks with the information in the
    site's visits; that of the signals' weights remains.
    """
    if lesson and lesson.agreement:
        return math.exp(Z_90 * lesson.agreement.spread / lesson.sensitivity)
    return math.exp(Z_90 * spread_of_assumed(lesson.information if lesson else 0.0))


def spread_of_assumed(information: float) -> float:
    """Return the standard deviation of the log-odds of dark social where a site did not teach what
    the levels say. `information` is that of its visits about the base rates."""
    from_rates = 1 / (1 / RATE_SPREAD**2 + information)
    return math.sqrt(from_rates + WEIGHT_SPREAD**2)


def _added(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Return the sums of log-odds by class."""
    return {
        name: first.get(name, 0.0) + second.get(name, 0.0) for name in first.keys() | second.keys()
    }


def _evidence(
    base: Mapping[str, float],
    decisive: Sequence[SignalLevel],
    unseen: Mapping[str, float],
    probability: float,
) -> list[dict[str, object]]:
    """Return how far each signal moved the log-odds of dark social, the furthest first.

    `unseen`: log-odds of the signals that have no level. `probability`: of dark social, with all.
    """
    with_all = _log_odds(probability)
    rows: list[tuple[float, str, str]] = []
    for one in decisive:
        others = summed([other for other in decisive if other is not one])
        without = posterior(base, _added(others, unseen))["dark_social"]
        rows.append((with_all - _log_odds(without), one.signal.name, one.level.note))
    rows.sort(key=lambda row: (-abs(row[0]), row[1]))
    return [{"signal": name, "log_odds": moved, "note": note} for moved, name, note in rows]


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(bounded / (1 - bounded))
