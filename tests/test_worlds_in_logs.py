"""Worlds whose trouble is in the lines: it is found there, and the truth is what the lines hold."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from darksocial.simulation import run, simulate
from darksocial.simulation.monitors import SCAN_SECONDS
from darksocial.simulation.open_tabs import RELOAD_SECONDS
from darksocial.simulation.parameters import Parameters, parameters
from darksocial.simulation.readers import OPERA_SERVERS, PREFETCH_PROXIES, RELAYS
from darksocial.simulation.site import DAY_SECONDS, HOST, ORIGIN
from darksocial.simulation.worlds import (
    CARRIER_NAT,
    ENCODED_PATHS,
    FEW_ADDRESSES,
    OPEN_TABS,
    READERS,
    ROTATING_ADDRESSES,
    TRACKED_SHARES,
    in_world,
)

MONITORS = "monitors"
LINE = re.compile(
    r'(?P<address>\S+) - - \[(?P<time>[^\]]+)\] "(?P<method>GET|HEAD|POST) (?P<target>\S+) \S+" '
    r'(?P<status>\d+) \S+ "(?P<referrer>[^"]*)" "(?P<agent>[^"\\]*)"'
)
SAFARI = re.compile(r"Version/[\d.]+ (Mobile/\w+ )?Safari/")
Rows = list[dict[str, Any]]


class Hit(NamedTuple):
    """A line of the log."""

    address: str
    time: datetime
    method: str
    target: str
    status: int
    referrer: str
    agent: str

    @property
    def is_page(self) -> bool:
        return self.method != "POST" and self.target.partition("?")[0].endswith("/")


class Traffic(NamedTuple):
    """The log and the truth of a simulation."""

    lines: list[str]
    hits: list[Hit]
    truth: Rows

    def rows(self, kind: str) -> Rows:
        return [row for row in self.truth if row["type"] == kind]


def hits_in(lines: Iterable[str]) -> list[Hit]:
    return [hit_of(match) for line in lines if (match := LINE.fullmatch(line))]


def hit_of(match: re.Match[str]) -> Hit:
    fields = match.groupdict()
    time = datetime.strptime(fields["time"], "%d/%b/%Y:%H:%M:%S %z")
    return Hit(**{**fields, "time": time, "status": int(fields["status"])})


@cache
def traffic(world: str | None, visits: int = 600) -> Traffic:
    with TemporaryDirectory() as folder:
        made = simulate(Path(folder) / "site", days=4, visits=visits, world=world)
        encoding = "utf-8" if world == ENCODED_PATHS else "ascii"
        lines = made.logs[0].read_text(encoding).splitlines()
        truth = [json.loads(row) for row in made.truth.read_text("ascii").splitlines()]
    return Traffic(lines, hits_in(lines), truth)


def pauses(times: Iterable[datetime]) -> set[float]:
    """The distances between the moments, in seconds."""
    return {(after - before).total_seconds() for before, after in pairwise(sorted(times))}


def network(address: str) -> str:
    """The IPv4 /16 or IPv6 /48 of an address."""
    return str(ip_network(f"{address}/{48 if ':' in address else 16}", strict=False))


@pytest.mark.parametrize(
    "world", [CARRIER_NAT, MONITORS, OPEN_TABS, READERS, ROTATING_ADDRESSES, TRACKED_SHARES]
)
def test_each_visit_of_a_world_has_its_first_line(world: str) -> None:
    made = traffic(world)
    landings = {
        (hit.address, hit.time, hit.target, hit.referrer, hit.agent)
        for hit in made.hits
        if hit.status == 200
    }
    for row in made.rows("visit"):
        target = f"{row['path']}?{row['query']}" if row["query"] else row["path"]
        time = datetime.fromisoformat(row["time"])
        first = row["client_ip"], time, target, row["referrer"] or "-", row["user_agent"]
        assert first in landings, row


def test_rotating_addresses_are_all_that_differs_from_the_usual_traffic() -> None:
    usual, made = traffic(None), traffic(ROTATING_ADDRESSES)
    assert made.truth == usual.truth
    pairs = [
        (before.split(" ", 1), after.split(" ", 1))
        for before, after in zip(usual.lines, made.lines, strict=True)
    ]
    assert all(before[1] == after[1] for before, after in pairs)
    changes = [(before[0], after[0]) for before, after in pairs if before[0] != after[0]]
    assert 0.1 < len(changes) / len(pairs) < 0.4
    inside = sum(network(before) == network(after) for before, after in changes)
    assert 0.7 < inside / len(changes) < 0.95


def test_pages_name_one_that_another_address_has_seen() -> None:
    """The later page views of a rotating visit keep the site's page as referrer."""

    def unseen(world: str | None) -> float:
        views = [hit for hit in traffic(world).hits if hit.is_page]
        seen = {(hit.address, hit.agent, ORIGIN + hit.target) for hit in views}
        later = [hit for hit in views if hit.referrer.startswith(ORIGIN)]
        return sum((h.address, h.agent, h.referrer) not in seen for h in later) / len(later)

    assert unseen(None) == 0
    assert unseen(ROTATING_ADDRESSES) > 0.1


@pytest.mark.long
def test_few_addresses_of_a_carrier_have_hundreds_of_people() -> None:
    """Few addresses alone have some ten people each: this is another trouble."""

    def busiest(world: str) -> tuple[Traffic, set[str], set[int]]:
        made = traffic(world, visits=2000)
        people = defaultdict(set)
        for row in made.rows("visit"):
            people[row["client_ip"]].add(row["user_agent"])
        ranked = sorted(people, key=lambda address: -len(people[address]))[:8]
        return made, set(ranked), {len(people[address]) for address in ranked}

    made, carrier, agents = busiest(CARRIER_NAT)
    assert min(agents) > 3 * max(busiest(FEW_ADDRESSES)[2])
    dark = [row["client_ip"] in carrier for row in made.rows("visit") if row["dark"]]
    assert sum(dark) > 0.5 * len(dark)
    styles = {hit.address for hit in made.hits if hit.target.endswith(".css")}
    assert carrier <= styles


def test_monitors_come_at_equal_pauses_and_load_nothing() -> None:
    made = traffic(MONITORS)
    times = defaultdict(list)
    for hit in made.hits:
        if "Windows NT" in hit.agent:
            times[hit.address, hit.agent].append(hit)
    regular = {
        who: hits
        for who, hits in times.items()
        if len(hits) > 20 and len(pauses(hit.time for hit in hits)) == 1
    }
    kinds = {(row["client_ip"], row["user_agent"]): row["kind"] for row in made.rows("bot")}
    assert Counter(kinds[who] for who in regular) == {
        "home_watcher": 12,
        "head_watcher": 12,
        "article_watcher": 4,
    }
    assert {hit.method for hits in regular.values() for hit in hits} == {"GET", "HEAD"}
    assert all(hit.is_page for hits in regular.values() for hit in hits)
    scans = [times[who] for who, kind in kinds.items() if kind == "scanner"]
    assert len(scans) == 6
    assert all(SCAN_SECONDS in pauses(hit.time for hit in hits) for hits in scans)


def test_open_tabs_reload_their_page_for_days() -> None:
    usual, made = traffic(None), traffic(OPEN_TABS)
    assert made.truth == usual.truth
    more = Counter(made.lines) - Counter(usual.lines)
    assert len(usual.lines) + more.total() == len(made.lines)
    reloads = hits_in(more)
    tabs = defaultdict(list)
    for hit in reloads:
        if hit.is_page:
            tabs[hit.address, hit.agent, hit.target].append(hit.time)
    assert all(len(pauses(times)) <= 1 for times in tabs.values())
    found = set().union(*(pauses(times) for times in tabs.values()))
    assert found <= set(RELOAD_SECONDS)
    assert any((max(t) - min(t)).total_seconds() > DAY_SECONDS for t in tabs.values())
    files = [hit.status for hit in reloads if not hit.is_page]
    assert files.count(304) > 0.9 * len(files)


def test_readers_come_by_services() -> None:
    made = traffic(READERS, visits=2000)
    hits = made.hits
    visits = made.rows("visit")

    opera = [hit for hit in hits if "Opera Mini/" in hit.agent]
    assert {hit.address for hit in opera} == {*OPERA_SERVERS}
    assert sum(not hit.is_page for hit in opera) < 6 * sum(hit.is_page for hit in opera)
    assert sum("Opera Mini/" in row["user_agent"] for row in visits) > 20

    relayed = [row for row in visits if row["client_ip"] in RELAYS]
    assert len(relayed) > 100
    assert all(SAFARI.search(row["user_agent"]) for row in relayed)

    fetched = [hit for hit in hits if hit.address in PREFETCH_PROXIES]
    assert {hit.is_page or "traffic-advice" in hit.target for hit in fetched} == {True}
    opened = [row for row in visits if row["client_ip"] in PREFETCH_PROXIES]
    assert 0 < len(opened) < sum(hit.is_page for hit in fetched)
    files = {(hit.agent, hit.referrer) for hit in hits if hit.target.endswith(".css")}
    for row in opened:
        assert row["referrer"] == "https://www.google.com/"
        assert (row["user_agent"], f"https://{HOST}{row['path']}") in files


def test_what_is_read_within_telegram_is_no_visit() -> None:
    def visits_of_clicks(params: Parameters) -> float:
        """Where nearly all shares are by Telegram: its visits in the truth, of all clicks."""
        weights = {"telegram": 100.0}
        sources = (replace(s, weight=weights.get(s.name, s.weight)) for s in params.sources)
        made = run.Traffic(1, 1, 1500, run.FIRST_DAY, replace(params, sources=tuple(sources)))
        made.live(0, 1500)
        lines, truth = made.log.take(0)
        assert any("TelegramBot" in line for line in lines)
        rows = [json.loads(row) for row in truth]
        visits = [row for row in rows if row["type"] == "visit" and row["app"] == "telegram"]
        return len(visits) / made.clicks

    inside = visits_of_clicks(in_world(parameters(), READERS))
    assert 0 < inside < 0.6 * visits_of_clicks(parameters())
