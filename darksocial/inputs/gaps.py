"""Which evidence is missing, given the fields that an input records."""

from darksocial.language import gettext as _

# Fields any of which says how a visit came to the site.
ORIGIN_FIELDS = frozenset({"referrer", "source", "medium", "source_medium", "channel"})
# Groups of fields, and what it means if an input records none of a group.
NOTES_BY_MISSING_FIELDS = (
    (
        frozenset({"client_ip", "visitor", "weight", "forwarded"}),
        _("No client address is recorded, so each user agent counts as one visitor."),
    ),
    (
        ORIGIN_FIELDS,
        _(
            "No referrer is recorded, so it is not known how visits came to the site, and they are "
            "Unassigned."
        ),
    ),
    (
        frozenset({"user_agent", "visitor", "weight"}),
        _(
            "No user agent is recorded, so bots cannot be recognised by name, and each address "
            "counts as one visitor."
        ),
    ),
)
AGGREGATED_NOTE = _(
    "Each row represents many sessions. Visitors, browsers and the time of day are not recorded, "
    "so the interval is wider."
)


def missing_evidence(records: frozenset[str]) -> tuple[str, ...]:
    """Return notes on the evidence that an input with these fields cannot give."""
    notes = [note for fields, note in NOTES_BY_MISSING_FIELDS if not fields & records]
    return (*notes, AGGREGATED_NOTE) if "weight" in records else tuple(notes)
