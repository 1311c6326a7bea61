"""How simpler rules, which other tools use, judge the same visits.

| rule | what it says |
| --- | --- |
| rule of thumb | a deep page and no referrer is dark social (A. Madrigal, The Atlantic, 2012) |
| Chartbeat | the same, but an app's own browser names its network (Chartbeat, 2014) |
| in-app token only | a messenger's own browser is dark social, nothing else is |
| referrer alone | no referrer is Direct, whatever else is known: GA4, Matomo, Plausible, PostHog |

A deep page is one whose address nobody types (darksocial.lookups.landing_pages).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from darksocial.evaluation.metrics import Score
from darksocial.lookups.landing_pages import DEEP_KINDS, kind_of

PRIVATE_BROWSERS = ("whatsapp", "messenger", "telegram", "wechat", "line", "viber", "kakaotalk")
"""In-app browsers that serve messages alone (data/in_app_browsers.csv)."""


def deep(visits: pd.DataFrame) -> pd.Series:
    """Return whether each visit landed on a page that nobody types."""
    return visits.landing_path.fillna("/").map(kind_of).isin(DEEP_KINDS)


def rule_of_thumb(visits: pd.DataFrame) -> Score:
    """Return 1 for a deep page without a referrer, else 0."""
    flagged: Score = (deep(visits) & visits.referrer.isna()).to_numpy(np.float64)
    return flagged


def chartbeat(visits: pd.DataFrame) -> Score:
    """Return the rule of thumb, but 0 in the in-app browser of a public network."""
    private = visits.in_app.isna() | visits.in_app.isin(PRIVATE_BROWSERS)
    flagged: Score = rule_of_thumb(visits) * private.to_numpy(np.float64)
    return flagged


def token_only(visits: pd.DataFrame) -> Score:
    """Return 1 in the in-app browser of a messenger, else 0."""
    flagged: Score = visits.in_app.isin(PRIVATE_BROWSERS).to_numpy(np.float64)
    return flagged


def referrer_alone(visits: pd.DataFrame) -> Score:
    """Return 0: without such a channel no visit is dark."""
    return np.zeros(len(visits))


RULES: dict[str, Callable[[pd.DataFrame], Score]] = {
    "rule of thumb": rule_of_thumb,
    "Chartbeat": chartbeat,
    "in-app token only": token_only,
    "referrer alone": referrer_alone,
}
