"""Headers: of requests, those that name the client behind proxies (data/client_headers.csv); and of
columns, as tools write them in several languages."""

import unicodedata
from functools import cache

from darksocial import data


@cache
def client_headers() -> frozenset[str]:
    """Return the names of the headers, in lower case."""
    return frozenset(row["name"] for row in data.read("client_headers"))


@cache
def plain_header(name: str, signs: str = "") -> str:
    """Return a column's name without case, accents, spaces and signs; `signs` are those to keep."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum() or letter in signs)
