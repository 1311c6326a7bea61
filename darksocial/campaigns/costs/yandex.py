"""Expenses as Yandex Metrica imports them.

    Date,UTMSource,UTMMedium,UTMCampaign,Expenses,Currency
    2026-03-02/2026-03-08,vk,cpc,spring,54.00,RUB

Date, UTMSource and Expenses are required. A date is a day, or the first and the last day with a
slash between them.

Specification: https://yandex.com/support/metrica/en/data/expenses
"""

from darksocial.campaigns.costs import COST, DATE, SOURCE, CostFormat

COSTS = CostFormat("yandex", "Yandex Metrica, expenses", (DATE, SOURCE, COST))
