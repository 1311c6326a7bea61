"""Visits that are likely bots': what they load, and how many they are."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from darksocial import Report
from darksocial.model.bots import (
    BEGUN_BEFORE,
    DIRECT,
    HALVES,
    KNOWN,
    MAX_HALVES_PER_ARRIVAL,
    Numbers,
    judged,
)
from darksocial.visits.conditions import BOTS_LABEL
from darksocial.visits.loading import (
    FEW,
    LOADINGS,
    NONE,
    NONE_BESIDE,
    NONE_LIKE_ADDRESS,
    NONE_LIKE_AGENT,
    SEVERAL,
    WITHOUT_ASSETS,
)
from tests.logs import ARTICLE, BROWSER, SITE, Hit, analyzed
from tests.nightly_runs import run

SEARCH = "https://www.google.com/"
Probabilities = dict[tuple[str, str], tuple[float, float, float]]


def of(numbers: Numbers) -> Probabilities:
    """How likely visits are bots', with the bounds, by origin and loading."""
    return {
        (row["origin_group"], row["loading"]): (row["p_bot"], row["p_bot_low"], row["p_bot_high"])
        for row in judged({"": numbers}).to_pylist()
    }


def expected(numbers: Numbers, origin: str) -> float:
    return sum(n * of(numbers)[key][0] for key, n in numbers.items() if key[0] == origin)


@pytest.mark.parametrize("part", [0.1, 0.3, 0.6, 0.9])
def test_bots_among_direct_visits_are_counted(part: float) -> None:
    """(o - h) / (1 - h), where h of the people's visits load nothing, and o of the Direct ones."""
    nothing, visits = 0.1, 5000
    people, bots = visits * (1 - part), visits * part
    numbers = {
        (KNOWN, SEVERAL): 4500.0,
        (KNOWN, NONE): 500.0,
        (DIRECT, SEVERAL): people * (1 - nothing),
        (DIRECT, NONE): people * nothing + bots,
    }
    o = numbers[DIRECT, NONE] / visits
    assert (o - nothing) / (1 - nothing) == pytest.approx(part)
    assert expected(numbers, DIRECT) == pytest.approx(bots, rel=0.1)
    assert expected(numbers, KNOWN) < 0.05 * visits


def test_where_direct_visits_load_as_the_others_there_are_hardly_any_bots() -> None:
    numbers = {(o, level): n for o in (KNOWN, DIRECT) for level, n in ((SEVERAL, 900), (NONE, 100))}
    assert expected(numbers, DIRECT) < 0.03 * 1000


def test_the_bounds_hold_the_probability_and_narrow_with_the_visits() -> None:
    widths = []
    for times in (1, 100):
        numbers = {
            (KNOWN, SEVERAL): 90.0 * times,
            (KNOWN, NONE): 10.0 * times,
            (DIRECT, SEVERAL): 50.0 * times,
            (DIRECT, NONE): 50.0 * times,
        }
        for p, low, high in of(numbers).values():
            assert 0 <= low <= p <= high <= 1
        _, low, high = of(numbers)[DIRECT, NONE]
        widths.append(high - low)
    assert widths[0] > 2 * widths[1] > 0


def test_programs_that_are_alike_are_likelier_bots_than_others_without_assets() -> None:
    numbers = {(DIRECT, level): 20.0 for level in LOADINGS}
    numbers |= {(KNOWN, SEVERAL): 400.0, (KNOWN, NONE): 30.0, (KNOWN, NONE_BESIDE): 20.0}
    p = {level: of(numbers)[DIRECT, level][0] for level in LOADINGS}
    assert min(p[NONE_LIKE_AGENT], p[NONE_LIKE_ADDRESS]) > p[NONE] > p[SEVERAL]
    assert p[NONE_LIKE_AGENT] > p[NONE_BESIDE] > p[SEVERAL]


def test_a_log_without_assets_says_nothing() -> None:
    assert not of({(KNOWN, NONE): 900.0, (DIRECT, NONE): 900.0})
    assert not of({(KNOWN, ""): 900.0, (DIRECT, ""): 900.0})


def test_assets_from_another_host_say_nothing() -> None:
    """Most load none, wherever they come from, but some pages have a picture of this host."""
    numbers = {
        (KNOWN, SEVERAL): 50.0,
        (KNOWN, NONE): 950.0,
        (DIRECT, SEVERAL): 20.0,
        (DIRECT, NONE): 980.0,
    }
    assert not of(numbers)


def test_known_origins_that_load_less_than_direct_visits_are_forged() -> None:
    numbers = {(KNOWN, NONE): 1000.0, (DIRECT, SEVERAL): 300.0, (DIRECT, NONE): 700.0}
    assert expected(numbers, KNOWN) > 500
    assert expected(numbers, DIRECT) > 500


def test_too_many_halves_are_bots() -> None:
    arrived, halves = 100.0, 1000.0
    numbers = {(KNOWN, NONE): arrived, (HALVES, NONE): halves, (BEGUN_BEFORE, NONE): 5.0}
    likely = of(numbers)
    assert {key[0] for key in likely} == {HALVES, BEGUN_BEFORE}
    people = halves * (1 - likely[HALVES, NONE][0])
    assert people == pytest.approx(MAX_HALVES_PER_ARRIVAL * arrived)
    assert not of({(KNOWN, NONE): 1000.0, (HALVES, NONE): 200.0})


def view(minute: float, address: str, agent: str, referrer: str = "-") -> Iterator[Hit]:
    yield Hit(minute, ARTICLE, address, agent, referrer)


def loading_view(minute: float, address: str, agent: str, referrer: str = "-") -> Iterator[Hit]:
    yield from view(minute, address, agent, referrer)
    for name in ("site.css", "site.js", "logo.png"):
        yield Hit(minute, f"/static/{name}", address, agent, f"{SITE}{ARTICLE}")


def site() -> list[Hit]:
    """Readers with five browsers who load assets, Direct or from a search; and a bot of one name at
    40 addresses that loads none."""
    browsers = [BROWSER.replace("136.0", f"{n}.0") for n in range(131, 136)]
    readers = [
        loading_view(7 * n, f"192.0.2.{n}", browsers[n % 5], SEARCH if n % 2 else "-")
        for n in range(60)
    ]
    bots = [view(9 * n, f"198.51.100.{n}", BROWSER.replace("136", "120")) for n in range(40)]
    return sorted((hit for visit in (*readers, *bots) for hit in visit), key=lambda hit: hit.at)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bots")


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    with analyzed(folder, site()) as analysis:
        analysis.write(folder / "out")
        return analysis.report


@pytest.mark.long
def test_likely_bots_are_counted_in_a_row_of_their_own(report: Report) -> None:
    rows = {row.channel: row.before for row in report.channels}
    assert rows[BOTS_LABEL] == 40
    assert rows["Direct"] == report.dark_social.direct_sessions == 30
    bots = report.likely_bots
    assert bots.sessions == bots.direct == 40
    assert bots.low <= bots.expected <= bots.high
    assert bots.expected == pytest.approx(40, abs=2)


def test_likely_bots_are_no_strangers(report: Report, folder: Path) -> None:
    """All visits are new visitors' on one page within minutes of each other."""
    frame = pq.read_table(folder / "out" / "sessions").to_pandas()
    bots = frame[frame.p_bot > 0.5]
    assert len(bots) == 40
    assert set(bots.channel_after) == {BOTS_LABEL}
    assert (bots.p_dark_social <= 1 - bots.p_bot + 1e-9).all()
    names = [name for name in frame.columns if name.startswith("p_")]
    booked_direct = frame[frame.channel_before == "Direct"]
    assert booked_direct[names].sum(axis=1).to_numpy() == pytest.approx(1)


def test_a_store_counts_likely_bots_as_one_run_does(folder: Path, report: Report) -> None:
    run([folder / "access.log"], folder / "store")
    [day] = (folder / "store" / "sessions").glob("*/*.parquet")
    mine, whole = (
        sorted(table.column("p_bot").to_pylist())
        for table in (pq.read_table(day), pq.read_table(folder / "out" / "sessions"))
    )
    assert mine == pytest.approx(whole)
    assert report.likely_bots.sessions == sum(p > 0.5 for p in mine)


def test_every_level_without_assets_is_divided_as_people_are() -> None:
    assert set(WITHOUT_ASSETS) == set(LOADINGS) - {SEVERAL, FEW}
