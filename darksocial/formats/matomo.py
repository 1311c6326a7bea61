"""Matomo, Live API (Live.getLastVisitsDetails): JSON or XML.

    {"idVisit":"5142","visitorId":"8d1a0f3e5b7c9024","referrerType":"search",
    "referrerUrl":"https://www.google.com/","deviceType":"Smartphone","actionDetails":[
    {"type":"action","url":"https://www.example.org/news","timestamp":1772439245}]}

(one object of the array). One record is one visit; its `actionDetails` are the hits. Actions of
type `action` are page views; `goal` and `ecommerceOrder` are conversions, with their `revenue`. A
cart that was left (`ecommerceAbandonedCart`) has no revenue.
Matomo takes the campaign parameters off the URLs that it keeps: the campaign is `referrerName`, and
with the plugin MarketingCampaignsReporting `campaignSource` and `campaignMedium`. A search engine
or network that has a name alone is booked by its type (`referrerType`).

It gives the landing page, referrer or campaign, visitor, session, device, country, conversions and
revenue, and Matomo's own channel (`referrerTypeName`). It has no user agent: in-app browsers and
link previews cannot be recognised. The address is masked as Matomo is set to.

Specification: https://developer.matomo.org/api-reference/reporting-api#Live
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "matomo",
    "Matomo, Live API",
    keys(
        needs=("idVisit", "visitorId", "actionDetails"),
        each="actionDetails",
        time="actionDetails.timestamp",
        client_ip="visitIp",
        visitor="visitorId",
        session="idVisit",
        event="actionDetails.type",
        url="actionDetails.url",
        referrer="referrerUrl",
        source=("campaignSource", "referrerName"),
        medium=("campaignMedium", "referrerType"),
        channel="referrerTypeName",
        device="deviceType",
        os="operatingSystemName",
        browser="browserName",
        country=("countryCode", "country"),
        revenue="actionDetails.revenue",
        direct={"referrerType": "direct"},
        decode={"medium": "matomo_medium"},
        pages=("action",),
        converted={"actionDetails.type": "goal|ecommerceOrder"},
    ),
)
