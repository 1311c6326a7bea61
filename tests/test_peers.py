"""What other projects' suites and lists expect holds here, or differs for a reason that is given.

Where they come from: tests/peers.py.
"""

import pytest

from tests.peers import (
    FACEBOOK_WITHOUT_VERSION,
    MESSENGER_OF_FACEBOOK,
    PRICES,
    SHOPPING_OF_NO_MEDIUM,
    Peer,
    peers,
)

PEERS = list(peers())
DIFFERING = {
    "dbt-ga4": (SHOPPING_OF_NO_MEDIUM[0],),
    "referer-parser": (PRICES,),
    "inapp-spy": (f"`{MESSENGER_OF_FACEBOOK}`", f"`{FACEBOOK_WITHOUT_VERSION}`"),
}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_only_the_named_cases_differ(peer: Peer) -> None:
    assert peer.differing == DIFFERING.get(peer.name, ())
    assert bool(peer.reason) == bool(peer.differing)


def test_each_suite_was_tried_whole() -> None:
    cases = {
        "dbt-ga4": 30,
        "Google's list of sources": 819,
        "referer-parser": 25,
        "detect-inapp": 17,
        "inapp-spy": 32,
    }
    assert {peer.name: peer.cases for peer in PEERS} == cases
