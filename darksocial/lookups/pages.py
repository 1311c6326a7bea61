"""What names a page: its path, and the parameters of its query by which the site names pages.

A page is named by its decoded path. Sites whose pages are parameters (`/?p=12`,
`viewtopic.php?t=7`) have them behind it, decoded as well, in the order of their names. Which they
are is said by the owner (`--page-parameter`), learned from the site's own links (visits/pages.py),
or known of the software (data/page_parameters.csv).

What servers answer with one page is folded: slashes at the end and in a row, index files, what AMP
adds to a path, and the case of words: a server that distinguishes it would hardly answer both. The
case of other texts is kept, since that of a short link's key (`/s/aB3x`) means something. `folded`
gives addresses the same text that may be the same page; whether they are is for the log to show.
Hosts for telephones and for AMP show the pages of the site's own host (data/twin_hosts.csv).
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from darksocial import data
from darksocial.lookups.paths import decoded_path
from darksocial.lookups.utm import UTM, click_ids

ANY_FILE = "*"
# Apache's DirectoryIndex and IIS's default documents, and those of other languages for programs.
INDEX_FILE = r"(?i)/(?:index|default)\.(?:s?html?|xhtml|php\d?|aspx?|jspx?|cfm|cgi|pl)(\?|$)"
FOLDS = (
    (r"//+", "/"),
    (INDEX_FILE, r"/\1"),
    # https://amp-wp.org/documentation/getting-started/paired-url-structures/
    (r"(?i)([^/?])/amp/?(\?|$)", r"\1\2"),
    (r"([^/?])/(\?|$)", r"\1\2"),
)
"""Pairs of a pattern and its replacement, for RE2."""
SPELLED_WORD = r"(?:[a-z0-9]+|[A-Z0-9]+|[A-Z][a-z]+|(?:[A-Z]?[a-z]{2,})+)"
PATH_OF_WORDS = rf"^[^A-Za-z0-9?]*(?:{SPELLED_WORD}[^A-Za-z0-9?]+)*{SPELLED_WORD}?(?:\?|$)"
"""Paths whose parts are words or numbers, in small or capital letters or each word with one first:
`/About-Us`, `/ABOUT.ASPX`, `/viewTopic`. Assumed."""


@dataclass(frozen=True, slots=True)
class PageParameters:
    """The parameters that name pages: those that the owner or the log says, beside the table's.

    is_personal: whether the parameter of a name carries personal data; such a one names no page.
    """

    names: frozenset[str]
    is_personal: Callable[[str], bool]

    def page_of(self, path: str, query: str) -> str:
        """Return the name of a page: its path, with the parameters that name it."""
        file = path.rpartition("/")[2].lower() or "/"
        of_file = parameters_of(file)
        chosen = sorted(
            f"{name}={value}"
            for name, value in parameters(query)
            if (name in self.names or name in of_file) and not self.is_personal(name)
        )
        return f"{path}?{'&'.join(chosen)}" if chosen else path


def parameters(query: str) -> list[tuple[str, str]]:
    """Return the names, in lower case, and values of a query's parameters, without empty ones.

    Both are decoded like paths, and a name counts once, with its first value.
    """
    pairs: dict[str, str] = {}
    for part in query.replace("&amp;", "&").replace(";", "&").split("&"):
        name, _, value = part.partition("=")
        if value:
            pairs.setdefault(decoded_path(name).lower(), decoded_path(value))
    return list(pairs.items())


def folded(pages: pa.StringArray) -> pa.StringArray:
    """Return for each page a text that it has in common with all that may be the same page."""
    for pattern, replacement in FOLDS:
        pages = pc.replace_substring_regex(pages, pattern, replacement)
    of_words = pc.match_substring_regex(pages, PATH_OF_WORDS)
    path = pc.replace_substring_regex(pages, r"(?s)\?.*$", "")
    query = pc.replace_substring_regex(pages, r"(?s)^[^?]*", "")
    small = pc.binary_join_element_wise(pc.utf8_lower(path), query, "")
    return pc.if_else(of_words, small, pages)


def twins(hosts: Iterable[str]) -> dict[str, str]:
    """Return the hosts that show the pages of another one of them once more, with that one.

    `m.example.org` shows those of `www.example.org` or `example.org` (data/twin_hosts.csv).
    """
    all_hosts = frozenset(hosts)
    mains = {host: _main_of(host, all_hosts) for host in sorted(all_hosts)}
    return {host: main for host, main in mains.items() if main}


def _main_of(host: str, hosts: Set[str]) -> str | None:
    first, _, rest = host.partition(".")
    if first not in _twin_prefixes():
        return None
    return next((main for main in (f"www.{rest}", rest) if main in hosts), None)


@cache
def _twin_prefixes() -> frozenset[str]:
    return frozenset(row["prefix"] for row in data.read("twin_hosts"))


@cache
def parameters_of(file: str) -> frozenset[str]:
    """Return the parameters that are known to name pages of a file."""
    rows = data.read("page_parameters")
    return frozenset(
        row["parameter"] for row in rows if row["file"] == file and row["names"] == "page"
    )


@cache
def never_learned() -> frozenset[str]:
    """Return the parameters that no page is named by, however a site uses them."""
    rows = data.read("page_parameters")
    views = (row["parameter"] for row in rows if row["names"] == "view" and row["file"] == ANY_FILE)
    return frozenset((*views, *UTM, *(name.lower() for name in click_ids())))
