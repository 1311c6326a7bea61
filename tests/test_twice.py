"""What is read once only: copies of a file, and what darksocial wrote itself."""

import bz2
import gzip
import json
from pathlib import Path

import pytest

import darksocial
from darksocial import Analysis, InputError
from darksocial.results.ownership import STORE
from darksocial.store.files import layout
from tests.gate import series
from tests.logs import SETTINGS, Hit, asset
from tests.nights import night


def log_of(count: int, ip: str = "192.0.2.1") -> str:
    hits = [hit for n in range(count) for hit in (Hit(n, f"/page-{n}/", ip), asset(n, ip))]
    return "".join(f"{hit.line}\n" for hit in hits)


def analyzed(folder: Path) -> Analysis:
    return darksocial.analyze(folder, settings=SETTINGS, secret="tests")


def unread(analysis: Analysis) -> list[tuple[str, str]]:
    return [(Path(left.file).name, left.reason) for left in analysis.report.unread]


@series("count", [3, 3000], ids={3: "short", 3000: "longer than the head"}.get, in_gate=1)
def test_a_copy_counts_once(tmp_path: Path, count: int) -> None:
    """Under whatever name and compression; a file that only begins alike is none."""
    text = log_of(count)
    (tmp_path / "access.log").write_text(text)
    (tmp_path / "access.log.1").write_text(text)
    (tmp_path / "access.log.2.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "backup.bz2").write_bytes(bz2.compress(text.encode()))
    (tmp_path / "longer.log").write_text(text + log_of(1, "192.0.2.2"))
    (tmp_path / "empty.log").write_text("")
    (tmp_path / "empty.log.1").write_text("")
    with analyzed(tmp_path) as analysis:
        reason = f"holds the same lines as {tmp_path / 'access.log'}"
        copies = ("access.log.1", "access.log.2.gz", "backup.bz2")
        assert unread(analysis) == [(name, reason) for name in copies]
        assert [Path(row.file).name for row in analysis.report.inputs] == [
            *("access.log", "empty.log", "empty.log.1", "longer.log")
        ]
        assert analysis.report.pageviews == 2 * count + 1
        assert {row.lines for row in analysis.report.inputs} == {0, 2 * count, 2 * count + 2}


@pytest.mark.long
def test_an_analysis_does_not_read_its_own_results(tmp_path: Path) -> None:
    """Nor a store, nor a key; a log beside them is read."""
    log = tmp_path / "access.log"
    log.write_text(log_of(2) + Hit(5, ip="192.0.2.9", agent="WhatsApp/2.23.20.0 A").line + "\n")
    with analyzed(log) as analysis:
        expected = analysis.summary()
        analysis.write(tmp_path / "out")
    (tmp_path / "out.key").write_text("0123456789abcdef" * 4)
    (tmp_path / "out" / "later.log").write_text(log_of(1, "192.0.2.3"))
    night(log, tmp_path / "store")
    with analyzed(tmp_path) as analysis:
        assert [Path(row.file).name for row in analysis.report.inputs] == [
            "access.log",
            "later.log",
        ]
        assert analysis.report.sessions == expected["sessions"] + 1
        own = ("out", "out.key", "store")
        assert sorted(unread(analysis)) == [(name, "was written by darksocial") for name in own]
    run = night(tmp_path, tmp_path / "other")
    assert json.loads((tmp_path / "other" / "state.json").read_text())["parts"]
    assert [Path(row.file).name for row in run.inputs] == ["access.log", "later.log"]
    with pytest.raises(InputError, match="out: was written by darksocial"):
        analyzed(tmp_path / "out" / "summary.json")


def test_what_a_store_holds_is_known() -> None:
    assert {*layout.STORE_FOLDERS, layout.STATE, layout.STATE_COPY} <= {*STORE.tables}
