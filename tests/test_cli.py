"""Every command, in the process and as a real subprocess."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from darksocial.cli._main import darksocial
from darksocial.errors import DarkSocialError
from darksocial.results.ownership import MARK
from darksocial.visits.conditions import NOT_LOGGED_LABEL
from tests import warm

SAMPLES = Path(__file__).parents[1] / "sample_logs"
LOG = SAMPLES / "combined.log"


def run(*arguments: object) -> str:
    """Run a command and return what it printed to standard output."""
    result = CliRunner().invoke(darksocial, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def process(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own."""
    command = [*warm.command(), *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of an analysis of the publisher's sample, beside it what was printed as JSON."""
    out = tmp_path_factory.mktemp("publisher") / "out"
    printed = run("analyze", SAMPLES / "publisher", "--out", out, "--report", "json")
    (out / "report.json").write_text(printed)
    return out


def test_analyze_prints_a_report_and_writes_what_it_says(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = tmp_path / "report.json"
    printed = run("analyze", LOG, "--out", out, "--output", f"json={file}")
    summary = json.loads((out / "summary.json").read_text())
    assert json.loads(file.read_text()) == summary
    assert "Direct" in printed
    assert summary["inputs"][0]["lines"] == len(LOG.read_bytes().splitlines())
    assert {entry.name for entry in out.iterdir()} == {
        MARK,
        "sessions",
        "rejects.parquet",
        "shares.parquet",
        "summary.json",
    }


def test_summary_sessions_and_rejects_agree(publisher: Path) -> None:
    out = publisher
    summary = json.loads((out / "report.json").read_text())
    assert summary == json.loads((out / "summary.json").read_text())
    sessions = pd.read_parquet(out / "sessions")
    assert len(sessions) == summary["sessions"]
    assert sessions.p_dark_social.sum() == pytest.approx(summary["dark_social"]["expected"])
    is_logged = sessions.began != "not_logged"
    before = sessions.channel_before.where(is_logged, NOT_LOGGED_LABEL).value_counts().to_dict()
    assert before == {c["channel"]: c["before"] for c in summary["channels"] if c["before"]}
    rejects = duckdb.sql(f"select count(*) from '{out}/rejects.parquet'").fetchall()
    assert rejects == [(sum(file["rejects"] for file in summary["inputs"]),)]
    for file in summary["inputs"]:
        assert file["lines"] == file["hits"] + file["rejects"] + file["blanks"]
    days = {path.name for path in (out / "sessions").iterdir()}
    assert days == {f"date={day}" for day in sessions.started_at.dt.date.astype(str)}


def test_duckdb_and_pandas_read_the_same_sessions(publisher: Path) -> None:
    by_pandas = pd.read_parquet(publisher / "sessions").session_id
    query = f"select session_id from '{publisher}/sessions/*/*.parquet'"
    by_duckdb = duckdb.sql(query).df().session_id
    assert sorted(by_pandas) == sorted(by_duckdb)
    assert by_pandas.is_unique


def test_identifiers_are_written_only_when_asked_for(publisher: Path, tmp_path: Path) -> None:
    run("analyze", LOG, "--out", tmp_path / "with", "--report", "none", "--keep-identifiers")
    assert "client_ip" not in pd.read_parquet(publisher / "sessions")
    assert pd.read_parquet(tmp_path / "with" / "sessions").client_ip.notna().all()


@pytest.mark.long
def test_the_key_is_kept_beside_the_output_and_links_visitors(tmp_path: Path) -> None:
    out, key = tmp_path / "out", tmp_path / "out.key"
    run("analyze", LOG, "--out", out, "--report", "none")
    first = set(pd.read_parquet(out / "sessions").visitor_id)
    run("analyze", LOG, "--out", out, "--report", "none")
    assert set(pd.read_parquet(out / "sessions").visitor_id) == first
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    run("analyze", LOG, "--out", out, "--report", "none")
    assert not set(pd.read_parquet(out / "sessions").visitor_id) & first


def test_parse_writes_the_hits(tmp_path: Path) -> None:
    done = process("parse", LOG, "-o", tmp_path / "h.parquet", "--rejects", tmp_path / "r.parquet")
    assert done.returncode == 0
    assert done.stdout == b""
    assert str(LOG.name).encode() in done.stderr
    hits, rejects = pd.read_parquet(tmp_path / "h.parquet"), pd.read_parquet(tmp_path / "r.parquet")
    assert len(hits) + len(rejects) == len(LOG.read_bytes().splitlines())


def test_parse_names_the_files_that_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "comments.log").write_text("# nothing yet\n")
    (tmp_path / "letter.txt").write_text("Dear reader,\n")
    done = process("parse", LOG, tmp_path, "-o", tmp_path / "hits.parquet")
    assert done.returncode == 0
    assert b"letter.txt was not read: no known format" in done.stderr
    assert b"lines: 1, of which hits: 0, rejects: 0, blank: 1" in done.stderr


def test_a_file_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.log"
    Path(os.fsdecode(path)).write_bytes(LOG.read_bytes())
    done = process("parse", tmp_path, "--out", tmp_path / "hits.parquet")
    assert done.returncode == 0
    assert "\\xff.log" in done.stderr.decode()


def test_standard_input_is_read_and_quiet_prints_nothing(tmp_path: Path) -> None:
    arguments = ("analyze", "-", "--out", tmp_path / "o", "--quiet")
    done = process(*arguments, stdin=LOG.read_bytes())
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert json.loads((tmp_path / "o" / "summary.json").read_text())["inputs"][0]["file"] == "-"


@pytest.mark.long
def test_explain_tells_a_visit_signal_by_signal(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("analyze", SAMPLES / "publisher", "--out", out, "--report", "none")
    sessions = pd.read_parquet(out / "sessions").sort_values("p_dark_social")
    darkest = sessions.iloc[-1]
    told = run("explain", out, "--session", darkest.session_id)
    assert darkest.session_id in told
    for item in darkest.evidence:
        assert item["signal"] in told
    assert told.count("session ") == 1
    assert run("explain", out, "--page", darkest.landing_path, "--top", 1).count("session ") == 1
    assert run("explain", out, "--top", 3).count("session ") == 3


@pytest.mark.long
def test_signals_and_formats_list_everything() -> None:
    from darksocial import formats, signals

    listed = run("signals")
    assert all(name in listed for name in signals())
    assert all(name in run("formats") for name in formats())
    assert "Nobody types a long address" in run("signals", "landing_page")


def test_formats_says_what_a_file_would_be_read_as() -> None:
    told = run("formats", LOG, SAMPLES / "nginx_directive.log")
    assert "combined: NCSA combined" in told
    assert "11 of the first 12 lines match" in told
    assert "no known format" in told


def test_a_directive_is_taken_from_a_configuration(tmp_path: Path) -> None:
    run(
        "parse", SAMPLES / "nginx_directive.log", "-o", tmp_path / "h.parquet",
        "--log-format-from", f"{SAMPLES / 'nginx.conf'}:main", "-q",
    )  # fmt: skip
    assert len(pd.read_parquet(tmp_path / "h.parquet")) > 5


def test_config_shows_values_and_where_they_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "darksocial.toml"
    file.write_text('session-timeout = 45\n[analyze]\nsite = ["example.org"]\n[explain]\ntop = 3\n')
    monkeypatch.setenv("DARKSOCIAL_ANALYZE_REPORT", "json")
    told = run("--config", file, "config")
    lines = {tuple(line.split()) for line in told.splitlines()}
    assert ("session-timeout", "=", "45", "#", "file") in lines
    assert ("site", "=", '["example.org"]', "#", "file") in lines
    assert ("top", "=", "3", "#", "file") in lines
    assert ("report", "=", '"json"', "#", "environment") in lines
    assert ("seed", "=", "1", "#", "built", "in") in lines


@pytest.mark.long
def test_flags_win_over_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "darksocial.toml").write_text('out = "from-file"\nreport = "none"\n')
    monkeypatch.chdir(tmp_path)
    run("analyze", LOG)
    assert (tmp_path / "from-file" / "summary.json").exists()
    run("analyze", LOG, "--out", "from-flag")
    assert (tmp_path / "from-flag" / "summary.json").exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("sesion-timeout = 45", "session-timeout"),
        ("[analyse]\nout = 'x'", "[analyze]"),
        ("[analyze]\nouts = 'x'", "[analyze] out"),
    ],
)
def test_an_unknown_key_names_the_nearest(tmp_path: Path, content: str, named: str) -> None:
    file = tmp_path / "darksocial.toml"
    file.write_text(content)
    with pytest.raises(DarkSocialError) as raised:
        run("--config", file, "config")
    assert raised.value.exit_code == 2
    assert named in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["analyze"], 2, b"Missing argument"),
        (["analyze", "no-such-file.log"], 3, b"does not exist"),
        (["analyze", str(LOG), "--format", "nothing"], 2, b"no format 'nothing'"),
        (["analyze", str(LOG), "--format", "vhost_combined"], 3, b"could be parsed"),
        (["analyze", sys.executable], 3, b"no known format"),
        (["analyze", str(LOG), "--session-timeout", "0"], 2, b"session-timeout"),
        (["analyze", str(LOG), "--format", "common", "--log-format", "%t"], 2, b"together"),
        (["analyze", str(LOG), "--out", str(SAMPLES)], 4, b"did not write"),
        (["parse", str(LOG), "-o", "/proc/no/hits.parquet"], 4, b"could not be written"),
        (["explain", str(SAMPLES)], 3, b"holds no sessions"),
        (["check", str(LOG), "-q"], 1, b""),
        (["check", "no-such-file.log"], 3, b"does not exist"),
        (["check", str(LOG), "--rules", "no.toml"], 3, b"no.toml cannot be read"),
        (["check", str(LOG), "--baseline", str(LOG)], 3, b"cannot be read"),
        (["check", str(LOG), "--output", "pdf"], 2, b"KIND=FILE"),
        pytest.param(
            ["check", str(LOG), "--output", "json=/proc/no/x"],
            4,
            b"could not be written",
            marks=pytest.mark.long,
        ),
        (["checks", "nothing"], 2, b"no check 'nothing'"),
        (["signals", "nothing"], 2, b"There is no signal 'nothing'"),
        (["--config", "no.toml", "config"], 3, b"no.toml cannot be read"),
        (["--version"], 0, b""),
    ],
)
def test_exit_codes(arguments: list[str], code: int, said: bytes) -> None:
    done = process(*arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") < 10


@pytest.mark.parametrize(
    "arguments",
    [
        ["config"],
        ["formats", str(LOG)],
        ["signals", "strangers"],
        ["checks", "clock_jumps"],
        pytest.param(
            ["check", str(SAMPLES / "publisher" / "access.log"), "--quiet"], marks=pytest.mark.long
        ),
        ["simulate", "--out", "made", "--visits", "50", "--days", "1"],
        ["analyze", str(LOG), "--out", "made-of", "--report", "none"],
        pytest.param(["parse", str(LOG), "--out", "hits.parquet"], marks=pytest.mark.long),
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_command_runs_as_a_process(
    arguments: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "processes"
    folder.mkdir(exist_ok=True)
    _run_as_process(arguments, folder)


@pytest.mark.long
def test_explain_runs_as_a_process(tmp_path: Path) -> None:
    _run_as_process(["analyze", str(LOG), "--out", "made", "--quiet"], tmp_path)
    _run_as_process(["explain", "made", "--top", "1"], tmp_path)


def _run_as_process(arguments: list[str], folder: Path) -> None:
    command = [sys.executable, "-m", "darksocial", *arguments]
    path = {**os.environ, "PYTHONPATH": str(SAMPLES.parent)}
    done = subprocess.run(
        command, cwd=folder, env=path, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_device_is_said_in_a_line() -> None:
    command = f"{sys.executable} -m darksocial signals > /dev/full"
    done = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert done.returncode == 4
    assert done.stderr == b"darksocial: What is printed could not be written: no space left.\n"


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m darksocial signals | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert done.stderr == b""


def test_the_list_of_commands_cuts_no_description() -> None:
    for width in ("80", "120"):
        shown = CliRunner().invoke(darksocial, ["--help"], env={"COLUMNS": width}).stdout
        listed = shown.partition("Commands:")[2].splitlines()
        assert len(listed) > 10
        assert not [line for line in listed if "..." in line]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["analyse", "x"], "Did you mean 'analyze'?"),
        (["analyze", "x", "--format", "nginx"], "nginx is a server, not a format"),
        (["analyze", "x", "--format", "combind"], "the nearest is combined"),
        (["signals", "strangrs"], "the nearest is strangers"),
        (["checks", "reject_rat"], "the nearest is reject_rate"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_nearest(arguments: list[str], said: str) -> None:
    done = process(*arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()
