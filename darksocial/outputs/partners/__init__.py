"""What partners brought, in the forms in which it is printed and written: one module each.

A module here defines `OUTPUT`.
"""

import sys
from functools import cache

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.outputs import Output
from darksocial.plugins import registered


@cache
def registry() -> dict[str, Output[PartnerReport]]:
    """Return every form of the table of partners by name, in alphabetical order."""
    return registered(sys.modules[__name__], "OUTPUT", Output)
