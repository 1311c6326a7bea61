"""What the test suites and lists of other projects expect, restated as cases of our own.

The facts are theirs and the cases are made anew. docs/formats.md has the table of how many agree,
and tests/test_peers.py holds which do not, each with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from darksocial import data
from darksocial.lookups.agents import classify
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

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) {}"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/BP1A.250405.007; wv) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Version/4.0 Chrome/135.0.7049.79 Mobile Safari/537.36 {}"
)
ORDINARY_ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/135.0.0.0 Mobile Safari/537.36{}"
)
BOTH_LISTS = (
    (IPHONE, "Mobile/15E148 [FBAN/MessengerForiOS;FBAV/501.0.0.40.107;FBSV/18.4]", "messenger"),
    (ANDROID, "[FB_IAB/MESSENGER;FBAV/501.0.0.36.103;]", "messenger"),
    (IPHONE, "Mobile/15E148 [FBAN/FBIOS;FBAV/509.0.0.45.93;IABMV/1]", "facebook"),
    (ANDROID, "[FB_IAB/FB4A;FBAV/509.0.0.60.81;IABMV/1;]", "facebook"),
    (IPHONE, "Mobile/15E148 Twitter for iPhone", "x"),
    (IPHONE, "Mobile/15E148 Safari Line/15.5.1", "line"),
    (ANDROID, "Line/15.5.1/IAB", "line"),
    (IPHONE, "Mobile/15E148 Instagram 375.0.0.24.84 (iPhone16,2; iOS 18_4)", "instagram"),
    (ANDROID, "Instagram 375.0.0.36.109 Android (35/15; 420dpi; Google; Pixel 9)", "instagram"),
    (IPHONE, "Mobile/15E148 MicroMessenger/8.0.58 NetType/WIFI Language/en", "wechat"),
    (ANDROID, "MicroMessenger/8.0.58.2840 NetType/WIFI Language/en", "wechat"),
    (IPHONE, "CriOS/135.0.7049.83 Mobile/15E148 Safari/604.1", None),
    (IPHONE, "Version/18.4 Mobile/15E148 Safari/604.1", None),
    (ORDINARY_ANDROID, "", None),
)
DETECT_INAPP = (
    *BOTH_LISTS,
    (ANDROID, "[FBAN/EMA;FBLC/en_GB;FBAV/459.0.0.9.92;]", "facebook"),
    (ORDINARY_ANDROID, " XiaoMi/MiuiBrowser/14.30.1-gn", None),
    ("Mozilla/5.0 (Android 15; Mobile; rv:137.0) Gecko/137.0 Firefox/137.0{}", "", None),
)
MESSENGER_OF_FACEBOOK = "Mobile/15E148 [FBAN/FBIOS;FBAV/509.0.0.45.93;FBID/phone]"
FACEBOOK_WITHOUT_VERSION = "[FB_IAB/FB4A;FBAV/509.0.0.60.81;]"
INAPP_SPY = (
    *BOTH_LISTS,
    (IPHONE, MESSENGER_OF_FACEBOOK, "messenger"),
    (ANDROID, FACEBOOK_WITHOUT_VERSION, "messenger"),
    (IPHONE, "Mobile/15E148 Safari/604.1 MetaIAB Facebook", "facebook"),
    (IPHONE, "GSA/363.0.747592311 Mobile/15E148 Safari/604.1", "google"),
    (IPHONE, "Mobile/15E148 [LinkedInApp]/9.30.4110", "linkedin"),
    (IPHONE, "Version/18.4 Mobile/15E148 Safari/604.1 [WAiOS/2.25.33]", "whatsapp"),
    (ORDINARY_ANDROID, " [WA4A/2.25.33.70;]", "whatsapp"),
    (IPHONE, "Version/18.4 Mobile/15E148 Snapchat/13.35.0.50 (like Safari/8621.1)", "snapchat"),
    (IPHONE, "Mobile/15E148 BytedanceWebview/d8a21c6 musical_ly_39.2.0 JsSdk/2.0", "tiktok"),
    (IPHONE, "Mobile/15E148 Safari/604.1 musical_ly_41.9.0", "tiktok"),
    (ANDROID, "musical_ly_2023902030 JsSdk/1.0 AppName/musical_ly ByteLocale/en", "tiktok"),
    (ANDROID, "Barcelona 375.0.0.36.109 Android (35/15; 420dpi; Google; Pixel 9)", "threads"),
    (ANDROID, "Reddit/Version 2025.14.0/Build 2514090/Android 15", "reddit"),
    (IPHONE, "Version/18.4 YaBrowser/25.4.1.425.10 SA/3 Mobile/15E148 Safari/604.1", None),
    (IPHONE, "Version/18.4 Mobile/15E148 Safari/604.1 OPT/5.3.0", None),
    (IPHONE, "FxiOS/137.0 Mobile/15E148 Safari/605.1.15", None),
    (IPHONE, "EdgiOS/135.0.3179.54 Version/18.4 Mobile/15E148 Safari/604.1", None),
    (ORDINARY_ANDROID, " Puffin/10.4.1.51623AP", None),
)
"""How agents begin and end, and the app whose in-app browser it is; None: an ordinary browser.

f2etw/detect-inapp (src/__test__/inapp.test.js) and shalanah/inapp-spy (src/tests/mobile.ts), each
app and form of its agent once, without the cases that are told by a page's script and not by the
agent (Telegram, Safari's view within apps).
"""

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

    for name, address, agents in (
        ("detect-inapp", "https://github.com/f2etw/detect-inapp", DETECT_INAPP),
        ("inapp-spy", "https://github.com/shalanah/inapp-spy", INAPP_SPY),
    ):
        found = classify([begins.format(ends) for begins, ends, _app in agents])
        differing = [
            ends
            for (_begins, ends, app), agent in zip(agents, found, strict=True)
            if (agent.in_app, agent.bot) != (app, None)
        ]
        yield Peer(
            name, address, "the app of each in-app browser, and browsers that are none",
            len(agents), tuple(map("`{}`".format, differing)),
            "it is Facebook's app that writes so; inapp-spy calls its own rule experimental"
            if differing else "",
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
