"""Options: their names, old and new, their groups, and what is printed and written."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from darksocial.cli._command import Command
from darksocial.cli._configuration import defaults
from darksocial.cli._main import darksocial
from darksocial.cli._options import MAX_THREADS
from darksocial.cli._renamed import RENAMED, Renamed
from darksocial.cli._reports import DRAWN_KINDS, check_reports, file_kinds
from darksocial.errors import DarkSocialError, UsageError
from darksocial.outputs import analysis, checks, day
from darksocial.settings import MAX_THREADS as MAX_THREADS_OF_THE_LIBRARY

GROUP = click.Context(darksocial, info_name="darksocial")
SCREEN_LINES = 24


def command(name: str) -> Command:
    chosen = darksocial.get_command(GROUP, name)
    assert isinstance(chosen, Command)
    return chosen


COMMANDS = darksocial.list_commands(GROUP)


def invoke(*arguments: object, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(darksocial, [str(a) for a in arguments])


def refused(*arguments: object, **variables: str) -> str:
    """The message of a command that is refused as wrong usage."""
    result = invoke(*arguments, **variables)
    error = result.exception
    if isinstance(error, DarkSocialError):
        assert error.exit_code == 2
        return str(error)
    assert result.exit_code == 2, result.output
    return result.stderr


OLD_VALUES = [(row, value) for row in RENAMED for value in row.old_values or ("json",)]
"""Every old option with each value that it took, or one of them."""


@pytest.mark.parametrize(
    ("row", "value"),
    OLD_VALUES,
    ids=[f"{row.command}-{row.old}-{value}" for row, value in OLD_VALUES],
)
def test_an_old_name_is_refused_with_the_new_one(
    row: Renamed, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    new_value = value if row.old_values else row.value
    assert f"Expected: --{row.new} {new_value}" in refused(
        row.command, "store", f"--{row.old}", value
    )
    variable = f"DARKSOCIAL_{row.command}_{row.old}".upper().replace("-", "_")
    message = refused(row.command, "store", **{variable: value})
    assert f"{variable} is the old name" in message
    assert f"_{row.new}=".upper().replace("-", "_") + new_value in message
    for content in (f'[{row.command}]\n{row.old} = "{value}"', f'{row.old} = "{value}"'):
        if row.old == "format" and not content.startswith("["):
            continue  # other commands have an option of that name
        Path("darksocial.toml").write_text(content)
        message = refused("config")
        assert f"{row.old} is the old name" in message
        text = f'["{new_value}"]' if row.is_list else f'"{new_value}"'
        assert f"Expected: [{row.command}]\n{row.new} = {text}" in message


@pytest.mark.parametrize("row", RENAMED, ids=lambda row: f"{row.command}-{row.old}")
def test_the_new_name_exists_and_takes_its_value(row: Renamed) -> None:
    value = row.value.replace("KIND", "json").replace("DIRECTIVE", "%h")
    context = command(row.command).make_context(
        row.command, ["store", f"--{row.new}", value, *more(row)], parent=GROUP
    )
    assert context.params[row.new.replace("-", "_")] in (value, (value,))


@pytest.mark.parametrize("value", ['["json"]', '{a = "json"}', "1"])
def test_a_value_of_another_type_is_no_old_value(value: str, tmp_path: Path) -> None:
    file = tmp_path / "darksocial.toml"
    file.write_text(f"[nightly]\nlog-format = {value}\n")
    message = refused("--config", str(file), "config")
    assert "[nightly] log-format" in message
    assert 'Expected: a text, as in "one"' in message


def more(row: Renamed) -> list[str]:
    return ["--mask"] if row.command == "evaluate" else []


def test_a_directive_of_nightly_is_a_directive(tmp_path: Path) -> None:
    ctx = command("nightly").make_context("nightly", ["a.log", "--log-format", "%h"], parent=GROUP)
    assert ctx.params["log_format"] == "%h"
    content = {"format": "combined", "nightly": {"log-format": "%h"}}
    assert defaults(content, tmp_path, darksocial, GROUP)["nightly"]["log_format"] == "%h"


@pytest.mark.parametrize("name", COMMANDS)
def test_keys_are_the_names_of_flags(name: str) -> None:
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert f"--{str(parameter.name).replace('_', '-')}" in parameter.opts


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_has_groups_and_an_example_that_is_accepted(name: str) -> None:
    text = invoke(name, "-h").stdout
    assert text == invoke(name, "--help").stdout
    assert "-h, --help" in text
    groups = re.split(r"\n\n(?=\w+:\n)", text)
    assert all(len(group.splitlines()) <= SCREEN_LINES for group in groups)
    assert groups[-1] == f"Example:\n  {command(name).example}\n"
    _program, called, *arguments = shlex.split(command(name).example.partition(" > ")[0])
    assert called == name
    command(name).make_context(name, arguments, parent=GROUP)


def test_limits_are_those_of_the_library() -> None:
    assert MAX_THREADS == MAX_THREADS_OF_THE_LIBRARY


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["analyze", "x", "--report", "jsn"], "json"),
        (["analyze", "x", "--output", "jsn=x"], "json"),
        (["analyze", "x", "--engine", "duck"], "duckdb"),
        (["check", "x", "--report", "terminl"], "terminal"),
        (["check", "x", "--output", "junt"], "junit"),
        (["check", "x", "--output", "srif=x"], "sarif"),
        (["nightly", "x", "--report", "markdwn"], "markdown"),
        (["nightly", "x", "--output", "promtheus=x"], "prometheus"),
        (["nightly", "x", "--log-style", "jso"], "json"),
        (["report", "x", "--report", "prometeus"], "prometheus"),
        (["evaluate", "x", "--report", "termnal"], "terminal"),
        (["simulate", "--out", "x", "--site", "publiser"], "publisher"),
        (["store", "verfy", "x"], "verify"),
        (["checks", "reject_rat"], "reject_rate"),
    ],
)
def test_a_mistyped_kind_is_answered_with_the_nearest(arguments: list[str], near: str) -> None:
    assert re.search(f"the nearest is {near}|Did you mean '{near}'", refused(*arguments))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["analyze", "x", "--output", "json"], "--report json prints it"),
        (["analyze", "x", "--output", "json="], "json=FILE"),
        (
            ["analyze", "x", "--output", "terminal=x"],
            "a KIND that is one of csv, duckdb, eml, full, html, json, markdown, pdf, xlsx",
        ),
        (["check", "x", "--output", "json="], "json=FILE"),
    ],
)
def test_an_output_without_a_file_is_refused(arguments: list[str], said: str) -> None:
    assert said in refused(*arguments)


@pytest.mark.parametrize(
    ("report", "output", "printed"),
    [
        (None, [], ["text"]),
        (None, ["json=x"], ["text"]),
        (None, ["github"], ["github"]),
        (None, ["text", "github"], ["text", "github"]),
        ("terminal", ["github"], ["text", "github"]),
        ("json", [], ["json"]),
        ("none", [], []),
        ("none", ["json"], ["json"]),
        ("json", ["json"], ["json"]),
    ],
)
def test_what_check_prints(report: str | None, output: list[str], printed: list[str]) -> None:
    assert check_reports(report, output).printed == tuple(printed)


@pytest.mark.parametrize(("report", "output"), [("json", ["text"]), (None, ["json", "sarif"])])
def test_what_cannot_share_standard_output(report: str | None, output: list[str]) -> None:
    with pytest.raises(UsageError, match="cannot share standard output"):
        check_reports(report, output)


def test_every_form_for_a_file_has_a_text() -> None:
    for folder, registry in (("analysis", analysis), ("checks", checks), ("day", day)):
        forms = registry.registry()
        assert {name for name, form in forms.items() if form.is_saved} >= set(file_kinds(folder))
        assert set(forms) - set(file_kinds(folder)) <= DRAWN_KINDS
