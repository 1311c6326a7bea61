"""How each channel is counted: as analytics tools book visits, as darksocial does, and in truth.

Channels are taken together where the truth knows one origin for them: paid and organic search, paid
and organic social.
"""

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.report.estimates import CAUSE_COLUMNS


class _Origin(NamedTuple):
    """The causes in truth.jsonl, the channels that visits are booked in, and the probability."""

    causes: tuple[str, ...]
    channels: tuple[str, ...]
    probability: str


TRUE_ORIGINS = {
    "dark_social": _Origin(("private_share", "utm_echo"), (DARK_SOCIAL,), "p_dark_social"),
    "direct": _Origin(
        ("typed", "bookmark", "history", "restored_tab", "return"), ("Direct",), "p_direct"
    ),
    "search": _Origin(
        ("search", "lost_search", "paid"), ("Organic Search", "Paid Search"), "p_lost_search"
    ),
    "social": _Origin(
        ("social", "lost_social"), ("Organic Social", "Paid Social"), "p_lost_social"
    ),
    "email": _Origin(("email", "lost_email"), ("Email",), "p_lost_email"),
    "ai": _Origin(("ai", "lost_ai"), ("AI Assistant",), "p_lost_ai"),
}


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """The joined visits of an origin (a key of `TRUE_ORIGINS`): how many are booked there `before`,
    how many are expected `after`, and how many came from there in `truth`."""

    origin: str
    before: float
    after: float
    truth: int


def channel_counts(visits: pd.DataFrame) -> tuple[ChannelCount, ...]:
    """Count the joined visits of each origin. What a visit is booked as counts by the probability
    that is left for it. Referrals and what is none of these are left out."""
    booked = 1 - visits[[*CAUSE_COLUMNS]].fillna(0.0).sum(axis=1)
    rows = []
    for name, origin in TRUE_ORIGINS.items():
        is_booked = visits.channel_before.isin(origin.channels)
        after = visits[origin.probability].fillna(0.0).sum() + booked[is_booked].sum()
        truth = visits.cause.isin(origin.causes)
        rows.append(ChannelCount(name, float(is_booked.sum()), float(after), int(truth.sum())))
    return tuple(rows)
