"""Cost data as Google Analytics 4 imports it.

    date,source,medium,campaign,clicks,cost
    2026-03-02,facebook,paid_social,spring,120,54.00

Date, source, medium and cost are required, campaign and utm_id optional; the values are those of
the tags of the links. The columns can have any name in an import; here they are known by those that
Google's own help uses and by those of the tags.

Specification: https://support.google.com/analytics/answer/10071305
"""

from darksocial.campaigns.costs import COST, MEDIUM, SOURCE, CostFormat

COSTS = CostFormat("ga4", "Google Analytics 4, cost data", (SOURCE, MEDIUM, COST))
