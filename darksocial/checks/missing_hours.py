"""Hours are missing that are never so quiet.

Runs of hours (UTC) without any hit, where that is no accident. The number of visitors in a run of
hours is taken as Poisson around what these hours usually have, so none come with a probability of
exp(-usual). It is told where that, times the number of hours looked at (Bonferroni), is below
`chance`. Visitors are counted and not hits, which come in clumps; arrivals of people are nearly
Poisson within an hour (Paxson and Floyd, Wide-area traffic: the failure of Poisson modeling,
IEEE/ACM Transactions on Networking 3, 1995).

Usual is the mean of the same hour of the week in the input's other weeks, silent ones among them,
so a site that rests every night or Sunday is not told; of inputs shorter than two weeks it is the
mean of the same hour on the other days.
"""

import math
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from darksocial.checks import (
    COUNT,
    SHARE,
    SHOWN,
    WARNING,
    Check,
    Facts,
    Given,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._hours import HOUR, silences, visitors_by_hour

WEEK = 7 * 24
DAY = 24


def run(facts: Facts, given: Given) -> Outcome:
    hours = visitors_by_hour(facts)
    if not hours:
        return skipped("no times are recorded")
    first, span = min(hours), round((max(hours) - min(hours)) / HOUR) + 1
    usual = _usual(hours, first, span)
    enough = math.log(span / given["chance"]) if given["chance"] else math.inf
    found = [(gap, usual(round((gap.start - first) / HOUR), gap.hours)) for gap in silences(hours)]
    odd = [(gap, expected) for gap, expected in found if expected > enough]
    missing = sum(gap.hours for gap, _ in odd)
    return Outcome(
        missing <= given["at_most"],
        f"{missing:,} of {span:,} hours",
        f"at most {given['at_most']:,.0f}",
        tuple(Place(f"{gap}: usually {n:,.0f} visitors") for gap, n in odd[:SHOWN]),
    )


def _usual(hours: dict[datetime, int], first: datetime, span: int) -> Callable[[int, int], float]:
    """Return what says how many visitors so many silent hours from one on would usually have.

    A silence of more than a week is judged by its first.
    """
    period = WEEK if span >= 2 * WEEK else DAY
    totals: Counter[int] = Counter()
    for hour, visitors in hours.items():
        totals[round((hour - first) / HOUR) % period] += visitors

    def expected(start: int, length: int) -> float:
        places = (hour % period for hour in range(start, start + min(length, WEEK)))
        return sum(totals[p] / max(1, len(range(p, span, period)) - 1) for p in places)

    return expected


CHECK = Check(
    "missing_hours",
    (
        Parameter("at_most", COUNT, 0, "hours"),
        Parameter("chance", SHARE, 0.001, "probability of telling anything where nothing is wrong"),
    ),
    run,
    "see whether the server was down, or did not log, in these hours",
    WARNING,
)
