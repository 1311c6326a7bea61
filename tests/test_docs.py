"""The documentation is complete, its links lead somewhere, and its examples run."""

import re
import shlex
from pathlib import Path

import click
import pytest

from darksocial import formats, signals
from darksocial.cli._main import darksocial
from darksocial.errors import DarkSocialError
from darksocial.requests import KINDS
from tests.generate import pages

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "sample_logs" / "README.md"]
TEXT = "\n".join(page.read_text("utf-8") for page in PAGES)


def commands() -> dict[str, click.Command]:
    with click.Context(darksocial) as ctx:
        found = {name: darksocial.get_command(ctx, name) for name in darksocial.list_commands(ctx)}
    return {name: command for name, command in found.items() if command}


@pytest.mark.parametrize("path", pages.pages(), ids=lambda path: path.name)
def test_generated_pages_are_current(path: Path) -> None:
    assert not pages.is_stale(path, pages.pages()[path]), "run `make docs`"


def test_commands_options_formats_signals_and_kinds_are_documented() -> None:
    for name, command in commands().items():
        assert f"darksocial {name}" in TEXT
        for parameter in command.params:
            for option in parameter.opts if isinstance(parameter, click.Option) else ():
                assert option in TEXT
    for name in (*formats(), *signals()):
        assert f"## {name}\n" in TEXT
    assert all(kind in TEXT for kind in KINDS)


def test_exit_codes_are_documented() -> None:
    tutorial = (DOCS / "tutorial.md").read_text("utf-8")
    errors = DarkSocialError.__subclasses__()
    for code in {0, DarkSocialError.exit_code, *(error.exit_code for error in errors)}:
        assert f"| {code} |" in tutorial


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_command_lines_of_the_tutorial_exist() -> None:
    text = (DOCS / "tutorial.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    typed = [
        line.split("| ")[-1] for line in lines if "darksocial " in line and "_COMPL" not in line
    ]
    assert len(typed) > 10
    for line in typed:
        words = shlex.split(line)
        options = {o for p in commands()[words[1]].params for o in p.opts}
        assert {word for word in words[2:] if word.startswith("--")} <= options


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DOCS / "tutorial.md").read_text("utf-8")
    [example] = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "sample_logs").symlink_to(ROOT / "sample_logs")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(example, names)
    assert len(names["sessions"]) == names["report"].sessions  # type: ignore[arg-type, attr-defined]
    assert (tmp_path / "darksocial-out" / "summary.json").exists()


def test_no_page_names_a_machine() -> None:
    home = re.escape(str(Path.home()))
    assert not re.search(rf"{home}/|{re.escape(str(ROOT))}|localhost:\d", TEXT)
