"""Campaigns of a simulated site: their costs, what visits buy, and which campaign began a visit.

A visit that clicks on an advertisement, a newsletter or an influencer's link was begun by this
campaign; one by a privately shared link by the campaign that had begun the visit of the sharer, and
so on back to the first of the chain. Who comes back directly was begun by none.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random
from urllib.parse import parse_qs

from darksocial import data
from darksocial.simulation.log import Fact, Log
from darksocial.simulation.parameters import Parameters, Source, source_of
from darksocial.simulation.partners import Partners
from darksocial.simulation.routes import Route
from darksocial.simulation.site import DAY_SECONDS, ORIGIN
from darksocial.simulation.visits import Visit

ORDER_PATH = "/order/confirmed/"
ORDER_VALUE = 40.0
"""Euros of an order: all are worth the same, as a log cannot show. Assumed."""
ORDER_SECONDS = (60, 600)
"""How long after its begin a visit orders, at least and at most. Assumed."""
COST_COLUMNS = ("date", "source", "medium", "campaign", "clicks", "cost", "currency")
EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign: how its links are tagged, what a click and what a day cost (euros), and how many
    times as often as others of their group its visits convert."""

    name: str
    source: str
    medium: str
    converts: float
    click_cost: float
    day_cost: float


@dataclass(frozen=True, slots=True)
class Offers:
    """The campaigns of a site by their names, and the part of each group's visits that convert."""

    campaigns: Mapping[str, Campaign]
    rates: Mapping[str, float]


def _campaign(row: Mapping[str, str]) -> Campaign:
    tags = parse_qs(row["query"])
    return Campaign(
        row["name"],
        tags["utm_source"][0],
        tags["utm_medium"][0],
        float(row["converts"]),
        float(row["click_cost"]),
        float(row["day_cost"]),
    )


def offers() -> Offers:
    """Return the campaigns, and how often the visits of each group convert."""
    rows = [_campaign(row) for row in data.read("simulation_campaigns")]
    return Offers(
        {campaign.name: campaign for campaign in rows},
        {row["group"]: float(row["rate"]) for row in data.read("simulation_conversions")},
    )


def with_campaigns(params: Parameters) -> Parameters:
    """Return the parameters of a site that advertises: campaigns are the only sources of their
    groups, and lead to articles, which people share."""
    sources = [_source(row) for row in data.read("simulation_campaigns")]
    with_campaign = {source.group for source in sources}
    others = [source for source in params.sources if source.group not in with_campaign]
    paid = replace(params.groups["paid"], landing="mixed")
    groups = {**params.groups, "paid": paid}
    return replace(params, sources=(*others, *sources), groups=groups)


def _source(row: Mapping[str, str]) -> Source:
    source = source_of({**row, "preview_by": "", "preview_agent": ""})
    return replace(source, sharing=float(row["sharing"]), is_campaign=True)


class Advertising:
    """What campaigns cost and bring: it writes the orders of visits, and counts clicks by day. The
    codes of orders are those of its partners."""

    def __init__(self, rng: Random, log: Log, start: date, days: int, partners: Partners) -> None:
        self._rng = rng
        self._offers = offers()
        self._log = log
        self._start = start
        self._days = days
        self._clicks: defaultdict[tuple[int, str], int] = defaultdict(int)
        self._people = 0
        self._partners = partners

    def truth(self, visit: Visit, route: Route) -> dict[str, Fact]:
        """Return what the truth says of a visit with this first route, and let it order by chance.

        `campaign` began the visit, by a click if it is `clicked`; `person` is who it is of; `code`
        is that of the order.
        """
        if not visit.visitor.person:
            self._people += 1
            visit.visitor.person = f"p{self._people:06d}"
        clicked = None if visit.private else self._offers.campaigns.get(visit.campaign)
        if clicked:
            self._clicks[visit.time // DAY_SECONDS, clicked.name] += 1
        if visit.campaign:
            self._partners.reach(visit.visitor.person, visit.campaign)
        time = self._orders(visit, route, clicked)
        code = None
        if time is not None:
            moment = datetime.fromisoformat(self._log.utc(time))
            code = self._partners.order(visit.visitor.person, moment, ORDER_VALUE)
        return {
            "person": visit.visitor.person,
            "campaign": visit.campaign or None,
            "clicked": clicked is not None,
            "conversions": int(time is not None),
            "revenue": 0.0 if time is None else ORDER_VALUE,
            "code": code,
        }

    def _orders(self, visit: Visit, route: Route, clicked: Campaign | None) -> int | None:
        """Write an order of a visit by chance; return its time if the log has it."""
        rate = self._offers.rates.get(visit.group.name, 0.0)
        if self._rng.random() >= rate * (clicked.converts if clicked else 1.0):
            return None
        first, last = ORDER_SECONDS
        time = visit.time + first + int(self._rng.random() * (last - first))
        line = f"GET {ORDER_PATH} HTTP/2.0"
        self._log.add(time, route.address, line, 200, "6120", ORIGIN + visit.page.path, route.agent)
        return time if time < self._days * DAY_SECONDS else None

    def tables(self) -> tuple[str, str, str]:
        """Return the files of costs, partners and orders."""
        return self.costs(), self._partners.partners(), self._partners.orders()

    def costs(self) -> str:
        """Return the costs of each campaign on each day as a CSV, as GA4 imports it."""
        text = StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COST_COLUMNS)
        for day in range(self._days):
            for campaign in self._offers.campaigns.values():
                clicks = self._clicks[day, campaign.name]
                cost = campaign.day_cost + clicks * campaign.click_cost
                when = self._start + timedelta(days=day)
                tags = (campaign.source, campaign.medium, campaign.name)
                rows.writerow([when, *tags, clicks, format(cost, ".2f"), EURO])
        return text.getvalue()
