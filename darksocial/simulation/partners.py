"""Partners of a simulated site: their links and fees, and the codes of orders.

People whom a partner's link brought, or what it set off, often use its code, and some do not; it
leaks, so that others use it as well. Which order has a code is drawn from a generator of its own:
the log does not show it.
"""

import csv
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random

from darksocial import data
from darksocial.simulation.site import ORIGIN

PARTNER_COLUMNS = ("partner", "link", "code", "since", "until", "fee", "currency")
ORDER_COLUMNS = (
    "Name",
    "Financial Status",
    "Created at",
    "Total",
    "Currency",
    "Discount Code",
)
"""As Shopify exports orders (data/order_headers.csv)."""
FIRST_ORDER = 1001


class Partners:
    """The partners of a site, and the orders with their codes."""

    def __init__(self, rng: Random, start: date, days: int, currency: str) -> None:
        self._rng = rng
        self._start = start
        self._days = days
        self._currency = currency
        self._rows = data.read("simulation_partners")
        self._reached: set[tuple[str, str]] = set()
        self._orders: list[tuple[datetime, float, str]] = []

    def reach(self, person: str, campaign: str) -> None:
        """Note that a campaign began a visit of a person."""
        self._reached.add((person, campaign))

    def order(self, person: str, time: datetime, value: float) -> str | None:
        """Note an order at a time in UTC, and return the code that it has; None for none."""
        drawn = self._rng.random()
        code = None
        for row in self._rows:
            is_reached = (person, row["campaign"]) in self._reached
            part = float(row["used" if is_reached else "leaked"])
            if drawn < part:
                code = row["code"]
                break
            drawn -= part
        self._orders.append((time, value, code or ""))
        return code

    def partners(self) -> str:
        """Return the partners as a CSV."""
        return _csv(PARTNER_COLUMNS, [self._row(row) for row in self._rows])

    def _row(self, row: Mapping[str, str]) -> list[object]:
        link = f"{ORIGIN}/?{row['query']}" if row["query"] else ""
        last = self._start + timedelta(days=self._days - 1)
        fee = format(float(row["fee"]) * self._days, ".2f")
        # A day of the site begins before that of UTC.
        since = self._start - timedelta(days=1)
        return [row["partner"], link, row["code"], since, last, fee, self._currency]

    def orders(self) -> str:
        """Return the orders in the order of time as a CSV, as Shopify exports them."""
        rows: list[list[object]] = [
            [
                f"#{number}",
                "paid",
                time.strftime("%Y-%m-%d %H:%M:%S %z"),
                format(value, ".2f"),
                self._currency,
                code,
            ]
            for number, (time, value, code) in enumerate(sorted(self._orders), FIRST_ORDER)
        ]
        return _csv(ORDER_COLUMNS, rows)


def _csv(columns: tuple[str, ...], rows: list[list[object]]) -> str:
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    return text.getvalue()
