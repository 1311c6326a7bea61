"""Every command and every form of output, with a log that tries to give orders to a build.

A command, a kind of output or a choice that no run here covers fails a test, and so does code that
prints by another way.
"""

import ast
import contextlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import click
import duckdb
import pytest
from click.testing import CliRunner, Result

import darksocial
from darksocial.campaigns.groupings import GROUPINGS
from darksocial.cli._main import darksocial as group
from darksocial.cli._reports import file_kinds
from tests.inert import commands_in, texts_in
from tests.logs import BROWSER
from tests.processes import on_a_terminal
from tests.test_cli import process

HASH, VSO, LINE = "##[error]h", "###vso[task.setvariable%20variable=a]v", "::error::" * 12
ATTACK = f"/{HASH}{VSO}/{LINE}"
"""In a path, a query or an agent: at any width some line begins inside the colons."""
FILE, FOLDER = f"{HASH}##vso[task.complete]::error::f.log", "::warning::logs"
LISTED = f"partner,link,code\n{HASH}{LINE},/?utm_medium=::x,{LINE}\n"
PREVIEW = "WhatsApp/2.24.1 A"
MESSENGER = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) [FBAN/MessengerForiOS;FBAV/1]"
WIDTHS, NARROW = (40, 80, 120), (40,)


@dataclass(frozen=True)
class Run:
    """One run of a command: its arguments, the widths that its lines are wrapped to, the files
    that it writes, whether it prints JSON or commands of its own, and whether it is left to
    `make full`."""

    arguments: tuple[object, ...]
    widths: tuple[int, ...] = (80,)
    files: tuple[str, ...] = ()
    is_json: bool = False
    commands: bool = False
    is_long: bool = False

    def __str__(self) -> str:
        return " ".join(map(str, self.arguments))


COSTS = ("--costs", "costs.csv")
CHECK = ("check", FOLDER, "--rules", "rules.toml", "--baseline", "out/summary.json", *COSTS)
FILES = {"json": "check.json", "junit": "check.xml", "sarif": "check.sarif", "markdown": "check.md"}
OUTPUTS = tuple(f"--output={kind}={file}" for kind, file in FILES.items())
AS_GA4 = ("--before", "last-non-direct")
IN_EACH_FORM = (
    *(*AS_GA4, "--page-parameter", "page", "--report", "full"),
    *("--output=markdown=a.md", "--output=json=a.json"),
)
NIGHTLY = ("nightly", FOLDER, "--store", "::store")
PARTNERS, ORDERS = ("--partners", "partners.csv"), "Name,Created at,Total,Discount Code\n"
PAGE = ("page", "out", "--title", ATTACK, *COSTS, *PARTNERS)
RUNS: Mapping[str, Sequence[Run]] = {
    "analyze": (
        Run(("analyze", FOLDER, "--out", "::error::out"), NARROW),
        Run(("analyze", FOLDER, "--out", "out2", *IN_EACH_FORM), NARROW, ("a.md", "a.json")),
        Run(("analyze", FOLDER, "--out", "out3", "--report", "json"), is_json=True, is_long=True),
        Run(
            ("analyze", FOLDER, "--out", "out4", "--only", f"path={ATTACK}", "--by", "landing"),
            NARROW,
            is_long=True,
        ),
    ),
    "campaigns": (
        Run(("campaigns", "out", "--costs", "costs.csv"), WIDTHS),
        *(Run(("campaigns", "out", "--by", by, *PARTNERS)) for by in GROUPINGS),
        Run(("campaigns", "out", "--costs", "costs.csv", "--report", "json"), is_json=True),
    ),
    "check": (
        Run(
            (*CHECK, *OUTPUTS, "--report", "terminal", "--output", "github"), NARROW, commands=True
        ),
    ),
    "checks": (Run(("checks",), WIDTHS), Run(("checks", "page"), WIDTHS)),
    "compare": tuple(
        Run(("compare", "out", "::store", "--report", kind)) for kind in ("terminal", "json")
    ),
    "completion": tuple(Run(("completion", shell)) for shell in ("bash", "zsh", "fish")),
    "config": (Run(("--config", "##[error].toml", "config")),),
    "evaluate": (
        Run(("evaluate", FOLDER, "--mask"), NARROW),
        Run(("evaluate", FOLDER, "--mask", "--report", "json"), is_long=True),
    ),
    "explain": (
        Run(("explain", "out", "--top", "50"), WIDTHS),
        Run(("explain", "out", "--page", ATTACK), WIDTHS),
        Run(("explain", "out", "--app", "messenger"), WIDTHS),
    ),
    "forget": (
        Run(("forget", "::copy", "--visitor", "::error::1")),
        Run(("forget", "::copy", "--before", "2027-01-01")),
    ),
    "formats": (
        Run(("formats",), WIDTHS),
        Run(("formats", FOLDER), WIDTHS),
        Run(("formats", FOLDER, "--keep-identifiers"), WIDTHS),
        Run(("formats", "combined", "caddy", "--sql")),
    ),
    "init": (Run(("init", "--force", FOLDER), WIDTHS),),
    "link": (
        Run(("link", f"https://example.org{ATTACK}", "--html", "l.html", "--csv", "l.csv"), WIDTHS),
        Run(("link", "https://example.org/", "--to", "copy", "--qr", "::error::codes")),
    ),
    "nightly": (
        Run(("nightly", FOLDER, "--store", "::other", "--dry-run"), WIDTHS),
        Run((*NIGHTLY, "--report", "json", "--quiet")),
        Run((*NIGHTLY, "--report", "prometheus")),
        Run((*NIGHTLY, "--report", "json", "--log-style", "json")),
        Run((*NIGHTLY, "--report", "markdown", "--log-style", "text")),
        Run((*NIGHTLY, "--report", "terminal", "--rebuild"), NARROW, is_long=True),
        Run((*NIGHTLY, *AS_GA4, *COSTS, *PARTNERS)),
    ),
    "page": tuple(Run((*PAGE, "-o", name)) for name in ("::error::p.html", "p.eml")),
    "parse": (Run(("parse", FOLDER, "-o", "hits.parquet"), WIDTHS),),
    "partners": (
        Run(("partners", "out", *PARTNERS, "--orders", "orders.csv"), WIDTHS),
        Run(("partners", "out", *PARTNERS, "--report", "json"), is_json=True),
    ),
    "report": (
        Run(("report", "::store", "--report", "terminal"), WIDTHS),
        Run(("report", "::store", "--report", "json"), is_json=True),
        *(Run(("report", "::store", "--report", kind)) for kind in ("markdown", "prometheus")),
        Run(("report", "::store", *AS_GA4), WIDTHS),
        Run(("report", "::store", "--only", f"path={ATTACK}", "--by", "landing"), NARROW),
    ),
    "shares": (Run(("shares", "out", "--generations"), WIDTHS), Run(("shares", "::store"))),
    "signals": tuple(
        Run(("signals", *rest), WIDTHS) for rest in ((), ("preview",), ("--learned", "out"))
    ),
    "simulate": (Run(("simulate", "-o", "::##[x]sim", "--days", 1, "--visits", 50)),),
    "snippet": (Run(("snippet",)), Run(("snippet", "--level", "method", "-o", "::error::ds.js"))),
    "store": (
        Run(("store", "info", "::store"), WIDTHS),
        Run(("store", "verify", "::damaged"), WIDTHS),
        Run(("store", "compact", "::store")),
        Run(("store", "recover", "::damaged")),
    ),
}
NO_FORM = {"by", "credit", "rotate_key", "engine"}
"""Options with choices that change no form of output: a table looks alike, whatever it is by."""
PRINTS_NOTHING = {"none"}


def line(at: int, path: str = ATTACK, agent: str = BROWSER, referrer: str = "-") -> str:
    """A line of vhost_combined, with a user that gives orders as well."""
    return (
        f"www.example.org:443 192.0.2.{at % 250} - ::error::u "
        f'[02/Mar/2026:08:{at % 60:02}:01 +0000] "GET {path} HTTP/1.1" 200 512 '
        f'"{referrer}" "{agent}"\n'
    )


def hits() -> Iterator[str]:
    tagged = f"/?utm_source={HASH}%20x&utm_medium=::x&utm_campaign={LINE}"
    for at in range(30):
        agent = MESSENGER if at % 3 else f"{BROWSER} {HASH} {LINE}"
        yield line(at, agent=agent, referrer=f"https://x.example/{HASH}{LINE}" if at % 5 else "-")
        yield line(at, f"/{HASH}?page={HASH}{LINE}")
        yield line(at, tagged if at % 2 else f"{ATTACK}{at}/thank-you")
    yield line(31, agent=PREVIEW)
    yield line(32, agent=f"{HASH}bot/1.0 (+http://x.example/{LINE})")
    yield from (f"{LINE} {HASH} {number}\n" for number in range(3))


def write_inputs(folder: Path) -> None:
    """Write logs, a configuration and rules of an attacker into an empty folder."""
    logs = folder / FOLDER
    logs.mkdir()
    (logs / FILE).write_text("".join(hits()))
    (logs / "##[error]a.json").write_text(json.dumps({"::error::k": HASH, HASH: LINE}) + "\n")
    (logs / f"::error::b{HASH}.csv").write_text(f"{HASH},::error::c\n{LINE},1\n")
    (logs / "cut.log.gz").write_bytes(b"\x1f\x8b\x08\x00::error::x")
    (logs / "one::error::\n::error::two##[x].log").write_text(f"{LINE}{HASH}\n" * 4)
    (folder / "##[error].toml").write_text(
        f'out = "::error::o\\u001b"\n[nightly]\ninputs = ["{LINE}", "{HASH}"]\n'
        f'[goals."{HASH}"]\nevent = "{ATTACK}"\n'
    )
    (folder / "costs.csv").write_text(f"source,medium,campaign,cost\n{HASH},::error::m,{LINE},5\n")
    (folder / "partners.csv").write_text(LISTED)
    (folder / "orders.csv").write_text(f"{ORDERS}1,2026-03-02 08:10:01,5,{LINE}\n2,{HASH},5,\n")
    (folder / "goal.toml").write_text(f'[goals."{HASH}"]\npath = "{ATTACK}"\n')
    page = json.dumps(f"www.example.org{ATTACK}")
    (folder / "rules.toml").write_text(
        f'[page.{page}]\ndirect_at_least = 1e6\n[page."::error::p"]\nsessions_at_least = 5\n'
        "[app.whatsapp]\nat_least = 1e6\n"
    )
    (folder / "broken.toml").write_text(f'["##[error]"]\n"::error::k" = "{HASH}"\n')
    (folder / "server.conf").write_text(
        'LogFormat "%t %r" ::error::x\nLogFormat "%t %U" "##[error]"\n'
    )


@cache
def run(*arguments: object, width: int = 80) -> Result:
    """Run a command in this process, with its lines wrapped to a width; the same one only once."""
    runner = CliRunner(env={"COLUMNS": str(width)})
    return runner.invoke(group, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder, the current one, with hostile inputs, a result and stores made of them."""
    folder = tmp_path_factory.mktemp("world")
    write_inputs(folder)
    with contextlib.chdir(folder):
        run("analyze", FOLDER, "--out", "out", "--report", "none")
        run("nightly", FOLDER, "--store", "::store", "--quiet")
        shutil.copytree("::store", "::copy")
        shutil.copytree("::store", "::damaged")
        for file in Path("::damaged").rglob("*.parquet"):
            file.write_bytes(b"PAR1::error::")
        yield folder


CASES = [
    pytest.param(run, width, marks=[pytest.mark.long] if run.is_long else [])
    for runs in RUNS.values()
    for run in runs
    for width in run.widths
]


@pytest.mark.parametrize(("case", "width"), CASES, ids=lambda value: str(value)[:60])
def test_no_output_holds_a_command(world: Path, case: Run, width: int) -> None:
    done = run(*case.arguments, width=width)
    assert done.exit_code in (0, 1), done.output
    printed = done.stdout
    if case.commands:
        assert OURS.search(printed)
        assert f"file={FOLDER.replace(':', '%3A')}/" in printed
        printed = OURS.sub("x ", printed)
    assert not commands_in(printed)
    assert not commands_in(done.stderr)
    written = {name: Path(name).read_text("utf-8") for name in case.files}
    assert not [name for name, text in written.items() if commands_in(text)]
    for text in [printed] * case.is_json + [t for n, t in written.items() if n.endswith(".json")]:
        assert any(HASH in value for value in texts_in(json.loads(text)))


OURS = re.compile(
    r"^::(?:error|warning) (?:file=[^:,\n]*,)?(?:line=\d+,)?title=[^:,\n]*::", re.MULTILINE
)


def test_every_command_and_every_form_of_output_has_a_run() -> None:
    with click.Context(group) as ctx:
        assert list(RUNS) == group.list_commands(ctx)
        for name, runs in RUNS.items():
            command = group.get_command(ctx, name)
            assert command is not None
            words = {str(word) for case in runs for word in case.arguments}
            words |= {word.split("=")[1] for word in words if word.startswith("--output=")}
            forms = set(_forms(command))
            defaults = {str(p.default) for p in command.params if p.default is not None}
            assert forms <= words | defaults, f"{name} has forms of output without a run"
    assert {"text", "github", *FILES} == set(file_kinds("checks"))


def _forms(command: click.Command) -> Iterator[str]:
    """The choices of a command that may change what it prints."""
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and parameter.name not in NO_FORM:
            yield from set(map(str, parameter.type.choices)) - PRINTS_NOTHING


PRINTING = {
    "darksocial.outputs.drawing": {"console.print"},
    "darksocial.cli._printing": {"click.echo"},
}
"""Where what is printed leaves darksocial."""
PRINTS = re.compile(
    r"^print$|^(?!math|np\.).*\.(print|print_json|log|out)$|click\.(echo|secho)|std(out|err)\.write"
)


def test_nothing_is_printed_by_another_way() -> None:
    package = Path(darksocial.__file__).parent
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        found = set(_printing(ast.parse(path.read_text("utf-8"))))
        assert found == PRINTING.get(name, set()), f"{name} prints: use display or echo"


def _printing(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if PRINTS.search(called):
            yield called


def test_files_of_checks_hold_no_command_and_parse_to_the_text(world: Path) -> None:
    [case] = RUNS["check"]
    run(*case.arguments, width=case.widths[0])
    for file in FILES.values():
        assert not commands_in(Path(file).read_text("utf-8"))
    texts = list(texts_in(json.loads(Path("check.json").read_text("utf-8"))))
    assert f"www.example.org{ATTACK}" in texts
    assert f"{FOLDER}/{FILE}" in texts
    sarif = texts_in(json.loads(Path("check.sarif").read_text("utf-8")))
    assert any(FILE in text for text in sarif)
    names = {case.get("name") for case in ElementTree.parse("check.xml").iter("testcase")}
    assert f"page www.example.org{ATTACK}" in names


def test_data_files_keep_the_text(world: Path) -> None:
    run("parse", FOLDER, "-o", "hits.parquet", width=WIDTHS[0])
    assert ATTACK in set(duckdb.sql("SELECT path FROM 'hits.parquet'").df().path)
    summary = (world / "out" / "summary.json").read_text("utf-8")
    assert not commands_in(summary)
    assert ATTACK in {page["path"] for page in json.loads(summary)["pages"]}
    run("init", "--force", FOLDER, width=WIDTHS[0])
    configuration = (world / "darksocial.toml").read_text("utf-8")
    assert not commands_in(configuration)
    [pattern] = tomllib.loads(configuration)["nightly"]["inputs"]
    assert "##[[]error]h##vso[[]task" in pattern


MISTAKES: Sequence[tuple[object, ...]] = (
    ("analyze", "::error::gone##[x]"),
    ("parse", f"{FOLDER}/::error::b{HASH}.csv", "-o", "h.parquet", "--time-format", "::%F##[x]"),
    ("analyze", f"{FOLDER}/one::error::\n::error::two##[x].log"),
    ("analyze", FOLDER, "--log-format-from", "server.conf"),
    ("analyze", FOLDER, "--log-format", '%{##[error]%Q}t "%r"'),
    ("analyze", FOLDER, "--time-format", "##[error]%d"),
    ("check", FOLDER, "--rules", "broken.toml"),
    ("--config", "broken.toml", "config"),
    ("--config", "goal.toml", "config"),
    ("\n::error::command##[x]",),
    ("explain", "\n::error::gone"),
)


@pytest.mark.parametrize("arguments", MISTAKES)
def test_no_error_message_holds_a_command(world: Path, arguments: tuple[object, ...]) -> None:
    done = process(*arguments)
    said = done.stderr.decode()
    assert done.returncode in (2, 3), said
    assert "error" in said
    assert not commands_in(said + done.stdout.decode())


CRASH = """
from darksocial.cli._printing import guard
guard()
raise ValueError("##[x]\\n::error::y")
"""


def test_no_traceback_holds_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH], capture_output=True, check=False, text=True
    )
    assert "ValueError" in done.stderr
    assert not commands_in(done.stderr)


def test_nothing_in_colours_on_a_terminal_is_a_command(world: Path) -> None:
    """On a real terminal: with styles, and with the progress bar of `parse`."""
    for arguments in (("explain", "out", "--top", "50"), ("parse", FOLDER, "-o", "h.parquet")):
        printed = on_a_terminal(40, *arguments)
        assert "\x1b[" in printed
        assert "error" in printed
        assert not commands_in(printed)
