"""Hosts as people type them: a name, or an address that is reduced to its host."""

import ipaddress
import re
from urllib.parse import urlsplit

# Names and addresses as RFC 1123 has them, and the underscore, which names within a network have.
TYPED_HOST = re.compile(r"(?:(?:^|\.)[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)+")
MAX_HOST_CHARACTERS = 253


def typed_host(text: str) -> str | None:
    """Return the host in a text, in lower case and ASCII; None if it holds none."""
    try:
        address = urlsplit(text if "//" in text else f"//{text}")
        name = "" if address.netloc.endswith(":") else address.hostname or ""
        # A name in other letters is logged as its ASCII form.
        name = name.rstrip(".").encode("idna").decode("ascii") if not name.isascii() else name
    except ValueError:
        return None
    name = name.removesuffix(".")
    is_name = len(name) <= MAX_HOST_CHARACTERS and TYPED_HOST.fullmatch(name)
    return name if is_name or _is_address(name) else None


def _is_address(text: str) -> bool:
    """Return whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
