"""Headers: of requests, those in which CDNs and proxies say who or where the client is
(data/client_headers.csv, data/country_headers.csv); and of columns, as tools write them in several
languages."""

import unicodedata
from functools import cache

from darksocial import data


@cache
def client_headers() -> frozenset[str]:
    """Return the names of the headers with the client's address, in lower case."""
    return frozenset(row["name"] for row in data.read("client_headers"))


@cache
def country_headers() -> frozenset[str]:
    """Return the names of the headers with the client's country, in lower case."""
    return frozenset(row["name"] for row in data.read("country_headers"))


@cache
def plain_header(name: str, signs: str = "") -> str:
    """Return a column's name without case, accents, spaces and signs; `signs` are those to keep."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum() or letter in signs)
