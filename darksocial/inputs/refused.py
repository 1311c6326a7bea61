"""Formats that are known and cannot help, each with the reason."""

import re
from collections.abc import Sequence

REFUSED = (
    (
        re.compile(r"(?:^|\s)heroku\[router\]|^(?:.*: )?at=\w+ method=[A-Z]+ path="),
        "Heroku's router log: it records neither referrer nor user agent, and the client only "
        "in its fwd field. Have the application write an access log instead.",
    ),
)


def refusal(lines: Sequence[str]) -> str | None:
    """Say why a file is not read, where its first lines tell."""
    for pattern, reason in REFUSED:
        if any(pattern.search(line) for line in lines[:20]):
            return reason
    return None
