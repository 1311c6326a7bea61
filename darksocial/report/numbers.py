"""Numbers as people read them. Every text of every form writes its numbers with these functions.

Counts that a reader adds up or looks for in a file (lines, hits, files, days) are written in full.
Numbers of visits in a sentence are rounded, because an estimate is rarely more precise. JSON has
all digits.
"""

import math

from darksocial.language import gettext as _

SENTENCE_DIGITS = 3
"""The significant digits of a large number in a sentence."""
MIN_SHOWN = 0.5
"""A smaller number of visits is none in whole numbers."""
MIN_LOG_ODDS = 0.05
"""Smaller log-odds are 0.0."""
MAX_WITH_DECIMAL = 10
"""In a table smaller estimates have a decimal, because there they are compared with each other."""


def significant(value: float, digits: int = SENTENCE_DIGITS) -> int:
    """Return a number as a whole one, of which at most so many digits are not 0."""
    size: int = 10 ** max(0, len(str(int(abs(value)))) - digits)
    return round(value / size) * size


def about(value: float) -> str:
    """Return a number of visits for a sentence: whole, above 1,000 to three significant digits."""
    return f"{significant(value):,}"


def is_none(value: float) -> bool:
    """Return whether a number of visits is none in whole numbers."""
    return value < MIN_SHOWN


def between(low: float, high: float) -> dict[str, str]:
    """Return the bounds of an interval for a sentence that has `{low}` and `{high}`."""
    return {"low": about(low), "high": about(high)}


def whole(value: float) -> str:
    """Return a count in full."""
    return f"{value:,.0f}"


def estimate(value: float) -> str:
    """Return an estimated number for a table: small ones with a decimal."""
    return f"{value:.1f}" if 0 < value < MAX_WITH_DECIMAL else whole(value)


def range_of(low: float, high: float) -> str:
    """Return the interval of an estimate for a table."""
    return _("{low} to {high}").format(low=estimate(low), high=estimate(high))


def exact(value: float) -> str:
    """Return what is compared with a bound: a count in full, or an estimate to one decimal."""
    return whole(value) if value == math.floor(value) else f"{value:,.1f}"


def change(value: float) -> str:
    """Return a difference of sessions with its sign."""
    return "0" if is_none(abs(value)) else f"{value:+,.0f}"


def money(value: float) -> str:
    """Return a sum of revenue, in the site's currency."""
    return f"{value:,.2f}"


def decimal(value: float, places: int) -> str:
    """Return a measure such as an AUC or a size, with so many decimals."""
    return f"{value:,.{places}f}"


def log_odds(value: float, decimals: int = 1) -> str:
    """Return a number of log-odds with its sign."""
    return f"{value:+.{decimals}f}"


def percent(share: float) -> str:
    """Return a proportion in per cent, to three significant digits."""
    return f"{100 * share:.3g}%"


def probability(value: float) -> str:
    """Return the probability of one visit in per cent, with a decimal as those beside it."""
    return f"{value:.1%}"


def is_shown(log_odds: float) -> bool:
    """Return whether log-odds are more than 0 with one decimal."""
    return abs(log_odds) >= MIN_LOG_ODDS


def p_value(value: float) -> str:
    """Return the p-value of a comparison, to two significant digits."""
    return f"{value:.2g}"


def whole_percent(share: float) -> str:
    """Return a proportion in whole per cent, for a sentence."""
    return f"{share:.0%}"


def relative_change(value: float) -> str:
    """Return a change relative to what was before, with its sign, in whole per cent."""
    return f"{value:+.0%}"


def roi(value: float) -> str:
    """Return a return on investment with its sign, in whole per cent."""
    return f"{value:+,.0%}"


def roi_range(low: float, high: float) -> str:
    """Return the interval of a return on investment."""
    return _("{low} to {high}").format(low=roi(low), high=roi(high))
