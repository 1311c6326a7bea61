"""Exports of costs: one module for each tool that writes them.

A module here defines `COSTS`. What the columns of its files are called, in several languages, are
rows of data/cost_headers.csv; the columns that a file has decide which export it is.
"""

import sys
from dataclasses import dataclass
from functools import cache

from darksocial.plugins import registered

DATE, START, END = "date", "start", "end"
SOURCE, MEDIUM, CAMPAIGN = "source", "medium", "campaign"
COST, CURRENCY_CODE, CLICKS = "cost", "currency", "clicks"
FIELDS = (DATE, START, END, SOURCE, MEDIUM, CAMPAIGN, COST, CURRENCY_CODE, CLICKS)
"""What a column of costs can mean. `start` and `end` are the first and the last day of a row."""


@dataclass(frozen=True, slots=True)
class CostFormat:
    """One tool's export of costs.

    name: of its rows in data/cost_headers.csv.
    needs: the fields without whose columns a file is none of it.
    sources: what utm_source of its advertisements can be, the usual one first; empty where the rows
    name their source themselves.
    medium: what utm_medium usually is; empty where the rows name it.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    sources: tuple[str, ...] = ()
    medium: str = ""


@cache
def registry() -> dict[str, CostFormat]:
    """Return every export of costs by name, in alphabetical order."""
    return registered(sys.modules[__name__], "COSTS", CostFormat)
