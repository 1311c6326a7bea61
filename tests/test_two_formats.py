"""The same visits written in the formats of several servers are the same sessions and numbers."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

import darksocial
from darksocial import Report
from darksocial.simulation import simulate
from tests.gate import series

LINE = re.compile(
    r'(?P<ip>\S+) - - \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]+) (?P<target>\S+) HTTP/[\d.]+" '
    r'(?P<status>\d+) (?P<size>\S+) "(?P<referrer>[^"\\]*)" "(?P<agent>[^"\\]*)"'
)
FIELDS = "date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) sc-status"
IDS = ["session_id", "visitor_id"]
Hits = Sequence[dict[str, str]]


def utc(hit: dict[str, str]) -> datetime:
    return datetime.strptime(hit["time"], "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)


def combined(hits: Hits) -> Iterator[str]:
    """As Apache and nginx write it."""
    for hit in hits:
        yield (
            '{ip} - - [{time}] "{method} {target} HTTP/1.1" {status} {size} "{referrer}" "{agent}"'
        ).format(**hit)


def nginx_main(hits: Hits) -> Iterator[str]:
    """As nginx writes it in the format of its own configuration."""
    for line in combined(hits):
        yield f'{line} "-"'


def w3c(hits: Hits) -> Iterator[str]:
    """As IIS writes it: in UTC, with a plus for each space."""
    yield "#Software: Microsoft Internet Information Services 10.0"
    yield f"#Fields: {FIELDS}"
    for hit in hits:
        path, _, query = hit["target"].partition("?")
        agent = hit["agent"].replace(" ", "+")
        yield (
            f"{utc(hit):%Y-%m-%d %H:%M:%S} {hit['method']} {path} {query or '-'} {hit['ip']} "
            f"{agent} {hit['referrer']} {hit['status']}"
        )


def json_lines(hits: Hits) -> Iterator[str]:
    """As applications write it."""
    names = {"ip": "ip", "method": "method", "target": "url", "agent": "user_agent"}
    for hit in hits:
        row = {names[name]: value for name, value in hit.items() if name in names}
        row |= {"time": utc(hit).isoformat(), "status": hit["status"], "referrer": hit["referrer"]}
        yield json.dumps(row)


WRITERS: dict[str, Callable[[Hits], Iterator[str]]] = {
    "nginx_main": nginx_main,
    "w3c": w3c,
    "json": json_lines,
}


@pytest.fixture(scope="module", params=[pytest.param("stealth-bots", marks=pytest.mark.long), None])
def hits(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Hits:
    """Made traffic. Agents with a plus are bots that name themselves: IIS writes a space so."""
    folder = tmp_path_factory.mktemp("made")
    simulate(folder, seed=11, days=3, visits=300, world=request.param)
    lines = (folder / "access.log").read_text("ascii").splitlines()
    found = [match.groupdict() for line in lines if (match := LINE.fullmatch(line))]
    assert len(found) > 0.9 * len(lines)
    return [hit for hit in found if "+" not in hit["agent"]]


def judged(folder: Path, lines: Iterator[str]) -> tuple[pd.DataFrame, Report]:
    log = folder / "access.log"
    log.write_text("".join(f"{line}\n" for line in lines))
    with darksocial.analyze(log, secret="s") as analysis:
        report = replace(analysis.report, inputs=(), config_hash="", notes=())
        sessions = analysis.to_pandas()
    # Ids differ where a format records forwarded addresses as well: the visitors are the same.
    sessions["visits_of"] = sessions.groupby("visitor_id").session_id.transform("size")
    order = ["started_at", "landing_path", "ended_at", "browser"]
    return sessions.drop(columns=IDS).sort_values(order, ignore_index=True), report


@series("name", WRITERS, in_gate=1)
def test_the_format_does_not_change_the_visits(hits: Hits, tmp_path: Path, name: str) -> None:
    expected, expected_report = judged(tmp_path, combined(hits))
    sessions, report = judged(tmp_path, WRITERS[name](hits))
    assert len(sessions) > 250
    pd.testing.assert_frame_equal(sessions, expected)
    assert report == expected_report
