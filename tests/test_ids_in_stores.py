"""Share ids in a store: over days, and once a visitor is erased or the key changes."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial import Policy
from darksocial.store.files.layout import own_files
from darksocial.store.files.state import load
from darksocial.store.upkeep import forget
from tests.logs import SITE, Hit
from tests.nights import DAY_MINUTES, SECRET, night
from tests.test_tracked_shares import NEXT, TELEGRAM, TELEGRAM_SERVER, WHATSAPP, reader, shared

FIRST = [
    Hit(0, ip=reader(1)),
    Hit(1, shared("aaaaa.1.aaaaa.a"), reader(1), WHATSAPP),
    Hit(5, shared("aaaaa.1.aaaaa.a"), reader(2)),
    Hit(6, NEXT, reader(2), referrer=SITE + shared("aaaaa.2.bbbbb.a")),
    Hit(8, shared("aaaaa.2.bbbbb.c"), TELEGRAM_SERVER, TELEGRAM),
]
SECOND = [
    # The click comes after midnight, and the first reader comes back by the own id.
    Hit(DAY_MINUTES + 5, shared("aaaaa.2.bbbbb.c"), reader(3)),
    Hit(DAY_MINUTES + 9, shared("aaaaa.1.aaaaa.a"), reader(1)),
]
IDS = ["share_id", "share_root", "share_generation", "share_method"]


def lines(hits: list[Hit]) -> str:
    return "".join(f"{hit.line}\n" for hit in hits)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two nights, and in `out` the analysis of both days together."""
    folder = tmp_path_factory.mktemp("ids")
    log = folder / "access.log"
    log.write_text(lines(FIRST))
    night(log, folder / "store")
    log.write_text(lines([*FIRST, *SECOND]))
    night(log, folder / "store", after=1)
    with darksocial.analyze([log], secret=SECRET) as analysis:
        analysis.write(folder / "out")
    return folder


def sessions_in(place: Path) -> pa.Table:
    table = pq.read_table(place / "sessions").sort_by("started_at")
    return table.select(["visitor_id", *IDS])


def test_ids_go_over_days_as_in_one_run(folder: Path) -> None:
    assert sessions_in(folder / "store").to_pylist() == sessions_in(folder / "out").to_pylist()
    of_store, of_run = (darksocial.shares(folder / name) for name in ("store", "out"))
    assert of_store.shares == of_run.shares
    assert [(s.key, s.parent, len(s.clicks)) for s in of_store.shares] == [
        ("aaaaa", None, 1), ("bbbbb", "aaaaa", 1),
    ]  # fmt: skip


def test_who_is_forgotten_leaves_no_id(folder: Path) -> None:
    """The second reader came by `aaaaa`, and made `bbbbb`; another reader's click remains."""
    store = folder / "store"
    rows = pq.read_table(store / "sessions").to_pylist()
    [visitor] = {row["visitor_id"] for row in rows if row["share_id"] == "aaaaa"}
    assert forget(store, load(store), visitor) == 2
    night(folder / "access.log", store, after=2)
    assert not any(visitor in str(pq.read_table(store / place).to_pylist())
                   for place in own_files(store) if place.endswith(".parquet"))  # fmt: skip
    left = sessions_in(store).to_pylist()
    assert [row["share_id"] for row in left] == [None, "bbbbb", None]
    [made] = [share for share in darksocial.shares(store).shares if share.key == "aaaaa"]
    assert made.clicks == ()


@pytest.mark.long
def test_nobody_is_followed_past_a_change_of_the_key(tmp_path: Path) -> None:
    """The first reader is somebody else on the second day, so the own id is a click then."""
    log = tmp_path / "access.log"
    log.write_text(lines([*FIRST, *SECOND]))
    night(log, tmp_path / "store", policy=Policy(rotate_key="daily"))
    first, *_others, last = sessions_in(tmp_path / "store").to_pylist()
    assert first["visitor_id"] != last["visitor_id"]
    assert (first["share_id"], last["share_id"]) == (None, "aaaaa")
