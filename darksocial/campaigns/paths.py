"""How the visits of a path share the credit for the conversion at its end.

A model gives its shares to the visits that have a source, as GA4 does: a direct visit has none
(https://support.google.com/analytics/answer/10596866). Whether a visit has one is uncertain, so a
share is an expectation. For the last and the first visit with a source it has a closed form: with
d_j the probability that visit j has none, visit i is the last with (1 - d_i) times the product of
the d_j after it, and the first with the product of those before it. The other models are summed
over all cases of their uncertain visits.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import numpy.typing as npt

from darksocial.campaigns.groupings import DECAY, FIRST, LAST, LINEAR, POSITION
from darksocial.campaigns.stored import Numbers

ENDS_PART = 0.4
"""Of the first and of the last visit by position; the others share the rest
(https://docs.snowplow.io/docs/modeling-your-data/modeling-your-data-with-dbt/dbt-models/dbt-attribution-data-model/)."""
HALF_LIFE_DAYS = 7.0
"""After so many days a visit counts half, by decay (the same page)."""
MAX_UNCERTAIN = 10
"""Of more uncertain visits the last ones are looked at case by case, the earlier ones are taken to
be what they are more likely. Assumed; more than ten before a conversion are rare."""

Cases = npt.NDArray[np.bool_]


def shares_of(model: str, has_source: Cases, age_days: Numbers) -> Numbers:
    """Return the share of each visit where it is certain which have a source.

    `has_source` has a row for each case and a column for each visit, as the result has. A case
    without any source has only zeros; in the others shares sum to 1.
    """
    return SHARING[model](has_source, age_days)


def expected_shares(model: str, with_source: Numbers, age_days: Numbers) -> Numbers:
    """Return the expected share of each visit of a path.

    `with_source` is the probability that a visit has a source, in the order of time; `age_days` how
    long before the conversion it was. What is missing from 1 is the probability that none has one.
    """
    without = 1 - with_source
    if model == LAST:
        later = np.concatenate((np.cumprod(without[::-1])[::-1][1:], [1.0]))
        return with_source * later
    if model == FIRST:
        earlier = np.concatenate(([1.0], np.cumprod(without)[:-1]))
        return with_source * earlier
    uncertain = np.flatnonzero((with_source > 0) & (with_source < 1))
    cases = with_source > 1 / 2
    open_visits = uncertain[-MAX_UNCERTAIN:]
    rows = np.array(list(product((False, True), repeat=len(open_visits))), np.bool_)
    has_source = np.tile(cases, (len(rows), 1))
    has_source[:, open_visits] = rows
    of_case = np.where(rows, with_source[open_visits], without[open_visits]).prod(axis=1)
    expected: Numbers = of_case @ shares_of(model, has_source, age_days)
    return expected


def _last(has_source: Cases, age_days: Numbers) -> Numbers:
    return _only(has_source, has_source.shape[1] - 1 - has_source[:, ::-1].argmax(axis=1))


def _first(has_source: Cases, age_days: Numbers) -> Numbers:
    return _only(has_source, has_source.argmax(axis=1))


def _only(has_source: Cases, chosen: npt.NDArray[np.intp]) -> Numbers:
    shares = np.zeros(has_source.shape)
    shares[np.arange(len(chosen)), chosen] = 1.0
    return shares * has_source


def _linear(has_source: Cases, age_days: Numbers) -> Numbers:
    return _normal(has_source.astype(np.float64))


def _decay(has_source: Cases, age_days: Numbers) -> Numbers:
    return _normal(has_source * 0.5 ** (age_days / HALF_LIFE_DAYS))


def _position(has_source: Cases, age_days: Numbers) -> Numbers:
    ends = _first(has_source, age_days) + _last(has_source, age_days)
    between = has_source & (ends == 0)
    count = between.sum(axis=1, keepdims=True)
    of_ends = np.where(count, ENDS_PART, 1 / 2) * ends
    of_others = np.where(between, (1 - 2 * ENDS_PART) / np.maximum(count, 1), 0.0)
    return of_ends + of_others


def _normal(weights: Numbers) -> Numbers:
    total = weights.sum(axis=1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


SHARING: dict[str, Callable[[Cases, Numbers], Numbers]] = {
    LAST: _last,
    FIRST: _first,
    LINEAR: _linear,
    POSITION: _position,
    DECAY: _decay,
}
