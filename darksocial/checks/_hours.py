"""The hours of an input, and how many visitors each had."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from darksocial.checks import Facts
from darksocial.expressions import ir
from darksocial.language import gettext as _

ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """Hours without any hit: the first of them, and how many they are."""

    start: datetime
    hours: int

    def __str__(self) -> str:
        return _("{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC").format(
            start=self.start, end=self.start + self.hours * ONE_HOUR
        )


def visitors_by_hour(facts: Facts) -> dict[datetime, int]:
    """Return the hours (UTC) that have hits, in order, with the number of their visitors.

    Rows that sum up many sessions are left out: they have a day and no time.
    """

    def counted(requests: ir.Table) -> ir.Table:
        timed = requests.filter(requests.time.notnull(), requests.weight.isnull())
        hours = timed.group_by(hour=timed.time.truncate("h")).agg(n=timed.visitor.nunique())
        return hours.order_by("hour")

    rows = facts.requests(counted).to_pylist()
    return {row["hour"].replace(tzinfo=UTC): row["n"] for row in rows}


def silences(hours: dict[datetime, int]) -> list[Silence]:
    """Return the runs of hours without hits between the first hour and the last."""
    times = list(hours)
    return [
        Silence(before + ONE_HOUR, round((after - before) / ONE_HOUR) - 1)
        for before, after in pairwise(times)
        if after - before > ONE_HOUR
    ]
