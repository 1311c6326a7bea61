"""Figures of a probability against what was true: ranking, calibration, error.

All take `truth` (whether each visit was dark) and `score` (what was said of it), as NumPy arrays of
one length; a figure that the visits cannot give (none of them dark, or all) is null.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Truth = npt.NDArray[np.bool_]
Score = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Visits whose probability lies in one tenth: their mean probability, and the share that was
    dark."""

    low: float
    high: float
    visits: int
    said: float
    dark: float


def auc(truth: Truth, score: Score) -> float | None:
    """The chance that a dark visit scores above another one; ties count half.

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
    """Precision where each dark visit is found, averaged; visits with one score come together."""
    dark = int(truth.sum())
    if not dark:
        return None
    values, place = np.unique(-score, return_inverse=True)
    found = np.cumsum(np.bincount(place, weights=truth, minlength=len(values)))
    flagged = np.cumsum(np.bincount(place, minlength=len(values)))
    new = np.diff(found, prepend=0.0)
    return float((new * found / flagged).sum() / dark)


def brier(truth: Truth, score: Score) -> float | None:
    """The mean squared error of probabilities (G. W. Brier, Monthly Weather Review 78, 1950)."""
    return float(((score - truth) ** 2).mean()) if len(truth) else None


def brier_ratio(truth: Truth, score: Score) -> float | None:
    """The Brier score by that of saying the share of dark visits of every visit."""
    constant = brier(truth, np.full(len(truth), truth.mean())) if len(truth) else None
    error = brier(truth, score)
    return error / constant if constant and error is not None else None


def calibration(truth: Truth, score: Score, bins: int = 10) -> tuple[Bin, ...]:
    """Visits by tenths of their probability; tenths without visits are left out."""
    place = np.minimum((score * bins).astype(int), bins - 1)
    rows = []
    for at in range(bins):
        inside = place == at
        if inside.any():
            said, dark = float(score[inside].mean()), float(truth[inside].mean())
            rows.append(Bin(at / bins, (at + 1) / bins, int(inside.sum()), said, dark))
    return tuple(rows)
