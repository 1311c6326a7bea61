"""Which domain a report took for the site's own, and from what."""

from darksocial.language import gettext as _
from darksocial.visits.own_domain import BY_ASSETS, BY_PAGES, OwnDomain

PROOFS = {
    BY_ASSETS: _(
        "{domain} was taken for the site itself: pages of this log name it as the referrer of the "
        "assets they load."
    ),
    BY_PAGES: _(
        "{domain} was taken for the site itself: referrers on it name pages that this log serves."
    ),
}


def site_notes(inferred: OwnDomain) -> tuple[str, ...]:
    """Return the sentence on the domain that was taken for the site's own, if one was."""
    if inferred.name is None or inferred.proof is None:
        return ()
    return (PROOFS[inferred.proof].format(domain=inferred.name),)


def missing_site_notes(inferred: OwnDomain) -> tuple[str, ...]:
    """Return a warning where the input does not show which referrers are the site's own pages."""
    if not inferred.is_missed:
        return ()
    return (
        _(
            "No domain was taken for the site itself: no host is recorded, and nothing else proves "
            "which of the referring domains is the site's own. If it is among them, visits from "
            "its own pages count as Referral. Name it with --site."
        ),
    )
