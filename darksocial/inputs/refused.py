"""Formats that are recognised but cannot be analysed, each with the reason."""

import re
from collections.abc import Sequence

from darksocial import data
from darksocial.grammar.days import names_two_periods
from darksocial.grammar.headers import plain_header
from darksocial.language import gettext as _

EXAMINED_LINES = 20
REFUSED_FORMATS = (
    (
        re.compile(r"(?:^|\s)heroku\[router\]|^(?:.*: )?at=\w+ method=[A-Z]+ path="),
        _(
            "Heroku's router log records neither referrer nor user agent, and the client only in "
            "its field fwd. Let the application write an access log instead"
        ),
    ),
    (
        re.compile(
            r'^#?"?date"?,"?(?:hostname"?,"?page|exit_page|country|device|browser|'
            r'operating_system|visitors"?,"?pageviews|name"?,"?link_url)\b'
        ),
        _(
            "a table of Plausible's export in which no row says how visits came or where they "
            "landed. Read imported_sources or imported_entry_pages"
        ),
    ),
    (
        re.compile(r'^#?"?(?i:name)"?,"?(?i:visitors|unique_entrances|unique entrances)\b'),
        _(
            "a table of Plausible's dashboard, which has no dates. Read the CSV export of the "
            "site's settings (Imports & exports)"
        ),
    ),
    (
        re.compile(r'^#?"?date"?[,;\t]"?label"?[,;\t]"?nb_'),
        _(
            "a report of Matomo whose rows are neither landing pages nor channels. Read "
            "Actions.getEntryPageUrls or Referrers.getReferrerType"
        ),
    ),
    (
        re.compile(
            r"^# (?:[^:]+: )?\d{8}(?:\s*-\s*\d{8})?$|^#?(?:First user|Page (?:path|title)) "
        ),
        _(
            "a report of Google Analytics 4 without sessions by source, channel or landing page. "
            "Download Acquisition: Traffic acquisition, or Engagement: Landing page"
        ),
    ),
    (
        # https://help.shopify.com/manual/reports-and-analytics/shopify-reports
        re.compile(r'(?i:(?:^#?|[,;\t])"?(?:traffic )?referrer (?:source|name)"?(?:[,;\t]|$))'),
        _(
            "a report of Shopify, whose columns have other names in each language. Group it by "
            "day, and name them: `map` with date=Day,source=Referrer name,weight=Sessions"
        ),
    ),
    (
        # https://www.goatcounter.com/help/export-json
        re.compile(r'"goatcounter_version"\s*:'),
        _(
            "GoatCounter's export as JSON, which has counts by hour and not how each visit came. "
            "Download the CSV (the site has to collect individual page views)"
        ),
    ),
    (
        # https://developers.cloudflare.com/web-analytics/
        re.compile(r'"rum(?:Pageload|Performance|WebVitals)EventsAdaptive'),
        _(
            "Cloudflare Web Analytics, whose groups count a sample of page loads without visitors. "
            "Read the requests of Logpush, or the access log of the server"
        ),
    ),
    (
        # Names of its own events begin so: https://api.count.ly/
        re.compile(r'"\[CLY\]_\w+"'),
        _(
            "events of Countly, for which no public specification says how visits came. Read the "
            "access log of the server, or name the keys with `map`"
        ),
    ),
    (
        re.compile(
            r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d "
            r"\[(?:debug|info|notice|warn|error|crit|alert|emerg)\] \d+#\d+: "
        ),
        _("this is an error log of nginx, and requests are in the access log"),
    ),
    (
        re.compile(
            r"^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}\] "
            r"\[(?:\w*:)?\w+\] "
        ),
        _("this is an error log of Apache, and requests are in the access log"),
    ),
    (
        re.compile(r"^\s*(?:<!doctype html|<html[ >])", re.IGNORECASE),
        _(
            "this is a page of HTML, such as the one for signing in that came in place of a "
            "download. Open it in a browser to see why, and download the file again"
        ),
    ),
)
IS_OLD_WORKBOOK = _(
    "this is an Excel file of the old kind (.xls), or one with a password. Save it as .xlsx or as "
    "CSV (UTF-8), and analyse that"
)
# An Excel file of before 2007, or an encrypted one, as text: its first three bytes.
OLD_WORKBOOK = re.compile(r"^\\xd0\\xcf\x11")
CUT_ARCHIVE = re.compile(r"^PK\x03\x04")
IS_CUT_ARCHIVE = _(
    "this is a zip archive or an Excel file that is damaged or ends early. Copy or download it "
    "again"
)
# Names of columns are words: what holds a number, an address or a time is a row.
COLUMN_NAME = r'"?[^\W\d][\w /()&%.-]*"?'
HEADER_ALONE = re.compile(rf"^\ufeff?{COLUMN_NAME}(?:[,;\t]{COLUMN_NAME})+$")
# The column of two periods in the Data API, and those of visits, in seven languages (plain).
RANGE_OF_DATES = "daterange"
NAMES_OF_SESSIONS = frozenset(
    plain_header(row["name"]) for row in data.read("ga4_headers") if row["field"] == "weight"
)
HOLDS_TWO_PERIODS = _(
    "a report of Google Analytics 4 that compares two periods, whose visits would be added up. "
    "Download it without the comparison, each period alone"
)
HAS_NO_ROWS = _(
    "this is a table with a header and no rows. Choose days that have visits, and export it again"
)


def _has_two_periods(lines: Sequence[str]) -> bool:
    """Return whether a report of Google Analytics 4 compares two periods, in rows or in columns."""
    if names_two_periods(lines):
        return True
    header = next((line for line in lines if line.strip(" ,;\t") and line[0] != "#"), "")
    names = [plain_header(name) for name in re.split("[,;\t]", header)]
    return NAMES_OF_SESSIONS & set(names) != set() and (
        RANGE_OF_DATES in names or any(names.count(name) > 1 for name in NAMES_OF_SESSIONS)
    )


def refusal(lines: Sequence[str]) -> str | None:
    """Return why a file is not read, if its first lines show a format that is refused."""
    if lines and OLD_WORKBOOK.match(lines[0]):
        return IS_OLD_WORKBOOK
    if lines and CUT_ARCHIVE.match(lines[0]):
        return IS_CUT_ARCHIVE
    if _has_two_periods(lines):
        return HOLDS_TWO_PERIODS
    for pattern, reason in REFUSED_FORMATS:
        if any(pattern.search(line) for line in lines[:EXAMINED_LINES]):
            return reason
    rows = [line for line in lines if line.strip() and not line.startswith("#")]
    return HAS_NO_ROWS if len(rows) == 1 and HEADER_ALONE.match(rows[0]) else None
