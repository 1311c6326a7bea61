"""Matomo, a report of its Reporting API or download as CSV: entry pages or channels by day.

    date,label,nb_visits,entry_nb_visits,metadata_url
    2026-03-02,/news,310,204,https://www.example.org/news

The report must have a column `date`: ask for it by `period=day&date=last30&format=CSV` (a download
for one period names it in the file name alone). Read are `Actions.getEntryPageUrls` with `flat=1`,
whose `entry_nb_visits` are the sessions that landed on the page, and
`Referrers.getReferrerType`, whose label is the channel, in English, German, French, Spanish or
Italian, and whose sessions are `nb_visits`.
A file of UTF-16, as Matomo writes it for spreadsheets, is read.

It gives sessions by landing page or by channel, and never by both: for entry pages how visits came
is not known. No visitor, no time of day and no user agent are recorded: whether somebody came back,
how many strangers came within minutes, in-app browsers and link previews are not known, and the
interval of the estimate is wider for it.

Specification: https://developer.matomo.org/api-reference/reporting-api
"""

from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.grammar.keys import Keys, keys
from darksocial.grammar.numbers import UNDECIDED
from darksocial.lookups.channels import recorded_channels

BY_ENTRY_PAGE = keys(
    needs=("date", "label", "entry_nb_visits"),
    date="date",
    url=("metadata_url", "url", "label"),
    weight="entry_nb_visits",
    conversions="nb_conversions",
    revenue="revenue",
    decimals=UNDECIDED,
)
BY_CHANNEL = keys(
    needs=("date", "label", "nb_visits"),
    date="date",
    channel="label",
    weight="nb_visits",
    pageviews="nb_actions",
    conversions="nb_conversions",
    revenue="revenue",
    decimals=UNDECIDED,
)


def bind(head: Sequence[str]) -> Keys | None:
    """Return the grammar of the report that the first records are of.

    None if the report has the columns of the one by channel and no label is a channel: the
    reports of countries, search engines or websites look alike.
    """
    if any(map(BY_ENTRY_PAGE.matches, head)):
        return BY_ENTRY_PAGE.recorded_in(head)
    records = [record for line in head if (record := BY_CHANNEL.record(line))]
    labels = {str(record.get("label")).lower() for record in records}
    return BY_CHANNEL.recorded_in(head) if labels & {*recorded_channels()} else None


FORMAT = Format("matomo_csv", "Matomo, report as CSV", BY_ENTRY_PAGE, bind)
