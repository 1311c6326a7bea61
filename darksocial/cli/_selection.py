"""The options that say which of the judged visits a report is about; they become one value."""

from typing import TYPE_CHECKING

import click

from darksocial.cli._command import OUTPUT, SELECTION, Name, gathered, option
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of

if TYPE_CHECKING:
    from darksocial.selection import Breakdown, Selection

PATTERN_KEYS = ("path", "site", "device", "country", "campaign", "app")
"""As in selection.py, which takes too long to load for a help page."""
BY_NAMES = ("day", "week", "hour", "device", "country", "campaign", "section", "app", "landing")

since_option = option(
    "--since",
    heading=SELECTION,
    metavar="WHEN",
    help=_("Report on visits from WHEN on: a day, a moment with its zone, or 7d, 12h or 2w before "
           "the last hit."),
)  # fmt: skip
until_option = option(
    "--until",
    heading=SELECTION,
    metavar="WHEN",
    help=_("Report on visits to the end of a day, or before a moment or such a span."),
)
only_option = option(
    "--only",
    heading=SELECTION,
    multiple=True,
    metavar="KEY=PATTERN",
    help=_("Report on visits that fit, with * for any characters: {keys}. All that are given have "
           "to fit.").format(keys=", ".join(PATTERN_KEYS)),
)  # fmt: skip
zone_option = option(
    "--report-zone",
    heading=SELECTION,
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help=_("Zone of the days and hours of the report: Europe/Berlin, +01:00."),
)


def selection_of(
    since: str | None = None,
    until: str | None = None,
    only: tuple[str, ...] = (),
    report_zone: str = "UTC",
) -> "Selection":
    """Return which visits a report is about. Raises UsageError for what no option takes."""
    from darksocial.selection import Selection

    return Selection(since, until, tuple(map(_pattern, only)), report_zone)


def _pattern(text: str) -> tuple[str, str]:
    key, separator, pattern = text.partition("=")
    if not separator:
        raise UsageError(
            _("`only` is {text!r}, which is not KEY=PATTERN.").format(text=text),
            expected=_("a KEY that is {keys}").format(keys=one_of(key, PATTERN_KEYS)),
        )
    return key, pattern


SELECTION_OPTIONS = (since_option, until_option, only_option, zone_option)
selection_options = gathered("selection", selection_of, SELECTION_OPTIONS)
"""The options that choose visits: the command takes them as `selection`."""

by_option = option(
    "--by",
    heading=OUTPUT,
    type=Name(BY_NAMES),
    metavar="WHAT",
    help=_("Count the visits in one more table, by {names}: Direct before and after, dark social, "
           "conversions.").format(names=", ".join(BY_NAMES)),
)  # fmt: skip
top_option = option(
    "--top",
    heading=OUTPUT,
    type=click.IntRange(min=1),
    metavar="N",
    help=_("Show N rows of this table, those with the most dark social.  [default: 20, of a time "
           "all]"),
)  # fmt: skip


def breakdown_of(by: str | None = None, top: int | None = None) -> "Breakdown | None":
    """Return by what visits are counted. Raises UsageError for a number of rows without that."""
    from darksocial.selection import Breakdown

    if by is not None:
        return Breakdown(by, top)
    if top is not None:
        raise UsageError(
            _("`top` is given, and no table to which it applies."),
            expected=_("--by and what to count by"),
        )
    return None


breakdown_options = gathered("breakdown", breakdown_of, (by_option, top_option))
"""The options that ask for one more table: the command takes them as `breakdown`."""
