"""Compute how improbable a day is, given the days before, without SciPy.

The number of visits per day is assumed to be Poisson with an unknown mean, which is learned from
the days before: a gamma distribution with the prior of Jeffreys (shape 1/2, rate 0; H. Jeffreys,
Theory of Probability, 1961). Then the number of a new day is negative binomial, and its
distribution is wide if there are few days before (Gelman et al., Bayesian Data Analysis, 3rd
edition, section 2.6).

Days may differ more than Poisson allows. Then all numbers are divided by their variance over their
mean, if that is above 1 (quasi-Poisson: McCullagh and Nelder, Generalized Linear Models, 1989,
section 9.2).
"""

import math
from collections.abc import Sequence
from statistics import fmean, variance

JEFFREYS_SHAPE = 0.5
TINY, EPSILON, MAX_TERMS = 1e-300, 1e-13, 10_000


def at_least(visits: float, before: Sequence[float]) -> float:
    """Return the chance of this number or more on a day, given the numbers of the days before.

    Numbers need not be whole: the tail of the negative binomial is an incomplete beta function,
    which is defined between whole numbers as well. Sums of probabilities vary less than counts, so
    the chance is too high rather than too low.
    """
    if visits <= 0:
        return 1.0
    spread = dispersion(before)
    learned = math.fsum(before) / spread + JEFFREYS_SHAPE
    return incomplete_beta(visits / spread, learned, 1 / (len(before) + 1))


def none_at_all(before: Sequence[float]) -> float:
    """Return the chance of no visit at all, given the numbers of the days before."""
    learned = math.fsum(before) / dispersion(before) + JEFFREYS_SHAPE
    return float((len(before) / (len(before) + 1)) ** learned)


def dispersion(values: Sequence[float]) -> float:
    """Return variance over mean, at least 1; 1 if there are no two values or all are 0."""
    mean = fmean(values) if values else 0.0
    return max(1.0, variance(values) / mean) if len(values) > 1 and mean > 0 else 1.0


def fewer(hits: int, lines: int, hits_before: int, lines_before: int) -> float:
    """Return the chance of a proportion of hits this low, if it has not changed.

    The one-sided two-proportion z test with a pooled proportion and a correction for continuity
    (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd edition, 2003,
    chapter 3).
    """
    pooled, steps = (hits + hits_before) / (lines + lines_before), 1 / lines + 1 / lines_before
    error = math.sqrt(pooled * (1 - pooled) * steps)
    fall = hits_before / lines_before - hits / lines - steps / 2
    return normal_tail(fall / error) if error else 1.0


def normal_tail(z: float) -> float:
    """Return the chance of a standard normal number above z."""
    return math.erfc(z / math.sqrt(2)) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), for a, b > 0 and 0 <= x <= 1.

    The continued fraction of Press et al., Numerical Recipes, 3rd edition, section 6.4.
    """
    if x in (0.0, 1.0):
        return x
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front += a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / (a * _fraction(a, b, x))


def _fraction(a: float, b: float, x: float) -> float:
    """Return 1 + d1/(1 + d2/(1 + ...)) by the method of Lentz."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, MAX_TERMS):
        m = step // 2
        if step % 2:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + part * d or TINY)
        c = 1 + part / c or TINY
        value *= c * d
        if abs(c * d - 1) < EPSILON:
            return value
    message = f"I_{x}({a}, {b}) does not converge in {MAX_TERMS} steps"
    raise ArithmeticError(message)
