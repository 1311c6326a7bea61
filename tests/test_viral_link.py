"""A link that hundreds open in minutes: what it says of its page, and not of others."""

import pyarrow as pa
import pytest

from darksocial.engines.duckdb import DuckDBEngine
from darksocial.inputs.gaps import GAPS
from darksocial.model.lessons import MAX_PART_OF_PAGE, direct_by_pattern
from darksocial.report.hidden import Hidden, with_newsletter
from darksocial.schema import ARRIVAL
from darksocial.signals import registry
from tests.logs import Hit, analyzed

VIRAL, QUIET = "/politics/2026/03/02/all-have-read-this/", "/sport/2026/03/02/few-have-read-this/"
PREVIEW = "TelegramBot (like TwitterBot)"
CLICKS = 300
AT, LATER = 600.0, 3000.0


def shared(page: str, at: float) -> list[Hit]:
    """A fetch of the page's preview; the page is known for hours."""
    return [Hit(at - 500, page, "192.0.2.250"), Hit(at, page, "203.0.113.1", PREVIEW)]


def clicks(count: int) -> list[Hit]:
    """So many visitors open the link in the five minutes after the preview."""
    return [Hit(AT + 1 + n / 60, VIRAL, f"198.51.{n // 250}.{n % 250}") for n in range(count)]


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The pages and the patterns of all visits, in the order of time."""
    quiet = Hit(LATER + 90, QUIET, "192.0.2.77")
    hits = [*shared(VIRAL, AT), *clicks(CLICKS), *shared(QUIET, LATER), quiet]
    with analyzed(tmp_path_factory.mktemp("viral"), hits) as analysis:
        rows = analysis.ask(
            lambda visits: visits.order_by("started_at").select("landing_path", "pattern")
        )
    return [(row["landing_path"], row["pattern"]) for row in rows.to_pylist()]


def preview_level(pattern: str) -> str:
    return dict(zip(registry(), pattern.split("|")[3:], strict=True))["preview"]


def test_its_clicks_are_expected_on_its_own_page(patterns: list[tuple[str, str]]) -> None:
    levels = [preview_level(pattern) for page, pattern in patterns if page == VIRAL][1:]
    assert len(levels) == CLICKS
    assert set(levels) <= {"at_once", "soon"}


def test_shares_of_other_pages_bring_no_more_than_usual(patterns: list[tuple[str, str]]) -> None:
    """A visit one and a half hours after a preview, as in test_signals."""
    assert [preview_level(pattern) for page, pattern in patterns if page == QUIET][-1] == "after"


def test_one_page_teaches_a_site_little() -> None:
    """Visits to a page inside the site count as a part of all others at most."""
    visits = [("viral", "/viral", True)] * 900 + [("home", "/", False)] * 80
    visits += [("quiet", f"/{number}", True) for number in range(20)]
    pattern, path, inside = zip(*visits, strict=True)
    n = len(visits)
    table = pa.table(
        {
            "teacher": [""] * n,
            "site": pa.nulls(n, pa.string()),
            "pattern": pattern,
            "landing_path": path,
            "inside": inside,
            "weight": [1.0] * n,
            "p_bot": pa.nulls(n, pa.float64()),
            "aggregated": [False] * n,
            "channel_before": ["Direct"] * n,
            "began": [ARRIVAL] * n,
        }
    )
    engine = DuckDBEngine()
    try:
        counted = engine.fetch(direct_by_pattern(engine, engine.load("visits", table))).to_pylist()
    finally:
        engine.close()
    assert {row["pattern"]: row["n"] for row in counted} == pytest.approx(
        {"viral": 100 * MAX_PART_OF_PAGE, "home": 80, "quiet": 20}
    )


def test_an_untagged_newsletter_widens_the_range_once_it_decides_the_count() -> None:
    hidden = Hidden(0.0, 0.0, (GAPS["no_assets"],))
    assert with_newsletter(hidden, 1000.0, 299.0) == hidden
    assert with_newsletter(hidden, 99.0, 60.0) == hidden
    reasons = [gap.reason for gap in with_newsletter(hidden, 1000.0, 300.0).gaps]
    assert reasons == ["no_assets", "untagged_newsletter"]
