"""Real logs that stand beside the project, where they are present; none of them is part of it."""

import json
from pathlib import Path
from typing import Any

import pytest

import darksocial

CORPORA = Path(__file__).parent.parent.parent / "shared" / "corpora"
pytestmark = [
    pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the real logs are not in {CORPORA}"),
    # Ibis 12 calls a method that DuckDB 2 has renamed.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
FILES = sorted(path for path in CORPORA.rglob("*") if path.is_file())
READ = {
    "apache_logs",
    "apache/jc__common-log-format.log",
    "apache/webreadr__combined_log.clf",
}


def line_count(path: Path) -> int:
    data = path.read_bytes()
    return data.count(b"\n") + (not data.endswith(b"\n"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPORA)))
def test_every_file_is_read_or_refused(path: Path) -> None:
    try:
        hits = darksocial.parse([str(path)])
    except darksocial.InputError as error:
        assert str(path.relative_to(CORPORA)) not in READ, error
        return
    with hits:
        [tally] = hits.tallies
        assert tally.counts.lines == line_count(path)
        assert tally.counts.hits == hits.table().num_rows > 0
        assert tally.counts.rejects == hits.rejects().num_rows
    with darksocial.analyze([str(path)]) as analysis:
        assert analysis.rejects().num_rows == tally.counts.rejects


def test_apache_logs() -> None:
    with darksocial.parse([str(CORPORA / "apache_logs")]) as hits:
        [tally] = hits.tallies
        [reject] = hits.rejects().to_pylist()
    assert tally.format == "combined"
    assert (tally.counts.lines, tally.counts.hits, tally.counts.rejects) == (10_000, 9_999, 1)
    assert (reject["line"], reject["reason"]) == (8899, "a quote is not closed")


AGREE = ["apache/crowdsec__apache2-logs", "nginx/crowdsec__nginx_http-logs"]


@pytest.mark.parametrize("name", AGREE)
def test_agreement_with_another_parser(name: str) -> None:
    log = CORPORA / f"{name}.log"
    expected = _by_line(log, json.loads((CORPORA / f"{name}.expected.json").read_text("utf-8")))
    # These files mix several formats and error logs, so that no format is in the majority.
    with darksocial.parse([str(log)], read=darksocial.ReadSettings(format="combined")) as hits:
        rows = hits.table().to_pylist()
    compared = [row for row in rows if row["line"] in expected]
    assert len(compared) == len(rows) >= 4
    for row in compared:
        meta = expected[row["line"]]
        path, _, query = (meta.get("http_path") or "").partition("?")
        assert row["client_ip"] == meta["source_ip"]
        assert (row["path"] or "", row["query"] or "") == (path, query)
        assert row["method"] == (meta.get("http_verb") or None)
        assert str(row["status"]) == meta["http_status"]
        assert row["user_agent"] == (meta["http_user_agent"].removeprefix("-") or None)


def _by_line(log: Path, expected: list[dict[str, Any]]) -> dict[int, dict[str, str]]:
    texts = log.read_text("utf-8").splitlines()
    found = {}
    for entry in expected:
        message = entry.get("Parsed", {}).get("message")
        if message in texts and entry["Meta"].get("log_type") == "http_access-log":
            found[texts.index(message) + 1] = entry["Meta"]
    return found
