"""When the browser that a user agent names was released (data/browser_releases.csv).

The first row that fits decides:

| browser | what the user agent says |
| --- | --- |
| none | Opera Mini and Opera Mobile: they name an old version of Opera for ever |
| opera | `Opera/9.80 ... Version/12`, `Opera 8` |
| chrome | `Chrome/41`, and so Edge, Opera, Samsung's browser and web views of Android |
| firefox | `Firefox/40` |
| trident, ie | `Trident/5`, which is true where Internet Explorer poses as an older one; `MSIE 6` |
| ios | `iPhone OS 9_2` |
| android | `Android 4.4 ... Version/4.0`: the system's own browser |
| safari | `Macintosh ... Version/5.0 Safari/` |
"""

import re
from datetime import date
from functools import cache

from darksocial import data

_EPOCH = date(1970, 1, 1)
_KEEPS_ITS_VERSION = re.compile(r"\bOpera M(?:ini|obi)/")
# One group each: the major version.
_VERSIONS = (
    ("opera", re.compile(r"^Opera/.*\bVersion/(\d+)")),
    ("opera", re.compile(r"\bOpera[ /](\d+)")),
    ("chrome", re.compile(r"\b(?:Chrome|Chromium|CriOS)/(\d+)")),
    ("firefox", re.compile(r"\bFirefox/(\d+)")),
    ("trident", re.compile(r"\bTrident/(\d+)")),
    ("ie", re.compile(r"\bMSIE (\d+)")),
    ("ios", re.compile(r"\b(?:iPhone|iPad|iPod)\b.*?\bOS (\d+)_")),
    ("android", re.compile(r"\bAndroid (\d+)\b.*\bVersion/4\.0 ")),
    ("safari", re.compile(r"\bMacintosh\b.*\bVersion/(\d+).* Safari/")),
)


def release_day(user_agent: str) -> int | None:
    """Return the day (since 1970) on which the browser was released, if the table has it.

    A major version counts from its last release on: Firefox 3 from 3.6.
    """
    if _KEEPS_ITS_VERSION.search(user_agent):
        return None
    for browser, pattern in _VERSIONS:
        if match := pattern.search(user_agent):
            return _days().get((browser, match[1]))
    return None


@cache
def _days() -> dict[tuple[str, str], int]:
    return {
        (row["browser"], row["version"]): (date.fromisoformat(row["released"]) - _EPOCH).days
        for row in data.read("browser_releases")
    }
