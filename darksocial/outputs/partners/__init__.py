"""What partners brought, in the forms in which it is printed and written: one module each.

A module here defines `OUTPUT`.
"""

import sys
from collections.abc import Mapping
from functools import cache

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.outputs import Output
from darksocial.plugins import OnDemand


@cache
def registry() -> Mapping[str, Output[PartnerReport]]:
    """Return every form of the table of partners by name, in alphabetical order."""
    return OnDemand(sys.modules[__name__], "OUTPUT", Output)
