"""Hours are missing that are usually busy.

Runs of hours (UTC) without any hit that chance does not explain. The number of visitors in a run of
hours is taken as Poisson around what these hours usually have, so none come with a probability of
exp(-usual). A run is reported where that, times the number of hours in the input (Bonferroni), is
below `chance`. Visitors are counted and not hits, which come in clumps; arrivals of people are
nearly Poisson within an hour (Paxson and Floyd, Wide-area traffic: the failure of Poisson modeling,
IEEE/ACM Transactions on Networking 3, 1995).

Usual is the mean of the same hour of the week in the input's other weeks, silent ones among them,
so a site that rests every night or Sunday is not reported; for inputs shorter than two weeks it is
the mean of the same hour on the other days.
"""

import math
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from darksocial.checks import (
    COUNT,
    SHARE,
    WARNING,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._bounds import count_at_most
from darksocial.checks._hours import ONE_HOUR, Silence, silences, visitors_by_hour
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import about, significant

HOURS_PER_WEEK = 7 * 24
HOURS_PER_DAY = 24


def run(facts: Facts, criteria: Criteria) -> Outcome:
    hours = visitors_by_hour(facts)
    if not hours:
        return skipped(_("no times are recorded"))
    first, span = min(hours), round((max(hours) - min(hours)) / ONE_HOUR) + 1
    usual = _usual(hours, first, span)
    enough = math.log(span / criteria["chance"]) if criteria["chance"] else math.inf
    silent = [
        (silence, usual(round((silence.start - first) / ONE_HOUR), silence.hours))
        for silence in silences(hours)
    ]
    odd = [(silence, expected) for silence, expected in silent if expected > enough]
    missing = sum(silence.hours for silence, _expected in odd)
    actual = ngettext("{missing:,} of {n:,} hour", "{missing:,} of {n:,} hours", span)
    return count_at_most(
        criteria,
        missing,
        actual.format(missing=missing, n=span),
        (_place(silence, expected) for silence, expected in odd),
    )


def _place(silence: Silence, expected: float) -> Place:
    text = ngettext(
        "{hours}: usually {n} visitor", "{hours}: usually {n} visitors", significant(expected)
    )
    return Place(text.format(hours=silence, n=about(expected)))


def _usual(hours: dict[datetime, int], first: datetime, span: int) -> Callable[[int, int], float]:
    """Return a function of an hour and a number of hours that returns how many visitors these hours
    usually have.

    A silence of more than a week is judged by its first.
    """
    period = HOURS_PER_WEEK if span >= 2 * HOURS_PER_WEEK else HOURS_PER_DAY
    totals: Counter[int] = Counter()
    for hour, visitors in hours.items():
        totals[round((hour - first) / ONE_HOUR) % period] += visitors

    def expected(start: int, length: int) -> float:
        places = (hour % period for hour in range(start, start + min(length, HOURS_PER_WEEK)))
        return sum(totals[p] / max(1, len(range(p, span, period)) - 1) for p in places)

    return expected


CHECK = Check(
    "missing_hours",
    _("Hours are missing that are usually busy."),
    (
        Parameter("at_most", COUNT, 0, _("hours")),
        Parameter("chance", SHARE, 0.001, _("probability of a report where nothing is wrong")),
    ),
    run,
    _("see whether the server was down, or did not log, in these hours"),
    WARNING,
)
