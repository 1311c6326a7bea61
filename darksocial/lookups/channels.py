"""GA4's default channel group: the booked channel of a visit, before the signals are weighed.

Specification: https://support.google.com/analytics/answer/9756891. The first rule that matches
decides. Where this departs from it, and what it leaves open:

- Rules that rest on Google's own data beyond source, medium and campaign (Google Ads' network
  types, Display & Video 360) are not applied: logs do not hold them.
- UTM tags win over Google's click ids. Google lets auto-tagging win where the property is linked
  to the ad account (https://support.google.com/analytics/answer/11242870); a log does not show
  that.
- Any UTM tag makes a campaign. Tags without utm_source have the source `(not set)`, which no list
  has, whatever the referrer; the same for medium and campaign.
- AI Assistant (since May 2026) has no documented place. Here it comes after Organic Search, before
  Referral. Google publishes no full list of assistants; here it is kind `ai` of data/networks.csv.
- A referrer that is no site that links (spam, or a bare address: `Referrer.links`) counts as none.
  GA4 books it as Referral, unless the host is among the property's unwanted referrals
  (https://support.google.com/analytics/answer/10327750), which makes the same of it.
- Which engines get the medium `organic` is not published. Here it is those of GA4's own source
  list; an engine that only Matomo's list has (Brave, Startpage) is a referral, as any site is.
"""

import re
from dataclasses import dataclass
from functools import cache

from darksocial import data
from darksocial.lookups.referrers import Referrer
from darksocial.lookups.utm import Campaign, click_ids

NOT_SET = "(not set)"
DIRECT_SOURCE = "(direct)"
NO_MEDIUM = "(none)"
DARK_SOCIAL = "Dark Social"
AI_CHANNEL = "AI Assistant"
UNASSIGNED = "Unassigned"

CHANNELS = (
    "Direct",
    "Organic Search",
    "Organic Social",
    "Referral",
    "Email",
    AI_CHANNEL,
    "Paid Search",
    "Paid Social",
    "Paid Shopping",
    "Paid Video",
    "Paid Other",
    "Display",
    "Organic Shopping",
    "Organic Video",
    "Affiliates",
    "Audio",
    "SMS",
    "Mobile Push Notifications",
    "Cross-network",
    UNASSIGNED,
)

PAID_MEDIUM = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
SHOPPING_CAMPAIGN = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
VIDEO_MEDIUM = re.compile(r"^(.*video.*)$")
DISPLAY_MEDIA = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
SOCIAL_MEDIA = frozenset(
    {"social", "social-network", "social-media", "sm", "social network", "social media"}
)
EMAIL_MEDIA = frozenset({"email", "e-mail", "e_mail", "e mail"})
REFERRAL_MEDIA = frozenset({"referral", "app", "link"})
AI_MEDIUM = "ai-assistant"
AI_CAMPAIGN = "(ai-assistant)"


@dataclass(frozen=True, slots=True)
class TrafficSource:
    """Source, medium and campaign as GA4 reports them."""

    source: str
    medium: str
    campaign: str = NOT_SET


def traffic_source(referrer: Referrer | None, campaign: Campaign) -> TrafficSource:
    """Return source and medium as GA4 derives them.

    UTM tags come first, then Google's click ids, then the referrer, else (direct) / (none).

    GA4 knows no other network's click id (data/click_ids.csv has those that it books, and how). The
    values for AI assistants are those of Google's announcement of 13 May 2026
    (https://ppc.land/google-analytics-adds-ai-assistant-channel-for-chatgpt-gemini-claude/).
    """
    if campaign.is_tagged:
        return TrafficSource(
            campaign.utm_source or NOT_SET,
            campaign.utm_medium or NOT_SET,
            campaign.utm_campaign or NOT_SET,
        )
    ad = click_ids().get(campaign.click_id or "", {})
    if ad.get("ga4_source"):
        return TrafficSource(ad["ga4_source"], ad["ga4_medium"])
    if referrer is None or not referrer.links:
        return TrafficSource(DIRECT_SOURCE, NO_MEDIUM)
    if referrer.kind == "ai":
        return TrafficSource(referrer.host, AI_MEDIUM, AI_CAMPAIGN)
    engine = _engine(referrer) if referrer.kind == "search" else None
    return TrafficSource(engine or referrer.host, "organic" if engine else "referral")


def _engine(referrer: Referrer) -> str | None:
    """Return GA4's source for an engine: its name (google), or the host if its list has only that.

    A portal that shows another engine's results has that engine's network, but not its name in
    the host: GA4 takes it for a referral.
    """
    name = referrer.network or ""
    if category(name) == "search" and name in referrer.host.split("."):
        return name
    return referrer.host if category(referrer.host) == "search" else None


def default_channel(traffic: TrafficSource) -> str:
    """Return the channel of GA4's default channel group. Case does not matter."""
    source, medium = traffic.source.lower(), traffic.medium.lower()
    campaign = traffic.campaign.lower()
    if source == DIRECT_SOURCE and medium in (NO_MEDIUM, NOT_SET):
        return "Direct"
    if "cross-network" in campaign:
        return "Cross-network"
    group = category(source)
    is_shopping = group == "shopping" or bool(SHOPPING_CAMPAIGN.match(campaign))
    return (
        _paid_channel(group, medium, is_shopping)
        or _organic_channel(group, medium, is_shopping)
        or _other_channel(source, medium)
    )


def _paid_channel(group: str | None, medium: str, is_shopping: bool) -> str | None:
    is_paid = bool(PAID_MEDIUM.match(medium))
    if is_paid and is_shopping:
        return "Paid Shopping"
    if is_paid and group in ("search", "social", "video"):
        return f"Paid {group.capitalize()}"
    if medium in DISPLAY_MEDIA:
        return "Display"
    return "Paid Other" if is_paid else None


def _organic_channel(group: str | None, medium: str, is_shopping: bool) -> str | None:
    if is_shopping:
        return "Organic Shopping"
    if group == "social" or medium in SOCIAL_MEDIA:
        return "Organic Social"
    if group == "video" or VIDEO_MEDIUM.match(medium):
        return "Organic Video"
    if group == "search" or medium == "organic":
        return "Organic Search"
    return AI_CHANNEL if medium == AI_MEDIUM else None


def _other_channel(source: str, medium: str) -> str:
    if medium in REFERRAL_MEDIA:
        return "Referral"
    if source in EMAIL_MEDIA or medium in EMAIL_MEDIA:
        return "Email"
    if medium == "affiliate":
        return "Affiliates"
    if medium == "audio":
        return "Audio"
    if "sms" in (source, medium):
        return "SMS"
    is_push = medium.endswith("push") or "mobile" in medium or "notification" in medium
    return "Mobile Push Notifications" if is_push or source == "firebase" else UNASSIGNED


def category(source: str) -> str | None:
    """Return GA4's category of a source: search, social, shopping, video, or None."""
    return _categories().get(source.lower())


@cache
def _categories() -> dict[str, str]:
    return {row["name"].lower(): row["category"] for row in data.read("ga4_sources")}


@cache
def recorded_channels() -> dict[str, str]:
    """Return GA4's channel by the names that analytics tools use (recorded_channels.csv).

    The names are in lower case.
    """
    channel_of = {row["name"].lower(): row["channel"] for row in data.read("recorded_channels")}
    return channel_of | {channel.lower(): channel for channel in CHANNELS}
