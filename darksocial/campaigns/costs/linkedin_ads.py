"""LinkedIn Ads: the performance report of the Campaign Manager.

    Campaign Performance Report
    Date Generated: March 16, 2026
    Start Date (in UTC),Campaign Name,Currency,Total Spent,Clicks
    3/2/2026,career,EUR,54.00,120

A file is UTF-16 with tabs, or UTF-8 with commas.

Specification: https://www.linkedin.com/help/lms/answer/a421168
"""

from darksocial.campaigns.costs import CAMPAIGN, COST, CostFormat

COSTS = CostFormat(
    "linkedin_ads", "LinkedIn Ads", (CAMPAIGN, COST), ("linkedin", "linkedin.com"), "paid_social"
)
