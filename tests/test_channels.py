"""GA4's default channel group against tables: each branch, and which of two branches wins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darksocial import data
from darksocial.lookups.channels import (
    CHANNELS,
    DARK_SOCIAL,
    TrafficSource,
    default_channel,
    traffic_source,
)
from darksocial.lookups.referrers import parse_referrer
from darksocial.lookups.utm import parse_query

# source, medium, campaign, channel
CASES = [
    ("(direct)", "(none)", "(not set)", "Direct"),
    ("(direct)", "(not set)", "(not set)", "Direct"),
    ("(DIRECT)", "(None)", "(not set)", "Direct"),
    ("(direct)", "(none)", "cross-network", "Direct"),
    ("(direct)", "referral", "(not set)", "Referral"),
    ("(direct)", "email", "(not set)", "Email"),
    ("(not set)", "(none)", "(not set)", "Unassigned"),
    ("google", "cpc", "my cross-network one", "Cross-network"),
    ("newsletter", "email", "Cross-Network", "Cross-network"),
    ("amazon", "cpc", "(not set)", "Paid Shopping"),
    ("ebay.de", "paid-listing", "(not set)", "Paid Shopping"),
    ("IGShopping", "cpc", "(not set)", "Paid Shopping"),
    ("google", "cpc", "winter shopping", "Paid Shopping"),
    ("google", "cpc", "shop", "Paid Shopping"),
    ("google", "cpc", "my-shop", "Paid Shopping"),
    ("facebook", "ppc", "shopping", "Paid Shopping"),
    ("google", "cpc", "e-shop eshop", "Paid Shopping"),
    ("google", "cpc", "workshop", "Paid Search"),
    ("google", "cpc", "(not set)", "Paid Search"),
    ("Google", "CPC", "(not set)", "Paid Search"),
    ("bing", "ppc", "(not set)", "Paid Search"),
    ("duckduckgo", "retargeting", "(not set)", "Paid Search"),
    ("qwant.com", "paidsearch", "(not set)", "Paid Search"),
    ("bing", "cpm", "(not set)", "Paid Search"),
    ("facebook", "cpc", "(not set)", "Paid Social"),
    ("fb", "paid", "(not set)", "Paid Social"),
    ("whatsapp.com", "paid-social", "(not set)", "Paid Social"),
    ("facebook", "cpm", "(not set)", "Paid Social"),
    ("facebook", "unpaid", "(not set)", "Organic Social"),
    ("youtube", "cpv-cpc", "(not set)", "Paid Video"),
    ("vimeo.com", "cpc", "(not set)", "Paid Video"),
    ("partner", "display", "(not set)", "Display"),
    ("partner", "cpm", "(not set)", "Display"),
    ("partner", "Banner", "(not set)", "Display"),
    ("google", "expandable", "(not set)", "Display"),
    ("facebook", "interstitial", "(not set)", "Display"),
    ("partner", "displays", "(not set)", "Unassigned"),
    ("partner", "cpc", "(not set)", "Paid Other"),
    ("partner", "retargeting", "(not set)", "Paid Other"),
    ("telegram", "paid", "(not set)", "Paid Other"),
    ("partner", "ppc-video", "(not set)", "Organic Video"),
    ("amazon.com", "referral", "(not set)", "Organic Shopping"),
    ("amazon.de", "referral", "(not set)", "Referral"),
    ("newsletter", "email", "shopping", "Organic Shopping"),
    ("newsletter", "email", "eshop", "Organic Shopping"),
    ("newsletter", "email", "workshop", "Email"),
    ("l.facebook.com", "referral", "(not set)", "Organic Social"),
    ("whatsapp", "share", "(not set)", "Organic Social"),
    ("t.co", "referral", "(not set)", "Organic Social"),
    ("t.me", "referral", "(not set)", "Organic Social"),
    ("telegram", "share", "(not set)", "Unassigned"),
    ("slack", "social", "(not set)", "Organic Social"),
    ("partner", "social-network", "(not set)", "Organic Social"),
    ("partner", "social media", "(not set)", "Organic Social"),
    ("google", "sm", "(not set)", "Organic Social"),
    ("partner", "socials", "(not set)", "Unassigned"),
    ("facebook", "video", "(not set)", "Organic Social"),
    ("youtube.com", "referral", "(not set)", "Organic Video"),
    ("google", "my video ad", "(not set)", "Organic Video"),
    ("google", "organic", "(not set)", "Organic Search"),
    ("news.google.com", "referral", "(not set)", "Organic Search"),
    ("partner", "organic", "(not set)", "Organic Search"),
    ("google", "email", "(not set)", "Organic Search"),
    ("google", "ai-assistant", "(not set)", "Organic Search"),
    ("chatgpt.com", "ai-assistant", "(ai-assistant)", "AI Assistant"),
    ("chatgpt.com", "(not set)", "(not set)", "Unassigned"),
    ("example.org", "referral", "(not set)", "Referral"),
    ("partner", "app", "(not set)", "Referral"),
    ("partner", "link", "(not set)", "Referral"),
    ("email", "link", "(not set)", "Referral"),
    ("newsletter", "email", "(not set)", "Email"),
    ("newsletter", "e-mail", "(not set)", "Email"),
    ("newsletter", "e_mail", "(not set)", "Email"),
    ("e mail", "(not set)", "(not set)", "Email"),
    ("email", "affiliate", "(not set)", "Email"),
    ("newsletter", "emails", "(not set)", "Unassigned"),
    ("partner", "affiliate", "(not set)", "Affiliates"),
    ("sms", "affiliate", "(not set)", "Affiliates"),
    ("podcast", "audio", "(not set)", "Audio"),
    ("sms", "audio", "(not set)", "Audio"),
    ("sms", "(not set)", "(not set)", "SMS"),
    ("provider", "sms", "(not set)", "SMS"),
    ("sms", "push", "(not set)", "SMS"),
    ("app", "web-push", "(not set)", "Mobile Push Notifications"),
    ("app", "mobile", "(not set)", "Mobile Push Notifications"),
    ("app", "a notification", "(not set)", "Mobile Push Notifications"),
    ("firebase", "(not set)", "(not set)", "Mobile Push Notifications"),
    ("app", "pushed", "(not set)", "Unassigned"),
    ("partner", "(not set)", "(not set)", "Unassigned"),
    ("(not set)", "(not set)", "spring", "Unassigned"),
]

# referrer, query, source, medium, channel
ARRIVALS = [
    (None, None, "(direct)", "(none)", "Direct"),
    ("-", "id=7", "(direct)", "(none)", "Direct"),
    (None, "fbclid=1", "(direct)", "(none)", "Direct"),
    (None, "msclkid=1", "(direct)", "(none)", "Direct"),
    (None, "gclid=1", "google", "cpc", "Paid Search"),
    ("https://example.org/", "gbraid=1", "google", "cpc", "Paid Search"),
    (None, "wbraid=1&fbclid=1", "google", "cpc", "Paid Search"),
    (None, "dclid=1", "dfa", "cpm", "Display"),
    (None, "utm_source=nl&utm_medium=email&gclid=1", "nl", "email", "Email"),
    ("https://t.co/", "utm_source=nl&utm_medium=email", "nl", "email", "Email"),
    ("https://www.google.com/", "utm_source=nl", "nl", "(not set)", "Unassigned"),
    ("https://www.google.com/", "utm_medium=email", "(not set)", "email", "Email"),
    (None, "utm_campaign=may", "(not set)", "(not set)", "Unassigned"),
    (None, "utm_source=&utm_medium=", "(direct)", "(none)", "Direct"),
    ("https://www.google.co.uk/", None, "google", "organic", "Organic Search"),
    ("https://duckduckgo.com/", None, "duckduckgo", "organic", "Organic Search"),
    ("https://cn.bing.com/", None, "bing", "organic", "Organic Search"),
    ("https://de.search.yahoo.com/", None, "yahoo", "organic", "Organic Search"),
    ("https://www.ecosia.org/", None, "ecosia.org", "organic", "Organic Search"),
    ("https://search.brave.com/", None, "search.brave.com", "referral", "Referral"),
    ("https://search.1und1.de/", None, "search.1und1.de", "referral", "Referral"),
    ("https://docs.google.com/", None, "docs.google.com", "referral", "Referral"),
    ("https://chatgpt.com/", None, "chatgpt.com", "ai-assistant", "AI Assistant"),
    ("https://l.facebook.com/", "fbclid=1", "l.facebook.com", "referral", "Organic Social"),
    ("https://web.whatsapp.com/", None, "web.whatsapp.com", "referral", "Referral"),
    ("https://l.messenger.com/", None, "l.messenger.com", "referral", "Organic Social"),
    ("https://mail.google.com/", None, "mail.google.com", "referral", "Referral"),
    ("https://www.youtube.com/", None, "youtube.com", "referral", "Organic Video"),
    ("https://www.amazon.com/", None, "amazon.com", "referral", "Organic Shopping"),
    ("https://www.example.org/a", None, "example.org", "referral", "Referral"),
    ("http://semalt.com/x", None, "(direct)", "(none)", "Direct"),
    ("http://semalt.com/x", "gclid=1", "google", "cpc", "Paid Search"),
    ("http://192.0.2.7/a", None, "(direct)", "(none)", "Direct"),
    ("android-app://com.slack/", None, "com.slack", "referral", "Referral"),
]


@pytest.mark.parametrize(("source", "medium", "campaign", "channel"), CASES)
def test_channel(source: str, medium: str, campaign: str, channel: str) -> None:
    assert default_channel(TrafficSource(source, medium, campaign)) == channel


@pytest.mark.parametrize(("referrer", "query", "source", "medium", "channel"), ARRIVALS)
def test_arrival(
    referrer: str | None, query: str | None, source: str, medium: str, channel: str
) -> None:
    traffic = traffic_source(parse_referrer(referrer), parse_query(query))
    assert (traffic.source, traffic.medium) == (source, medium)
    assert default_channel(traffic) == channel


def test_the_campaign_of_an_arrival() -> None:
    nothing = parse_query(None)
    assert traffic_source(None, parse_query("utm_campaign=May")).campaign == "May"
    assert traffic_source(parse_referrer("claude.ai"), nothing).campaign == "(ai-assistant)"
    assert traffic_source(parse_referrer("example.org"), nothing).campaign == "(not set)"


def test_every_channel_has_a_case() -> None:
    assert {channel for *_, channel in CASES} == set(CHANNELS)
    assert len(set(CHANNELS)) == len(CHANNELS)
    assert DARK_SOCIAL not in CHANNELS


@given(st.text(), st.text(), st.text())
def test_nothing_raises(source: str, medium: str, campaign: str) -> None:
    assert default_channel(TrafficSource(source, medium, campaign)) in CHANNELS


@given(st.text(), st.text())
def test_every_arrival_has_a_channel(referrer: str, query: str) -> None:
    traffic = traffic_source(parse_referrer(referrer), parse_query(query))
    assert traffic.source and traffic.medium and traffic.campaign
    assert default_channel(traffic) in CHANNELS


def test_the_list_of_sources_is_google_s() -> None:
    rows = data.read("ga4_sources")
    counts = {"search": 129, "shopping": 52, "social": 592, "video": 46}
    assert all(row["name"] and row["source"] for row in rows)
    assert len({row["name"].lower() for row in rows}) == len(rows)
    assert {k: sum(row["category"] == k for row in rows) for k in counts} == counts
    assert sum(counts.values()) == len(rows)
