"""Meta Ads (Facebook and Instagram): the export of the Ads Manager.

    Campaign name,Reporting starts,Reporting ends,Amount spent (EUR),Link clicks
    spring,2026-03-02,2026-03-15,540.00,1200

The currency is in the name of the column. The first row can be a sum without a name, which is left
out. It has no tags, so a campaign belongs to whichever of Meta's sources has visits with its name.

Specification: https://www.facebook.com/business/help/205829929609738
"""

from darksocial.campaigns.costs import CAMPAIGN, COST, CostFormat

SOURCES = ("facebook", "instagram", "meta", "fb", "ig", "facebook.com", "instagram.com")

COSTS = CostFormat("meta_ads", "Meta Ads", (CAMPAIGN, COST), SOURCES, "paid_social")
