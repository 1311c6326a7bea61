"""Small stores made by real runs, for tests of what happens to them afterwards."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

import darksocial
from darksocial import Policy, Settings
from darksocial.store.files.layout import own_files
from darksocial.store.files.runs import Run
from darksocial.store.files.state import load
from tests.logs import BROWSER, SITE, Hit, asset

NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
SECRET = "sample-of-version-1"
DATA = Path(__file__).parent / "data"
STORE_V1, RESULT_V1 = DATA / "store_v1", DATA / "result_v1"
LOG_V1 = (DATA / "store_v1.log").read_text("utf-8").splitlines(keepends=True)
DAY_MINUTES = 24 * 60


def lines_of(day: int) -> list[str]:
    """The lines of one day (0 is 2 March 2026): a few visits, a preview, an order, an API call."""
    begin = day * DAY_MINUTES
    hits = [
        Hit(begin, ip="192.0.2.1"),
        asset(begin + 0.1, "192.0.2.1"),
        Hit(begin + 5, "/", ip="192.0.2.2", referrer="https://www.google.com/"),
        Hit(begin + 6, "/order/thanks/", "192.0.2.2", BROWSER, f"{SITE}/", 302, "POST"),
        Hit(begin + 7, "/api/basket", "192.0.2.2", BROWSER, f"{SITE}/", 200, "POST"),
        Hit(begin + 8, "/contact/", "192.0.2.2", BROWSER, f"{SITE}/"),
        Hit(begin + 60, ip="192.0.2.77", agent="WhatsApp/2.23.20.0 A"),
        Hit(begin + 64, ip="192.0.2.30"),
        Hit(begin + 64, ip="192.0.2.30"),
    ]
    return [hit.line + "\n" for hit in hits]


def night(
    log: Path,
    store: Path,
    *,
    after: int = 0,
    settings: Settings | None = None,
    policy: Policy | None = None,
) -> Run:
    """Run once, `after` days after `NOW`."""
    now = NOW + timedelta(days=after)
    return darksocial.nightly(
        [str(log)], store, secret=SECRET, now=lambda: now, settings=settings, policy=policy
    )


def made(folder: Path, lines: Sequence[str], settings: Settings | None = None) -> Path:
    """A store of one run over some lines."""
    log = folder / "made.log"
    log.write_text("".join(lines))
    night(log, folder / "made", settings=settings)
    return folder / "made"


def copy_of(store: Path, folder: Path) -> Path:
    """A copy of a store, to do something to."""
    shutil.copytree(store, folder / "store")
    return folder / "store"


def results(store: Path) -> dict[str, pd.DataFrame | str]:
    """The sessions, shares and reports of a store, by place."""
    found: dict[str, pd.DataFrame | str] = {}
    for place in own_files(store):
        if place.startswith(("sessions", "shares")):
            found[place] = pq.ParquetFile(store / place).read().to_pandas()
        elif place.startswith("reports"):
            found[place] = (store / place).read_text("utf-8")
    return found


def assert_same(store: Path, other: Path) -> None:
    """The same sessions, shares and reports, of the same days."""
    left, right = results(store), results(other)
    assert left.keys() == right.keys()
    assert left
    for place, content in left.items():
        if isinstance(content, pd.DataFrame):
            pd.testing.assert_frame_equal(content, right[place])
        else:
            assert content == right[place], place


def hits_in(store: Path) -> int:
    """The number of hits that count."""
    state = load(store)
    places = [place for place in state.part_places() if place.startswith("hits/")]
    return sum(pq.read_metadata(store / place).num_rows for place in places)


def first(store: Path, kind: str) -> str:
    """The place of the first file of a kind."""
    return next(place for place in own_files(store) if place.startswith(f"{kind}/"))
