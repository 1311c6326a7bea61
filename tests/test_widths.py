"""Every report of the command line at every width: no line is wider, none ends in blanks."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console

from darksocial.cli._main import darksocial as group
from darksocial.outputs import tables
from darksocial.outputs.tables import Bar, show_counts, show_table
from tests.gate import series
from tests.logs import BROWSER, Hit

WIDTHS = (40, 80, 60, 120)
LANDING = "/politics/2026/03/02/the-council-votes-on-its-budget-48213/"
PREVIEW = "WhatsApp/2.24.1 A"
STYLE = re.compile(r"\x1b\[[\d;]*m")
COMMANDS: dict[str, tuple[object, ...]] = {
    "explain": ("explain", "store", "--top", 5),
    "explain a page": ("explain", "store", "--page", LANDING),
    "explain an app": ("explain", "store", "--app", "whatsapp"),
    "report of a day": ("report", "store"),
    "nightly, dry": ("nightly", "a-log-with-a-long-name.log", "--store", "store", "--dry-run"),
    "store info": ("store", "info", "store"),
    "store verify": ("store", "verify", "damaged"),
    "formats": ("formats",),
    "formats of files": ("formats", "."),
    "signals": ("signals",),
    "signals preview": ("signals", "preview"),
    "checks": ("checks",),
    "checks page": ("checks", "page"),
    "init": ("init", ".", "--force"),
}
OF_THE_DAY = re.compile(r" +darksocial .*")
"""Commands stay on one line, so that they can be copied."""


def lines_of_log() -> Iterator[str]:
    for n in range(40):
        page = LANDING if n % 3 else f"/?utm_source=x{n}"
        hit = Hit(n, page, f"192.0.2.{n}", agent=PREVIEW if n % 10 == 1 else BROWSER)
        yield f"{hit.line}\n"
    yield "no hit\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The current folder, with a log, a store of it, and a damaged one."""
    folder = tmp_path_factory.mktemp("widths")
    with contextlib.chdir(folder):
        Path("a-log-with-a-long-name.log").write_text("".join(lines_of_log()))
        run("nightly", "a-log-with-a-long-name.log", "--store", "store", "--quiet")
        shutil.copytree("store", "damaged")
        for file in Path("damaged").rglob("*.parquet"):
            file.write_bytes(b"PAR1")
        yield folder


def run(*arguments: object, width: int = 80, on_terminal: bool = False) -> str:
    """Return what a command prints, as to a terminal or to a pipe."""
    env = {"COLUMNS": str(width), "FORCE_COLOR": "1" if on_terminal else None}
    done = CliRunner(env=env).invoke(group, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code in (0, 1), done.output
    return STYLE.sub("", done.stdout)


@series("width", WIDTHS, in_gate=2)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_wider_than_the_terminal(folder: Path, name: str, width: int) -> None:
    lines = run(*COMMANDS[name], width=width, on_terminal=True).splitlines()
    assert len(lines) > 1
    wide = [line for line in lines if cell_len(line) > width]
    assert not [line for line in wide if not OF_THE_DAY.fullmatch(line)]
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_piped_has_no_trailing_blanks(folder: Path, name: str) -> None:
    lines = run(*COMMANDS[name]).splitlines()
    assert len(lines) > 1
    assert not [line for line in lines if line != line.rstrip()]


COLUMNS = (
    tables.label("channel"),
    tables.number("booked"),
    tables.bars(),
    tables.text("what was observed"),
    tables.path("landing page"),
)
ROW = ("Organic Search", "1,234", Bar(5.0, 5.0), "a visitor who returned", tables.Path("/a/b" * 9))
TABLES = {
    120: """\
channel         booked                            what was observed       landing page
Organic Search   1,234  ████████████████████████  a visitor who returned  \
/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b
""",
    88: """\
channel         booked  what was observed       landing page
Organic Search   1,234  a visitor who returned  /a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b
""",
    64: """\
channel         booked  what was observed   landing page
Organic Search   1,234  a visitor who       /a/b/a/…/a/b/a/b/a/b
                        returned
""",
    40: """\
Organic Search
  booked             1,234
  what was observed  a visitor who
                     returned
  landing page       /a/b/a…/b/a/b/a/b
""",
}


def drawn(width: int, *, counts: bool = False) -> str:
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as captured:
        if counts:
            show_counts(console, [("Meta", 132), ("LinkedIn", 9), ("X", 1), ("SMS", 1)], "")
        else:
            show_table(console, COLUMNS, [ROW], "")
    return captured.get()


@pytest.mark.parametrize("width", TABLES)
def test_a_table_gives_up_bars_then_width_then_its_columns(width: int) -> None:
    assert drawn(width) == TABLES[width]


def test_counts_stand_side_by_side_as_far_as_they_fit() -> None:
    assert (
        drawn(80, counts=True) == "Meta      132    X           1\nLinkedIn    9    SMS         1\n"
    )
    assert drawn(20, counts=True).splitlines() == [
        "Meta      132",
        "LinkedIn    9",
        "X           1",
        "SMS         1",
    ]
