"""Whatever happens to the logs between the nights, each line is read once."""

import gzip
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.bookmark_nights import Nights, gz, line, lines


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
