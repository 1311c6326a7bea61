"""No text from a log gives orders to the runner of a build, whatever prints it.

Units and properties are here; tests/test_inert_outputs.py walks every command and form of output.
"""

import io
import json
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darksocial.cli._printing import GuardedStream, echo, echo_commands
from darksocial.outputs.drawing import display, ending, shortened, wrapped
from darksocial.outputs.proposal_toml import quoted
from darksocial.printable import PLAIN_SIGNS, CommandFilter, inert, inert_json, inert_xml, printable
from tests.inert import commands_in
from tests.processes import run

CASES = (
    ("/a##[error]b", "/a##\ufffderror]b"),
    ("###[group]x", "###\ufffdgroup]x"),
    ("x ##vso[task.setvariable variable=a]b", "x ##vso\ufffdtask.setvariable variable=a]b"),
    ("##VSO[a]", "##VSO\ufffda]"),
    ("##teamcity[a]", "##teamcity\ufffda]"),
    ("::error::x", ":\ufffderror::x"),
    (" \t::error::x", " \t:\ufffderror::x"),
    ("\u00a0\u3000::error::x", "\u00a0\u3000:\ufffderror::x"),
    ("a\n::error::x\n\n  ::b", "a\n:\ufffderror::x\n\n  :\ufffdb"),
    ("a\r::error::x", "a\r:\ufffderror::x"),
    (":::x", ":\ufffd:x"),
    ("\x1b[1m::error::x", "\x1b[1m:\ufffderror::x"),
    ("#\x1b[0m#\x1b[1m[x]", "#\x1b[0m#\x1b[1m\ufffdx]"),
    ("#\u200b#\ufe0f[x]", "#\u200b#\ufe0f\ufffdx]"),
    ("\ufeff:\u200b:x", "\ufeff:\u200b\ufffdx"),
    ("##vso[##[x]", "##vso\ufffd##\ufffdx]"),
)
HARMLESS = ("2001:db8::7", "/a::b##c#[d]", "a ::x", "## [x]", "#[x]", "[##]", ":a:", "# ##", "")

ALPHABET = st.sampled_from(
    ("#", "#", ":", ":", "[", "]", "vso", "a", " ", "\n", "\t", "é", "\u200b")
)
TEXTS = st.lists(ALPHABET, max_size=40).map("".join)


@pytest.mark.parametrize(("text", "safe"), CASES)
def test_the_character_that_completes_a_command_is_replaced(text: str, safe: str) -> None:
    assert commands_in(text)
    assert inert(text) == safe


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_as_it_was(text: str) -> None:
    assert inert(text) == text


@given(TEXTS)
def test_no_command_is_left_and_nothing_else_changes(text: str) -> None:
    safe = inert(text)
    assert not commands_in(safe)
    assert inert(safe) == safe
    assert len(safe) == len(text)
    assert all(b in (a, "\ufffd") for a, b in zip(text, safe, strict=True))
    assert safe == text or commands_in(text)


@given(st.lists(TEXTS, max_size=6))
def test_a_text_may_be_printed_in_any_pieces(pieces: list[str]) -> None:
    commands = CommandFilter()
    assert "".join(map(commands.feed, pieces)) == inert("".join(pieces))


def test_a_long_line_in_many_pieces_takes_time_in_proportion() -> None:
    commands = CommandFilter()
    printed = "".join(commands.feed("::# " * 25) for _ in range(20_000))
    assert len(printed) == 2_000_000
    assert "##[" not in printed + commands.feed("##[")


@given(TEXTS)
def test_what_is_printable_is_no_command_in_disguise(text: str) -> None:
    """Replacing invisible characters, and then commands, brings no command about."""
    assert not commands_in(inert(printable(text)))


@given(TEXTS)
def test_json_toml_and_xml_parse_to_the_same_text(text: str) -> None:
    for ensure_ascii in (False, True):
        told = inert_json(json.dumps({text: [text]}, indent=1, ensure_ascii=ensure_ascii))
        assert not commands_in(told)
        assert json.loads(told) == {text: [text]}
    toml = f"{quoted(text)} = {quoted(text)}"
    assert not commands_in(toml)
    assert tomllib.loads(toml) == {text: text}
    element = ElementTree.Element("a", b=text)
    xml = inert_xml(ElementTree.tostring(element, "unicode"))
    assert "##" not in xml
    assert ElementTree.fromstring(xml).get("b") == text


def shown(width: int, *renderables: object, soft_wrap: bool = False) -> str:
    """What is displayed on a console of some width."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    for renderable in renderables:
        display(console, renderable, soft_wrap=soft_wrap)  # type: ignore[arg-type]
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@given(TEXTS, st.integers(8, 60))
def test_no_layout_makes_a_command_of_a_text(text: str, width: int) -> None:
    value = printable(text)
    table = Table(box=None, pad_edge=False)
    table.add_column("a")
    table.add_column("b", overflow="fold")
    table.add_row("", Text(value, "bold", overflow="fold"))
    table.add_row(value, Text(value[:3], "red").append(value[3:], "blue"))
    table.add_row(Text(shortened(text, width)), ending(text, width))
    printed = shown(width, value, Text(value, overflow="fold"), Padding(table, (0, 0, 0, 2)), text)
    printed += shown(width, value, soft_wrap=True)
    console = Console(file=io.StringIO(), width=width)
    wrapped(console, value)
    assert isinstance(console.file, io.StringIO)
    assert not commands_in(printed + console.file.getvalue())


def test_what_wrapping_brings_to_the_beginning_of_a_line_is_no_command() -> None:
    path = "/" + "a" * 19 + "::error::b"
    assert shown(20, Text(path, overflow="fold")) == "/" + "a" * 19 + "\n:\ufffderror::b\n"
    assert shown(40, Text(path, overflow="fold")) == path + "\n"


def test_strings_are_shown_without_markup_and_control_characters() -> None:
    table = Table("#[bold]#[x]", box=None, pad_edge=False)
    table.add_row("[red]a[/red]")
    printed = shown(40, "[bold]b[/bold] \x1b[31m :smile:", table)
    assert "[bold]b[/bold] \ufffd[31m :smile:" in printed
    assert "[red]a[/red]" in printed
    assert "#[bold]#[x]" in printed


def test_a_guarded_stream_filters_what_others_print() -> None:
    bare = io.StringIO()
    stream = GuardedStream(bare)
    print("##[x]", "a", file=stream, sep="\n::")  # type: ignore[call-overload]
    click.echo(" ::error::b", file=stream)  # type: ignore[arg-type]
    stream.writelines(["#", "#", "[y]\n"])
    assert bare.getvalue() == "##\ufffdx]\n:\ufffda\n :\ufffderror::b\n##\ufffdy]\n"
    assert not hasattr(stream, "buffer")
    assert not stream.closed


def test_commands_of_our_own_pass_and_others_do_not() -> None:
    @click.command()
    def command() -> None:
        echo("::error::a\x1b")
        echo_commands("::error::b\n")
        echo("::error::c", err=True)

    result = CliRunner().invoke(command)
    assert result.stdout == ":\ufffderror::a\ufffd\n::error::b\n"
    assert result.stderr == ":\ufffderror::c\n"


@pytest.mark.parametrize(("is_terminal", "expected"), [(False, "a\n b\n\nc  d\n"), (True, None)])
def test_lines_to_a_pipe_have_no_blanks_at_their_ends(
    is_terminal: bool, expected: str | None
) -> None:
    class Bare(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    bare, pieces = Bare(), ["a  \n b", " ", " \n", "   ", "\nc ", " d", "\n", "  "]
    GuardedStream(bare).writelines(pieces)
    assert bare.getvalue() == (expected or "".join(pieces))


def test_no_sign_becomes_a_part_of_a_command() -> None:
    assert not set("".join(PLAIN_SIGNS.values())) & set("#:[")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("name", ["\u2588\u2588[error]x", "\u2592\u2592error::x"])
def test_a_sign_that_an_encoding_lacks_makes_no_command(
    name: str, encoding: str, tmp_path: Path
) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    display(Console(file=file), Text(name))
    file.seek(0)
    assert not commands_in(file.read())
    done = run("analyze", name, cwd=tmp_path, variables={"PYTHONIOENCODING": encoding})
    assert done.returncode == 3
    assert not commands_in(done.stdout + done.stderr)
