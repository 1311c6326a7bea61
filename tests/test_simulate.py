"""The traffic generator: the same bytes again, a log that agrees with its truth, honest rates."""

import gzip
import json
import math
import re
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from random import Random
from typing import Any

import pytest

from darksocial import data
from darksocial.errors import OutputError, UsageError
from darksocial.results.ownership import MARK
from darksocial.simulation import Simulation, simulate
from darksocial.simulation.addresses import Addresses
from darksocial.simulation.files import (
    LOG_NAME,
    NAMES_OF_CAMPAIGNS,
    ROTATED_NAMES,
    TRUTH_NAME,
    log_names,
)
from darksocial.simulation.parameters import Curve, parameters
from darksocial.simulation.shares import share_rate
from darksocial.simulation.sites import parameters_of, site_types, varied
from darksocial.simulation.worlds import CAMPAIGNS

SAMPLES = Path(__file__).parents[1] / "sample_logs"
DOCUMENTATION = [
    ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
SMALL: dict[str, Any] = {"days": 3, "visits": 400}
LOST = {"lost_search", "lost_social", "lost_email", "lost_ai"}
LINE = re.compile(
    r'(?P<ip>\S+) - - \[(?P<time>[^\]]+)\] "(?:GET|HEAD|POST) (?P<target>\S+) \S+" (?P<status>\d+) '
    r'\S+ "(?P<referrer>[^"]*)" "(?P<agent>(?:[^"\\]|\\.)*)"\n'
)
Objects = list[dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Simulation:
    visits = 20_000 if pytestconfig.getoption("--full") else 4_000
    return simulate(tmp_path_factory.mktemp("made"), seed=3, days=14, visits=visits)


@pytest.fixture(scope="module")
def lines(made: Simulation) -> list[str]:
    return made.logs[0].read_text("ascii").splitlines(keepends=True)


@pytest.fixture(scope="module")
def truth(made: Simulation) -> dict[str, Objects]:
    found: dict[str, Objects] = {"visit": [], "share": [], "bot": []}
    for text in made.truth.read_text("ascii").splitlines():
        item = json.loads(text)
        found[item["type"]].append(item)
    return found


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def _utc(log_time: str) -> str:
    """02/Mar/2026:01:00:00 +0100 as 2026-03-02T00:00:00Z."""
    moment = datetime.strptime(log_time, "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _target(item: dict[str, Any]) -> str:
    return f"{item['path']}?{item['query']}" if item["query"] else str(item["path"])


@pytest.mark.parametrize("rotate", [False, True])
def test_same_arguments_same_bytes(tmp_path: Path, rotate: bool) -> None:
    first = simulate(tmp_path / "a", seed=5, rotate=rotate, **SMALL)
    again = simulate(tmp_path / "b", seed=5, rotate=rotate, **SMALL)
    other = simulate(tmp_path / "c", seed=6, rotate=rotate, **SMALL)
    for one, two, three in zip(
        (*first.logs, first.truth), (*again.logs, again.truth), (*other.logs, other.truth),
        strict=True,
    ):  # fmt: skip
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes() != three.read_bytes()


def test_a_rotated_set_holds_the_lines_of_the_single_log(tmp_path: Path) -> None:
    single = simulate(tmp_path / "single", seed=5, **SMALL)
    rotated = simulate(tmp_path / "rotated", seed=5, rotate=True, **SMALL)
    assert [path.name for path in rotated.logs] == list(ROTATED_NAMES)
    oldest_first = b"".join(_content(path) for path in reversed(rotated.logs))
    assert oldest_first == single.logs[0].read_bytes()
    assert rotated.lines == single.lines == oldest_first.count(b"\n")


@pytest.mark.parametrize(
    ("command", "arguments", "others"),
    [
        ("publisher --seed 7 --days 14 --visits 1500",
         {"seed": 7, "days": 14, "visits": 1500}, ()),
        ("shop --site shop --seed 2 --days 14 --visits 2000 --world campaigns",
         {"site": "shop", "seed": 2, "days": 14, "visits": 2000, "world": CAMPAIGNS},
         NAMES_OF_CAMPAIGNS),
    ],
    ids=["publisher", "shop"],
)  # fmt: skip
def test_a_sample_is_what_the_readme_says(
    tmp_path: Path, command: str, arguments: dict[str, Any], others: tuple[str, ...]
) -> None:
    made = simulate(tmp_path, rotate=True, **arguments)
    text = f"darksocial simulate --out sample_logs/{command} --rotate"
    assert text in (SAMPLES / "README.md").read_text("utf-8")
    folder = SAMPLES / command.split()[0]
    for path in (*made.logs, made.truth, *(tmp_path / name for name in others)):
        assert _content(path) == _content(folder / path.name), path.name
    assert {p.name for p in folder.iterdir()} == {*ROTATED_NAMES, TRUTH_NAME, *others}


@pytest.mark.long
def test_every_visit_has_its_landing_line(lines: list[str], truth: dict[str, Objects]) -> None:
    landings: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        if (hit := LINE.fullmatch(line)) and hit["status"] == "200":
            time = _utc(hit["time"])
            landings[hit["ip"], time, hit["target"], hit["referrer"], hit["agent"]] += 1
    for visit in truth["visit"]:
        referrer = visit["referrer"] or "-"
        key = visit["client_ip"], visit["time"], _target(visit), referrer, visit["user_agent"]
        assert landings[key] > 0, visit


def test_only_documentation_addresses(lines: list[str], truth: dict[str, Objects]) -> None:
    seen = {line.split(" ", 1)[0] for line in lines}
    seen |= {item["client_ip"] for kind in ("visit", "bot") for item in truth[kind]}
    for address in map(ip_address, seen):
        assert any(address in net for net in DOCUMENTATION), address
        assert str(address) in seen  # in the form that servers write


def test_lost_and_dark_visits_carry_no_referrer(truth: dict[str, Objects]) -> None:
    for visit in truth["visit"]:
        tagged = "utm_" in (visit["query"] or "")
        if visit["cause"] in LOST or visit["dark"]:
            assert visit["referrer"] is None, visit
        if visit["cause"] in LOST or visit["cause"] == "private_share":
            assert not tagged, visit
        if visit["cause"] in {"search", "social", "referral", "paid"}:
            assert visit["referrer"], visit
        private = visit["cause"] in {"private_share", "utm_echo"}
        assert private == bool(visit["app"]) == bool(visit["shared_from"])
        assert tagged or visit["cause"] != "utm_echo"


@pytest.mark.long
def test_previews_precede_their_clicks(lines: list[str], truth: dict[str, Objects]) -> None:
    shares = {share["id"]: share for share in truth["share"]}
    visits = {visit["visit"]: visit for visit in truth["visit"]}
    fetches = {
        (hit["ip"], _utc(hit["time"]), hit["target"], hit["agent"])
        for hit in map(LINE.fullmatch, lines)
        if hit
    }
    for share in shares.values():
        sharer = visits[share["sharer"]]
        assert sharer["time"] < share["time"] and sharer["path"] == share["path"]
        assert share["parent"] == sharer["shared_from"]
        if share["preview_time"]:
            fetch = share["preview_ip"], share["preview_time"], _target(share)
            assert (*fetch, share["preview_agent"]) in fetches
        if share["origin"] == "device":
            assert share["preview_ip"] == sharer["client_ip"]
    clicks = [visit for visit in visits.values() if visit["shared_from"]]
    assert len(clicks) > 500 and any(share["parent"] for share in shares.values())
    for click in clicks:
        share = shares[click["shared_from"]]
        assert click["time"] > share["time"] and click["path"] == share["path"]
        assert click["app"] == share["app"]


@pytest.mark.long
def test_groups_have_about_the_share_of_the_table(truth: dict[str, Objects]) -> None:
    echo = {"private_share": "private", "utm_echo": "private", "restored_tab": "history"}
    groups = Counter(
        echo.get(visit["cause"], visit["cause"].removeprefix("lost_")) for visit in truth["visit"]
    )
    total = len(truth["visit"])
    assert total == pytest.approx(20_000, rel=0.05)
    for group in parameters().groups.values():
        # Clicks of private shares come in clusters, so their number varies more.
        near = 0.3 if group.name == "private" else 0.12
        assert groups[group.name] / total == pytest.approx(group.share, rel=near), group.name


@pytest.mark.parametrize(
    ("app", "no_referrer"), [("whatsapp", 1.0), ("slack", 1.0), ("messenger", 0.75)]
)
def test_apps_lose_the_referrer_as_measured(
    truth: dict[str, Objects], app: str, no_referrer: float
) -> None:
    clicks = [visit for visit in truth["visit"] if visit["app"] == app]
    dark = sum(visit["dark"] for visit in clicks)
    assert clicks and dark / len(clicks) == pytest.approx(no_referrer, abs=0.12)


def test_a_visit_brings_8_to_15_lines_and_agents_vary(made: Simulation, lines: list[str]) -> None:
    assert made.lines == len(lines)
    assert 8 < made.lines / made.visits < 15
    assert 200 < len({line.rsplit('"', 2)[1] for line in lines if line.count('"') > 5}) < 900


def test_lines_are_in_the_order_of_time(lines: list[str]) -> None:
    times = [line.split("[", 1)[1][:20] for line in lines]
    assert times == sorted(times)  # within one month and zone the text sorts as the time does


@pytest.mark.parametrize(
    "part", [r'"\x16\x03\x01', '"-" 408 -', r"\"Link Checker\"", '"HEAD / ', "/robots.txt", " 404 "]
)
def test_the_log_has_its_dirt(lines: list[str], part: str) -> None:
    assert any(part in line for line in lines)


def test_one_line_is_cut(lines: list[str]) -> None:
    assert sum(line.count('"') % 2 for line in lines) == 1


@pytest.mark.parametrize("arguments", [{"days": 0}, {"visits": 0}, {"days": -1}])
def test_sizes_must_be_positive(tmp_path: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        simulate(tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


def test_a_real_log_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / LOG_NAME).write_text("precious\n")
    with pytest.raises(OutputError):
        simulate(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == [LOG_NAME]
    assert (tmp_path / LOG_NAME).read_text() == "precious\n"


def test_an_earlier_simulation_is_replaced_whole(tmp_path: Path) -> None:
    simulate(tmp_path, rotate=True, **SMALL)
    simulate(tmp_path, **SMALL)
    assert sorted(path.name for path in tmp_path.iterdir()) == [MARK, LOG_NAME, TRUTH_NAME]


def test_a_file_in_the_way_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError):
        simulate(tmp_path / "out", **SMALL)


@pytest.mark.parametrize(
    ("days", "files"),
    [
        (1, {LOG_NAME}),
        (2, {LOG_NAME, "access.log.1"}),
        (3, set(ROTATED_NAMES)),
        (14, set(ROTATED_NAMES)),
    ],
)
def test_days_of_a_rotated_set(days: int, files: set[str]) -> None:
    names = log_names(days, rotate=True)
    assert set(names) == files and names[-1] == LOG_NAME
    assert log_names(days, rotate=False) == [LOG_NAME] * days


def test_a_curve_draws_its_own_shares() -> None:
    curve = Curve((10, 20, 100), (0, 0.5, 1))
    rng = Random(1)
    drawn = [curve.draw(rng) for _ in range(4000)]
    assert min(drawn) >= 10 and max(drawn) <= 100
    assert sum(value < 20 for value in drawn) / 4000 == pytest.approx(0.5, abs=0.03)


def test_ipv4_addresses_are_all_used_before_one_comes_again() -> None:
    rng = Random(1)
    addresses = Addresses(rng, v4_share=1)
    assert len({addresses.visitor(rng) for _ in range(508)}) == 508


def test_tables_name_a_source_in_every_row() -> None:
    names = ("agents", "bots", "curves", "groups", "rates", "site", "sources")
    for name in names:
        rows = data.read(f"simulation_{name}")
        assert rows
        for row in rows:
            assert row["source"] and None not in row, (name, row)


def test_parameters_are_whole() -> None:
    params = parameters()
    assert sum(group.share for group in params.groups.values()) == pytest.approx(1)
    assert {source.group for source in params.sources} == set(params.groups)
    assert 0 < share_rate(params) < 0.2


@pytest.mark.parametrize("site", site_types())
def test_every_type_of_site_has_causes_and_shares(tmp_path: Path, site: str) -> None:
    made = simulate(tmp_path, site=site, seed=4, visits=1500)
    rows = [json.loads(line) for line in made.truth.read_text().splitlines()]
    causes = {row["cause"] for row in rows if row["type"] == "visit"}
    assert {"typed", "history", "lost_search", "private_share"} <= causes
    paths = {row["path"] for row in rows if row["type"] == "share"}
    prefix = {"documentation": "/docs/", "saas": "/blog/"}.get(site, "/")
    assert paths
    assert all(path.startswith(prefix) for path in paths)


def test_an_unknown_site_is_said() -> None:
    with pytest.raises(UsageError, match="There is no type of site 'forum'"):
        parameters_of("forum")


def test_varied_rates_stay_rates() -> None:
    before = parameters_of("shop")
    for seed in range(20):
        after = varied(before, 3.0, Random(seed))
        assert math.fsum(group.share for group in after.groups.values()) == pytest.approx(1)
        assert all(0 <= s.no_referrer <= 1 and 0 <= s.in_app_share <= 1 for s in after.sources)
        for name, rate in after.rates.items():
            assert rate <= 3.01 * before.rates[name] + 1
            assert rate >= 0
    assert varied(before, 1.0, Random(1)).rates == before.rates


def test_varied_sites_differ_by_seed_alone(tmp_path: Path) -> None:
    made = [simulate(tmp_path / n, seed=3, visits=300, vary=2.0) for n in ("one", "two")]
    assert made[0].truth.read_bytes() == made[1].truth.read_bytes()
    plain = simulate(tmp_path / "plain", seed=3, visits=300)
    assert plain.truth.read_bytes() != made[0].truth.read_bytes()
