"""Hosts through which a visit passes and comes back (data/passage_hosts.csv).

Who pays, signs in or agrees to something on another site comes back with that site as referrer.
That is no new source: GA4 has a list of unwanted referrals for it, which each site must fill.
"""

from functools import cache, lru_cache

from darksocial import data

# In the table it stands for any domain behind a first label, such as that of a bank.
ANY_DOMAIN = "{}"


@lru_cache(maxsize=65_536)
def is_passage(host: str) -> bool:
    """Return whether visits pass through a host, and come back."""
    labels = host.lower().removeprefix("www.").split(".")
    if len(labels) > 2 and f"{labels[0]}.{ANY_DOMAIN}" in _hosts():
        return True
    return any(".".join(labels[start:]) in _hosts() for start in range(len(labels) - 1))


@cache
def _hosts() -> frozenset[str]:
    return frozenset(row["host"] for row in data.read("passage_hosts"))
