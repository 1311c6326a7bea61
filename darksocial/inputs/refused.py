"""Formats that are recognised but cannot be analysed, each with the reason."""

import re
from collections.abc import Sequence

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
)


def refusal(lines: Sequence[str]) -> str | None:
    """Return why a file is not read, if its first lines show a format that is refused."""
    for pattern, reason in REFUSED_FORMATS:
        if any(pattern.search(line) for line in lines[:EXAMINED_LINES]):
            return reason
    return None
