"""Whole runs: rows of exports that were read before, and lines of logs, are stored once."""

import io
import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

import darksocial
from darksocial import Policy
from darksocial.outputs.store import show_run
from darksocial.store.files.runs import CHANGED_MEANWHILE, InputRun, Run
from darksocial.store.files.state import load
from darksocial.store.intake.logs import DIVERGED
from darksocial.store.upkeep.inspection import verify
from tests.bookmark_nights import gz, lines
from tests.gate import series

NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NO_DAY = Policy(until=date(2000, 1, 1))
"""What is stored is looked at, not what becomes of it."""
FOURTH = Policy(since=date(2026, 3, 4), until=date(2026, 3, 4))
UMAMI = (
    "event_id,session_id,visit_id,created_at,hostname,url_path,url_query,referrer_domain,event_type"
)

SECRET = "a secret that is long enough"


def run(store: Path, *files: Path, policy: Policy = NO_DAY) -> Run:
    names = [str(file) for file in files]
    return darksocial.nightly(names, store, secret="s", now=lambda: NOW, policy=policy)


def read(store: Path, *files: Path) -> list[tuple[int, int]]:
    """Rows that were known, and new ones, of each file that is read."""
    return [(entry.lines_before, entry.lines) for entry in run(store, *files).inputs]


def hits(store: Path, *columns: str) -> list[tuple[Any, ...]]:
    """The stored hits, sorted."""
    names = columns or ("time", "path", "referrer_host")
    rows = [
        tuple(row[name] for name in names)
        for day, files in load(store).parts.items()
        for file in files
        for row in pq.ParquetFile(store / "hits" / f"date={day}" / file).read().to_pylist()
    ]
    assert verify(store, load(store)) == []
    return sorted(rows, key=repr)


def events(first: int, last: int, site: str = "www.example.org") -> list[dict[str, Any]]:
    return [
        {
            "event_id": f"e{n}",
            "session_id": f"s{n % 7}-{site}",
            "visit_id": f"v{n % 7}",
            "created_at": f"{START + timedelta(minutes=n):%Y-%m-%d %H:%M:%S}",
            "hostname": site,
            "url_path": f"/news/{n % 5}",
            "url_query": "",
            "referrer_domain": "",
            "event_type": 1,
        }
        for n in range(first, last)
    ]


Rows = Sequence[dict[str, Any]]


def as_csv(path: Path, rows: Rows, *, separator: str = ",", end: str = "\n") -> None:
    names = UMAMI.split(",")
    lines = [separator.join(str(row[name]) for name in names) for row in rows]
    path.write_text("\n".join([separator.join(names), *lines]) + end)


def as_tsv(path: Path, rows: Rows) -> None:
    as_csv(path, rows, separator="\t")


def as_csv_without_last_end(path: Path, rows: Rows) -> None:
    as_csv(path, rows, end="")


def as_json(path: Path, rows: Rows) -> None:
    path.write_text(json.dumps(list(rows), indent=1))


def as_ndjson(path: Path, rows: Rows) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def as_parquet(path: Path, rows: Rows) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), path)


Write = Callable[[Path, Rows], None]
FORMS: tuple[Write, ...] = (
    as_csv,
    as_tsv,
    as_csv_without_last_end,
    as_json,
    as_ndjson,
    as_parquet,
)


@series("write", FORMS, in_gate=1)
def test_an_export_fetched_anew_brings_its_new_rows_alone(tmp_path: Path, write: Write) -> None:
    """Grown, in another order, without its oldest rows, and beside its earlier version."""
    file, store = tmp_path / "export", tmp_path / "store"
    rows = events(0, 40)
    write(file, rows[:20])
    run(store, file)
    assert len(hits(store)) == 20
    shuffled = rows[4:30]
    random.Random(1).shuffle(shuffled)
    later = tmp_path / "export-2"
    write(later, shuffled)
    run(store, file, later)
    assert len(hits(store)) == 30
    assert run(store, file, later).inputs == []
    write(file, rows)
    run(store, file)
    whole = tmp_path / "whole"
    write(tmp_path / "all", rows)
    run(whole, tmp_path / "all")
    assert hits(store) == hits(whole)


def test_a_run_says_how_many_rows_were_known(tmp_path: Path) -> None:
    file, store = tmp_path / "export", tmp_path / "store"
    as_csv(file, events(0, 20))
    assert read(store, file) == [(0, 21)]  # the header counts as a line
    as_csv(file, events(0, 23))
    [entry] = run(store, file).inputs
    assert (entry.lines_before, entry.hits, entry.rejects) == (20, 3, 0)


def test_equal_rows_count_as_often_as_a_version_has_them(tmp_path: Path) -> None:
    file, store = tmp_path / "export", tmp_path / "store"
    # Without an id: rows that have one and the same are one event.
    one, other = ({**event, "event_id": ""} for event in events(0, 2))
    as_ndjson(file, [one, one, other])
    run(store, file)
    as_ndjson(file, [one, one, one, other])
    run(store, file)
    assert len(hits(store)) == 4
    as_ndjson(file, [one, other])
    run(store, file)
    assert len(hits(store)) == 4


def test_a_row_that_is_being_written_counts_once(tmp_path: Path) -> None:
    file, store = tmp_path / "export", tmp_path / "store"
    as_csv(file, events(0, 6))
    whole = file.read_text()
    file.write_text(
        whole[: whole.index(",1\n", whole.index("/news/4")) + 1]
    )  # but for its last cell
    assert read(store, file) == [(0, 6)]
    file.write_text(whole)
    assert read(store, file) == [(5, 2)]  # the header, which is no row, and one new row
    assert len(hits(store)) == 6


def test_exports_that_share_a_few_rows_are_not_each_other(tmp_path: Path) -> None:
    one, other, store = tmp_path / "one", tmp_path / "other", tmp_path / "store"
    shared = events(0, 3)
    as_csv(one, [*shared, *events(10, 30)])
    as_csv(other, [*shared, *events(50, 70)])
    assert read(store, one, other) == [(0, 24), (0, 24)]
    # The events that both have, by their ids, count once.
    assert len(hits(store)) == 43


def test_versions_of_one_export_in_one_run(tmp_path: Path) -> None:
    store = tmp_path / "store"
    files = [tmp_path / f"export-2026-03-{day:02}.json" for day in (3, 4, 5)]
    for file, last in zip(files, (10, 15, 21), strict=True):
        as_json(file, events(0, last))
    run(store, *files)
    assert len(hits(store)) == 21
    assert run(store, *files).inputs == []


GA4 = """# Start date: 20260301
# End date: 202603{end:02}
Date,Session source / medium,Sessions,Key events
"""


def report(path: Path, rows: Sequence[tuple[int, str, int]], end: int) -> None:
    lines = [f"202603{day:02},{source},{count},0\n" for day, source, count in rows]
    path.write_text(GA4.format(end=end) + "".join(lines))


def weights(store: Path) -> list[tuple[Any, ...]]:
    return [(f"{time:%d}", weight) for time, weight in hits(store, "time", "weight")]


@series(
    ("apart", "policy"),
    [(True, FOURTH), (False, NO_DAY), (True, replace(NO_DAY, rotate_key="monthly"))],
    in_gate=0,
)
def test_counts_of_a_day_that_was_not_over_are_replaced(
    tmp_path: Path, apart: bool, policy: Policy
) -> None:
    """A month to date: finished days are known, the last one is replaced, a new one is added."""
    store, first, second = tmp_path / "store", tmp_path / "a.csv", tmp_path / "b.csv"
    direct, google = "(direct) / (none)", "google / organic"
    rows = [(day, source, day * 10) for day in (2, 3) for source in (direct, google)]
    report(first, [*rows, (4, direct, 5), (4, google, 7)], 4)
    later = [*rows, (4, direct, 40), (4, google, 7), (5, direct, 3)]
    report(second, later[::-1], 5)
    entries: list[InputRun] = []
    for files in [(first,), (second,)] if apart else [(first, second)]:
        entries += run(store, *files, policy=policy).inputs
    assert [(entry.lines_before, entry.hits, entry.replaced) for entry in entries] == [
        (0, 6 if apart else 5, 0),
        (5, 2, 1),
    ]
    whole = tmp_path / "whole"
    run(whole, second, policy=policy)
    assert weights(store) == weights(whole)
    sessions = [
        sum(pq.ParquetFile(file).read(["weight"]).column(0).to_pylist())
        for folder in (store, whole)
        for file in sorted((folder / "sessions").glob("date=2026-03-04/*.parquet"))
    ]
    assert sessions == ([47, 47] if policy == FOURTH else [])


def test_a_report_without_dates_is_known_by_counts_that_grow(tmp_path: Path) -> None:
    header = "# Start date: 20260301\n# End date: 202603{end}\nLanding page,Sessions\n"
    file, store = tmp_path / "report.csv", tmp_path / "store"

    def write(end: int, factor: int, pages: int) -> None:
        rows = "".join(f"/page/{n},{n * factor}\n" for n in range(1, pages))
        file.write_text(header.format(end=end) + rows)

    for end, factor, pages in ((10, 3, 30), (11, 4, 35)):
        write(end, factor, pages)
        run(store, file)
    assert sum(weight for _, weight in weights(store)) == sum(n * 4 for n in range(1, 35))


def test_the_hashes_of_rows_go_with_the_bookmarks(tmp_path: Path) -> None:
    """Without them an export counts anew; damaged ones are found by `verify`."""
    file, store = tmp_path / "export", tmp_path / "store"
    as_csv(file, events(0, 20))
    run(store, file)
    [marks] = (store / "marks").iterdir()
    data = bytearray(marks.read_bytes())
    data[20] ^= 1
    marks.write_bytes(data)
    assert verify(store, load(store)) == [f"{marks} is damaged"]


def test_a_store_of_cut_and_copied_logs_equals_one_run(tmp_path: Path) -> None:
    """With a restored backup, a compressed beginning, and the log of another host."""
    log, store = tmp_path / "access.log", tmp_path / "store"
    other, packed = tmp_path / "other.log", tmp_path / "access.log.2.gz"
    log.write_text(lines(0, 12))
    run(store, log)
    gz(packed, lines(0, 7))
    other.write_text(lines(0, 3) + lines(30, 34))
    log.write_text(lines(0, 14))
    said = {Path(name).name: reason for name, reason in run(store, log, other, packed).unread}
    assert said == {"access.log.2.gz": f"holds the same lines as {log}"}
    log.write_text(lines(0, 9) + lines(40, 45))
    entries = {Path(e.file).name: e for e in run(store, log, other).inputs}
    assert entries["access.log"].warning == DIVERGED.format(line=10)
    assert (entries["access.log"].lines_before, entries["access.log"].lines) == (9, 5)
    whole, everything = tmp_path / "whole", tmp_path / "everything.log"
    everything.write_text(lines(0, 14) + lines(40, 45))
    run(whole, everything, other)
    assert hits(store) == hits(whole)


@pytest.mark.long
def test_a_log_that_is_truncated_while_it_is_read_waits_for_the_next_run(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text(lines(0, 6))
    run(store, log)
    log.write_text(lines(0, 9))

    def truncating(total: int | None) -> Callable[[int], None]:
        log.write_text(lines(9, 11))  # copytruncate, between the look at the log and the reading
        return lambda count: None

    done = darksocial.nightly(
        [str(log)], store, secret="s", now=lambda: NOW, policy=NO_DAY, watch=truncating
    )
    assert done.unread == [(str(log), CHANGED_MEANWHILE)]
    assert len(hits(store)) == 6
    assert read(store, log) == [(0, 2)]


def test_the_terminal_says_what_is_odd(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text(lines(0, 6))
    run(store, log)
    log.write_text(lines(0, 4) + lines(7, 8))
    console = Console(file=io.StringIO(), width=200)
    show_run(run(store, log), store, console)
    assert isinstance(console.file, io.StringIO)
    assert f"{log}: {DIVERGED.format(line=5)}" in console.file.getvalue()


@pytest.mark.long
def test_no_room_for_hashes_is_said_in_a_line(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text(lines(0, 2000))
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000)); "
        "from darksocial.cli import main; "
        f"sys.argv = ['darksocial', 'nightly', '{log}', '--store', '{store}', "
        f"'--visitor-secret', '{SECRET}', '-q']; main()"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "lines could not be written" in done.stderr) == (4, True), done.stderr
