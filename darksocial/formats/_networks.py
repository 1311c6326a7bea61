"""Networks that are not reached from outside: addresses of proxies and servers, not of visitors."""

import ipaddress

# RFC 1918, RFC 6598, RFC 4193 and the loopback. Python's is_private has networks for documentation.
PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)


def is_private(text: str) -> bool | None:
    """Return whether an address is in a private network; None for a text that is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return any(address in network for network in PRIVATE_NETWORKS)
