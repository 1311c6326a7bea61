"""The log that `make bench` makes in the proportions of a real site has them."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from darksocial.lookups.agents import classify
from tests.bench import DISTINCT
from tests.bench.site_agents import AGENTS, machines, people
from tests.bench.site_log import make_site_log

LINES = 20_000
LINE = r'(\S+) .*?"GET (\S+) .*?" \d+ \d+ "(.*?)" "(.*)'
NAMES = ["address", "request", "referrer", "agent"]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[float, Path]:
    folder = tmp_path_factory.mktemp("bench")
    found = {distinct: folder / f"{distinct}.log" for distinct in (0.0, DISTINCT)}
    for distinct, file in found.items():
        make_site_log(file, LINES, distinct)
    return found


def _counts(log: Path) -> dict[str, list[int]]:
    """How often each address, request, referrer and agent is there, the most frequent first."""
    lines = duckdb.execute(
        "SELECT unnest(regexp_extract(line, $1, $2)) FROM read_csv($3, columns={'line': 'VARCHAR'},"
        " delim='\x01', quote='', escape='', header=false) AS t(line)",
        [LINE, NAMES, str(log)],
    ).fetchall()
    return {
        name: sorted(Counter(values).values(), reverse=True)
        for name, values in zip(NAMES, zip(*lines, strict=True), strict=True)
    }


def test_proportions(logs: dict[float, Path]) -> None:
    """Bounds of a tenth around what the sample of a real site has in 10,000 lines and in 20,000."""
    counts = _counts(logs[0.0])
    assert all(sum(values) == LINES for values in counts.values())
    assert 0.14 < len(counts["address"]) / LINES < 0.18
    assert 1200 < len(counts["request"]) < 1800
    assert 0.25 < sum(counts["request"][:5]) / LINES < 0.35
    assert 400 < len(counts["referrer"]) < 640
    assert 0.3 < sum(counts["agent"][:10]) / LINES < 0.4
    assert 225 < logs[0.0].stat().st_size / LINES < 245


def test_a_third_of_the_requests_has_a_text_of_its_own(logs: dict[float, Path]) -> None:
    counts = _counts(logs[DISTINCT])["request"]
    assert 0.25 < counts.count(1) / LINES < 0.4


def test_agents_are_browsers_phones_apps_and_bots() -> None:
    browsers, bots = classify(people()), classify(machines())
    assert len(browsers) + len(bots) == AGENTS
    assert {"desktop", "mobile", "tablet"} <= {agent.device for agent in browsers}
    assert len({agent.browser for agent in browsers}) > 20
    assert sum(agent.in_app is not None for agent in browsers) > 40
    assert sum(agent.bot is not None for agent in browsers) < 20
    assert sum(agent.bot is not None or agent.preview_app is not None for agent in bots) > 110
