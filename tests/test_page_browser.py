"""The page in a real browser: light, dark, printed, narrow and wide."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import darksocial
from darksocial.outputs.page import html, page_of
from darksocial.report.page import page_facts
from tests.gate import series
from tests.page_views import DARK, LIGHT, chromium, looked_at, needs_chromium

pytestmark = needs_chromium
SAMPLE = Path(__file__).parent.parent / "sample_logs" / "publisher" / "access.log"
WIDTHS = (360, 1280)
SERIOUS = ("serious", "critical")
A4_POINTS = (595, 842)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("page")
    with darksocial.analyze(SAMPLE, secret="s") as analysis:
        analysis.write(folder / "out")
    file = folder / "report.html"
    file.write_text(
        html(page_of(page_facts(folder / "out"), darksocial.campaigns(folder / "out"))), "utf-8"
    )
    yield file


@series(
    ("scheme", "paper"),
    [(LIGHT, "rgb(255, 255, 255)"), (DARK, "rgb(20, 23, 26)")],
    in_gate=1,
)
def test_it_fits_and_everybody_can_read_it(
    tmp_path: Path, page: Path, scheme: int, paper: str
) -> None:
    """Contrast, names of charts, headings and tables are what axe-core looks at."""
    results = looked_at(tmp_path, page.read_text("utf-8"), WIDTHS, scheme)
    assert set(results) == {str(width) for width in WIDTHS}
    for found in results.values():
        assert found["overflow"] == 0
        assert found["paper"] == paper
        assert [fault for fault in found["faults"] if fault.startswith(SERIOUS)] == []


def test_nothing_is_loaded_and_nothing_is_complained_of(tmp_path: Path, page: Path) -> None:
    """The policy of the page allows its own style sheet, and Chromium finds nothing to refuse."""
    log = tmp_path / "net.json"
    run = chromium(
        tmp_path,
        "--enable-logging=stderr",
        f"--log-net-log={log}",
        f"--screenshot={tmp_path / 'page.png'}",
        page.as_uri(),
    )
    assert "CONSOLE" not in run.stderr
    assert (tmp_path / "page.png").stat().st_size > 0
    # Chromium itself asks for updates of its lists; a request of the page has its own address.
    asked = re.findall(r'"url":"([^"]+)"', log.read_text("utf-8"))
    assert [url for url in asked if "report.html" in url and url != page.as_uri()] == []
    initiators = re.findall(r'"initiator":"([^"]+)"', log.read_text("utf-8"))
    assert [origin for origin in initiators if origin.startswith("file")] == []


def test_it_prints_on_a4(tmp_path: Path, page: Path) -> None:
    printed = tmp_path / "printed.pdf"
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}", page.as_uri())
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed.read_bytes())
    assert boxes
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {A4_POINTS}


@pytest.mark.long
def test_a_page_with_a_script_would_be_noticed(tmp_path: Path, page: Path) -> None:
    """What a log might bring in does not run, and shows in the console that the tests look at."""
    attacked = tmp_path / "attacked.html"
    attacked.write_text(
        page.read_text("utf-8").replace("</body>", "<script>document.title = 1</script></body>"),
        "utf-8",
    )
    run = chromium(tmp_path, "--enable-logging=stderr", "--dump-dom", attacked.as_uri())
    assert "CONSOLE" in run.stderr
    assert "Content Security Policy" in run.stderr
    assert json.dumps("<title>1</title>")[1:-1] not in run.stdout
