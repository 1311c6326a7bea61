"""What campaigns brought, in the forms in which it is printed and written: one module each.

A module here defines `OUTPUT`.
"""

import sys
from collections.abc import Mapping
from functools import cache

from darksocial.campaigns.values import CampaignReport
from darksocial.outputs import Output
from darksocial.plugins import OnDemand


@cache
def registry() -> Mapping[str, Output[CampaignReport]]:
    """Return every form of the table of campaigns by name, in alphabetical order."""
    return OnDemand(sys.modules[__name__], "OUTPUT", Output)
