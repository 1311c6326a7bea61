"""Hosts that show the pages of other sites: caches of AMP pages, translations (data/mirrors.csv).

Whoever comes from one was reading a page of the site whose name the host holds, so that is the
referring site: for the site itself its own page, and for any other the one that has the link.
"""

from functools import cache

from darksocial import data

HYPHEN = "\0"


def mirrored(host: str) -> str:
    """Return the host whose pages a host shows; the host itself if it shows its own.

    `www-example-org.translate.goog` shows `www.example.org`.
    """
    # Most hosts have no hyphen, and are looked at no further.
    name, _, suffix = host.partition(".")
    if "-" not in name or suffix not in _suffixes():
        return host
    return name.replace("--", HYPHEN).replace("-", ".").replace(HYPHEN, "-")


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(row["suffix"] for row in data.read("mirrors"))
