"""Days are missing.

Days (UTC) without any hit, bots included, between the first day and the last. A rotated file that
was not given, a full disk, a server that was down: what is missing is in no number.
"""

from datetime import timedelta
from itertools import pairwise

from darksocial.checks import COUNT, SHOWN, Check, Facts, Given, Outcome, Parameter, Place, skipped
from darksocial.checks._hours import visitors_by_hour


def run(facts: Facts, given: Given) -> Outcome:
    days = sorted({hour.date() for hour in visitors_by_hour(facts)})
    if not days:
        return skipped("no times are recorded")
    gaps = [(a, (b - a).days - 1) for a, b in pairwise(days)]
    missing = sum(length for _, length in gaps)
    return Outcome(
        missing <= given["at_most"],
        f"{missing:,} of {(days[-1] - days[0]).days + 1:,} days",
        f"at most {given['at_most']:,.0f}",
        tuple(
            Place(f"{length:,} from {day + timedelta(days=1)}") for day, length in gaps if length
        )[:SHOWN],
    )


CHECK = Check(
    "missing_days",
    (Parameter("at_most", COUNT, 0, "days"),),
    run,
    "give all parts of a rotated log, and see whether the server logged on these days",
)
