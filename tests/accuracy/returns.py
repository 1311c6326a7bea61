"""How well the return of campaigns is estimated on simulated sites that advertise.

`python -m tests.accuracy.returns FIRST LAST VISITS [FOLDER]` simulates a site of each type with
each of these seeds and so many visits, one after the other, and writes tests/data/returns.json, of
which tests/generate/returns.py makes the table of docs/accuracy.md. A site of 5,000 visits takes
eleven seconds of one core, one of 20,000 half a minute, nearly all of it to simulate and analyse.
FOLDER keeps the sites and their analyses: a run that was cut off goes on from there, and what
changes in campaigns/ alone is then measured anew with a few seconds a site.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import darksocial
from darksocial.campaigns.values import CampaignRow
from darksocial.report.summary_json import NAME
from darksocial.simulation.files import COSTS_NAME, ORDERS_NAME, PARTNERS_NAME, TRUTH_NAME
from tests.accuracy import SITES
from tests.campaign_site import analysed_site

RESULTS = Path(__file__).parents[1] / "data" / "returns.json"
VARY = 2.0
DIRECT = frozenset({"typed", "bookmark", "history", "restored_tab", "return"})
OTHER = "other"
Fact = Mapping[str, Any]


def measured_returns(folder: Path, site: str, seed: int, visits: int) -> dict[str, Any]:
    """Put what campaigns and codes brought on a site beside the truth. `folder` holds the site and
    its analysis; without them both are made there, with so many visits."""
    files = folder / "site"
    if not (folder / "out" / NAME).exists():
        analysed_site(folder, site=site, seed=seed, visits=visits, vary=VARY)
        for log in files.glob("access.log*"):
            log.unlink()
    report = darksocial.campaigns(folder / "out", costs=files / COSTS_NAME)
    partners = darksocial.partners(
        folder / "out", partners=files / PARTNERS_NAME, orders=files / ORDERS_NAME
    )
    lines = (files / TRUTH_NAME).read_text("utf-8").splitlines()
    facts = [json.loads(line) for line in lines]
    began = Counter(str(f["campaign"]) for f in facts if f["type"] == "visit")
    by_device = bringers(facts, lambda visit: (visit["client_ip"], visit["user_agent"]))
    by_person = bringers(facts, lambda visit: visit["person"])
    apart = {order: by for order, by in by_person.items() if by_device.get(order) != by}
    devices, people, unlinked = (earned(facts, by) for by in (by_device, by_person, apart))
    rows = [
        {
            **_row(row, began[row.campaign], devices[row.campaign], people[row.campaign]),
            "unlinked": unlinked[row.campaign],
        }
        for row in report.campaigns
        if row.campaign and row.cost is not None
    ]
    total = sum(row.visits_after for row in report.campaigns)
    conserved = abs(total - report.visits) < 1e-6 * max(total, 1)
    leaks = [
        {"low": row.leak_low, "high": row.leak_high, "true": _leak(facts, row.partner)}
        for row in partners.partners
        if row.leak_low is not None
    ]
    return {
        "site": site,
        "seed": seed,
        "visits": visits,
        "campaigns": rows,
        "leaks": leaks,
        "conserved": conserved,
    }


def _row(row: CampaignRow, began: int, device: float, person: float) -> dict[str, float | None]:
    sure = row.visits_own + row.visits_passed_on + row.visits_traced
    return {
        "cost": row.cost,
        "visits": began,
        "visits_before": row.visits_before,
        "visits_after": row.visits_after,
        "visits_low": row.visits_after_low,
        "visits_high": row.visits_after_high,
        "visits_sure": sure,
        "device": device,
        "person": person,
        "revenue_before": row.revenue_before,
        "revenue_after": row.revenue_after,
        "revenue_low": row.revenue_after_low,
        "revenue_high": row.revenue_after_high,
    }


def bringers(facts: Sequence[Fact], whose: Callable[[Fact], object]) -> dict[str, str]:
    """What brought each order whose device or person had come by anything: the last visit with a
    source. Orders are named by their visit."""
    visits = {f["visit"]: f for f in facts if f["type"] == "visit"}
    shares = {f["id"]: f for f in facts if f["type"] == "share"}
    groups: defaultdict[object, list[Fact]] = defaultdict(list)
    for visit in sorted(visits.values(), key=lambda visit: str(visit["time"])):
        groups[whose(visit)].append(visit)
    brought = {}
    for group in groups.values():
        last = None
        for visit in group:
            last = _source(visit, visits, shares) or last
            if last and visit["revenue"]:
                brought[str(visit["visit"])] = last
    return brought


def earned(facts: Sequence[Fact], brought: Mapping[str, str]) -> Counter[str]:
    """The revenue of what brought orders."""
    revenue: Counter[str] = Counter()
    for fact in facts:
        if fact["type"] == "visit" and fact["visit"] in brought:
            revenue[brought[fact["visit"]]] += fact["revenue"]
    return revenue


def _source(visit: Fact, visits: Mapping[str, Fact], shares: Mapping[str, Fact]) -> str | None:
    """What brought a visit, by a share what had brought the first sharer; None if it is direct."""
    if visit["campaign"]:
        return str(visit["campaign"])
    while visit["shared_from"]:
        sharer = shares[visit["shared_from"]]["sharer"]
        if sharer is None:
            return None
        visit = visits[sharer]
    return None if visit["cause"] in DIRECT else OTHER


def _leak(facts: Sequence[Fact], partner: str) -> float | None:
    """The part of the orders with a partner's code of people whom its campaign never reached."""
    visits = [f for f in facts if f["type"] == "visit"]
    coded = [v for v in visits if v["code"] and v["code"].lower().startswith(partner)]
    reached = {v["person"] for v in visits if v["campaign"] == partner}
    return sum(v["person"] not in reached for v in coded) / len(coded) if coded else None


def main(first: int, last: int, visits: int, sites: Path) -> None:
    """Measure the sites one after the other, store them after each in place of those with as many
    visits, and write the page."""
    from tests.generate.accuracy import PAGE, page

    rows = [row for row in json.loads(RESULTS.read_text("utf-8")) if row["visits"] != visits]
    for seed in range(first, last + 1):
        for site in SITES:
            rows.append(measured_returns(sites / f"{site}-{seed}", site, seed, visits))
            RESULTS.write_text(json.dumps(rows, indent=0) + "\n", "utf-8")
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        main(*map(int, sys.argv[1:4]), Path((*sys.argv[4:], name)[0]))
