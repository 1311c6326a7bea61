"""Fathom, aggregation of its API by day, page and referrer: JSON, or the same as CSV.

    {"date":"2026-03-02 00:00:00","hostname":"https://www.example.org","pathname":"/news",
    "referrer_hostname":"https://www.google.com","visits":"31","pageviews":"40"}

(one object of the array). Ask for `aggregates=visits,pageviews&date_grouping=day&
field_grouping=hostname,pathname,referrer_hostname`. A row stands for as many sessions as `visits`
says. Sessions are counted for the page that they landed on; whether other pages that a visit saw
appear with 0 visits is unconfirmed, and rows of 0 visits weigh nothing.

It gives sessions by page, referrer, UTM tags, device and country, as far as they were asked for. No
visitor, no time of day and no user agent are recorded: whether somebody came back, how many
strangers came within minutes, in-app browsers and link previews are not known, and the interval of
the estimate is wider for it.

Specification: https://usefathom.com/api/v1/reports
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import UTM_MEANINGS

FORMAT = Format(
    "fathom",
    "Fathom, aggregation",
    keys(
        {tag: tag for tag in UTM_MEANINGS},
        needs=("date", "pathname", "visits"),
        date="date",
        host="hostname",
        path="pathname",
        referrer="{referrer_hostname}{referrer_pathname}",
        device="device_type",
        browser="browser",
        country="country_code",
        os="operating_system",
        weight="visits",
        pageviews="pageviews",
    ),
)
