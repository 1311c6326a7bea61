"""Hosts that show the pages of other sites: caches, light copies, translations (data/mirrors.csv).

Whoever comes from one was reading a page of the site whose name the host holds, so that is the
referring site: for the site itself its own page, and for any other the one that has the link.
"""

from functools import cache

from darksocial import data

HYPHENS, POINTS = "hyphens", "points"
"""How a host holds the site's name: with hyphens for its points, or as it is."""
HYPHEN = "\0"


def mirrored(host: str) -> str:
    """Return the host whose pages a host shows; the host itself if it shows its own.

    `www-example-org.translate.goog` and `www.example.org.googleweblight.com` show
    `www.example.org`.
    """
    name, _, suffix = host.partition(".")
    if "-" in name and suffix in _suffixes(HYPHENS):
        return name.replace("--", HYPHEN).replace("-", ".").replace(HYPHEN, "-")
    return _before_suffix(host)


def _before_suffix(host: str) -> str:
    """Return the site's name before a suffix that follows it as it is; the host itself if none.

    A name without a point is no site's: `www.googleweblight.com` shows its own pages.
    """
    names = (host.removesuffix(f".{suffix}") for suffix in _suffixes(POINTS))
    return next((name for name in names if name != host and "." in name), host)


@cache
def _suffixes(name_in: str) -> frozenset[str]:
    return frozenset(row["suffix"] for row in data.read("mirrors") if row["name_in"] == name_in)
