"""Google Ads: the table of campaigns as it is downloaded.

    Campaign report
    March 2, 2026 - March 15, 2026
    Day,Campaign,Currency code,Cost,Clicks
    2026-03-02,brand,EUR,"1,204.50",310
    Total: Campaigns, --,EUR,"1,204.50",310

Lines above the header name the report and its period, lines below are sums, which are left out. A
download for Excel is UTF-16 with tabs. It has no tags: Google Analytics 4 books the clicks to
google / cpc.

Specification: https://support.google.com/google-ads/answer/2404176
"""

from darksocial.campaigns.costs import CAMPAIGN, COST, CostFormat

COSTS = CostFormat("google_ads", "Google Ads", (CAMPAIGN, COST), ("google",), "cpc")
