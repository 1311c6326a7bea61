"""Plausible, imported_sources of its export: sessions by source and day.

    "date","source","referrer","utm_source","utm_medium","utm_campaign","visits","pageviews"
    "2026-03-02","","","","","",412,655

A row stands for as many sessions as `visits` says; a row without source is Direct / None.
Plausible's export holds the same visits in several tables: read this one or plausible_entry_pages.

It gives sessions by source, referrer and UTM tags, without landing pages. No visitor, no time of
day and no user agent are recorded: whether somebody came back, how many strangers came within
minutes, in-app browsers and link previews are not known, and the interval of the estimate is wider
for it.

Specification: https://plausible.io/docs/csv-import
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import UTM_MEANINGS

FORMAT = Format(
    "plausible_sources",
    "Plausible, imported_sources",
    keys(
        {tag: tag for tag in UTM_MEANINGS},
        needs=("date", "source", "referrer", "utm_source", "visits", "bounces"),
        date="date",
        referrer="referrer",
        source="source",
        weight="visits",
        pageviews="pageviews",
    ),
)
