"""Plausible, imported_entry_pages of its export: sessions by landing page and day.

    "date","entry_page","visitors","entrances","visit_duration","bounces","pageviews"
    "2026-03-02","/news",180,204,8160,120,310

A row stands for as many sessions as `entrances` says. Plausible's export holds the same visits in
several tables: read this one or plausible_sources.

It gives sessions by landing page; how visits came is not known. No visitor, no time of day and no
user agent are recorded: whether somebody came back, how many strangers came within minutes, in-app
browsers and link previews are not known, and the interval of the estimate is wider for it.

Specification: https://plausible.io/docs/csv-import
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "plausible_entry_pages",
    "Plausible, imported_entry_pages",
    keys(
        needs=("date", "entry_page", "entrances"),
        date="date",
        path="entry_page",
        weight="entrances",
        pageviews="pageviews",
    ),
)
