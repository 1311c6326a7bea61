"""Real logs that stand beside the project, where they are present; none of them is part of it."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import darksocial

CORPORA = Path(__file__).parent.parent.parent / "shared" / "corpora"
pytestmark = [
    pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the real logs are not in {CORPORA}"),
]
NOT_LOGS = (".expected.json", "README.md")
REFUSED = {"iis/lnav__logfile_w3c.5": "its only line has more columns than its header names"}
"""The files that are not read, and why."""
FILES = sorted(
    path
    for path in CORPORA.rglob("*")
    if path.is_file()
    and not path.name.endswith(NOT_LOGS)
    and str(path.relative_to(CORPORA)) not in REFUSED
)
FORMATS = {
    "apache_logs": "combined",
    "apache": "combined",
    "apache/jc__common-log-format.log": "common + combined_extra",
    "apache/lnav__logfile_syslog_with_access_log.0": "tomcat_syslog",
    "aws_alb": "alb",
    "caddy": "caddy",
    "cloudflare": "cloudflare",
    "cloudfront": "cloudfront",
    "haproxy": "haproxy in syslog",
    "iis": "w3c",
    "nginx": "combined",
    "real": "combined",
    "real/shop-2019.log.gz": "nginx_main",
    "s3": "s3",
    "squid": "squid",
    "traefik": "traefik",
}
"""What each file, or each file of a folder, is read as."""
REJECTS = {
    "apache_logs": "line 8899 lacks its closing quote",
    "apache/crowdsec__apache2-logs.log": "two lines of the error log",
    "apache/jc__common-log-format.log": "two lines that say that they cannot be parsed",
    "apache/lnav__logfile_syslog_with_access_log.0": "three lines of other programs",
    "haproxy/lnav__logfile_haproxy.0": "three messages of the server and a failed TLS handshake",
    "nginx/crowdsec__nginx_http-logs.log": "a line of the error log",
}
"""The files with rejects, and why there are any."""
REJECTED = {
    "apache_logs": 1,
    "apache/crowdsec__apache2-logs.log": 2,
    "apache/jc__common-log-format.log": 2,
    "apache/lnav__logfile_syslog_with_access_log.0": 3,
    "haproxy/lnav__logfile_haproxy.0": 4,
    "nginx/crowdsec__nginx_http-logs.log": 1,
}


def line_count(path: Path) -> int:
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return data.count(b"\n") + (not data.endswith(b"\n"))


def representatives() -> set[Path]:
    """The smallest file of each format."""
    smallest: dict[str, Path] = {}
    for path in sorted(FILES, key=lambda file: file.stat().st_size):
        smallest.setdefault(expected_format(path), path)
    return set(smallest.values())


def expected_format(path: Path) -> str:
    return FORMATS.get(str(path.relative_to(CORPORA))) or FORMATS[path.parent.name]


REAL = set((CORPORA / "real").iterdir()) if CORPORA.is_dir() else set()
"""Whole logs, of which test_real.py has analyses."""
IN_GATE = representatives() - REAL
CASES = [
    pytest.param(path, marks=[] if path in IN_GATE else [pytest.mark.accuracy, pytest.mark.long])
    for path in FILES
]


@pytest.mark.parametrize("path", CASES, ids=lambda path: str(path.relative_to(CORPORA)))
def test_every_file_is_read_in_its_format(path: Path) -> None:
    name = str(path.relative_to(CORPORA))
    with darksocial.parse([str(path)]) as hits:
        [tally] = hits.tallies
        assert tally.counts.lines == line_count(path)
        assert tally.counts.hits == hits.table().num_rows > 0
        assert tally.counts.rejects == hits.rejects().num_rows == REJECTED.get(name, 0)
    assert tally.format.startswith(expected_format(path))


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param([path for path in FILES if path in IN_GATE], id="one of each format"),
        pytest.param(FILES, id="all", marks=[pytest.mark.accuracy, pytest.mark.long]),
    ],
)
def test_an_analysis_reads_them_all(paths: list[Path]) -> None:
    """Copies of a file are left out."""
    with darksocial.analyze(paths, secret="s") as analysis:
        inputs = {entry.file: entry for entry in analysis.report.inputs}
        rejects = Counter(analysis.rejects().column("file").to_pylist())
    assert inputs.keys() <= {*map(str, paths)}
    for file, entry in inputs.items():
        name = str(Path(file).relative_to(CORPORA))
        assert entry.rejects == rejects[file] == REJECTED.get(name, 0)
        assert entry.hits > 0


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_refused(name: str) -> None:
    with pytest.raises(darksocial.InputError, match="no known format"):
        darksocial.parse([str(CORPORA / name)])


def test_every_reject_is_explained() -> None:
    assert REJECTS.keys() == REJECTED.keys()


def test_apache_logs() -> None:
    with darksocial.parse([str(CORPORA / "apache_logs")]) as hits:
        [tally] = hits.tallies
        [reject] = hits.rejects().to_pylist()
    assert tally.format == "combined"
    assert (tally.counts.lines, tally.counts.hits, tally.counts.rejects) == (10_000, 9_999, 1)
    assert (reject["line"], reject["reason"]) == (8899, "a quote is not closed")


AGREE = [
    "apache/crowdsec__apache2-logs",
    "nginx/crowdsec__nginx_http-logs",
    "traefik/crowdsec__traefik_clf",
]


@pytest.mark.parametrize("name", AGREE)
def test_agreement_with_another_parser(name: str) -> None:
    log = CORPORA / f"{name}.log"
    expected = _by_line(log, json.loads((CORPORA / f"{name}.expected.json").read_text("utf-8")))
    with darksocial.parse([str(log)]) as hits:
        rows = hits.table().to_pylist()
    compared = [row for row in rows if row["line"] in expected]
    assert len(compared) == len(expected) >= 4
    for row in compared:
        meta = expected[row["line"]]
        path, _, query = (meta.get("http_path") or "").partition("?")
        assert row["client_ip"] == meta["source_ip"]
        assert (row["path"] or "", row["query"] or "") == (path, query)
        assert row["method"] == (meta.get("http_verb") or None)
        assert str(row["status"] or "-") == meta["http_status"]
        assert row["user_agent"] == (meta.get("http_user_agent", "-").removeprefix("-") or None)


def _by_line(log: Path, expected: list[dict[str, Any]]) -> dict[int, dict[str, str]]:
    texts = log.read_text("utf-8").splitlines()
    found = {}
    for entry in expected:
        message = entry.get("Parsed", {}).get("message")
        if message in texts and entry["Meta"].get("log_type") == "http_access-log":
            found[texts.index(message) + 1] = entry["Meta"]
    return found
