"""The report of a day, in the forms in which it is printed: one module each.

A module here defines `OUTPUT`.
"""

import sys
from collections.abc import Mapping
from functools import cache

from darksocial.outputs import Output
from darksocial.plugins import OnDemand
from darksocial.store.daily import DayReport


@cache
def registry() -> Mapping[str, Output[DayReport]]:
    """Return every form of the report of a day by name, in alphabetical order."""
    return OnDemand(sys.modules[__name__], "OUTPUT", Output)
