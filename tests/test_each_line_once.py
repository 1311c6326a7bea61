"""Every line of every log is read once, whatever has happened to the files."""

import gzip
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from darksocial.store.files.bookmark import Bookmark
from darksocial.store.intake.beginnings import Beginnings
from darksocial.store.intake.logs import DIVERGED, PROOF_LINES
from tests.bookmark_nights import Nights, gz, line, lines

BEGINNING = "is the beginning of a log that was read before"


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.mark.parametrize("kept", [1, 5, 19])
@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_a_prefix_of_what_was_read_holds_nothing_new(
    nights: Nights, log: Path, kept: int, is_there: bool, packed: bool
) -> None:
    """Whatever it is called now, and whether the longer log is still there."""
    log.write_text(lines(0, 20))
    assert nights() == {"access.log": (0, 20)}
    copy = log.with_name("old.gz" if packed else "old")
    if packed:
        gz(copy, lines(0, kept))
    else:
        copy.write_text(lines(0, kept))
    if not is_there:
        log.unlink()
    reason = f"holds the same lines as {log}" if is_there else BEGINNING
    assert nights()["old.gz" if packed else "old"] == reason
    assert nights.has_read(lines(0, 20))


def test_a_log_that_was_cut_and_went_on_is_read_from_the_last_common_line(
    nights: Nights, log: Path
) -> None:
    log.write_text(lines(0, 20))
    nights()
    log.write_text(lines(0, 12) + line(19)[:40] + lines(30, 35))
    assert nights() == {"access.log": (12, 5)}
    assert nights.notes == {"access.log": DIVERGED.format(line=13)}
    assert nights() == {"access.log": (17, 0)}
    assert nights.notes == {}
    log.write_text(lines(0, 20) + lines(40, 42))  # the whole log was found after all
    assert nights() == {"access.log": (20, 2)}
    joined = line(19)[:40] + line(30)
    assert nights.has_read(lines(0, 20), joined, lines(31, 35), lines(40, 42))


def test_a_log_that_is_read_between_copy_and_truncation(nights: Nights, log: Path) -> None:
    log.write_text(lines(0, 10))
    nights()
    with log.open("a") as more:
        more.write(lines(10, 14))
    shutil.copy(log, log.with_name("access.log.1"))
    with log.open("a") as more:
        more.write(lines(14, 15))  # lost by copytruncate, were it not read now
    assert nights() == {"access.log": (10, 5), "access.log.1": f"holds the same lines as {log}"}
    log.write_text(lines(15, 18))
    assert nights() == {"access.log": (0, 3), "access.log.1": BEGINNING}
    gz(log.with_name("access.log.2.gz"), lines(0, 14))
    log.with_name("access.log.1").unlink()
    assert nights() == {"access.log": (3, 0), "access.log.2.gz": BEGINNING}
    assert nights.has_read(lines(0, 18))


@pytest.mark.parametrize("alike", [1, 60])
@pytest.mark.parametrize("late", [True, False])
def test_two_logs_that_begin_alike_are_not_each_other(
    nights: Nights, log: Path, alike: int, late: bool
) -> None:
    """Also where the first 4 KiB are the same, and the last line that was read of one of them."""
    other = log.with_name("other.log")
    same = "# a comment\n" + lines(0, alike)
    log.write_text(same + lines(100, 110))
    if late:
        nights()
    other.write_text(same + lines(200, 208) + line(109))
    nights()
    for each, first in ((log, 300), (other, 400)):
        with each.open("a") as more:
            more.write(lines(first, first + 5))
    assert nights() == {"access.log": (alike + 11, 5), "other.log": (alike + 10, 5)}
    own = lines(100, 110) + lines(200, 208) + line(109)
    assert nights.has_read(same, same, own, lines(300, 305), lines(400, 405))


def test_two_logs_go_on_from_the_same_few_lines(nights: Nights, log: Path) -> None:
    log.write_text(lines(0, 2))
    nights()
    log.write_text(lines(0, 2) + lines(10, 20))
    log.with_name("other.log").write_text(lines(0, 2) + lines(30, 40))
    assert nights() == {"access.log": (2, 10), "other.log": (0, 12)}


def test_a_log_that_has_only_the_beginning_of_another_waits(nights: Nights, log: Path) -> None:
    log.write_text(lines(0, 10))
    nights()
    other = log.with_name("other.log")
    other.write_text(lines(0, 2))
    assert nights()["other.log"] == f"holds the same lines as {log}"
    other.write_text(lines(0, 2) + lines(20, 23))
    assert nights()["other.log"] == (0, 5)


def test_comments_alone_are_nothing_in_common(nights: Nights, log: Path) -> None:
    banner = "#Software: server\n#Version: 1.0\nserver started\n"
    log.write_text(banner + lines(0, 3))
    nights()
    log.write_text(banner + lines(3, 5))
    assert nights() == {"access.log": (0, 5)}
    assert nights.notes == {}


def test_a_thousand_lines_are_no_chance(nights: Nights, log: Path) -> None:
    """A restored backup that went on, while the log that was longer is still there."""
    long = PROOF_LINES + 40
    log.write_text(lines(0, long))
    nights()
    log.rename(log.with_name("access.log.1"))
    log.write_text(lines(0, PROOF_LINES) + lines(5000, 5003))
    assert nights() == {"access.log.1": (long, 0), "access.log": (PROOF_LINES, 3)}
    assert nights.has_read(lines(0, long), lines(5000, 5003))


def test_a_compressed_log_that_ends_early_waits_for_its_last_line(
    nights: Nights, log: Path
) -> None:
    packed = gz(log.with_name("access.log.1.gz"), lines(0, 400))
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    nights()
    assert 50 < len(nights.read) < 400
    assert "ends early" in nights.notes["access.log.1.gz"]
    packed.write_bytes(whole)
    nights()
    assert nights.has_read(lines(0, 400))


def test_a_last_line_without_an_end(nights: Nights, log: Path) -> None:
    packed = log.with_name("a.gz")
    gz(packed, lines(0, 2) + line(2).rstrip("\n"))
    assert nights() == {"a.gz": (0, 3)}
    assert nights() == {"a.gz": (2, 0)}
    gz(log.with_name("b.gz"), line(7).rstrip("\n"))
    assert nights() == {"a.gz": (2, 0), "b.gz": (0, 1)}
    assert nights() == {"a.gz": (2, 0), "b.gz": "was read before"}
    assert nights.has_read(lines(0, 3), line(7))


@pytest.mark.parametrize("earlier", [True, False])
def test_bookmarks_of_earlier_versions_and_of_another_secret_still_hold(
    nights: Nights, log: Path, earlier: bool
) -> None:
    """They know where a log that has grown goes on, as before."""
    log.write_text(lines(0, 30))
    nights()
    if earlier:
        [mark] = nights.bookmarks
        nights.bookmarks = [
            Bookmark(mark.head, mark.head_bytes, mark.offset, mark.lines, mark.last, mark.seen)
        ]
    else:
        nights.secret = "another"
    log.write_text(lines(0, 35))
    assert nights() == {"access.log": (30, 5)}
    log.write_text(lines(0, 7))
    assert nights() == {"access.log": BEGINNING}


def test_without_the_hashes_a_log_that_has_grown_is_still_known(nights: Nights, log: Path) -> None:
    log.write_text(lines(0, 30))
    nights()
    shutil.rmtree(nights.folder / "store" / "marks")
    log.write_text(lines(0, 35))
    assert nights() == {"access.log": (30, 5)}
    log.write_text(lines(0, 7))
    assert nights() == {"access.log": BEGINNING}


def test_hashes_do_not_disclose_lines(nights: Nights, log: Path) -> None:
    """The same log has other hashes under another secret."""
    log.write_text(lines(0, 3))
    nights()
    [first] = nights.bookmarks
    other = Nights(nights.folder, "another")
    other()
    [second] = other.bookmarks
    assert (first.head, first.last) == (second.head, second.last)
    assert {first.key, first.first, first.chain}.isdisjoint(
        {second.key, second.first, second.chain}
    )


def test_a_log_that_grows_every_night_has_few_spans(nights: Nights, log: Path) -> None:
    for night in range(1, 41):
        log.write_text(lines(0, night))
        assert nights() == {"access.log": (night - 1, 1)}
    [mark] = nights.bookmarks
    assert len(mark.spans) <= 6
    assert len(list((nights.folder / "store" / "marks").iterdir())) == len(mark.spans)
    log.write_text(lines(0, 17))
    assert nights() == {"access.log": BEGINNING}


W3C = """#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Fields: date time cs-method cs-uri-stem sc-status c-ip cs(User-Agent)
"""


def requests(first: int, last: int) -> str:
    """Lines of a W3C log."""
    numbers = range(first, last)
    return "".join(
        f"2026-03-02 08:{n // 60:02}:{n % 60:02} GET /page/{n} 200 192.0.2.1 Mozilla/5.0\n"
        for n in numbers
    )


def test_a_log_whose_comments_name_the_columns(nights: Nights, log: Path) -> None:
    nights.format = "w3c"
    log.write_text(W3C + requests(0, 10))
    assert nights() == {"access.log": (0, 13)}
    log.write_text(W3C + requests(0, 12))
    assert nights() == {"access.log": (13, 2)}
    log.write_text(W3C + requests(0, 6) + requests(20, 23))
    assert nights() == {"access.log": (9, 3)}
    assert nights.has_read(W3C, requests(0, 12), requests(20, 23))


def test_lines_that_hold_several_hits(nights: Nights, log: Path) -> None:
    nights.format = "azure_front_door"
    lines = [f'{{"records":[{{"time":"{n}"}},{{"time":"{n + 50}"}}]}}\n' for n in range(10, 15)]
    log.write_text("".join(lines[:3]))
    assert nights() == {"access.log": (0, 6)}
    log.write_text("".join(lines))
    assert nights() == {"access.log": (3, 4)}
    assert sorted(set(nights.read.values())) == [1]


def test_a_log_with_a_byte_order_mark(nights: Nights, log: Path) -> None:
    for name, encoding in (("a.log", "utf-8-sig"), ("b.log", "utf-16")):
        first = 0 if name == "a.log" else 50
        log.with_name(name).write_text(lines(first, first + 5), encoding)
        nights()
        log.with_name(name).write_text(lines(first, first + 8) + "half", encoding)
        assert nights()[name] == (5, 3)
    assert nights.has_read(lines(0, 8), lines(50, 58))


class Begun:
    """A log of which it is counted how often it is asked for a hash."""

    asked = 0

    def __init__(self, hashes: list[int]) -> None:
        self.hashes = hashes
        self.lines, self.first = len(hashes), hashes[0]

    def hash_at(self, line: int) -> int:
        Begun.asked += 1
        return self.hashes[line - 1]


@pytest.mark.parametrize("own", [True, False])
def test_thousands_of_logs_that_begin_alike_are_not_compared_in_pairs(own: bool) -> None:
    count = 4000
    logs = [Begun([1, 2, 3, 4] + [n * own * 1000 + k for k in range(9, 15)]) for n in range(count)]
    beginnings = Beginnings(logs)
    [[lines, others]] = beginnings.shared(logs[7])
    assert (lines, len(others)) == (4 if own else 10, count)
    for log in logs:
        beginnings.shared(log)
    assert Begun.asked < 20 * count
    Begun.asked = 0


class World:
    """A server's log and what happens to it; `written` are the lines that a night may find."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "access.log"
        self.other = folder / "other.log"
        self.next = 0
        self.log.write_text("")

    def append(self, count: int) -> None:
        with self.log.open("a") as log:
            log.write(lines(self.next, self.next + count))
        self.next += count

    def end_line(self) -> None:
        """The server is stopped before its log is moved away."""
        text = self.log.read_text()
        if text and not text.endswith("\n"):
            with self.log.open("a") as log:
                log.write("\n")

    def half_a_line(self, count: int) -> None:
        text = line(self.next)
        self.next += 1
        with self.log.open("a") as log:
            log.write(text[: len(text) // 2])

    def rotate(self, count: int) -> None:
        self.end_line()
        first = self.log.with_name("access.log.1")
        if first.exists():
            gz(self.log.with_name("access.log.2.gz"), first.read_text())
        self.log.rename(first)
        self.log.write_text("")

    def copy(self, count: int) -> None:
        self.end_line()
        shutil.copy(self.log, self.log.with_name("access.log.1"))

    def copytruncate(self, count: int) -> None:
        self.copy(count)
        self.log.write_text("")

    def cut(self, count: int) -> None:
        """A power failure, or a backup that is restored: whatever has more is gone."""
        data = self.log.read_bytes()
        for path in self.log.parent.glob("access*"):
            path.unlink()
        self.log.write_bytes(data[: len(data) * count // 12])

    def pack_a_beginning(self, count: int) -> None:
        self.end_line()
        whole = self.log.read_text().splitlines(keepends=True)
        gz(self.log.with_name("access.backup.gz"), "".join(whole[: 1 + count // 2]))

    def rename(self, count: int) -> None:
        self.end_line()
        self.log.rename(self.log.with_name(f"access.{self.next}.old"))
        self.log.write_text("")

    def sibling(self, count: int) -> None:
        """The log of another host, which begins as this one does."""
        whole = self.log.read_text().splitlines(keepends=True)
        if len(whole) > count and not self.other.exists():
            own = "".join(line(self.next + n, "192.0.2.9") for n in range(3))
            self.other.write_text("".join(whole[:count]) + own)
            self.next += 3


MOVES: tuple[Callable[[World, int], None], ...] = (
    World.append,
    World.append,
    World.half_a_line,
    World.rotate,
    World.copy,
    World.copytruncate,
    World.cut,
    World.pack_a_beginning,
    World.rename,
    World.sibling,
)


def whole_lines(path: Path) -> list[str]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return text.splitlines() if text.endswith("\n") else text.splitlines()[:-1]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(1, 9), st.booleans()), max_size=14))
@example([(World.append, 9, True), (World.cut, 6, True), (World.append, 3, True)])
@example([(World.append, 5, True), (World.sibling, 3, True), (World.append, 3, True)])
@example(
    [
        (World.append, 6, True),
        (World.cut, 2, False),
        (World.append, 1, True),
        (World.sibling, 1, True),
    ]
)
@example(
    [
        (World.append, 3, False),
        (World.sibling, 1, False),
        (World.cut, 5, False),
        (World.pack_a_beginning, 2, False),
    ]
)
def test_whatever_happens_each_line_is_read_once(
    tmp_path_factory: pytest.TempPathFactory,
    moves: list[tuple[Callable[[World, int], None], int, bool]],
) -> None:
    """Lines that a night could see, each once; those of the other host by themselves."""
    world = World(tmp_path_factory.mktemp("world"))
    nights = Nights(world.log.parent)
    seen: set[str] = set()
    for move, count, sleeps in [*moves, (World.append, 2, True), (World.append, 1, True)]:
        move(world, count)
        if sleeps or move is World.sibling:  # its first night shows that there are two logs
            for path in world.log.parent.glob("access*"):
                seen.update(whole_lines(path))
            nights()
    others = whole_lines(world.other) if world.other.exists() else []
    assert nights.read == Counter(seen) + Counter(others)
