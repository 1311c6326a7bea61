"""What an input cannot tell, by the fields that it records."""

ORIGINS = {"referrer", "source", "medium", "source_medium", "channel"}
"""Fields any of which tells how a visit came."""
MISSING = (
    (
        ("client_ip", "visitor", "weight", "forwarded"),
        "no client address is recorded, so a user agent is a visitor.",
    ),
    (
        ("referrer", "source", "medium", "source_medium", "channel"),
        "no referrer is recorded, so how its visits came is not known: Unassigned.",
    ),
    (
        ("user_agent", "visitor", "weight"),
        "no user agent is recorded: bots cannot be named, an address is a visitor.",
    ),
)
"""What it means that none of some fields is recorded."""
AGGREGATED = (
    "each row stands for many sessions. Visitors, browsers and the time of day are not recorded, "
    "and the interval is wider for it."
)


def missing_evidence(records: frozenset[str]) -> tuple[str, ...]:
    """Say which evidence an input that records these fields cannot give."""
    found = [note for fields, note in MISSING if not set(fields) & records]
    return (*found, AGGREGATED) if "weight" in records else tuple(found)
