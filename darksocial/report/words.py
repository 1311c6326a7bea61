"""Numbers in words."""

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.values import LAST_NON_DIRECT, Before


def what_before_means(before: Before, direct: float) -> str:
    """Return what booked means, and how many of the visits that arrived as Direct it differs for.

    `direct` counts these visits, without likely bots.
    """
    if before.reading != LAST_NON_DIRECT:
        return _(
            "Booked is how each visit arrived, by the channel rules of GA4. The reports of GA4 "
            "give a Direct visit the visitor's last other source of 90 days, and so does "
            "--before last-non-direct."
        )
    return ngettext(
        "Read as GA4 does, {differ:,.0f} of {direct:,.0f} visit booked as Direct belongs to the "
        "source of an earlier visit.",
        "Read as GA4 does, {differ:,.0f} of {direct:,.0f} visits booked as Direct belong to the "
        "source of an earlier visit.",
        round(direct),
    ).format(differ=before.differ, direct=direct)


def percent(share: float) -> str:
    """Return a proportion in per cent, to three significant digits."""
    return f"{100 * share:.3g}%"


def number(value: float) -> str:
    """Return a count, or an expected number to one decimal."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
