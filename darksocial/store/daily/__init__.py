"""The report of one day of a store: compared with a week earlier, and what is unusual."""

from darksocial.store.daily.build import day_report
from darksocial.store.daily.values import (
    KINDS,
    DayApp,
    DayChannel,
    DayCounts,
    DayPage,
    DayReport,
    DayRun,
    LineCounts,
    Standout,
)

__all__ = [
    "KINDS",
    "DayApp",
    "DayChannel",
    "DayCounts",
    "DayPage",
    "DayReport",
    "DayRun",
    "LineCounts",
    "Standout",
    "day_report",
]
