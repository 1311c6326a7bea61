"""What groups of visits are called: the groups of --by, and the devices and countries of a page."""

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.apps import label
from darksocial.lookups.countries import country_names

TITLES = {
    "day": _("Visits by day"),
    "week": _("Visits by week, from Monday"),
    "hour": _("Visits by hour of the day"),
    "device": _("Visits by device"),
    "country": _("Visits by country"),
    "campaign": _("Visits by campaign"),
    "section": _("Visits by section"),
    "app": _("Visits by app"),
    "landing": _("Visits by landing page"),
}
GROUP_HEADINGS = {
    "day": _("day"),
    "week": _("week"),
    "hour": _("hour"),
    "device": _("device"),
    "country": _("country"),
    "campaign": _("campaign"),
    "section": _("section"),
    "app": _("app"),
    "landing": _("landing page"),
}
OF_PATHS = frozenset({"section", "landing"})
"""Groups whose names are cut as paths are."""


def group_name(by: str, name: str | None, others: int) -> str:
    """Return the name of a group of visits, or of the row of all `others`.

    A `name` of None is that of the visits of which it is not known.
    """
    if others:
        return ngettext("{n:,} other", "{n:,} others", others).format(n=others)
    if name is None:
        return _("none") if by == "campaign" else _("not known")
    if by == "country":
        return country_names().get(name, name)
    return label(name) if by == "app" else name


def what_groups_count(zone: str) -> str:
    """Return what the columns of groups mean."""
    return _(
        "Direct is as booked and as estimated. Days and hours are those of {zone}; a visit counts "
        "by its start."
    ).format(zone=zone)
