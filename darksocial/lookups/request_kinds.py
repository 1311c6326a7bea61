"""What a request is for: a page view, or something that never makes a visit.

| kind | what it is |
| --- | --- |
| page | a successful (2xx, 304 or not recorded) GET of a page; makes visits |
| asset | what a page loads: styles, scripts, images, fonts, media |
| download | a file that is no page |
| beacon | a file by which the site's script says that it gave an id (tracking/share_id.py) |
| feed, api | fetched by programs, also by a page that stays open |
| prefetch | asked for by a browser ahead of a click (Sec-Purpose, Purpose or X-Moz header logged) |
| robots | robots.txt, which only robots read |
| head | HEAD, whatever it asks for: no browser shows a page by it (link checkers and monitors do) |
| probe | a path by which scanners look for weaknesses, whatever the answer |
| login | what is sent (POST) to a login page or to a script that takes a password |
| redirect, error | an answer of 3xx but 304, or of 4xx and 5xx |
| other | any other method, and requests that are not HTTP |

Browsers navigate by GET or POST (https://html.spec.whatwg.org/multipage/browsing-the-web.html), so
HEAD neither begins a visit nor prolongs one.

The rules on paths are rows of data/page_rules.csv and data/probe_paths.csv. Login pages, which are
page views where they are asked for by GET, are in data/login_pages.csv. An engine evaluates all of
them once per request.
"""

import re
from functools import cache

from darksocial import data

REQUEST_KINDS = (
    "page",
    "asset",
    "download",
    "beacon",
    "feed",
    "api",
    "prefetch",
    "robots",
    "head",
    "probe",
    "login",
    "redirect",
    "error",
    "other",
)

# Kinds that show that a person is still there; open pages poll APIs and feeds by themselves.
ACTIVITY = ("page", "asset", "download", "beacon", "login", "redirect", "error", "other")

# How a rule on a path becomes a regular expression, by its `match`.
SHAPES = {
    "exact": "^(?:{})$",
    "prefix": "^(?:{})",
    "beginning": "(?:^|/)(?:{})",
    "segment": "(?:^|/)(?:{})(?:/|$)",
    "inside": "(?:{})",
    "extension": r"\.(?:{})$",
}


@cache
def path_patterns() -> dict[str, str]:
    """Return, by kind, a regular expression over paths for all of its rules on them.

    The expressions are valid for RE2 and for Python's `re`, and ignore case.
    """
    kinds = dict.fromkeys(row["kind"] for row in _rules())
    return {kind: pattern for kind in kinds if (pattern := _path_pattern(kind))}


@cache
def login_pages() -> str:
    """Return a regular expression over paths of login pages."""
    values = "|".join(re.escape(row["value"]) for row in data.read("login_pages"))
    return f"(?i){SHAPES['segment'].format(values)}"


@cache
def feed_parameters() -> str:
    """Return a regular expression over query strings that ask a page for its feed."""
    return f"(?i)(?:^|&)(?:{_values('feed', 'parameter')})(?:&|$)"


def _path_pattern(kind: str) -> str:
    values_of = [(shape, _values(kind, match)) for match, shape in SHAPES.items()]
    parts = [shape.format(values) for shape, values in values_of if values]
    return "(?i)" + "|".join(parts) if parts else ""


def _values(kind: str, match: str) -> str:
    return "|".join(
        re.escape(row["value"]) for row in _rules() if (row["kind"], row["match"]) == (kind, match)
    )


@cache
def _rules() -> tuple[dict[str, str], ...]:
    """Return the rules on paths, each with `kind`, `match`, `value` and `source`."""
    probes = ({"kind": "probe", **row} for row in data.read("probe_paths"))
    return (*data.read("page_rules"), *probes)
