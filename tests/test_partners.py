"""Partners: their links among the visits, their codes among the orders, and errors in words."""

import json
from datetime import UTC, date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import InputError, PartnerReport, UsageError
from darksocial.campaigns.codes import Conversions, Reached, code_use, conversions_of, reached
from darksocial.campaigns.contract import PARTNERS_TABLE
from darksocial.campaigns.devices import Path as Visits
from darksocial.campaigns.orders import Order, OrderNumbers, codes_in, read_orders, second_of
from darksocial.campaigns.partner_list import Landing, PartnerList, read_partners
from darksocial.campaigns.parts import parts_of
from darksocial.campaigns.stored import Key
from darksocial.cli._main import darksocial as group
from darksocial.lookups.chatbots import CHATBOTS
from darksocial.simulation.files import COSTS_NAME, ORDERS_NAME, PARTNERS_NAME
from tests.campaign_site import analysed_site
from tests.logs import ARTICLE, Hit, analyzed
from tests.test_credit import SEARCH, world

HEADER = "partner,link,code,since,until,fee\n"
DAY = date(2026, 3, 5)
PARTNERS = (
    HEADER
    + "anna,https://www.example.org/?utm_source=instagram&utm_campaign=anna&sh=a.b.1,Anna10,,,350\n"
    + "radio,/radio,RADIO,2026-03-02,2026-03-08,\n"
    + "ben,https://example.org/radio?ref=ben,,,,20\n"
)


def listed(folder: Path, text: str) -> PartnerList:
    file = folder / "partners.csv"
    file.write_text(text, "utf-8")
    return read_partners(file)


@pytest.mark.parametrize(
    ("landing", "day", "partner"),
    [
        (Landing(None, "/a", {"utm_source": "instagram", "utm_campaign": "anna"}), DAY, "anna"),
        (Landing("example.org", "/", {"utm_campaign": "anna"}), DAY, None),
        (Landing("other.example", "/a", {"utm_source": "instagram", "utm_campaign": "anna"}), DAY,
         None),
        (Landing(None, "/radio", {}), DAY, "radio"),
        (Landing(None, "/radio/today", {}), DAY, "radio"),
        (Landing(None, "/radiology", {}), DAY, None),
        (Landing(None, "/radio", {}), date(2026, 3, 9), None),
        (Landing("www.example.org", "/radio", {"ref": "ben"}), DAY, "ben"),
        (Landing(None, "/a", {"utm_medium": "Chatbot"}), DAY, CHATBOTS),
        (Landing(None, "/a", {}, has_chatbot_id=True), DAY, CHATBOTS),
        (Landing(None, "/radio", {}, has_chatbot_id=True), DAY, "radio"),
    ],
)  # fmt: skip
def test_a_link_is_that_of_its_partner(
    tmp_path: Path, landing: Landing, day: date, partner: str | None
) -> None:
    assert listed(tmp_path, PARTNERS).partner_of(landing, day) == partner


def test_codes_hold_on_their_days(tmp_path: Path) -> None:
    partners = listed(tmp_path, PARTNERS)
    assert partners.partner_of_code("ANNA10", DAY) == "anna"
    assert partners.partner_of_code("RADIO", date(2026, 3, 1)) is None
    assert dict(partners.fees) == {"anna": 350, "ben": 20}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("partner,link,fees\nanna,/a,5\n", "has the columns partner, link, fees"),
        (f"{HEADER},/a,,,,\n", "the name of a partner"),
        (f"{HEADER}anna,,,,,5\n", "a link, a path or a code as well"),
        (f"{HEADER}anna,/a,,soon,,\n", "a day such as 2026-03-02"),
        (f"{HEADER}anna,/a,,2026-03-05,2026-03-02,\n", "not before `since`"),
        (f"{HEADER}anna,/a,,,,much\n", "a fee such as"),
        (f"{HEADER}anna,a,,,,\n", "a link such as https"),
        (f"{HEADER}anna,https://www.example.org/,,,,\n", "not every visit has"),
        (f"{HEADER}anna,/a,A,,,\nben,/b,a,,,\n", "anna does not have"),
        ("partner,link,fee,currency\na,/a,5,EUR\nb,/b,5,USD\n", "fees in one currency"),
    ],
)
def test_a_file_of_partners_that_cannot_be_used_says_why(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        listed(tmp_path, text)
    assert said in str(refused.value)


SHOPIFY = (
    "Name,Email,Financial Status,Created at,Total,Currency,Discount Code,Cancelled at\n"
    '#1,a@example.org,paid,2026-03-02 14:05:11 +0100,"1,040.00",EUR,anna10,\n'
    "#1,,,,,,,\n"
    "#2,,refunded,2026-03-02 14:05:11 +0100,40.00,EUR,,\n"
    "#3,,paid,2026-03-02,40.00,EUR,,\n"
    "#4,,paid,2026-03-02 14:05:11 +0100,free,EUR,,\n"
    ",,paid,2026-03-02 14:05:11 +0100,40.00,EUR,,\n"
    "#5,,paid\n"
)
WOOCOMMERCE = (
    "order_id;order_date;status;order_total;order_currency;coupon_items\n"
    "7;02/13/2026 14:05;completed;40,00;EUR;code:anna10|amount:4,00\n"
)
MAPPED = "Day,Worth,Coupon\n2026-03-02T13:05:11Z,40,\n"


def read(folder: Path, text: str, **mapping: str) -> Any:
    file = folder / "orders.csv"
    file.write_text(text, "utf-8")
    return read_orders(file, mapping, UTC, OrderNumbers())


def test_each_row_is_an_order_a_further_row_or_a_reject(tmp_path: Path) -> None:
    orders = read(tmp_path, SHOPIFY)
    assert orders.orders == (Order(1772456711.0, 1040.0, ("ANNA10",)),)
    assert (orders.tool, orders.currency, orders.further_rows) == ("shopify", "EUR", 1)
    assert [(reject.rows, reject.first_line) for reject in orders.rejects] == [
        (1, line) for line in range(4, 9)
    ]


def test_orders_of_other_shops(tmp_path: Path) -> None:
    [order] = read(tmp_path, WOOCOMMERCE).orders
    assert order == Order(1770991500.0, 40.0, ("ANNA10",))
    [order] = read(tmp_path, MAPPED, time="Day", value="Worth", code="Coupon").orders
    assert order == Order(1772456711.0, 40.0, ())


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_file_that_holds_no_orders_says_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="the columns of no known export of orders"):
        read(tmp_path, text)


def test_an_order_in_two_files_is_one(tmp_path: Path) -> None:
    file, numbers = tmp_path / "orders.csv", OrderNumbers()
    file.write_text(WOOCOMMERCE, "utf-8")
    first, second = (read_orders(file, {}, UTC, numbers) for _file in range(2))
    assert (len(first.orders), len(second.orders), second.further_rows) == (1, 0, 1)


@pytest.mark.parametrize(
    ("text", "second"),
    [("2026-03-02 14:05:11 UTC", 1772460311.0), ("2026-03-02", None), ("soon", None)],
)
def test_a_time_needs_a_time_of_day(text: str, second: float | None) -> None:
    assert second_of(text, None, UTC) == second


def test_codes_as_shops_write_them() -> None:
    assert codes_in("Anna10, SPRING") == ("ANNA10", "SPRING")
    assert codes_in("code:a|amount:4.00;code:b|amount:1") == ("A", "B")


def test_a_code_leaks_where_no_visit_is_the_partners() -> None:
    visits, shares = world(3)
    keys = tuple(Key(*SEARCH[:4], "anna") if key == SEARCH else key for key in visits.keys)
    visits = type(visits)(**{name: getattr(visits, name) for name in visits.__slots__}
                          | {"keys": keys})  # fmt: skip
    parts, factors = parts_of(visits, shares), np.exp(np.linspace(-0.3, 0.3, 50))
    conversions = conversions_of(visits, 30)
    probable = reached(visits, parts, conversions, "anna", factors)
    assert probable.linked.shape == (9, len(conversions.paths))
    order = np.argsort(probable.linked[4])
    for places, is_leak in ((order[:20], True), (order[-20:], False)):
        orders = [Order(conversions.first[place] + 5, 40.0, ()) for place in places]
        use = code_use(orders, conversions, probable, factors)
        assert use.leak is not None and use.leak_low is not None and use.leak_high is not None
        assert (use.used, use.in_log, use.value) == (20, 20, 800.0)
        assert (use.leak > 0.5) is is_leak
        assert use.leak_low <= use.leak <= use.leak_high
    late = [Order(conversions.last.max() + 1e6, 40.0, ())]
    assert code_use(late, conversions, probable, factors).in_log == 0


def test_the_leak_of_a_code_is_within_its_interval_nine_times_of_ten() -> None:
    """Orders whose truth is drawn: some buyers had a partner's visit, of a part of these the log
    knows nothing, and both use the code at a rate of their own."""
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        times = np.arange(200) * 10_000.0
        known, hidden = rng.random(200) < 0.05, rng.random(200) < rng.uniform(0, 0.06)
        is_reached = known | hidden
        coded = rng.random(200) < np.where(is_reached, 0.6, 0.05)
        if not coded.any():
            continue
        path = Visits(np.zeros(1, np.int64), 1.0, 40.0)
        conversions = Conversions(times, times, [path] * 200, 30)
        linked = np.repeat(known[None].astype(np.float64), 9, axis=0)
        factors = np.exp(np.linspace(-0.3, 0.3, 400))
        probable = Reached(linked, np.full(200, 0.03), rng.uniform(0, 2, 400))
        orders = [Order(time + 5, 40.0, ()) for time in times[coded]]
        use = code_use(orders, conversions, probable, factors)
        assert use.leak_low is not None and use.leak_high is not None
        held += use.leak_low <= (~is_reached[coded]).mean() <= use.leak_high
    assert held >= 51


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a simulated site, and the analysis of its log in `out`."""
    return analysed_site(
        tmp_path_factory.mktemp("partners"), site="blog", days=7, visits=2500, seed=2
    )


@pytest.fixture(scope="module")
def report(folder: Path) -> PartnerReport:
    site = folder / "site"
    return darksocial.partners(
        folder / "out", partners=site / PARTNERS_NAME, orders=site / ORDERS_NAME
    )


@pytest.mark.long
def test_partners_and_codes_are_those_of_the_truth(folder: Path, report: PartnerReport) -> None:
    lines = (folder / "site" / "truth.jsonl").read_text("ascii").splitlines()
    visits = [row for row in map(json.loads, lines) if row["type"] == "visit"]
    creator, podcast = report.partners
    assert creator.visits_own == pytest.approx(
        sum(v["clicked"] and v["campaign"] == "creator" for v in visits), rel=0.15
    )
    began = sum(visit["campaign"] == "creator" for visit in visits)
    assert abs(creator.visits_after - began) < abs(creator.visits_before - began)
    reached_people: set[str] = set()
    with_visit = []
    for visit in visits:
        if visit["campaign"] == "creator":
            reached_people.add(visit["person"])
        if visit["code"] == "CREATOR10":
            with_visit.append(visit["person"] in reached_people)
    assert (creator.codes, creator.code_revenue) == (len(with_visit), 40.0 * len(with_visit))
    leak = 1 - sum(with_visit) / len(with_visit)
    assert creator.leak_low is not None and creator.leak_high is not None
    assert creator.leak_low <= leak <= creator.leak_high
    assert podcast.codes == sum(visit["code"] == "PODCAST" for visit in visits)
    assert (podcast.leak, podcast.roi_after, podcast.visits_after) == (None, None, 0)
    assert report.orders == sum(visit["conversions"] for visit in visits)


def test_rows_by_partner_add_up_and_fees_are_not_counted_twice(folder: Path) -> None:
    out, site = folder / "out", folder / "site"
    for costs in ((), (site / COSTS_NAME,)):
        found = darksocial.campaigns(out, by="partner", partners=site / PARTNERS_NAME, costs=costs)
        rows = {row.partner: row for row in found.campaigns}
        for side in ("before", "after"):
            total = sum(getattr(row, f"revenue_{side}") for row in found.campaigns)
            assert total == pytest.approx(found.revenue, abs=0.001)
        assert sum(row.cost or 0 for row in found.campaigns) == pytest.approx(found.cost)
        assert rows["creator"].cost == pytest.approx(7 * 25)
        assert any("The fee of creator is left out" in note for note in found.notes) is bool(costs)


def test_the_command_writes_what_the_library_returns(folder: Path, report: PartnerReport) -> None:
    site, files = folder / "site", {}
    arguments = ["partners", str(folder / "out"), "--partners", str(site / PARTNERS_NAME)]
    arguments += ["--orders", str(site / ORDERS_NAME)]
    for kind in ("json", "parquet", "csv", "xlsx"):
        files[kind] = folder / f"written.{kind}"
        arguments.append(f"--output={kind}={files[kind]}")
    shown = CliRunner().invoke(group, arguments)
    assert shown.exit_code == 0, shown.output
    assert "creator" in shown.output and "leak" in shown.output
    written = json.loads(files["json"].read_text("utf-8"))["partners"]
    assert [list(row) for row in written] == [list(PARTNERS_TABLE.names)] * len(report.partners)
    table = pq.read_table(files["parquet"])
    assert table.schema.equals(PARTNERS_TABLE.arrow)
    assert table["leak"].to_pylist() == [row.leak for row in report.partners]
    assert "leak_low" in (files["csv"] / "partners.csv").read_text("utf-8")
    assert files["xlsx"].read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    "wrong",
    [{"order_map": {"price": "x"}}, {"order_map": {"time": "x"}}, {"timezone": "Mars"},
     {"credit": "markov"}],
    ids=str,
)  # fmt: skip
def test_values_that_do_not_exist_are_said(folder: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        darksocial.partners(folder / "out", partners=folder / "site" / PARTNERS_NAME, **wrong)


def test_by_partner_needs_the_file_of_partners(folder: Path) -> None:
    with pytest.raises(UsageError, match="`partners` names no file"):
        darksocial.campaigns(folder / "out", by="partner")


def test_an_id_for_many_strangers_is_a_chatbots(tmp_path: Path) -> None:
    """Telegram fetched its preview once, and three days later strangers come by it."""
    link = f"{ARTICLE}?utm_source=telegram&utm_medium=social&sh=b0t5x.1.b0t5x.l"
    hits = [Hit(0, link, "149.154.161.1", "TelegramBot (like TwitterBot)")]
    hits += [Hit(3 * 1440 + 60 * n, link, f"192.0.2.{n + 1}") for n in range(12)]
    hits += [Hit(10, ip="198.51.100.7")]
    with analyzed(tmp_path, sorted(hits, key=lambda hit: hit.at)) as analysis:
        analysis.write(tmp_path / "out")
    file = tmp_path / "partners.csv"
    file.write_text(PARTNERS, "utf-8")
    rows = {
        row.partner: row for row in darksocial.partners(tmp_path / "out", partners=file).partners
    }
    bot = rows[CHATBOTS]
    assert (bot.visits_own, bot.visits_passed_on) == (pytest.approx(12, abs=0.1), 0)
    report = darksocial.shares(tmp_path / "out")
    assert ([len(share.clicks) for share in report.chatbots], report.shares) == ([12], ())
