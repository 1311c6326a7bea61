"""Pages of other inputs than a log in a real browser: a store, an export, nothing, and ids."""

from collections.abc import Callable
from pathlib import Path

import pytest

import darksocial
from darksocial import ReadSettings
from darksocial.outputs.page import html
from darksocial.outputs.page.stored import stored_page
from tests.page_views import LIGHT, looked_at, needs_chromium
from tests.stores import DAY, Visits, write_day, write_usual
from tests.test_page_browser import SERIOUS, WIDTHS
from tests.test_tracked_shares import HITS

pytestmark = needs_chromium
EXPORT = Path(__file__).parent.parent / "sample_logs" / "exports" / "ga4_csv.csv"
DAYS = 28


def page_of_four_weeks(folder: Path) -> str:
    usual = (Visits("/a", 30, 0.5, "whatsapp"), Visits("/b", 20, 0.1, hour=22))
    write_usual(folder, DAYS - 1, usual)
    write_day(folder, DAY, (Visits("/a", 90, 0.6, "telegram"), Visits("/c", 10, 0.9)))
    return html(stored_page(folder))


def page_of_export(folder: Path) -> str:
    return _analysed(folder, EXPORT)


def page_of_empty_log(folder: Path) -> str:
    log = folder / "empty.log"
    log.write_text("# nothing came\n", "utf-8")
    return _analysed(folder, log, ReadSettings(format="combined"))


def page_of_tracked_shares(folder: Path) -> str:
    log = folder / "access.log"
    log.write_text("".join(f"{hit.line}\n" for hit in HITS), "utf-8")
    return _analysed(folder, log)


def _analysed(folder: Path, log: Path, read: ReadSettings | None = None) -> str:
    with darksocial.analyze(log, read=read, secret="s") as analysis:
        analysis.write(folder / "out")
    return html(stored_page(folder / "out"))


@pytest.mark.parametrize(
    ("page_of", "says"),
    [
        (page_of_four_weeks, "2026-03-03 to 2026-03-30"),
        pytest.param(page_of_empty_log, "No visits were read.", marks=pytest.mark.long),
        pytest.param(page_of_export, "ga4_csv.csv", marks=pytest.mark.long),
        pytest.param(
            page_of_tracked_shares, "Do shares lead to more shares?", marks=pytest.mark.long
        ),
    ],
)
def test_every_page_fits_and_everybody_can_read_it(
    tmp_path: Path, page_of: Callable[[Path], str], says: str
) -> None:
    page = page_of(tmp_path)
    assert says in page
    results = looked_at(tmp_path, page, WIDTHS, LIGHT)
    assert set(results) == {str(width) for width in WIDTHS}
    for found in results.values():
        assert found["overflow"] == 0
        assert [fault for fault in found["faults"] if fault.startswith(SERIOUS)] == []
