"""What the test suites and lists of other projects expect, restated as cases of our own.

The facts are theirs and the cases are made anew. docs/formats.md has the table of how many agree,
and tests/test_peers.py holds which do not, each with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from darksocial import data
from darksocial.lookups.channels import TrafficSource, default_channel
from darksocial.lookups.referrers import parse_referrer

NOT_SET = "(not set)"
SHOPPING_OF_NO_MEDIUM = ("alibaba", NOT_SET, NOT_SET, "Paid Shopping")
GROUPINGS = (
    ("(direct)", "(none)", NOT_SET, "Direct"),
    ("(direct)", NOT_SET, NOT_SET, "Direct"),
    ("partner", "deal", "spring cross-network week", "Cross-network"),
    ("partner", "deal", "cross-network", "Cross-network"),
    SHOPPING_OF_NO_MEDIUM,
    ("partner", "retargeting", "shopping", "Paid Shopping"),
    ("google", "ppc", NOT_SET, "Paid Search"),
    ("facebook", "retargeting", NOT_SET, "Paid Social"),
    ("youtube.com", "paid-clip", NOT_SET, "Paid Video"),
    ("youtube.com", "display", NOT_SET, "Display"),
    ("partner", "cpc", NOT_SET, "Paid Other"),
    ("Google Shopping", NOT_SET, NOT_SET, "Organic Shopping"),
    ("partner", NOT_SET, "late-shopping-night", "Organic Shopping"),
    ("facebook", NOT_SET, NOT_SET, "Organic Social"),
    ("partner", "social", NOT_SET, "Organic Social"),
    ("youtube.com", NOT_SET, NOT_SET, "Organic Video"),
    ("partner", "video", NOT_SET, "Organic Video"),
    ("bing", NOT_SET, NOT_SET, "Organic Search"),
    ("partner", "organic", NOT_SET, "Organic Search"),
    ("partner", "referral", NOT_SET, "Referral"),
    ("email", NOT_SET, NOT_SET, "Email"),
    (NOT_SET, "e mail", NOT_SET, "Email"),
    ("partner", "affiliate", NOT_SET, "Affiliates"),
    ("partner", "audio", NOT_SET, "Audio"),
    ("sms", NOT_SET, NOT_SET, "SMS"),
    (NOT_SET, "sms", NOT_SET, "SMS"),
    ("partner", "web-push", NOT_SET, "Mobile Push Notifications"),
    ("partner", "mobile-notification", NOT_SET, "Mobile Push Notifications"),
    ("firebase", NOT_SET, NOT_SET, "Mobile Push Notifications"),
    ("partner", "deal", "spring", "Unassigned"),
)
"""Source, medium, campaign and channel, one for each rule and each way to fulfil it.

dbt-ga4 (unit_tests/test_macro_default_channel_grouping.py). A medium that is empty there is
`(not set)` here.
"""
CATEGORIES = {
    "search": "Organic Search",
    "shopping": "Organic Shopping",
    "social": "Organic Social",
    "video": "Organic Video",
}
"""The channel of a link from a source of each category of Google's list."""
PRICES = "www.pricerunner.co.uk"
REFERRERS = (
    *((host, "search") for host in (
        "www.google.fr", "it.images.search.yahoo.com", "isearch.avg.com", "www.google.com",
        "es.search.yahoo.com", PRICES, "www.bing.com", "s3-us3.ixquick.com",
        "aolsearch.aol.co.uk", "www.aolsearch.com", "uk.search-results.com", "go.mail.ru",
        "images.yandex.ru", "search.tb.ask.com", "search.ke.voila.fr", "www.dalesearch.com",
    )),
    *((host, "social") for host in (
        "t.co", "www.facebook.com", "m.facebook.com", "www.odnoklassniki.ru", "www.tumblr.com",
        "garden.tumblr.com",
    )),
    *((host, "email") for host in (
        "app-1.c.yom.mail.yahoo.net", "co9w.col9.mail.live.com", "webmail1m.orange.fr",
    )),
)  # fmt: skip
"""Hosts of the referrers in the tests of referer-parser (referer-tests.json), and their kinds."""

PEERS_INTRODUCTION = """\
## Other projects' cases

Their facts, restated as cases of our own, which are tests (`tests/peers.py`).

"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A suite or list: its address, what of it was tried, and which cases differ, with why."""

    name: str
    address: str
    tried: str
    cases: int
    differing: tuple[str, ...]
    reason: str = ""


def peers() -> Iterator[Peer]:
    """Yield each peer with the cases in which darksocial says something else."""
    differing = [
        source
        for source, medium, campaign, channel in GROUPINGS
        if default_channel(TrafficSource(source, medium, campaign)) != channel
    ]
    yield Peer(
        "dbt-ga4", "https://github.com/Velir/dbt-ga4", "groupings into GA4's default channels",
        len(GROUPINGS), tuple(differing),
        "a shop without a medium is Organic Shopping by Google's rules, and by dbt-ga4's own macro",
    )  # fmt: skip
    rows = data.read("ga4_sources")
    differing = [
        row["name"]
        for row in rows
        if default_channel(TrafficSource(row["name"], "referral", NOT_SET))
        != CATEGORIES[row["category"]]
    ]
    yield Peer(
        "Google's list of sources", "https://support.google.com/analytics/answer/9756891",
        "the channel of a link from each source", len(rows), tuple(differing),
    )  # fmt: skip
    differing = [host for host, kind in REFERRERS if _kind(host) != kind]
    yield Peer(
        "referer-parser", "https://github.com/snowplow-referer-parser/referer-parser",
        "the kinds of referrers in its tests, without those of its own site", len(REFERRERS),
        tuple(differing), "a site that compares prices is no search engine",
    )  # fmt: skip


def _kind(host: str) -> str | None:
    referrer = parse_referrer(f"https://{host}/")
    return referrer.kind if referrer else None


def peers_table() -> str:
    """Return the table of other projects' suites, with how many of their cases agree."""
    rows = ["| whose cases | what was tried | agree | differ |", "| --- | --- | --- | --- |"]
    for peer in peers():
        agree = f"{peer.cases - len(peer.differing)} of {peer.cases}"
        differing = f"{', '.join(peer.differing)}: {peer.reason}" if peer.differing else ""
        rows.append(f"| [{peer.name}]({peer.address}) | {peer.tried} | {agree} | {differing} |")
    return PEERS_INTRODUCTION + "\n".join(rows) + "\n"
