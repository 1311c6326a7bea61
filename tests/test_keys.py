"""Key files are made whole or not at all, and a secret that is not safe is refused."""

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import darksocial
from darksocial import DarkSocialError, InputError, OutputError, UsageError
from darksocial.cli._keyfile import make_key, read_key
from darksocial.cli._secret import kept_secret, visitor_secret
from tests.processes import ROOT, environment, run

LOG = ROOT / "sample_logs" / "combined.log"
KEY = "0123456789abcdef" * 4
RACER = """
import sys, time
from pathlib import Path
from darksocial.cli._secret import visitor_secret
while time.time() < float(sys.argv[2]):
    pass
print(visitor_secret(None, Path(sys.argv[1])))
"""


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = visitor_secret(None, tmp_path / "out")
    assert first is not None
    assert re.fullmatch(r"[0-9a-f]{64}", first)
    assert visitor_secret(None, tmp_path / "out") == first == kept_secret(None, tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out.key").stat().st_mode) == 0o600
    assert names(tmp_path) == ["out.key"]


def test_making_a_key_leaves_the_one_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "out.key"
    path.write_text(KEY)
    make_key(path)
    assert path.read_text() == KEY


def test_racing_processes_get_the_same_key(tmp_path: Path) -> None:
    for race in range(5):
        out = tmp_path / f"out-{race}"
        start = str(datetime.now(UTC).timestamp() + 0.7)
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", RACER, str(out), start],
                env=environment(), stdout=subprocess.PIPE, text=True,
            )
            for _ in range(4)
        ]  # fmt: skip
        keys = [racer.communicate(timeout=60)[0] for racer in racers]
        assert len(set(keys)) == 1
        assert re.fullmatch(r"[0-9a-f]{64}\n", keys[0])
    assert len(names(tmp_path)) == 5


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk on which not a byte is left."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here: that takes root")
    try:
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free))
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_no_key(full_disk: Path) -> None:
    with pytest.raises(OutputError, match="could not be made: No space left"):
        visitor_secret(None, full_disk / "out")
    assert names(full_disk) == ["filler"]
    (full_disk / "filler").unlink()
    assert len(visitor_secret(None, full_disk / "out") or "") == 64


def test_a_process_that_may_write_nothing_leaves_no_key(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys; from pathlib import Path; "
        "from darksocial.cli._secret import visitor_secret; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); visitor_secret(None, Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "out")],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "OutputError: The key file" in done.stderr
    assert names(tmp_path) == []


REFUSED = {
    b"": "is empty",
    b" \n": "is empty",
    KEY.encode()[:31]: "is too short: 31 characters",
    b"\xff\xfe" + KEY.encode(): "is not text",
    bytes(64): "is not one line of text",
    f"{KEY}\n{KEY}".encode(): "is not one line of text",
    b"a" * 5000: "is not one line of text",
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.items())
def test_a_bad_key_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "out.key"
    path.write_bytes(content)
    for use in (visitor_secret, kept_secret):
        with pytest.raises(UsageError, match=re.escape(f"{path} {reason}")) as raised:
            use(None, tmp_path / "out")
        assert "restore it" in raised.value.advice
        assert (content.decode("latin-1").strip("\0 \n") or "nothing") not in str(raised.value)
    assert path.read_bytes() == content


def test_a_key_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.key").mkdir()
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        visitor_secret(None, tmp_path / "out")
    (tmp_path / "out.key").rmdir()
    os.mkfifo(tmp_path / "out.key")
    with pytest.raises(UsageError, match="cannot be read: it is not a regular file"):
        visitor_secret(None, tmp_path / "out")


def test_a_missing_key_is_made_only_for_a_new_result(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        kept_secret(None, tmp_path / "out")
    assert not names(tmp_path)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602, 0o600])
def test_a_key_that_others_can_read_is_warned_about(
    tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "out.key"
    path.write_text(KEY + "\n")
    path.chmod(mode)
    assert read_key(path) == KEY
    assert ("Others can read the key file" in caplog.text) == (mode != 0o600)


@pytest.mark.parametrize("given", ["", "               ", "fifteen letters"])
def test_a_given_secret_that_could_be_guessed_is_refused(tmp_path: Path, given: str) -> None:
    for use in (visitor_secret, kept_secret):
        with pytest.raises(UsageError, match="--visitor-secret is too short") as raised:
            use(given, tmp_path / "out")
        assert raised.value.exit_code == 2
    assert visitor_secret("sixteen letters!", None) == "sixteen letters!"


def test_the_command_refuses_and_warns_in_words(tmp_path: Path) -> None:
    """As a user meets it: the exit code, standard error, and nothing written."""
    key = tmp_path / "out.key"
    key.touch()
    done = run("analyze", LOG, "--out", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("darksocial: The key file out.key is empty.\nExpected: a key of")
    assert not (tmp_path / "out").exists()
    done = run("nightly", LOG, "--store", "out", "--visitor-secret", "abcde", cwd=tmp_path)
    assert done.returncode == 2
    assert "--visitor-secret is too short: 5 characters" in done.stderr
    assert "abcde" not in done.stderr
    key.write_text(KEY)
    key.chmod(0o644)
    done = run("analyze", LOG, "--out", "out", "-q", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith("Others can read the key file out.key (mode 0644)")


VERBS = {
    "analyze": lambda out, secret: darksocial.analyze([str(LOG)], secret=secret),
    "check": lambda out, secret: darksocial.check([str(LOG)], secret=secret),
    "evaluate": lambda out, secret: darksocial.evaluate(out, out / "truth.jsonl", secret),
    "nightly": lambda out, secret: darksocial.nightly(
        [str(LOG)], out, secret=secret, now=lambda: datetime.now(UTC)
    ),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("secret", ["", "\t\n ", "\udcff" * 20])
def test_the_library_refuses_an_empty_secret(tmp_path: Path, verb: str, secret: str) -> None:
    with pytest.raises(DarkSocialError, match="the secret behind visitor ids") as raised:
        VERBS[verb](tmp_path / "out", secret)
    assert isinstance(raised.value, UsageError)
    assert not names(tmp_path)
