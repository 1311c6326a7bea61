"""The client behind proxies: X-Forwarded-For, believed as far as trusted proxies wrote it.

Each proxy appends the address from which it received the request
(https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For). So the list is
read from its end: the first address that no trusted proxy has is the client. Whatever comes before
it can be forged by anyone.

RFC 7239's header Forwarded holds the same list as pairs: `for=192.0.2.60;proto=https, for=...`.
"""

import ipaddress
import re
from functools import lru_cache

import pyarrow as pa

ADDRESS_WITH_PORT = re.compile(
    r"^\[([^\]]*)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$"
    r"|^((?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}):\d+$"
)
FOR = re.compile(r'(?:^|[;,\s])for="?([^";,\s]*)', re.IGNORECASE)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_behind(peers: pa.Array, forwarded: pa.Array, trusted: pa.Array) -> pa.Array:
    """Return the client of each request: `peers` sent them, with the lists `forwarded`.

    `trusted` holds networks, joined by commas.
    """
    rows = zip(peers.to_pylist(), forwarded.to_pylist(), trusted.to_pylist(), strict=True)
    return pa.array([client(*row) for row in rows], pa.string())


@lru_cache(maxsize=1 << 17)
def client(peer: str | None, forwarded: str | None, trusted: str) -> str | None:
    """Return the client of one request; the peer itself if it is no trusted proxy."""
    if not forwarded or not _is_trusted(peer, trusted):
        return peer
    hops = _hops(forwarded)
    for hop in reversed(hops):
        if not _is_trusted(hop, trusted):
            # Something that is no address was not written by a proxy: only the peer is certain.
            return hop if _address(hop) else peer
    return hops[0] if hops else peer


def client_in(lists: pa.Array, trusted: pa.Array) -> pa.Array:
    """Return the client of each list of addresses that is logged in place of the client's."""
    rows = zip(lists.to_pylist(), trusted.to_pylist(), strict=True)
    return pa.array([client_of_list(*row) for row in rows], pa.string())


@lru_cache(maxsize=1 << 17)
def client_of_list(hops: str | None, trusted: str) -> str | None:
    """Return the last address that no trusted proxy has, or the first if none is trusted."""
    addresses = [hop for hop in _hops(hops or "") if _address(hop)]
    if trusted:
        outside = (hop for hop in reversed(addresses) if not _is_trusted(hop, trusted))
        return next(outside, addresses[0] if addresses else None)
    return addresses[0] if addresses else None


def _hops(forwarded: str) -> list[str]:
    """Return the addresses of X-Forwarded-For or Forwarded, the client's first."""
    listed = FOR.findall(forwarded) if "=" in forwarded else forwarded.split(",")
    return [_bare(hop) for hop in listed]


def _bare(hop: str) -> str:
    text = hop.strip().strip('"')
    match = ADDRESS_WITH_PORT.match(text)
    return (match[1] or match[2] or match[3]) if match else text.split("%")[0]


def _is_trusted(text: str | None, trusted: str) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in _networks(trusted))


@lru_cache(maxsize=1 << 16)
def _address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text or "")
    except ValueError:
        return None


@lru_cache(maxsize=16)
def _networks(trusted: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in trusted.split(",") if text)
