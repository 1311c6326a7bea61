"""The report of a day, in the forms in which it is printed: one module each.

A module here defines `OUTPUT`.
"""

import sys
from functools import cache

from darksocial.outputs import Output
from darksocial.plugins import registered
from darksocial.store.daily import DayReport


@cache
def registry() -> dict[str, Output[DayReport]]:
    """Return every form of the report of a day by name, in alphabetical order."""
    return registered(sys.modules[__name__], "OUTPUT", Output)
