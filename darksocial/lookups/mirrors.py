"""Hosts that show the pages of other sites: caches, light copies, translations (data/mirrors.csv).

Whoever comes from one was reading a page of the site whose name is in the address, so that is the
referring site: for the site itself its own page, and for any other the one that has the link. The
name is in the host, or in the path or the query behind it.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache
from urllib.parse import unquote, unquote_plus

from darksocial import data

HYPHENS, POINTS = "hyphens", "points"
"""How a host holds the site's name: with hyphens for its points, or as it is."""
PATH, QUERY = "path", "query"
"""What holds the address of the page where the host does not: the path, or a parameter."""
HYPHEN = "\0"
# How the name of a host ends that has the same pages under any top-level domain.
ANY_SUFFIX = ".{}"
PORT = re.compile(r"^:\d*")

Patterns = tuple[tuple[str, re.Pattern[str]], ...]


def mirrored(host: str) -> str:
    """Return the host whose pages a host shows; the host itself if it shows its own.

    `www-example-org.translate.goog` and `www.example.org.googleweblight.com` show
    `www.example.org`.
    """
    name, _, suffix = host.partition(".")
    if "-" in name and suffix in _suffixes(HYPHENS):
        return name.replace("--", HYPHEN).replace("-", ".").replace(HYPHEN, "-")
    return _before_suffix(host)


def address_shown(host: str, rest: str) -> str | None:
    """Return the address of the page that a host shows, where the `rest` of the address says it.

    `/web/2019/https://www.example.org/` on `web.archive.org` shows `https://www.example.org/`. It
    is decoded once, and cut at a blank.
    """
    patterns = _patterns_of(host)
    if not patterns:
        return None
    path, _, query = PORT.sub("", rest).partition("#")[0].partition("?")
    for name_in, behind in patterns:
        parts = [unquote(path)] if name_in == PATH else map(unquote_plus, query.split("&"))
        for match in filter(None, map(behind.match, parts)):
            return match.string[match.end() :].partition(" ")[0]
    return None


def hosts_with_addresses() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the hosts whose addresses hold those of other pages, and how others of them begin."""
    hosts = tuple(sorted(host for host in _patterns() if not host.endswith(ANY_SUFFIX)))
    beginnings = sorted(host for host in _patterns() if host.endswith(ANY_SUFFIX))
    return hosts, tuple(host.removesuffix("{}") for host in beginnings)


def _before_suffix(host: str) -> str:
    """Return the site's name before a suffix that follows it as it is; the host itself if none.

    A name without a point is no site's: `www.googleweblight.com` shows its own pages.
    """
    names = (host.removesuffix(f".{suffix}") for suffix in _suffixes(POINTS))
    return next((name for name in names if name != host and "." in name), host)


@lru_cache(maxsize=65_536)
def _patterns_of(host: str) -> Patterns:
    """Return the patterns of a host: its own, or those of `translate.google.{}` for any domain."""
    any_suffix = ".".join(host.split(".", 2)[:2]) + ANY_SUFFIX
    return _patterns().get(host) or _patterns().get(any_suffix, ())


@cache
def _suffixes(name_in: str) -> frozenset[str]:
    return frozenset(row["suffix"] for row in data.read("mirrors") if row["name_in"] == name_in)


@cache
def _patterns() -> dict[str, Patterns]:
    """Return for each host where it has the addresses of pages, and what is before them there."""
    patterns: dict[str, Patterns] = defaultdict(tuple)
    for row in data.read("mirrors"):
        if row["name_in"] in (PATH, QUERY):
            patterns[row["suffix"]] += ((row["name_in"], re.compile(row["behind"])),)
    return dict(patterns)
