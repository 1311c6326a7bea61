"""Whatever goes wrong ends as a line in words, with the exit code that belongs to it."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from darksocial import DarkSocialError, InputError, OutputError, Resources, UsageError
from darksocial.cli._boundary import as_error, exit_code_of
from darksocial.settings import Goal
from darksocial.simulation import simulate
from darksocial.store.night import Policy
from tests import warm
from tests.gate import series
from tests.processes import DARKSOCIAL, ROOT, environment

LOG = ROOT / "sample_logs" / "combined.log"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
Printed = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log, the result of an analysis (out), and a store."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copy(LOG, folder / "access.log")
    assert shell("darksocial nightly access.log --store store -q", folder).returncode == 0
    assert shell("darksocial analyze access.log --out out -q", folder).returncode == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The same, to be damaged."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def shell(command: str, cwd: Path, **variables: str) -> Printed:
    """Run a line of bash, in which a pipe fails where a part of it fails.

    With `variables`, Python starts with them.
    """
    program = shlex.join(DARKSOCIAL if variables else warm.command())
    return subprocess.run(
        ["bash", "-c", f'darksocial() {{ {program} "$@"; }}; set -o pipefail; {command}'],
        cwd=cwd, env=environment(**variables), capture_output=True, text=True,
        errors="backslashreplace", timeout=120, check=False,
    )  # fmt: skip


def ends(done: Printed, code: int, said: str = "") -> None:
    """Check the exit code, and that standard error says why, in words."""
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert bool(done.stderr) == bool(said), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") < 10


STREAMS = {
    "darksocial signals | true": (0, ""),
    "darksocial signals | head -1": (0, ""),
    "darksocial signals >&-": (4, "could not be written: standard output is closed"),
    "darksocial signals > /dev/full": (4, "could not be written: no space left"),
    "darksocial signals -q >&- 2>&-": (2, ""),
    "darksocial parse nothing.log -o hits 2>&-": (3, ""),
    "darksocial parse nothing.log -o hits 2>/dev/full": (3, ""),
    "darksocial parse - -o hits <&-": (3, "- cannot be read"),
    "darksocial formats access.log <&- | grep -q 'NCSA combined'": (0, ""),
}


PRINTING = {
    "analyze access.log --out closed": "closed/summary.json",
    "analyze access.log --out json --report json": "json/summary.json",
    "check access.log --output text --output json=checked.json": "checked.json",
    "config": "",
    "completion bash": "",
    "evaluate access.log --mask": "",
    "explain out": "",
    "formats access.log": "",
    "init access.log": "darksocial.toml",
    "nightly access.log --store closed-store 2>closed.log": "closed-store/state.json",
    "report store": "",
    "simulate --out made --visits 10 --days 1": "made/truth.jsonl",
    "store verify store": "",
}
"""Commands that print, and what they write as well."""


SHOWN_ELSEWHERE = {
    "analyze access.log --out json --report json",
    "check access.log --output text --output json=checked.json",
    "evaluate access.log --mask",
}
"""Commands that print by the same way as others here, after an analysis of their own."""


@pytest.mark.parametrize(
    "command",
    [pytest.param(c, marks=[pytest.mark.long] if c in SHOWN_ELSEWHERE else []) for c in PRINTING],
)
def test_a_reader_that_leaves_is_no_failure(folder: Path, command: str) -> None:
    found_something = 1 if command.startswith("check") else 0
    ends(shell(f"darksocial {command} | true", folder), found_something)
    assert (folder / PRINTING[command]).exists()
    assert not list(folder.glob("**/*draft*"))


@series("encoding", ["ascii", "latin-1"], in_gate=1)
def test_a_terminal_that_knows_few_signs_is_drawn_with_these(made: Path, encoding: str) -> None:
    def printed(encoding: str) -> str:
        commands = "darksocial report store; darksocial explain out"
        return shell(f"export PYTHONIOENCODING={encoding}; {commands}", made).stdout

    plain, full = printed(encoding), printed("utf-8")
    assert "█" in full and "#" in plain
    assert plain.isascii() and "\\" not in plain
    assert [*map(len, plain.splitlines())] == [*map(len, full.splitlines())]
    assert not [line for line in full.splitlines() if line.endswith(" ")]


@pytest.mark.parametrize("command", STREAMS)
def test_streams_that_are_closed_or_full(made: Path, command: str) -> None:
    ends(shell(command, made), *STREAMS[command])


def test_results_are_whole_if_nobody_reads_what_is_printed(folder: Path) -> None:
    """The report of a night is printed before files are written."""
    files = "--output markdown=day.md --output prometheus=day.prom --report json"
    ends(shell(f"darksocial nightly access.log --store store {files} 2>run.log | true", folder), 0)
    assert "darksocial" in (folder / "day.prom").read_text()
    assert (folder / "day.md").stat().st_size
    shutil.rmtree(folder / "out")
    done = shell("darksocial analyze access.log --out out >&-", folder)
    ends(done, 4, "standard output is closed")
    assert (folder / "out" / "summary.json").exists()


VALUES = {
    "parse access.log -o p --memory-limit 0": "'0' is not a size of memory",
    "parse access.log -o p --memory-limit 0GB": "'0GB' is not a size of memory",
    "parse access.log -o p --memory-limit=-1GB": "'-1GB' is not a size of memory",
    "parse access.log -o p --memory-limit 1e999GB": "'1e999GB' is not a size of memory",
    "parse access.log -o p --memory-limit nan": "'nan' is not a size of memory",
    "parse access.log -o p --memory-limit '5 bananas'": "'5 bananas' is not a size of memory",
    "parse access.log -o p --memory-limit 9999999TB": "'9999999TB' is not a size of memory",
    "parse access.log -o p --threads 100000": "100000 is not in the range 1<=x<=256",
    "parse access.log -o p --threads nan": "'nan' is not a valid integer",
    "nightly access.log --retention-days 1e999": "'1e999' is not a valid integer",
    "nightly access.log --retention-days 99999999999999999999": "is not in the range",
    "analyze access.log --goal path=/a,value=nan": "The value of a goal is nan",
    "analyze access.log --goal path=/a,value=1e999": "The value of a goal is inf",
    "analyze access.log --goal path=/a,status=99999999999999999999": "The status of a goal is",
    "simulate --out m --vary nan": "vary is nan",
    "simulate --out m --vary inf": "inf is not in the range",
    "simulate --out m --days 99999999999999999999": "is not in the range",
    "simulate --out m --start 9999-12-31": "14 days from 9999-12-31 on",
}


@pytest.mark.parametrize("command", VALUES)
def test_absurd_values_are_wrong_usage(made: Path, command: str) -> None:
    ends(shell(f"darksocial {command}", made), 2, VALUES[command])
    assert not (made / "p").exists() and not (made / "m").exists()


CONFIGURATIONS = {
    "[goals.a]\npath = '/a'\nvalue = nan": "The value of a goal is nan",
    "[goals.a]\npath = '/a'\nvalue = inf": "The value of a goal is inf",
    "[goals.a]\npath = '/a'\nvalue = 1e999": "The value of a goal is inf",
    "[model.rates]\ndark_social = nan": "The rate of dark_social is nan",
    "[checks.reject_rate]\nat_most = nan": "at_most is nan",
    "[checks.reject_rate]\nat_most = 1e999": "at_most is inf",
    "threads = 100000": "threads is 100000",
    "threads = inf": "threads is inf",
    'memory-limit = "9999999TB"': "'9999999TB' is not a size of memory",
    "[simulate]\nvary = nan": "vary is nan",
    '"\\u001b[2J" = 1': "which no command knows",
    '"" = 1': "which no command knows",
}


@pytest.mark.parametrize("content", CONFIGURATIONS)
def test_absurd_values_in_a_configuration(folder: Path, content: str) -> None:
    (folder / "darksocial.toml").write_text(content)
    verb = "simulate --out m" if "simulate" in content else "check access.log"
    done = shell(f"darksocial {verb}", folder)
    ends(done, 2, CONFIGURATIONS[content])
    assert "\x1b" not in done.stderr


def spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:300])


def scribble(path: Path) -> None:
    path.write_text("nothing")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [spoil, scribble, flip, replace_by_folder, Path.unlink])
def test_hits_that_cannot_be_read_are_named(folder: Path, damage: Callable[[Path], None]) -> None:
    [hits] = folder.glob("store/hits/*/*.parquet")
    damage(hits)
    with pytest.raises(InputError, match=f"{hits.name} cannot be read") as raised:
        read_hits(hits)
    assert "scratch" not in str(raised.value)


def read_hits(path: Path) -> None:
    """Read a file as the nightly run reads stored hits."""
    from darksocial.engines.duckdb import DuckDBEngine

    engine = DuckDBEngine()
    try:
        engine.stage("copied", engine.read("hits", [path]))
    finally:
        engine.close()


READERS = ("explain out", "explain out --page /", "explain out --app whatsapp", "explain store")


@pytest.mark.parametrize("command", READERS)
def test_sessions_that_cannot_be_read(folder: Path, command: str) -> None:
    for sessions in folder.glob("*/sessions/*/*.parquet"):
        spoil(sessions)
    ends(shell(f"darksocial {command}", folder), 3, "cannot be read")


def test_sessions_that_are_another_table(folder: Path) -> None:
    for sessions in folder.glob("out/sessions/*/*.parquet"):
        pq.write_table(pa.table({"other": [1]}), sessions)
    ends(shell("darksocial explain out", folder), 3, "it has no column session_id")


@pytest.mark.long
def test_texts_that_the_locale_cannot_encode_are_escaped(folder: Path) -> None:
    """In the POSIX locale, without the means by which Python gets round it."""
    (folder / "caf\N{LATIN SMALL LETTER E WITH ACUTE}.log").write_bytes(LOG.read_bytes())
    done = shell("darksocial formats *.log", folder, **ASCII)
    ends(done, 0)
    assert done.stdout.isascii()
    ends(shell("darksocial analyze access.log --out out", folder, **ASCII), 0)


NAMES = {
    b"caf\xe9.log": r"caf\xe9.log",
    b"two\nlines.log": "two",
    b"\x1b[2J.log": ".log",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_no_text(made: Path, tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(LOG.read_bytes())
    done = shell("darksocial formats *", tmp_path)
    ends(done, 0)
    assert NAMES[name] in done.stdout
    assert "\x1b" not in done.stdout
    path.write_bytes(b"nothing")
    done = shell("darksocial parse * -o /dev/null/hits", tmp_path)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr and "\x1b" not in done.stderr


def test_an_output_whose_name_is_no_text(made: Path) -> None:
    done = shell("darksocial analyze access.log -q --out $'\\xff'", made)
    assert done.returncode in (0, 2, 4), done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or r"\udcff" in done.stderr


def test_an_unforeseen_failure_is_a_line_and_a_traceback_only_if_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise ZeroDivisionError("by 192.0.2.17\nand more")

    assert exit_code_of(fail) == 70
    said = capsys.readouterr().err
    assert said.startswith("darksocial: unforeseen ZeroDivisionError: by <")
    assert "192.0.2.17" not in said
    assert "DARKSOCIAL_TRACEBACK=1" in said
    assert "Traceback" not in said
    monkeypatch.setenv("DARKSOCIAL_TRACEBACK", "1")
    assert exit_code_of(fail) == 70
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (OSError(28, "No space left", "a.parquet"), OutputError, "a.parquet: No space left"),
        (OSError(30, "Read-only file system"), OutputError, "Read-only file system"),
        (PermissionError(13, "Permission denied", "a.log"), InputError, "a.log: Permission"),
        (MemoryError(), OutputError, "no memory is left"),
        (pa.ArrowMemoryError("malloc of size 64"), OutputError, "no memory is left: malloc"),
        (UsageError("a wrong option"), UsageError, "a wrong option"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogate"), UsageError, r"'\udcff' cannot"),
        (EOFError(), DarkSocialError, "unforeseen EOFError"),
    ],
)
def test_what_is_raised_is_an_error_of_ours(
    raised: Exception, kind: type[DarkSocialError], said: str
) -> None:
    error = as_error(raised)
    assert type(error) is kind
    assert said in str(error)
    assert error.exit_code != 1


@pytest.mark.parametrize(
    "use",
    [
        lambda: Resources(memory_limit="0.5MB"),
        lambda: Resources(memory_limit="99999999999999999999999TB"),
        lambda: Resources(threads=257),
        lambda: Policy(retention_days=10**20),
        lambda: Policy(retention_days=0),
        lambda: Goal(path="/", value=float("-inf")),
        lambda: Goal(path="/", status=10**30),
        lambda: simulate(Path("never"), vary=float("nan")),
        lambda: simulate(Path("never"), days=10**9),
    ],
)
def test_the_library_refuses_absurd_values(use: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        use()


def test_the_exit_code_1_is_that_of_a_finding(folder: Path) -> None:
    ends(shell("darksocial store verify store > /dev/null", folder), 0)
    for path in folder.glob("store/sessions/*/*.parquet"):
        scribble(path)
    assert shell("darksocial store verify store", folder).returncode == 1
    assert DarkSocialError("anything").exit_code == 70
