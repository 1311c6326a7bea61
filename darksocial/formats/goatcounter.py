"""GoatCounter, export of page views: CSV with a header.

    2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,FirstVisit,Date
    /news,News,false,,Firefox 136,Linux,4c1f,0,www.google.com,h,true,2026-03-02T08:14:05Z

(the columns for screen and location are left out here). The digit before `Path` is the version of
the export. `Session` is the visitor, as far as GoatCounter knows it (eight hours). Rows whose `Bot`
is not 0 are rejects ("excluded by the export"). A row with `Event` true is an event, whose name is
in the place of the path; `--goal 'event=true'` counts all of them.

`Referrer` is an address without its scheme, the name of a site ("Hacker News", `Referrer scheme` g)
or the text of a campaign's parameter (c): names and campaigns are read as sources.

It gives the landing page, the source and the browser. It has no user agent (the column is empty):
in-app browsers and link previews cannot be recognised. It has no hosts, no conversions and no
revenue. GoatCounter offers this export only for sites that collect individual page views; its
export as JSON holds counts by hour alone, and is not read.

Specification: https://www.goatcounter.com/help/export
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "goatcounter",
    "GoatCounter, page views",
    keys(
        needs=("Session", "Bot", "Referrer", "Referrer scheme", "FirstVisit", "Date"),
        time="Date",
        visitor="Session",
        event="Event",
        url=("2Path", "1Path"),
        referrer="Referrer",
        source="Referrer",
        browser="Browser",
        os="System",
        excluded={"Bot": "[^0].*"},
        pages=("false",),
    ),
)
