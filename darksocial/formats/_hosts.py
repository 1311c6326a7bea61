"""Formats whose lines begin with a virtual host, which an address in the same place is not.

Logs behind a proxy put the addresses of X-Forwarded-For, or that of the proxy, before the client's:
taken for hosts, they would make a site of each visitor.
"""

import ipaddress
import re
from collections.abc import Sequence

from darksocial.formats import Bind
from darksocial.grammar.layout import Layout

FIRST_WORD = re.compile(r"([^ ]*) ")
PORT_AT_END = re.compile(r"(?:\]|(\.\d+)):\d+$")
# A server that has no name writes its address, with the port at which it listens.
PORTS_OF_SERVERS = (":80", ":443", ":8080", ":8443")


def with_hosts(grammar: Layout) -> Bind:
    """Return the `bind` of a layout that begins with a host: some line of the file must have one.

    Where one line begins with a name, an address in its place is what somebody asked for.
    """

    def bind(head: Sequence[str]) -> Layout | None:
        first_words = (match[1] for line in head if (match := FIRST_WORD.match(line)))
        return grammar if any(map(_is_host, first_words)) else None

    return bind


def _is_host(word: str) -> bool:
    if word.endswith(PORTS_OF_SERVERS):
        return True
    try:
        ipaddress.ip_address(PORT_AT_END.sub(r"\1", word.rstrip(",").removeprefix("[")).rstrip("]"))
    except ValueError:
        return "," not in word
    return False
