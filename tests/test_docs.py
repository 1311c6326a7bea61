"""The docs speak of everything there is, and of nothing that is not."""

import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from darksocial import checks, errors
from darksocial.cli._boundary import TRACEBACK
from darksocial.cli._configuration import defaults, options_of
from darksocial.cli._main import darksocial
from darksocial.formats import registry as all_formats
from darksocial.scratch import stopping
from darksocial.signals import registry as all_signals

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md")])
TEXT = "\n".join(page.read_text("utf-8") for page in DOCS.glob("*.md"))
TUTORIAL = (DOCS / "tutorial.md").read_text("utf-8")

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.~])/(?:home|root|work|tmp|mnt|Users)/\S*|\b[A-Z]:\\\S*")
OPERATOR = re.compile(r"[|&;<>()]+")
ASSIGNMENT = re.compile(r"\w+=")
VARIABLE = re.compile(r"\bDARKSOCIAL_[A-Z_]+\b")

GROUP = click.Context(darksocial, info_name="darksocial")
COMMANDS = darksocial.list_commands(GROUP)


def command(name: str) -> click.Command:
    found = darksocial.get_command(GROUP, name)
    assert found is not None
    return found


def fenced(text: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def mentioned(name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", TEXT) is not None


OPTIONS = sorted(
    {
        (name, spelling)
        for name in COMMANDS
        for option in command(name).params
        if isinstance(option, click.Option)
        for spelling in (*option.opts, *option.secondary_opts)
    }
    | {("", spelling) for option in darksocial.params for spelling in option.opts}
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert mentioned(f"darksocial {name}")


@pytest.mark.parametrize(("name", "spelling"), OPTIONS)
def test_every_option_is_documented_with_its_command(name: str, spelling: str) -> None:
    page = (DOCS / "commands.md").read_text("utf-8")
    section = page.split(f"\n## {f'darksocial {name}'.strip()}\n")[1].split("\n## ")[0]
    assert re.search(rf"^  (?:-\w, )?{re.escape(spelling)}\b", section, re.MULTILINE)


@pytest.mark.parametrize("name", [*all_formats(), *all_signals(), *checks.registry()])
def test_every_format_signal_and_check_is_documented(name: str) -> None:
    assert mentioned(name)


def test_the_table_of_exit_codes_is_complete() -> None:
    raised = {
        value.exit_code
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.DarkSocialError)
    }
    section = TUTORIAL.split("\n## Exit codes\n")[1].split("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)} == {
        0,
        1,
        *raised,
        *(128 + number for number in stopping.SIGNALS),
    }


def example_configuration() -> dict[str, Any]:
    """The tutorial's darksocial.toml with the keys that it shows as comments."""
    block, *_ = fenced(TUTORIAL, "toml")
    return tomllib.loads(re.sub(r"^# (?=[a-z-]+ = )", "", block, flags=re.MULTILINE))


def test_the_example_configuration_holds_every_key_and_no_other() -> None:
    found = defaults(example_configuration(), Path("darksocial.toml"), darksocial, GROUP)
    expected = {name: set(options_of(command(name))) for name in COMMANDS}
    assert {name: set(values) for name, values in found.items()} == expected


def test_the_example_configuration_is_accepted_as_it_stands() -> None:
    block, *_ = fenced(TUTORIAL, "toml")
    set_values = defaults(tomllib.loads(block), Path("darksocial.toml"), darksocial, GROUP)
    logs, out = ["access.log"], ["out"]
    arguments = dict.fromkeys(("analyze", "check", "parse"), logs)
    on_results = (
        "campaigns",
        "explain",
        "evaluate",
        "forget",
        "page",
        "partners",
        "report",
        "shares",
    )
    arguments |= dict.fromkeys(on_results, out)
    arguments["store"] = ["info", *out]
    arguments["completion"] = ["bash"]
    arguments["compare"] = [*out, *out]
    arguments["link"] = ["https://www.example.org/story"]
    for name in COMMANDS:
        ctx = command(name).make_context(
            name, list(arguments.get(name, [])), parent=GROUP, default_map=set_values[name]
        )
        used_at_once = {option.name for option in ctx.command.params if not option.expose_value}
        assert set_values[name].keys() - used_at_once <= ctx.params.keys()


def test_every_environment_variable_exists() -> None:
    known = {"DARKSOCIAL_CONFIG", "DARKSOCIAL_COMMAND_OPTION", TRACEBACK}
    for name in COMMANDS:
        known |= {f"DARKSOCIAL_{name}_{option}".upper() for option in options_of(command(name))}
    named = {name for name in VARIABLE.findall(TEXT) if not name.endswith("_COMPLETE")}
    assert named
    assert named <= known


def links(page: Path) -> Iterator[str]:
    for target in LINK.findall(page.read_text("utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    assert [target for target in links(page) if not (page.parent / target).exists()] == []


def test_every_module_that_the_architecture_names_exists() -> None:
    modules = [f"/{path.relative_to(ROOT)}" for path in ROOT.glob("[dt]*/**/*.py")]
    names = set(re.findall(r"[\w/]+\.py\b", (DOCS / "architecture.md").read_text("utf-8")))
    assert len(names) > 50
    assert not [name for name in names if not any(m.endswith(f"/{name}") for m in modules)]


def test_every_folder_that_the_architecture_names_exists() -> None:
    folders = [f"/{path.relative_to(ROOT)}/" for path in ROOT.glob("[dt]*/**") if path.is_dir()]
    text = (DOCS / "architecture.md").read_text("utf-8")
    names = set(re.findall(r"`([a-z_]+/(?:[a-z_]+/)*)`", text)) - {"marks/"}  # of a store
    assert len(names) > 20
    assert not [name for name in names if not any(f.endswith(f"/{name}") for f in folders)]


def test_the_index_names_every_page() -> None:
    there = {page.name for page in DOCS.glob("*.md")} - {"README.md"}
    assert there <= set(links(DOCS / "README.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    assert MACHINE_PATH.findall(page.read_text("utf-8")) == []


def command_lines(text: str) -> Iterator[list[str]]:
    """The arguments of every `darksocial` that a page's shell blocks call."""
    for block in fenced(text, "sh"):
        for line in block.splitlines():
            words = shlex.shlex(line, posix=True, punctuation_chars=True)
            words.whitespace_split = True
            yield from _calls(list(words))


def _calls(words: list[str]) -> Iterator[list[str]]:
    call: list[str] = []
    for word in [*words, ";"]:
        if not OPERATOR.fullmatch(word):
            call.append(word)
            continue
        while call and ASSIGNMENT.match(call[0]):
            call.pop(0)
        if call and call[0] == "darksocial":
            yield call[1:]
        call = []


CALLS = [call for page in PAGES for call in command_lines(page.read_text("utf-8"))]


def test_shell_blocks_are_found() -> None:
    assert {name for call in CALLS for name in COMMANDS if name in call} == set(COMMANDS)
    assert list(command_lines("```sh\ncat a | X=1 darksocial parse - -o b > c  # d\n```\n")) == [
        ["parse", "-", "-o", "b"]
    ]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_commands_in_shell_blocks_are_accepted(call: list[str]) -> None:
    _, rest, _ = darksocial.make_parser(GROUP).parse_args(list(call))
    if rest:
        command(rest[0]).make_context(rest[0], rest[1:], parent=GROUP)


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [block] = fenced(TUTORIAL, "python")
    shutil.copytree(ROOT / "sample_logs" / "publisher", tmp_path / "sample_logs" / "publisher")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(block, "tutorial.md", "exec"), names)
    printed = capsys.readouterr().out
    dark = names["dark"]
    expected = f"{dark.direct_expected:.0f} of {dark.direct_sessions:.0f} Direct visits"
    assert expected in printed
    assert names["by_app"].sum() == pytest.approx(dark.expected)
    assert names["again"]["p_dark_social"].sum() == pytest.approx(dark.expected)
    assert names["by_day"].df()["visits"].sum() == len(names["sessions"])


def test_the_text_for_package_indexes_has_no_link_that_leads_nowhere_there() -> None:
    text = (DOCS / "package.md").read_text("utf-8")
    targets = re.findall(r"\(`([\w/.]+)`\)", text)
    assert len(targets) > 10
    assert [target for target in targets if not (ROOT / target).exists()] == []
    assert list(links(DOCS / "package.md")) == []
