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
)


def refusal(lines: Sequence[str]) -> str | None:
    """Return why a file is not read, if its first lines show a format that is refused."""
    for pattern, reason in REFUSED_FORMATS:
        if any(pattern.search(line) for line in lines[:EXAMINED_LINES]):
            return reason
    return None
