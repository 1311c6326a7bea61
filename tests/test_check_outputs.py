"""What checks print and write: read back, and with hostile text from a log in it."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console

import darksocial
from darksocial import Checked
from darksocial.checking.results import Result
from darksocial.checks import Outcome, Place, registry
from darksocial.cli._main import darksocial as group
from darksocial.cli._reports import check_reports, file_kinds
from darksocial.errors import UsageError
from darksocial.outputs.checks import github as checks_github
from darksocial.outputs.checks import json as checks_json
from darksocial.outputs.checks import junit as checks_junit
from darksocial.outputs.checks import markdown as checks_markdown
from darksocial.outputs.checks import sarif as checks_sarif
from darksocial.outputs.checks import text as checks_text
from tests.logs import BROWSER, Hit

HOSTILE = (
    "/a\x1b[31mred\x00\x9b\ufffe%0A\r\n::error::gotcha ##[group]x ##vso[task]y [bold]b[/bold] "
    "<script>|`*_@someone https://evil.example ]]> &amp; \u202edcba, \\u0041"
)
TEXTS = {
    "json": checks_json.text,
    "junit": checks_junit.text,
    "sarif": checks_sarif.text,
    "github": checks_github.text,
    "markdown": checks_markdown.text,
}
COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.MULTILINE | re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\u202e]")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Real results: an error with file and line, a warning, and what is skipped."""
    log = tmp_path_factory.mktemp("logs") / "access.log"
    hits = [Hit(n, f"/page-{n}/?utm_source=x", f"192.0.2.{n + 1}") for n in range(20)]
    log.write_text("".join(f"{hit.line}\n" for hit in hits) + "?\n")
    return darksocial.check([str(log)], rules={"app": {"whatsapp": {"at_least": 1}}})


@pytest.fixture(scope="module")
def hostile(plain: Checked) -> Checked:
    """Results with text that wants to be more than text, wherever text of a log can be."""
    outcome = Outcome(False, HOSTILE, HOSTILE, (Place(HOSTILE, HOSTILE, 3), Place(HOSTILE)))
    errors = [Result("page", HOSTILE, level, "M.", outcome, "A") for level in ("error", "warning")]
    skipped = Result("page", HOSTILE, "error", "M.", Outcome(True, "", "", (), HOSTILE), "A")
    return replace(plain, results=(*errors, skipped), notes=(HOSTILE,))


def terminal(checked: Checked, width: int = 80) -> str:
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as captured:
        checks_text.show(checked, console)
    return captured.get()


def test_the_kinds_of_output_are_those_that_are_tested() -> None:
    assert set(file_kinds("checks")) == {"text", *TEXTS}


@pytest.mark.long
@pytest.mark.parametrize("kind", TEXTS)
def test_text_from_a_log_is_no_command_and_no_escape_sequence(hostile: Checked, kind: str) -> None:
    text = TEXTS[kind](hostile)
    if kind == "github":
        assert text.count("\n") == len(text.splitlines()) == 2
        text = re.sub(r"^::(?:error|warning) [^\n:]*::", "", text, flags=re.MULTILINE)
    assert not COMMAND.search(text)
    assert not CONTROL.search(text)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_text_from_a_log_is_only_text_in_a_terminal(hostile: Checked, width: int) -> None:
    text = terminal(hostile, width)
    assert not COMMAND.search(text)
    assert not CONTROL.search(text)
    assert "[bold]" in text.replace("\n", "")
    assert max(map(cell_len, text.splitlines())) <= width


def test_json_keeps_what_was_logged(hostile: Checked) -> None:
    told = json.loads(checks_json.text(hostile))
    assert told["results"][0]["subject"] == HOSTILE
    assert told["results"][0]["where"][0] == {"what": HOSTILE, "file": HOSTILE, "line": 3}
    assert told["failed"] is True


def test_junit_has_a_case_for_each_result_and_counts_them(plain: Checked) -> None:
    root = ElementTree.fromstring(checks_junit.text(plain))
    [suite] = root
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    assert suite.attrib.items() > root.attrib.items()
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == [result.label for result in plain.results]
    assert int(suite.attrib["tests"]) == len(cases)
    for kind, state in (("failure", "error"), ("skipped", "skipped"), ("system-out", "warning")):
        there = [name for name, case in cases.items() if case.find(kind) is not None]
        assert there == [result.label for result in plain.with_state(state)]
        assert there
    assert int(suite.attrib["failures"]) == len(plain.with_state("error"))
    assert int(suite.attrib["skipped"]) == len(plain.with_state("skipped"))
    failure = cases["reject_rate"].find("failure")
    assert failure is not None
    assert "access.log:21" in (failure.text or "")


def test_junit_is_xml_whatever_the_log_holds(hostile: Checked) -> None:
    root = ElementTree.fromstring(checks_junit.text(hostile))
    assert [case.tag for case in root.iter("testcase")] == ["testcase"] * 3


def sarif(checked: Checked) -> dict[str, Any]:
    log = json.loads(checks_sarif.text(checked))
    assert log["version"] == "2.1.0"
    assert log.keys() == {"$schema", "version", "runs"}
    [run] = log["runs"]
    return dict(run)


def test_sarif_has_a_result_for_each_failure_with_its_rule_and_place(plain: Checked) -> None:
    run = sarif(plain)
    rules = run["tool"]["driver"]["rules"]
    failures = plain.with_state("error", "warning")
    assert [result["ruleId"] for result in run["results"]] == [f.name for f in failures]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert 1 <= len(result["locations"]) <= 10
    [rejected] = [r for r in run["results"] if r["ruleId"] == "reject_rate"]
    place = rejected["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 21}
    assert place["artifactLocation"]["uri"].startswith("file:///")
    assert len(
        {result["partialFingerprints"]["darksocial/v1"] for result in run["results"]}
    ) == len(failures)


def test_sarif_names_files_as_uris(hostile: Checked) -> None:
    for result in sarif(hostile)["results"]:
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w.~:/%()*!$&'+,;=@-]+", uri, re.ASCII)


def test_annotations_name_file_line_and_title(plain: Checked) -> None:
    lines = checks_github.text(plain).splitlines()
    [rejected] = [line for line in lines if "reject_rate" in line]
    pattern = (
        r"::error file=[^,:]*access\.log,line=21,title=darksocial check%3A reject_rate::Too .*"
    )
    assert re.fullmatch(pattern, rejected)
    levels = [line.split()[0] for line in lines]
    assert levels == sorted(levels) == ["::error"] * 2 + ["::warning"] * (len(lines) - 2)


def test_markdown_shows_text_from_a_log_as_it_is(hostile: Checked) -> None:
    text = checks_markdown.text(hostile)
    for piece in ("<script>", "@someone", "https://", "[bold]", "`*_"):
        assert piece not in text
    cells = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.count("|") for line in cells} == {5}


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_shows_what_was_seen_what_is_allowed_and_where(
    plain: Checked, width: int
) -> None:
    text = terminal(plain, width)
    assert "Checks failed: 2 failed" in text
    assert re.search(r"^failed reject_rate\nToo many lines could not be read\.$", text, re.M)
    assert "4.76%, 1 of 21 lines" in text
    assert "at most 1%" in text
    assert "access.log:21" in re.sub(r"\n\s*", "", text)
    assert max(map(cell_len, text.splitlines())) <= width


def test_no_output_tells_addresses_or_user_agents(plain: Checked) -> None:
    for text in (terminal(plain), *(make(plain) for make in TEXTS.values())):
        assert "192.0.2." not in text
        assert BROWSER not in text


@pytest.mark.long
def test_a_hostile_log_is_only_text_from_end_to_end(tmp_path: Path) -> None:
    path = "/x\x1b[31m::error::gotchay<b>|`%0a::stop-commands::z"
    hits = [
        Hit(
            n,
            f"{path}?utm_source=%1b[2J%0a::error::a%20%23%23[group]b"
            f"&utm_medium={'mM'[n // 40 % 2]}&",
        )
        for n in range(0, 3000, 40)
    ]
    log = tmp_path / "ac::error::,%0acess.log"
    log.write_text("".join(f"{hit.line}\n" for hit in hits) + "?\x1b[31m::error::\n")
    rules = {"page": {path: {"dark_at_least": 10_000}}, "utm_incomplete": {"sessions": 1}}
    checked = darksocial.check([str(log)], rules=rules)
    assert {"page", "reject_rate", "utm_spaces", "utm_variants"} <= {
        result.name for result in checked.with_state("error", "warning")
    }
    for text in (terminal(checked), *(make(checked) for make in TEXTS.values())):
        body = re.sub(r"^::(?:error|warning) [^\n:]*::", "", text, flags=re.MULTILINE)
        assert not COMMAND.search(body)
        assert not CONTROL.search(text)
    ElementTree.fromstring(checks_junit.text(checked))


LOG = Path(__file__).parents[1] / "sample_logs" / "combined.log"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(group, ["check", str(LOG), *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.long
def test_files_are_written_beside_what_is_printed(tmp_path: Path) -> None:
    files = {kind: tmp_path / f"checks.{kind}" for kind in TEXTS}
    arguments = [f"--output={kind}={path}" for kind, path in files.items()]
    code, printed = run(*arguments)
    assert code == 1
    assert printed.startswith("Checks failed")
    assert all(path.read_text() for path in files.values())
    assert json.loads(files["json"].read_text())["failed"] is True


@pytest.mark.long
def test_rules_decide_on_the_exit_code(tmp_path: Path) -> None:
    rules = tmp_path / "checks.toml"
    rules.write_text("[reject_rate]\nat_most = 0.2\n[clock_jumps]\nlevel = 'warning'\n")
    assert run("--rules", rules, "-q") == (0, "")
    rules.write_text("defaults = false\n[sessions]\nat_least = 1000\n")
    assert run("--rules", rules, "-q")[0] == 1


@pytest.mark.long
def test_quiet_leaves_out_text_alone() -> None:
    assert run("-q")[1] == ""
    assert json.loads(run("-q", "--output", "json")[1])["failed"] is True


@pytest.mark.long
def test_the_text_can_go_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "checks.txt"
    code, printed = run("--output", f"text={file}")
    written = file.read_text("utf-8")
    assert code == 1
    assert printed.split() == written.split()
    assert max(map(len, written.splitlines())) <= 80


@pytest.mark.parametrize(
    "texts", [["pdf"], ["json="], ["json", "text"], ["sarif", "junit"], ["=x"]]
)
def test_outputs_that_cannot_be_are_refused(texts: list[str]) -> None:
    with pytest.raises(UsageError):
        check_reports(output=texts)


def test_checks_lists_and_documents_every_check() -> None:
    listed = CliRunner().invoke(group, ["checks"]).stdout
    assert all(name in listed for name in registry())
    for name in (*registry(), "baseline"):
        told = CliRunner().invoke(group, ["checks", name]).stdout
        assert len(told) > 200
