"""Client addresses from the ranges that are reserved for documentation.

RFC 5737: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24. RFC 3849: 2001:db8::/32.
"""

from random import Random

SERVER_NETWORK = "198.51.100"
VISITOR_NETWORKS = ("192.0.2", "203.0.113")


class Addresses:
    """The addresses of visitors, most of them IPv6, and of machines, which have their own range.

    The IPv4 ranges are small: once every address is in use they are used again, as behind a
    carrier's address translation.
    """

    def __init__(self, rng: Random, v4_share: float) -> None:
        self._v4 = [f"{net}.{host}" for net in VISITOR_NETWORKS for host in range(1, 255)]
        rng.shuffle(self._v4)
        self._v4_share = v4_share
        self._next_v4 = 0
        self._next_server = 0

    def visitor(self, rng: Random) -> str:
        """Return the address of a visitor."""
        return self.v6(rng) if rng.random() >= self._v4_share else self.v4()

    def v4(self) -> str:
        """Return the next of the visitors' IPv4 addresses."""
        address = self._v4[self._next_v4 % len(self._v4)]
        self._next_v4 += 1
        return address

    def v6(self, rng: Random) -> str:
        """Return an address of 2001:db8::/32 in its short form: a network and a host in it."""
        network = [rng.randrange(1, 0x10000) for _ in range(3)]
        groups = ":".join(f"{group:x}" for group in network)
        return f"2001:db8:{groups}::{rng.randrange(1, 0x10000):x}"

    def server(self) -> str:
        """Return the next address of the machines' range."""
        self._next_server = self._next_server % 254 + 1
        return f"{SERVER_NETWORK}.{self._next_server}"


def neighbour(address: str, rng: Random) -> str:
    """Return an address of the same IPv4 /24 or IPv6 /48, for one that `Addresses` gave out."""
    if ":" in address:
        network = ":".join(address.split(":")[:3])
        subnet, host = (rng.randrange(1, 0x10000) for _ in range(2))
        return f"{network}:{subnet:x}:{rng.randrange(1, 0x10000):x}::{host:x}"
    return f"{address.rpartition('.')[0]}.{rng.randrange(1, 255)}"
