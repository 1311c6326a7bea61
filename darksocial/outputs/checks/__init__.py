"""The results of checks, in the forms that `--output` names: one module each.

A module here defines `OUTPUT`.
"""

import sys
from collections.abc import Mapping
from functools import cache

from darksocial.checking.results import Checked
from darksocial.outputs import Output
from darksocial.plugins import OnDemand


@cache
def registry() -> Mapping[str, Output[Checked]]:
    """Return every form of the results by name, in alphabetical order."""
    return OnDemand(sys.modules[__name__], "OUTPUT", Output)
