"""The report of an analysis, in the forms that `--report` names: one module each.

A module here defines `OUTPUT`.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from darksocial.analysis import Analysis
from darksocial.outputs import Output
from darksocial.plugins import OnDemand
from darksocial.report.values import Report
from darksocial.selection import Breakdown, Selection


class Source(NamedTuple):
    """The folder of an analysis or a store, which of its visits a report is about, and by what it
    counts them."""

    folder: Path
    selection: Selection
    breakdown: Breakdown | None = None


class Saved(NamedTuple):
    """A report, the folder that its tables were written to (None where that is a URI), and the
    analysis that it is of, for the forms that hold its visits. A report of stored visits has their
    `source` instead."""

    report: Report
    out: Path | None = None
    analysis: Analysis | None = None
    source: Source | None = None


@cache
def registry() -> Mapping[str, Output[Saved]]:
    """Return every form of the report by name, in alphabetical order."""
    return OnDemand(sys.modules[__name__], "OUTPUT", Output)
