"""Share ids in a store: over days, and once a visitor is erased or the key changes."""

from datetime import date
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial import Policy, Selection
from darksocial.outputs.share_words import sentences
from darksocial.results.visitor_keys import key_changes, keys_in, with_keys
from darksocial.store.files import parts
from darksocial.store.files.layout import draft_of, own_files
from darksocial.store.files.state import State, load
from darksocial.store.intake.hits import keys_of_day
from darksocial.store.intake.keys import Keys
from darksocial.store.upkeep import forget
from tests.logs import SITE, Hit
from tests.nights import DAY_MINUTES, NOW, SECRET, night
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


@pytest.mark.long
def test_the_model_is_tested_on_a_store_as_on_its_log(folder: Path) -> None:
    of_store, of_log = (
        darksocial.evaluate_by_ids([str(folder / name)]) for name in ("store", "access.log")
    )
    assert (of_store.sessions, of_store.dark, of_store.previewed, of_store.own) == (4, 2, 2, 1)
    assert (of_log.sessions, of_log.dark, of_log.previewed, of_log.own) == (4, 2, 2, 1)
    assert of_store.expected == pytest.approx(of_log.expected, abs=0.1)


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


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two days, each with its own key."""
    folder = tmp_path_factory.mktemp("rotated")
    log = folder / "access.log"
    log.write_text(lines([*FIRST, *SECOND]))
    night(log, folder / "store", policy=Policy(rotate_key="daily"))
    return folder / "store"


def test_nobody_is_followed_past_a_change_of_the_key(rotated: Path) -> None:
    """The first reader is somebody else on the second day, so the own id is a click then."""
    first, *_others, last = sessions_in(rotated).to_pylist()
    assert first["visitor_id"] != last["visitor_id"]
    assert (first["share_id"], last["share_id"]) == (None, "aaaaa")


def test_reports_of_a_store_say_from_when_on_nobody_is_followed(rotated: Path) -> None:
    said = "The key of visitor ids changed on 2026-03-03: nobody is followed past that day."
    assert f"! {said}" in list(sentences(darksocial.shares(rotated)))
    assert said in darksocial.stored_report(rotated).notes
    of_day = darksocial.day_report(rotated, date(2026, 3, 3), now=lambda: NOW)
    assert said in of_day.notes
    notes = darksocial.campaigns(rotated).notes
    assert notes[notes.index(said) + 1] == "The lookback of 30 days ends there, too."
    first_day = Selection(until=date(2026, 3, 2))
    assert said not in darksocial.stored_report(rotated, first_day).notes
    assert not key_changes(rotated.parent)


def test_where_the_key_is_the_same_nothing_is_said(folder: Path) -> None:
    assert key_changes(folder / "store") == ()
    assert key_changes(folder / "out") == ()
    [file] = (folder / "store" / "people" / "date=2026-03-02").iterdir()
    assert keys_in([pq.read_schema(file)]) == {Keys(SECRET).name}
    assert SECRET not in str(pq.read_schema(file).metadata)


@pytest.mark.parametrize(
    ("days", "changes"),
    [
        ([["a"], ["a"], ["b"]], [3]),
        ([["a"], ["a", "b"], ["b"], ["b"]], [2]),  # another secret in the middle of a day
        ([["a"], [], ["a"], ["b"]], [4]),  # of the second day it is not known
        ([[], [], ["b"]], []),
        ([["a"], ["b"], ["c"]], [2, 3]),
    ],
)
def test_the_days_on_which_the_key_changes(
    tmp_path: Path, days: list[list[str]], changes: list[int]
) -> None:
    schema = pa.schema([("visitor_id", pa.string())])
    for number, names in enumerate(days, 1):
        file = tmp_path / "sessions" / f"date=2026-03-{number:02}" / "part.parquet"
        file.parent.mkdir(parents=True)
        pq.write_table(with_keys(schema, names).empty_table(), file)
    expected = tuple(date(2026, 3, number) for number in changes)
    assert key_changes(tmp_path) == expected
    for first, last in combinations(range(1, len(days) + 2), 2):
        within = tuple(day for day in expected if first <= day.day <= last)
        assert key_changes(tmp_path, date(2026, 3, first), date(2026, 3, last)) == within


def test_files_of_other_days_are_not_opened(tmp_path: Path) -> None:
    for number, content in ((1, b"no Parquet"), (2, None), (3, None), (4, b"neither")):
        file = tmp_path / "sessions" / f"date=2026-03-0{number}" / "part.parquet"
        file.parent.mkdir(parents=True)
        schema = with_keys(pa.schema([("visitor_id", pa.string())]), [f"key {number}"])
        pq.write_table(schema.empty_table(), file)
        if content:
            file.write_bytes(content)
    assert key_changes(tmp_path, date(2026, 3, 3), date(2026, 3, 3)) == (date(2026, 3, 3),)


def test_a_period_has_a_key_of_its_own() -> None:
    days = ("2026-03-31", "2026-04-01", "2026-04-02")
    for rotation, different in (("never", 1), ("monthly", 2), ("daily", 3)):
        name = Keys(SECRET, rotation).name
        assert len({tuple(keys_of_day([name], day)) for day in days}) == different
    assert Keys(SECRET).name != Keys(f"{SECRET} ").name


@pytest.mark.parametrize(
    ("named", "expected"), [((["a"], ["b", "a"]), ["a", "b"]), ((["a"], []), [])], ids=str
)
def test_parts_that_become_one_keep_their_keys(
    tmp_path: Path, named: tuple[list[str], list[str]], expected: list[str]
) -> None:
    """Also of a day whose lines were read with two secrets; of an older part it is not known."""
    day, rows = "2026-03-02", pa.table({"visitor": ["v"]})
    names = ["1.parquet", "2.parquet"]
    for name, keys in zip(names, named, strict=True):
        schema = with_keys(rows.schema, keys)
        for place in parts.places_of(day, name):
            parts.write(tmp_path / place, rows.replace_schema_metadata(schema.metadata))
    places = parts.replaced(tmp_path, State(parts={day: names}), day, names)
    drafts = [parts.schema_of(draft_of(tmp_path / place)) for place in places]
    assert sorted(keys_in(drafts)) == expected
