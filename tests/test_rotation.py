"""Browsers whose requests come by several addresses: one visit, by one person."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from darksocial import Settings
from darksocial.visits.handovers import linked
from tests.logs import ARTICLE, BROWSER, SITE, Hit, analyzed
from tests.nights import night, results

MIDNIGHT = 16 * 60
PHONE = BROWSER.replace("X11; Linux x86_64", "Android 14; Mobile")
SEARCH = "https://www.google.com/"
NEXT, LAST = "/sports/2026/03/02/cup-final-48214/", "/culture/2026/03/02/opera-48215/"
SETTINGS = Settings(site=("example.org",), keep_identifiers=True)


def phone(at: float, path: str, ip: str, referrer: str) -> Hit:
    return Hit(at, path, ip, PHONE, referrer)


def readers() -> list[Hit]:
    """Twelve people with a browser of their own, who load a style sheet, hours before."""
    hits = []
    for n in range(12):
        agent, ip = BROWSER.replace("136.0", f"1{n:02}.0"), f"198.51.100.{n}"
        for m, path in enumerate((ARTICLE, NEXT, LAST)):
            hits += [
                Hit(-300 + n + m / 10, path, ip, agent, SEARCH if path == ARTICLE else SITE),
                Hit(-300 + n + m / 10, "/static/site.css", ip, agent, SITE + path),
            ]
    return hits


# Each is the hits of one situation, and the addresses, page views and `began` of its visits.
Visits = list[tuple[str, int, str]]
SITUATIONS: Mapping[str, tuple[list[Hit], Visits]] = {
    "the next page by another address of the network": (
        [
            phone(0, ARTICLE, "192.0.1.1", SEARCH),
            phone(20, NEXT, "192.0.9.2", SITE + ARTICLE),
            phone(21, LAST, "192.0.9.3", SITE + NEXT),
            phone(22, ARTICLE, "192.0.9.2", SITE + NEXT),
        ],
        [("192.0.1.1", 4, "arrival")],
    ),
    "half a minute later by another network": (
        [
            phone(100, ARTICLE, "192.1.1.1", SEARCH),
            phone(100.5, NEXT, "203.0.113.2", SITE + ARTICLE),
        ],
        [("192.1.1.1", 2, "arrival")],
    ),
    "two minutes later by another network": (
        [
            phone(200, ARTICLE, "192.2.1.1", SEARCH),
            phone(202, NEXT, "203.1.113.2", SITE + ARTICLE),
        ],
        [("192.2.1.1", 1, "arrival"), ("203.1.113.2", 1, "not_logged")],
    ),
    "by another address of the network after the timeout": (
        [
            phone(300, ARTICLE, "192.3.1.1", SEARCH),
            phone(331, NEXT, "192.3.1.2", SITE + ARTICLE),
        ],
        [("192.3.1.1", 1, "arrival"), ("192.3.1.2", 1, "not_logged")],
    ),
    "of two candidates the one in the network": (
        [
            phone(400, ARTICLE, "192.4.1.1", SEARCH),
            phone(400.3, ARTICLE, "203.4.113.1", SEARCH),
            phone(400.5, NEXT, "192.4.1.2", SITE + ARTICLE),
        ],
        [("192.4.1.1", 2, "arrival"), ("203.4.113.1", 1, "arrival")],
    ),
    "back to a page that was viewed by the same address": (
        [
            phone(500, ARTICLE, "192.5.1.1", SEARCH),
            phone(535, ARTICLE, "192.5.1.2", SEARCH),
            phone(536, NEXT, "192.5.1.1", SITE + ARTICLE),
        ],
        [
            ("192.5.1.1", 1, "arrival"),
            ("192.5.1.2", 1, "arrival"),
            ("192.5.1.1", 1, "continued"),
        ],
    ),
    "another page": (
        [
            phone(600, ARTICLE, "192.6.1.1", SEARCH),
            phone(601, NEXT, "192.6.1.2", SITE + LAST),
        ],
        [("192.6.1.1", 1, "arrival"), ("192.6.1.2", 1, "not_logged")],
    ),
    "another browser": (
        [
            phone(700, ARTICLE, "192.7.1.1", SEARCH),
            Hit(701, NEXT, "192.7.1.2", BROWSER, SITE + ARTICLE),
        ],
        [("192.7.1.1", 1, "arrival"), ("192.7.1.2", 1, "not_logged")],
    ),
    "addresses of version 6": (
        [
            phone(800, ARTICLE, "2001:db8:7:1::1", SEARCH),
            phone(805, NEXT, "2001:db8:7:2::1", SITE + ARTICLE),
            phone(806, LAST, "2001:db8:8:2::1", SITE + ARTICLE),
        ],
        [("2001:db8:7:1::1", 2, "arrival"), ("2001:db8:8:2::1", 1, "not_logged")],
    ),
    "across midnight": (
        [
            phone(MIDNIGHT - 8, ARTICLE, "192.8.1.1", SEARCH),
            phone(MIDNIGHT + 5, NEXT, "192.8.1.2", SITE + ARTICLE),
            phone(MIDNIGHT + 9, LAST, "192.8.1.3", SITE + NEXT),
        ],
        [("192.8.1.1", 3, "arrival")],
    ),
    "pages by one address and their assets by another": (
        [
            hit
            for n, path in enumerate((ARTICLE, NEXT, LAST, "/"))
            for hit in (
                phone(900 + n, path, "192.9.1.1", SEARCH if n == 0 else SITE + ARTICLE),
                phone(900 + n, "/static/site.css", "192.9.1.20", SITE + path),
            )
        ],
        [("192.9.1.1", 4, "arrival")],
    ),
}
# Four pages in four minutes whose assets nobody loads: a program.
PROGRAM = [Hit(1000 + n, path, "203.0.113.99") for n, path in enumerate((ARTICLE, NEXT, LAST, "/"))]


def hits() -> list[Hit]:
    every = [*readers(), *PROGRAM, *(hit for some, _ in SITUATIONS.values() for hit in some)]
    return sorted(every, key=lambda hit: hit.at)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rotation")


@pytest.fixture(scope="module")
def frame(folder: Path) -> pd.DataFrame:
    with analyzed(folder, hits(), SETTINGS) as analysis:
        bots = {row.name: row.count for row in analysis.report.bots}
        assert bots == {"pages without assets": len(PROGRAM)}
        return analysis.to_pandas()


@pytest.mark.parametrize(("some", "visits"), SITUATIONS.values(), ids=SITUATIONS)
def test_visits(frame: pd.DataFrame, some: list[Hit], visits: Visits) -> None:
    own = frame[frame.client_ip.isin({hit.ip for hit in some})].sort_values("started_at")
    assert list(zip(own.client_ip, own.pageviews, own.began, strict=True)) == visits


def test_what_is_put_together_ends_with_its_last_page(frame: pd.DataFrame) -> None:
    visit = frame[frame.client_ip == "192.0.1.1"].iloc[0]
    assert (visit.ended_at - visit.started_at).total_seconds() == 22 * 60
    assert visit.channel_before == "Organic Search"
    assert visit.landing_path == ARTICLE


@pytest.mark.long
def test_a_store_puts_the_same_visits_together(folder: Path, frame: pd.DataFrame) -> None:
    night(folder / "access.log", folder / "store", settings=SETTINGS)
    tables = [table for place, table in results(folder / "store").items() if "sessions" in place]
    stored = pd.concat(table for table in tables if isinstance(table, pd.DataFrame))
    assert len(list((folder / "store" / "hits").iterdir())) == 2
    columns = ["started_at", "ended_at", "pageviews", "began", "channel_before", "landing_path"]
    pd.testing.assert_frame_equal(
        *(
            visits.astype({"channel_before": "str", "began": "str"})
            .sort_values(columns)[columns]
            .reset_index(drop=True)
            for visits in (stored, frame)
        ),
        check_dtype=False,
    )


def moment(
    visitor: int, second: int, page: str | None, is_view: int = 0, until: int | None = None
) -> dict[str, object]:
    """A beginning of a visit that names a page, or a view; its line is its visitor and second."""
    return {
        "agent": "phone", "domain": "", "visitor": visitor, "network": "192.0", "file": 1,
        "line": visitor * 1_000_000 + second, "second": second,
        "last_second": second if until is None else until, "page": page, "is_view": is_view,
    }  # fmt: skip


def links(*moments: dict[str, object]) -> dict[int, int]:
    """The lines of halves, and those of the first visit of each."""
    rows = sorted(moments, key=lambda row: (row["second"], row["is_view"], row["line"]))
    batch = pa.RecordBatch.from_pylist(rows)
    found = linked(batch, max_seconds=1800).to_pylist()
    return {row["line"]: row["first_line"] for row in found}


def test_a_chain_has_one_beginning() -> None:
    moments = [moment(0, 0, None), moment(0, 0, "/0", 1)]
    for n in range(1, 40):
        moments += [moment(n, n * 60, f"/{n - 1}"), moment(n, n * 60, f"/{n}", 1)]
    found = links(*moments)
    assert len(found) == 39
    assert set(found.values()) == {0}


def test_no_visit_lasts_longer_than_a_day() -> None:
    """A chain that does is cut at midnight."""
    day, step = 86_400, 1_500
    moments = [moment(0, 0, None), moment(0, 0, "/0", 1)]
    for n in range(1, 70):
        moments += [moment(n, n * step, f"/{n - 1}"), moment(n, n * step, f"/{n}", 1)]
    found = links(*moments)
    assert set(found.values()) == {0, 58 * 1_000_000 + 58 * step}
    assert (57 * step) // day == 0
    assert (58 * step) // day == 1


def test_halves_of_one_second_are_not_ordered() -> None:
    first, second = moment(1, 60, "/b"), moment(2, 60, "/a")
    assert not links(first, moment(1, 60, "/a", 1), second, moment(2, 60, "/b", 1))


def test_no_moments() -> None:
    empty = pa.RecordBatch.from_pylist([moment(0, 0, None)]).slice(0, 0)
    assert linked(empty, max_seconds=1800).num_rows == 0
