"""TikTok Ads: the report of campaigns.

    Campaign name,By Day,Cost,Currency,Clicks (destination)
    spring,2026-03-02,54.00,EUR,120

Specification: https://ads.tiktok.com/help/article/create-custom-reports
"""

from darksocial.campaigns.costs import CAMPAIGN, COST, CostFormat

COSTS = CostFormat(
    "tiktok_ads", "TikTok Ads", (CAMPAIGN, COST), ("tiktok", "tiktok.com"), "paid_social"
)
