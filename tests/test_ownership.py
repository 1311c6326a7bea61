"""Folders of others are refused, whatever they hold, and nothing in them is touched."""

import json
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

import darksocial
from darksocial import OutputError, Policy
from darksocial.results.ownership import FOLDER_KINDS, MARK, RESULT, STORE, Kind, check_own, kind_of
from darksocial.store.files.runs import Run
from tests import warm
from tests.gate import series
from tests.logs import Hit

NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
SECRET = "a secret that is long enough to be taken"
WRITERS = {
    "analyze": ["analyze", "LOG", "--out", "FOLDER", "--visitor-secret", SECRET],
    "nightly": ["nightly", "LOG", "--store", "FOLDER", "--visitor-secret", SECRET],
    "dry run": ["nightly", "LOG", "--store", "FOLDER", "--dry-run"],
    "simulate": ["simulate", "--out", "FOLDER", "--visits", "20", "--days", "1"],
}
FOREIGN = {
    "hidden files": {".env": "KEY=1", ".git/config": "[core]"},
    "names of a store": {"hits/date=2026-03-02/mine.parquet": "mine", "rejects/letter": "mine"},
    "a summary of another tool": {"summary.json": '{"total": {"lines": {"pct": 80}}}'},
    "a state of another tool": {"state.json": '{"version": 4, "terraform_version": "1.5"}'},
    "a broken mark": {MARK: "{", "notes.txt": "mine"},
    "logs": {"access.log": "mine", "access.log.1": "mine"},
}


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*warm.command(), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(Hit(0).line + "\n")
    return path


@pytest.fixture
def two_days(log: Path) -> Path:
    """A log with a hit on each of two days."""
    log.write_text(Hit(0).line + "\n" + Hit(24 * 60).line + "\n")
    return log


def filled(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def content(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder below a folder, with the content of the files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def nightly(log: Path, store: Path, policy: Policy | None = None) -> Run:
    return darksocial.nightly([str(log)], store, secret=SECRET, now=lambda: NOW, policy=policy)


@pytest.mark.parametrize("files", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("kind", FOLDER_KINDS.values(), ids=FOLDER_KINDS)
def test_a_folder_of_others_is_recognised(
    tmp_path: Path, kind: Kind, files: dict[str, str]
) -> None:
    filled(tmp_path, files)
    with pytest.raises(OutputError, match="holds something that darksocial did not write"):
        check_own(tmp_path, kind)


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_folder_of_others_is_refused_and_stays_as_it_is(
    tmp_path: Path, log: Path, writer: list[str]
) -> None:
    folder = filled(
        tmp_path / "theirs", {k: v for files in FOREIGN.values() for k, v in files.items()}
    )
    before = content(tmp_path)
    names = {"LOG": str(log), "FOLDER": "theirs"}
    done = command(*(names.get(word, word) for word in writer), cwd=tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith("darksocial: theirs holds something that darksocial did not")
    assert content(tmp_path) == before
    assert folder.stat().st_mode & 0o777 == 0o755


@series(("made", "wanted"), [("nightly", "analyze"), ("analyze", "nightly")], in_gate=1)
def test_what_darksocial_wrote_is_not_taken_for_something_else(
    tmp_path: Path, log: Path, made: str, wanted: str
) -> None:
    names = {"LOG": str(log), "FOLDER": "folder"}
    first, second = ([names.get(word, word) for word in WRITERS[name]] for name in (made, wanted))
    assert command(*first, cwd=tmp_path).returncode == 0
    before = content(tmp_path)
    done = command(*second, cwd=tmp_path)
    assert (done.returncode, content(tmp_path)) == (4, before)
    assert f"folder is a {'result' if made == 'analyze' else 'store'} of" in done.stderr


@series("writer", [WRITERS[name] for name in ("simulate", "nightly", "analyze")], in_gate=2)
def test_the_working_directory_is_a_folder_like_any_other(
    tmp_path: Path, log: Path, writer: list[str]
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    words = [word for word in writer if word not in ("--visitor-secret", SECRET)]
    names = {"LOG": str(log), "FOLDER": "."}
    for _ in ("empty", "own"):
        done = command(*(names.get(word, word) for word in words), cwd=folder)
        assert done.returncode == 0, done.stderr
    assert kind_of(folder) is not None
    keys = {path.name for path in tmp_path.glob("*.key")}
    assert keys == (set() if "simulate" in writer else {"here.key"})


@pytest.mark.long
def test_folders_of_versions_before_the_mark_are_recognised_and_marked(
    tmp_path: Path, log: Path
) -> None:
    store, out = tmp_path / "store", tmp_path / "out"
    for _ in ("new", "of an earlier version"):
        nightly(log, store)
        with darksocial.analyze([str(log)]) as analysis:
            analysis.write(out)
        for folder, kind in ((store, STORE), (out, RESULT)):
            (folder / MARK).unlink()
            assert kind_of(folder) is kind
            check_own(folder, kind)
    nightly(log, store)
    assert json.loads((store / MARK).read_text())["kind"] == "store"


@pytest.mark.long
def test_the_rest_of_a_run_that_was_killed_early_is_no_file_of_others(
    tmp_path: Path, log: Path
) -> None:
    store = filled(tmp_path / "store", {".lock": "", f".{MARK}.x7a": "{"})
    (store / "lost+found").mkdir()
    assert nightly(log, store).days


@pytest.mark.long
def test_a_dry_run_writes_nothing_and_says_what_it_would_do(tmp_path: Path, two_days: Path) -> None:
    before = content(tmp_path)
    done = command("nightly", two_days.name, "--store", "store", "--dry-run", cwd=tmp_path)
    assert (done.returncode, content(tmp_path)) == (0, before)
    planned = nightly(two_days, tmp_path / "store", Policy(dry_run=True, retention_days=18))
    [entry] = planned.inputs
    assert (entry.lines_before, entry.lines, entry.hits) == (0, 2, 2)
    assert entry.bytes == two_days.stat().st_size
    assert planned.touched == ["2026-03-02", "2026-03-03"]
    assert content(tmp_path) == before
    words = done.stdout.split()
    assert {"2", f"{entry.bytes}", "(2026-03-02", "2026-03-03)"} <= set(words)

    made = nightly(two_days, tmp_path / "store")
    assert (made.inputs, made.touched) == (planned.inputs, planned.touched)
    with two_days.open("a") as file:
        file.write(Hit(48 * 60).line + "\n")
    again = nightly(two_days, tmp_path / "store", Policy(dry_run=True))
    [entry] = again.inputs
    assert (entry.lines_before, entry.lines, entry.bytes) == (2, 1, len(Hit(48 * 60).line) + 1)
    assert again.days == nightly(two_days, tmp_path / "store").days


@pytest.mark.long
def test_a_dry_run_says_which_days_would_be_erased(tmp_path: Path, two_days: Path) -> None:
    store = tmp_path / "store"
    nightly(two_days, store)
    policy = Policy(dry_run=True, retention_days=17, rebuild=True)
    planned = nightly(two_days, store, policy)
    assert (planned.purged, planned.days) == (["2026-03-02"], ["2026-03-03"])
    made = nightly(two_days, store, Policy(retention_days=17, rebuild=True))
    assert (made.purged, made.days) == (planned.purged, planned.days)


def test_a_missing_folder_for_prometheus_is_an_error(tmp_path: Path, log: Path) -> None:
    before = content(tmp_path)
    file = tmp_path / "missing" / "darksocial.prom"
    done = command("nightly", log.name, "--output", f"prometheus={file}", cwd=tmp_path)
    assert done.returncode == 4
    assert f"There is no folder {file.parent}" in done.stderr
    assert content(tmp_path) == before


@pytest.mark.long
def test_a_store_is_private_or_a_warning_says_that_it_is_not(tmp_path: Path, log: Path) -> None:
    new, open_to_all = tmp_path / "new", tmp_path / "open"
    open_to_all.mkdir(mode=0o755)
    assert nightly(log, new).warnings == []
    assert stat.S_IMODE(new.stat().st_mode) == 0o700
    [warning] = nightly(log, open_to_all).warnings
    assert warning.endswith(f"chmod 700 {open_to_all}")
    done = command("nightly", log.name, "--store", "open", "--visitor-secret", SECRET, cwd=tmp_path)
    assert "store is not private" in done.stderr
    assert "chmod 700 open" in " ".join(done.stdout.split())
    open_to_all.chmod(0o700)
    assert nightly(log, open_to_all).warnings == []


def test_a_result_is_not_written_over_an_input(tmp_path: Path, log: Path) -> None:
    before = content(tmp_path)
    for options in (["-o", "./access.log"], ["-o", "hits", "--rejects", str(log)]):
        done = command("parse", "*.log", *options, cwd=tmp_path)
        assert done.returncode == 2
        assert "is one of the inputs" in done.stderr
    assert content(tmp_path) == before


@pytest.mark.long
def test_a_store_that_was_copied_is_a_store(tmp_path: Path, log: Path) -> None:
    nightly(log, tmp_path / "store")
    shutil.copytree(tmp_path / "store", tmp_path / "copy")
    assert nightly(log, tmp_path / "copy").days == []


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(OutputError, match="is a file"):
        check_own(file, STORE)
