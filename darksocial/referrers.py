"""Referrer to host, network and kind.

The tables are data/messengers.csv (first) and data/networks.csv. Domains are told by the Public
Suffix List (https://publicsuffix.org), as the package publicsuffixlist ships it.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList

from darksocial import tables

REFERRER = re.compile(
    r"^(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://)?"
    r"(?:[^/?#@]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:]*)"
)
HOST = re.compile(r"^(?:\[[0-9a-f:.%]+\]|[^\s\"'<>()\\,;]+)$")


@dataclass(frozen=True, slots=True)
class Referrer:
    """Where a referrer leads.

    host: in lower case, without port and a leading `www.`; of `android-app://` the package.
    network: the name of the network, or None.
    kind: 'search', 'social', 'ai', 'messenger', 'email', or None for any other site.
    app: the private app, for messengers and mail.
    """

    host: str
    network: str | None = None
    kind: str | None = None
    app: str | None = None


def parse_referrer(text: str | None) -> Referrer | None:
    """Return what a Referer header says, or None where it names no host (`-`, `about:blank`)."""
    host = referrer_host(text)
    if host is None:
        return None
    row = _row(host)
    return Referrer(
        host, row.get("network") or None, row.get("kind") or None, row.get("app") or None
    )


def referrer_host(text: str | None) -> str | None:
    """Return the host in a Referer header; it may lack a scheme, as some clients send it."""
    match = REFERRER.match((text or "").strip())
    if match is None or (match["scheme"] or "").lower() in ("about", "javascript", "data", "file"):
        return None
    host = match["host"].lower().rstrip(".").removeprefix("www.")
    if match["scheme"] and match["scheme"].lower() == "android-app":
        return host or None
    is_host = HOST.match(host) and ("." in host or host.startswith("[") or host == "localhost")
    return host if is_host else None


@lru_cache(maxsize=65_536)
def registrable_domain(host: str) -> str:
    """Return the domain that one can register above a host (`news.bbc.co.uk`: `bbc.co.uk`).

    An address, a package, or a host that is itself a public suffix is returned as it is.
    """
    bare = host.lower().rstrip(".").removeprefix("www.")
    if _is_address(bare):
        return bare
    return _suffixes().privatesuffix(bare) or bare


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65_536)
def _row(host: str) -> dict[str, str]:
    """The table row of the host, or of the nearest domain above it."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        name = ".".join(labels[start:])
        if name in _hosts():
            return _hosts()[name]
        under_any_label = "{}." + ".".join(labels[start + 1 :])
        if under_any_label in _hosts():
            return _hosts()[under_any_label]
        if (under_any_suffix := _without_suffix(name)) in _hosts():
            return _hosts()[under_any_suffix]
    return {}


def _without_suffix(host: str) -> str:
    """`google.co.uk` as `google.{}`."""
    suffix = _suffixes().publicsuffix(host) or ""
    return host.removesuffix(suffix) + "{}"


@cache
def _hosts() -> dict[str, dict[str, str]]:
    rows = (*tables.read("networks"), *tables.read("messengers"))
    return {row["host"]: row for row in rows}


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
