"""The world of campaigns: what they cost and bring is in its files, with who began each visit."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from darksocial import data
from darksocial.simulation import simulate
from darksocial.simulation.campaigns import ORDER_PATH, ORDER_VALUE
from darksocial.simulation.files import COSTS_NAME, NAMES_OF_CAMPAIGNS
from darksocial.simulation.worlds import CAMPAIGNS

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world") / "site"
    simulate(out, site="shop", days=4, visits=2500, world=CAMPAIGNS)
    return out


@pytest.fixture(scope="module")
def truth(folder: Path) -> Rows:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text("ascii").splitlines()]


def of_type(truth: Rows, kind: str) -> Rows:
    return [row for row in truth if row["type"] == kind]


def test_costs_are_those_of_the_clicks(folder: Path, truth: Rows) -> None:
    clicked = Counter(v["campaign"] for v in of_type(truth, "visit") if v["clicked"])
    prices = {row["name"]: row for row in data.read("simulation_campaigns")}
    with (folder / COSTS_NAME).open(encoding="ascii", newline="") as file:
        costs = list(csv.DictReader(file))
    assert len(costs) == 4 * len(prices)
    for name, price in prices.items():
        rows = [row for row in costs if row["campaign"] == name]
        assert sum(int(row["clicks"]) for row in rows) == clicked[name] > 0
        due = clicked[name] * float(price["click_cost"]) + 4 * float(price["day_cost"])
        assert sum(float(row["cost"]) for row in rows) == pytest.approx(due, abs=0.05)


def test_a_chain_begins_with_the_campaign_of_its_first_sharer(truth: Rows) -> None:
    visits = {visit["visit"]: visit for visit in of_type(truth, "visit")}
    shares = {share["id"]: share for share in of_type(truth, "share")}
    shared = [visit for visit in visits.values() if visit["shared_from"]]
    assert sum(visit["campaign"] is not None for visit in shared) > 20
    for visit in shared:
        sharer = visits[shares[visit["shared_from"]]["sharer"]]
        assert (visit["campaign"], visit["clicked"]) == (sharer["campaign"], False)


def test_every_order_is_a_line_of_the_log(folder: Path, truth: Rows) -> None:
    visits = of_type(truth, "visit")
    orders = sum(visit["conversions"] for visit in visits)
    log = (folder / "access.log").read_text("ascii")
    assert log.count(f'"GET {ORDER_PATH} ') == orders > 30
    assert {v["revenue"] for v in visits} == {0.0, ORDER_VALUE}
    assert len({visit["cause"] for visit in visits if visit["conversions"]}) > 5


def test_people_come_again(truth: Rows) -> None:
    """So that an order after a campaign's click can be one of a later, direct visit."""
    visits = of_type(truth, "visit")
    began = {visit["person"] for visit in visits if visit["clicked"]}
    later = [visit for visit in visits if visit["person"] in began and not visit["campaign"]]
    assert len(later) > 20


def test_an_earlier_file_of_costs_goes_with_its_simulation(tmp_path: Path) -> None:
    for world, has_costs in ((CAMPAIGNS, True), (None, False)):
        simulate(tmp_path / "site", days=1, visits=5, world=world)
        for name in NAMES_OF_CAMPAIGNS:
            assert (tmp_path / "site" / name).exists() is has_costs
