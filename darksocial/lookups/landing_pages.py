"""What kind of page a visit landed on: could somebody have typed its address?

| kind | what it is |
| --- | --- |
| home | the root of the site, with or without an index file or a language |
| account | login, account, cart, checkout, search and the like: reached by habit or from the site |
| section | one or two short words without digits: section fronts and other addresses people type |
| article | a longer address of words: three or more in a slug, or 25 characters of path and more |
| numbered | an address with a date, a number of three digits and more, or a page in its query |

The idea that nobody types a long address is The Atlantic's and Chartbeat's (A. Madrigal,
"Dark Social", The Atlantic, 2012); the limits are darksocial's own.
"""

import re
from functools import cache

from darksocial import data

HOME_PATH = re.compile(
    r"^/*(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home)(?:\.\w+)?)?/?$", re.I
)
LONG_NUMBER = re.compile(r"\d{3}")
# Letters of many scripts are spelled with marks, which are no letters of their own.
SLUG_WORD = re.compile(r"(?:[^\W_]|[^\x00-\x7f])+")
MIN_ARTICLE_WORDS = 3
DEEP_KINDS = ("article", "numbered")
"""Kinds of pages whose address nobody types."""
MIN_ARTICLE_PATH_CHARACTERS = 25


def kind_of(page: str) -> str:
    """Return the kind of a landing page by its name (pages.py): a path, and what names it there."""
    path, _, named_by = page.partition("?")
    if HOME_PATH.match(path) and not named_by:
        return "home"
    parts = [part for part in path.lower().split("/") if part]
    if any(part.split(".")[0] in account_words() for part in parts):
        return "account"
    if named_by or LONG_NUMBER.search(path):
        return "numbered"
    slug_words = max((len(SLUG_WORD.findall(part)) for part in parts), default=0)
    if slug_words >= MIN_ARTICLE_WORDS or len(path) >= MIN_ARTICLE_PATH_CHARACTERS:
        return "article"
    return "section" if len(parts) <= 2 else "article"


@cache
def account_words() -> frozenset[str]:
    """Return the path segments of data/account_pages.csv."""
    return frozenset(row["segment"] for row in data.read("account_pages"))
