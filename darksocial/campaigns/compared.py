"""Which of two campaigns with costs did better, and how probable that is.

Each draw of what is uncertain (credit.py) is weighted by a Bayesian bootstrap over visitors: the
conversions of a visitor count as often as an exponential random number says (D. Rubin, "The
Bayesian Bootstrap", Annals of Statistics 9, 1981). So a campaign whose revenue rests on few buyers
is surely better than none. What is common to all campaigns, the error of calibration, is the same
in both of a pair, and does not blur which is better.
"""

from collections.abc import Sequence

from darksocial.campaigns.build import group_of, name_of_group
from darksocial.campaigns.credit import Credit
from darksocial.campaigns.stored import Key, Numbers
from darksocial.campaigns.values import CampaignRow, ComparedRow


def compared(
    after: Credit, keys: Sequence[Key], rows: Sequence[CampaignRow], by: str
) -> tuple[ComparedRow, ...]:
    """Return the rows that can be compared in pairs of neighbours by ROI after, the best first.

    `keys` are those of `after`. Rows without a cost, without a ROI or with too few conversions are
    not compared.
    """
    groups = [group_of(by, key) for key in keys]
    names: list[str] = []
    earned: list[Numbers] = []
    for row in sorted(rows, key=lambda row: -(row.roi_after or 0.0)):
        if not (row.enough_data and row.cost) or row.roi_after is None:
            continue
        group = group_of(by, row)
        names.append(name_of_group(group))
        places = [place for place, other in enumerate(groups) if other == group]
        earned.append(after.resampled[:, places].sum(axis=1) / row.cost)
    return tuple(
        ComparedRow(names[place], names[place + 1], _above(earned[place], earned[place + 1]))
        for place in range(len(names) - 1)
    )


def _above(first: Numbers, second: Numbers) -> float:
    """Return how often the first is above the second; equal ones count half."""
    return float((first > second).mean() + (first == second).mean() / 2)
