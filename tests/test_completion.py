"""Completion in real shells: bash and zsh at a terminal of their own, fish by its own answer."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from darksocial.cli._completion import COMPLETE_VARIABLE
from darksocial.cli._main import darksocial
from darksocial.formats import registry
from tests.processes import environment

SECONDS = 20
"""How long a shell may take on a machine that is busy."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a log, a configuration, and the program as `darksocial` in bin/."""
    (tmp_path / "access.log").touch()
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "darksocial"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m darksocial "$@"\n')
    program.chmod(0o755)
    (tmp_path / "darksocial.toml").write_text(
        '[analyze]\nsite = ["www.example.org"]\n[check]\nsite = ["shop.example.org"]\n'
    )
    return tmp_path


def with_program(folder: Path) -> dict[str, str]:
    return environment(PATH=f"{folder / 'bin'}:{os.environ['PATH']}", TERM="dumb", HOME=str(folder))


class Shell:
    """A shell at a terminal."""

    def __init__(self, master: int) -> None:
        self._master = master

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def shows(self, expected: str) -> str:
        """Read until a text appears, and return what came before and with it."""
        printed, end = "", time.monotonic() + SECONDS
        while expected not in printed:
            readable, _, _ = select.select([self._master], [], [], max(0, end - time.monotonic()))
            assert readable, f"{expected!r} is not in {printed!r}"
            printed += os.read(self._master, 4096).decode(errors="replace")
        return printed


@contextmanager
def at_terminal(folder: Path, *command: str) -> Iterator[Shell]:
    """Run a shell at a pseudo-terminal; it ends with the block."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=folder,
        env=with_program(folder), start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        yield Shell(master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


COMPLETED = {
    "darksocial analyze acc": "analyze access.log",
    "darksocial analyze --format nginx_m": "--format nginx_main",
    "darksocial signals known_v": "signals known_visitor",
    "darksocial analyze --site www": "--site www.example.org",
}
"""What is typed, and what the tab key makes of it."""


def check(shell: Shell) -> None:
    """Press the tab key behind each of the texts; ctrl-U empties the line."""
    for typed, completed in COMPLETED.items():
        shell.type(f"{typed}\t")
        shell.shows(completed)
        shell.type("\x15")


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash(folder: Path) -> None:
    with at_terminal(folder, "bash", "--norc", "--noprofile", "-i") as shell:
        shell.type('eval "$(darksocial completion bash)"; echo rea""dy\n')
        shell.shows("ready")
        check(shell)


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed: apt-get install zsh")
def test_zsh(folder: Path) -> None:
    with at_terminal(folder, "zsh", "-f", "-i") as shell:
        shell.type("autoload -Uz compinit; compinit -u -D\n")
        shell.type('eval "$(darksocial completion zsh)"; echo rea""dy\n')
        shell.shows("ready")
        check(shell)


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed: apt-get install fish")
def test_fish(folder: Path) -> None:
    asked = "; ".join(f"complete -C '{typed}'" for typed in COMPLETED)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"darksocial completion fish | source; {asked}"],
        cwd=folder, env=with_program(folder), capture_output=True, text=True,
        timeout=SECONDS, check=True,
    )  # fmt: skip
    found = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    assert found == [completed.split()[-1] for completed in COMPLETED.values()]


ASKED = {
    ("analyze", "--engine"): {"duckdb", "spark"},
    ("analyze", "--report"): {"terminal", "full", "json", "markdown", "none"},
    ("check", "--output"): {"junit=", "sarif=", "github="},
    ("explain", "out", "--app"): {"whatsapp", "telegram"},
    ("checks",): {"clock_jumps", "reject_rate"},
    ("simulate", "--site"): {"publisher", "shop"},
    ("analyze", "--site"): {"www.example.org", "shop.example.org"},
    ("formats", "--sql"): {"combined", "caddy"},
    ("completion",): {"bash", "zsh", "fish"},
}


@pytest.mark.parametrize("words", ASKED)
def test_names_are_completed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(folder)
    assert ASKED[words] <= set(answers(*words))


def test_only_what_an_output_takes_is_completed() -> None:
    forms = {"csv=", "duckdb=", "eml=", "full=", "html=", "json=", "markdown=", "pdf=", "xlsx="}
    assert set(answers("analyze", "--output")) == forms


def answers(*words: str, incomplete: str = "") -> list[str]:
    complete = ShellComplete(darksocial, {}, "darksocial", COMPLETE_VARIABLE)
    return [item.value for item in complete.get_completions(list(words), incomplete)]


def test_a_shell_starts_beside_a_configuration_that_is_wrong(folder: Path) -> None:
    (folder / "darksocial.toml").write_text("no TOML")
    done = subprocess.run(
        ["darksocial", "completion", "zsh"], cwd=folder, env=with_program(folder),
        capture_output=True, text=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("#compdef darksocial")
    assert done.stderr == ""


def test_files_behind_a_kind_of_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert answers("check", "--output", incomplete="json=acc") == ["json=access.log"]
    assert answers("check", "--output", incomplete="json=bin/d") == ["json=bin/darksocial"]
    assert answers("check", "--output", incomplete=f"json={folder}/bi") == [f"json={folder}/bin/"]


@pytest.mark.parametrize("content", [None, b"\xff", b"site = 1", b"site = [1]", b"site ="])
def test_a_configuration_that_helps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("darksocial.toml").write_bytes(content)
    assert answers("analyze", "--site", incomplete="w") == ["w"]


def test_every_argument_completes_to_something() -> None:
    """A plain text that takes the file names away is what this guards against."""
    with click.Context(darksocial) as ctx:
        for name in darksocial.list_commands(ctx):
            command = darksocial.get_command(ctx, name)
            assert command is not None
            for parameter in command.params:
                if isinstance(parameter, click.Argument):
                    assert parameter.shell_complete(click.Context(command), ""), (name, parameter)


def test_it_answers_without_loading_what_is_heavy(folder: Path) -> None:
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(sorted({'pandas', 'pyarrow', 'ibis', 'duckdb', 'rich'}"
        " & {*sys.modules})))\n"
        "from darksocial.cli import main\nmain()\n"
    )
    asked = {"COMP_WORDS": "darksocial analyze --format comb", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=SECONDS,
        env=environment(**{COMPLETE_VARIABLE: "bash_complete", **asked}), check=True,
    )  # fmt: skip
    names = [f"plain,{name}" for name in registry() if name.startswith("comb")]
    assert len(names) > 2
    assert done.stdout.splitlines() == [*names, "[]"]
