"""The request headers that name the client behind proxies: data/client_headers.csv."""

from functools import cache

from darksocial import data


@cache
def client_headers() -> frozenset[str]:
    """Return the names of the headers, in lower case."""
    return frozenset(row["name"] for row in data.read("client_headers"))
