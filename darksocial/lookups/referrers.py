"""Referrer to host, network and kind.

The tables are data/messengers.csv (first), data/networks.csv and data/spam_referrers.csv. Where a
registrable domain begins follows from the Public Suffix List (suffixes.py).
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import ip_address

from darksocial import data
from darksocial.lookups.mirrors import address_shown, mirrored
from darksocial.lookups.suffixes import private_suffix, registry_suffix

REFERRER = re.compile(
    r"(?:(?:(?P<scheme>[a-z][a-z0-9+.-]*):)?//(?:[^/?#\\]*@)?)?"
    r"(?P<host>\[[0-9a-f:.%]+\]|(?:\\x[89a-f][0-9a-f]|[^/?#:@\\])*)(?::\d*)?(?:[/?#\\]|$)",
    re.IGNORECASE,
)
# Bytes of a host that are no UTF-8: as readers keep them, or percent-encoded.
HOST_BYTES = re.compile(r"(?:(?:\\x|%)[89a-f][0-9a-f])+", re.IGNORECASE)
HOST_LABEL = r"[^\x00-\x20\x7f.\s\"'<>()\[\]{}|^`,;\\]+"
HOST_PATTERN = re.compile(rf"\[[0-9a-f:.%]+\]|{HOST_LABEL}(?:\.{HOST_LABEL})*")
# RFC 1035, section 2.3.4, without the root's dot.
MAX_HOST_CHARACTERS = 253
SCHEMES_OF_SITES = ("http", "https", "android-app")
# The kinds that a subdomain does not share: see `Referrer.kind`.
SPAM = "spam"
KINDS_OF_HOST_ALONE = ("search", "messenger")


@dataclass(frozen=True, slots=True)
class Referrer:
    """Where a referrer leads.

    host: in lower case, without port and a leading `www.`; of `android-app://` the package.
    network: the name of the network, or None.
    kind: 'search', 'social', 'shopping', 'video', 'ai', 'messenger', 'email', 'spam', or None for
        any other site. A subdomain has the kind of the domain above it, except under search engines
        and messengers: docs.google.com is no search, blog.discord.com no message.
    app: the messenger, or the webmail.
    """

    host: str
    network: str | None = None
    kind: str | None = None
    app: str | None = None

    @property
    def links(self) -> bool:
        """Whether the host is a site that can link to a page.

        Spam names a host from which no link leads; a bare address is that of a server, mostly of
        the site's own, which programs name when they know no better. Browsers show a site by its
        name wherever it has one.
        """
        return self.kind != SPAM and not is_address(self.host)


def parse_referrer(text: str | None) -> Referrer | None:
    """Return what a Referer header says, or None if it names no host (`-`, `about:blank`)."""
    host = referrer_host(text)
    if host is None:
        return None
    row = _row(host)
    return Referrer(
        host, row.get("network") or None, row.get("kind") or None, row.get("app") or None
    )


def referrer_host(text: str | None) -> str | None:
    """Return the host in a Referer header; it may lack a scheme, as some clients send it.

    Of a host that shows another site's page it is that site's (mirrors.py).
    A host that is not in ASCII is sent in UTF-8, and by old browsers on Cyrillic Windows in
    Windows-1251 (assumed of all that is no UTF-8).
    Without a scheme the host needs a dot, else any word would be one. Only http, https and
    android-app lead to a site or an app; an address of another scheme has no host.
    Syntax: RFC 3986, section 3.2; a backslash ends the host, as in browsers (WHATWG URL).
    """
    host, rest = _host_and_rest(text or "")
    if host is None:
        return None
    # Only once: a copy of a copy is a page of whom it was copied from.
    address = address_shown(host, rest)
    shown = _host_and_rest(address)[0] if address else None
    return mirrored(shown or host).removeprefix("www.")


def _host_and_rest(text: str) -> tuple[str | None, str]:
    """Return the host of an address, without `www.`, and what follows it; None if it has none."""
    text = text.strip()
    match = REFERRER.match(text)
    if match is None:
        return None, ""
    scheme = (match["scheme"] or "").lower()
    host = HOST_BYTES.sub(_decoded, match["host"]).lower().removesuffix(".").removeprefix("www.")
    if len(host) > MAX_HOST_CHARACTERS or not HOST_PATTERN.fullmatch(host):
        return None, ""
    is_named = "." in host or host.startswith("[") or host == "localhost"
    if scheme not in SCHEMES_OF_SITES and (scheme or not is_named):
        return None, ""
    return host, text[match.end("host") :]


def _decoded(match: re.Match[str]) -> str:
    """Return the letters that some bytes of a host stand for; the text itself if none."""
    sent = bytes.fromhex(re.sub(r"\\x|%", "", match[0], flags=re.IGNORECASE))
    for encoding in ("utf-8", "windows-1251"):
        try:
            return sent.decode(encoding)
        except UnicodeDecodeError:
            continue
    return match[0]


@lru_cache(maxsize=65_536)
def registrable_domain(host: str) -> str:
    """Return the domain that one can register above a host (`news.bbc.co.uk`: `bbc.co.uk`).

    An address, a package, or a host that is itself a public suffix is returned as it is.
    """
    bare = mirrored(host.lower().rstrip(".").removeprefix("www.")).removeprefix("www.")
    if is_address(bare):
        return bare
    return private_suffix(bare) or bare


@lru_cache(maxsize=65_536)
def is_spam(host: str) -> bool:
    """Return whether a host is named as a referrer although no link leads from it."""
    return _row(host.lower().rstrip(".").removeprefix("www.")).get("kind") == SPAM


def is_address(host: str) -> bool:
    """Return whether a host is an address of IPv4 or IPv6 and no name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65_536)
def _row(host: str) -> dict[str, str]:
    """Return the row of the host, or of the nearest domain whose row also holds for subdomains."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        row = _own_row(labels[start:])
        if row and (start == 0 or row["kind"] not in KINDS_OF_HOST_ALONE):
            return row
    return {}


def _own_row(labels: list[str]) -> dict[str, str] | None:
    """Return the row of exactly this domain, with any first label or any suffix."""
    name = ".".join(labels)
    any_label = ".".join(("{}", *labels[1:]))
    own_webmail = f"{labels[0]}.*" if len(labels) > 2 else name
    keys = (name, any_label, _without_suffix(name), own_webmail)
    rows = (_hosts().get(key) for key in keys)
    return next((row for row in rows if row), None)


def _without_suffix(host: str) -> str:
    """Return a host without its suffix: `google.co.uk` as `google.{}`."""
    suffix = registry_suffix(host) or ""
    return host.removesuffix(suffix) + "{}" if suffix else host


@cache
def _hosts() -> dict[str, dict[str, str]]:
    spam = ({"host": row["host"], "kind": SPAM} for row in data.read("spam_referrers"))
    rows = (*spam, *data.read("networks"), *data.read("messengers"))
    return {row["host"]: row for row in rows}
