"""Google Analytics 4, a report downloaded as CSV: sessions by landing page, source or channel.

    # Start date: 20260301
    # End date: 20260331
    Landing page,Session source / medium,Sessions,Key events,Total revenue
    /news,(direct) / (none),1204,17,0

Comment lines come first, then a table; more tables may follow, each with its comments. A row stands
for as many sessions as `Sessions` says; that column, and a dimension of the landing page, the
source or the channel, must be there. The day is the column `Date`, else the start date of the
comments. The row of totals, which has no dimension, is a reject ("excluded by the export"). The
interface's language must be English: other languages translate the names, and `--map` reads those.
That a download can hold several tables and a row of totals is unconfirmed.

It gives sessions by landing page, source / medium, channel and device, as far as they were chosen.
No visitor, no time of day and no user agent are recorded: whether somebody came back, how many
strangers came within minutes, in-app browsers and link previews are not known, and the interval of
the estimate is wider for it.

Specification: https://support.google.com/analytics/answer/9317657
"""

from collections.abc import Sequence
from dataclasses import replace

from darksocial.formats import Format
from darksocial.grammar.keys import Keys, keys
from darksocial.grammar.values import has

LANDING_PAGE_COLUMNS = ("Landing page", "Landing page + query string")
CHANNEL_COLUMNS = (
    "Session primary channel group (Default channel group)",
    "Session primary channel group (Default Channel Group)",
    "Session default channel group",
    "Session primary channel group",
)
ORIGIN_MEANINGS = ("source_medium", "source", "medium")
TEXT_FOR_NO_VALUE = ("(not set)",)

REPORT = keys(
    needs=("Sessions",),
    time=("Date", "#Start date"),
    time_format="%Y%m%d",
    url=LANDING_PAGE_COLUMNS,
    source_medium="Session source / medium",
    source="Session source",
    medium="Session medium",
    utm_campaign="Session campaign",
    channel=CHANNEL_COLUMNS,
    device="Device category",
    os="Operating system",
    browser="Browser",
    weight="Sessions",
    pageviews="Views",
    conversions=("Key events", "Conversions"),
    revenue=("Total revenue", "Purchase revenue"),
    nulls={"url": TEXT_FOR_NO_VALUE, "channel": TEXT_FOR_NO_VALUE},
)


def bind(head: Sequence[str]) -> Keys | None:
    """Return the columns that the report has; None without any dimension that can be used."""
    grammar = REPORT.recorded_in(head)
    dimensions = [v for v in grammar.values if v.meaning in ("url", *ORIGIN_MEANINGS, "channel")]
    names = [steps for value in dimensions for steps in value.first_paths]
    records = [record for line in head if (record := grammar.record(line))]
    chosen = [steps for steps in names if any(has(record, steps) for record in records)]
    return replace(grammar, excluded=((chosen[0], ""),)) if chosen else None


FORMAT = Format("ga4_csv", "Google Analytics 4, report as CSV", REPORT, bind)
