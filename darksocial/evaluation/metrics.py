"""How well probabilities agree with the truth: ranking, calibration, error.

All take `truth` (whether each visit was dark) and `score` (its probability), as NumPy arrays of one
length; a figure that is not defined for the visits (none of them dark, or all) is null.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Truth = npt.NDArray[np.bool_]
Score = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Visits whose probability lies in one tenth: their mean probability, and the proportion
    that was dark."""

    low: float
    high: float
    visits: int
    said: float
    dark: float


def auc(truth: Truth, score: Score) -> float | None:
    """Return the chance that a dark visit scores above another one; ties count half.

    H. B. Mann, D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically
    Larger than the Other", Annals of Mathematical Statistics 18, 1947.
    """
    dark = int(truth.sum())
    others = len(truth) - dark
    if not dark or not others:
        return None
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    rank = (last - (count - 1) / 2)[place]
    above = rank[truth].sum() - dark * (dark + 1) / 2
    return float(above / (dark * others))


def average_precision(truth: Truth, score: Score) -> float | None:
    """Return the precision at each dark visit, averaged; visits with one score come together."""
    dark = int(truth.sum())
    if not dark:
        return None
    values, place = np.unique(-score, return_inverse=True)
    dark_flagged = np.cumsum(np.bincount(place, weights=truth, minlength=len(values)))
    flagged = np.cumsum(np.bincount(place, minlength=len(values)))
    new = np.diff(dark_flagged, prepend=0.0)
    return float((new * dark_flagged / flagged).sum() / dark)


def brier(truth: Truth, score: Score) -> float | None:
    """Return the mean squared error of probabilities.

    G. W. Brier, Monthly Weather Review 78, 1950.
    """
    return float(((score - truth) ** 2).mean()) if len(truth) else None


def brier_ratio(truth: Truth, score: Score) -> float | None:
    """Return the Brier score, divided by that of one probability for all: the dark proportion."""
    constant = brier(truth, np.full(len(truth), truth.mean())) if len(truth) else None
    error = brier(truth, score)
    return error / constant if constant and error is not None else None


def calibration(truth: Truth, score: Score, bins: int = 10) -> tuple[Bin, ...]:
    """Return the visits by tenths of their probability, without empty tenths."""
    place = np.minimum((score * bins).astype(int), bins - 1)
    rows = []
    for tenth in range(bins):
        inside = place == tenth
        if inside.any():
            said, dark = float(score[inside].mean()), float(truth[inside].mean())
            rows.append(Bin(tenth / bins, (tenth + 1) / bins, int(inside.sum()), said, dark))
    return tuple(rows)
