"""Nights over a folder of logs, as the nightly store has them, without its analysis."""

import gzip
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from darksocial.inputs.open import open_inputs
from darksocial.reading.resumed import has_whole_line
from darksocial.settings import ReadSettings
from darksocial.store.files import marks
from darksocial.store.files.bookmark import Bookmark
from darksocial.store.files.runs import NO_WHOLE_LINE
from darksocial.store.intake.chains import Ledger
from darksocial.store.intake.news import resume
from tests.logs import Hit


def line(number: float, ip: str = "192.0.2.1") -> str:
    """A line of a log that no other number has."""
    return Hit(number, f"/page/{number}", ip=ip).line + "\n"


def lines(first: int, last: int) -> str:
    """The lines from one number up to another."""
    return "".join(line(number) for number in range(first, last))


def gz(path: Path, text: str) -> Path:
    """Write a compressed log."""
    with gzip.open(path, "wt") as packed:
        packed.write(text)
    return path


@dataclass
class Nights:
    """What was read of the logs in a folder, night by night."""

    folder: Path
    secret: str = "s"
    format: str = "combined"
    bookmarks: list[Bookmark] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    night: int = 0

    def __call__(self, *names: Path) -> dict[str, tuple[int, int] | str]:
        """Read what is new; return lines read before and now by name, or why a log is left out."""
        self.night += 1
        store = self.folder / "store"
        files = names or [p for p in sorted(self.folder.iterdir()) if p.is_file()]
        with closing(Ledger(self.folder / ".ledger")) as ledger:
            inputs = open_inputs(
                [str(file) for file in files],
                ReadSettings(format=self.format),
                leave_out=lambda file: None if has_whole_line(file) else NO_WHOLE_LINE,
            )
            news = resume(inputs, self.bookmarks, store, self.secret, ledger)
            found: dict[str, tuple[int, int] | str] = {
                Path(name).name: reason for name, reason in inputs.unread
            }
            for entry in inputs.read:
                for _, batch in entry.sections():
                    self.read.update(batch.column("text").to_pylist())
                found[Path(entry.name).name] = (entry.lines_before, entry.lines)
            self.notes = {Path(e.name).name: e.warning for e in inputs.read if e.warning}
            self.bookmarks = news.bookmarks(inputs.read, f"2026-03-{self.night:02}", self.run)
        spans = [span for mark in self.bookmarks for span in mark.spans]
        assert list(marks.faults(store, spans)) == []
        marks.remove_unnamed(store, spans)
        (self.folder / ".ledger").unlink()
        return found

    @property
    def run(self) -> str:
        """The name of the run of tonight."""
        return f"night{self.night}"

    def has_read(self, *texts: str) -> bool:
        """Whether each of the texts' lines was read once, and no other."""
        return self.read == Counter(line for text in texts for line in text.splitlines())
