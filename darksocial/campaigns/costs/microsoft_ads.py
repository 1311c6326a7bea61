"""Microsoft Advertising: the report of campaigns.

    "Report Name: Campaign performance"
    "Time period: 3/2/2026 - 3/15/2026"
    "Gregorian date","Campaign","Spend","Currency code","Clicks"
    "2026-03-02","brand","12.50","EUR","30"
    "©2026 Microsoft Corporation. All rights reserved. "

Google Analytics 4 books its clicks (msclkid) to bing / cpc.

Specification:
https://learn.microsoft.com/en-us/advertising/reporting-service/campaignperformancereportcolumn
"""

from darksocial.campaigns.costs import CAMPAIGN, COST, CostFormat

COSTS = CostFormat(
    "microsoft_ads", "Microsoft Advertising", (CAMPAIGN, COST), ("bing", "microsoft"), "cpc"
)
