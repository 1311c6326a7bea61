"""Which domain a report took for the site's own, and from what."""

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.visits.own_domain import BY_ASSETS, BY_PAGES, OwnDomain
from darksocial.visits.sites import Sites

PROOFS = {
    BY_ASSETS: _(
        "{domain} was taken for the site itself: pages of this log name it as the referrer of the "
        "assets they load."
    ),
    BY_PAGES: _(
        "{domain} was taken for the site itself: referrers on it name pages that this log serves."
    ),
}


def site_notes(sites: Sites) -> tuple[str, ...]:
    """Return sentences on the domain that was taken for the site's own, and on the hosts through
    which visits passed, if there are."""
    inferred, passages = sites.inferred, sites.passages
    notes = []
    if inferred.name is not None and inferred.proof is not None:
        notes.append(PROOFS[inferred.proof].format(domain=inferred.name))
    if passages:
        went_on = ngettext(
            "People paid, signed in or agreed to something at {hosts} and came back: this is no "
            "source, their visits went on.",
            "People paid, signed in or agreed to something at {hosts} and came back: these are no "
            "sources, their visits went on.",
            len(passages),
        )
        notes.append(went_on.format(hosts=", ".join(passages)))
    return tuple(notes)


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
