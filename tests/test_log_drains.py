"""Logs in which requests are mixed with what programs print: the latter are no requests."""

import json
from pathlib import Path

import pytest

import darksocial
from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.inputs.detect import detect
from tests.test_plugins import installed

# As the log drain of a hosting platform writes it: `proxy` is there for requests only.
DRAIN = '''
"""A hosting platform's log drain."""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "made_up_drain",
    "Made-up log drain",
    keys(
        needs=("deployment", "proxy.path"),
        requests_have=("proxy",),
        time="timestamp",
        client_ip="proxy.clientIp",
        host="proxy.host",
        method="proxy.method",
        url="proxy.path",
        status="proxy.statusCode",
        referrer="proxy.referer",
        user_agent="proxy.userAgent[0]",
    ),
)
'''
PRINTED = {
    "timestamp": 1772439245000,
    "deployment": "dpl_1",
    "source": "lambda",
    "message": "cache miss",
}
REQUEST = {
    "timestamp": 1772439245300,
    "deployment": "dpl_1",
    "source": "edge",
    "proxy": {
        "clientIp": "203.0.113.7",
        "host": "www.example.org",
        "method": "GET",
        "path": "/news/story?utm_source=letter",
        "statusCode": 200,
        "referer": "https://www.google.com/",
        "userAgent": ["Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"],
    },
}
ENTRY = {"timestamp": "2026-03-02T08:14:05.6Z", "logName": "projects/site/logs/requests"}
ASKED = {
    **ENTRY,
    "httpRequest": {
        "requestMethod": "GET",
        "requestUrl": "https://www.example.org/news/story",
        "status": 200,
        "remoteIp": "203.0.113.7",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
    },
}
STDOUT = {**ENTRY, "logName": "projects/site/logs/stdout", "textPayload": "cache miss"}
AUDIT = {**STDOUT, "httpRequest": None}


def write(file: Path, *records: object) -> str:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return str(file)


def test_a_drain_that_mixes_requests_and_messages(tmp_path: Path) -> None:
    log = write(tmp_path / "drain.log", *[PRINTED] * 30, REQUEST, PRINTED, REQUEST, {"a": 1})
    with (
        installed("formats", "made_up_drain", DRAIN, tmp_path),
        darksocial.parse([log]) as hits,
    ):
        [tally] = hits.tallies
        row = hits.table().to_pylist()[0]
    assert tally.format == "made_up_drain"
    assert (tally.counts.hits, tally.counts.rejects, tally.counts.blanks) == (2, 0, 32)
    assert (row["path"], row["query"], row["status"]) == ("/news/story", "utm_source=letter", 200)


def test_google_cloud_logs_what_programs_print_to_the_same_place(tmp_path: Path) -> None:
    log = write(tmp_path / "entries.json", STDOUT, ASKED, AUDIT, STDOUT, ASKED, STDOUT)
    with darksocial.parse([log]) as hits:
        [tally] = hits.tallies
    assert (tally.format, tally.counts.hits, tally.counts.rejects) == ("gcp_lb", 2, 0)


def test_a_request_that_cannot_be_read_is_no_message(tmp_path: Path) -> None:
    broken = {**ASKED, "timestamp": "soon"}
    with darksocial.parse([write(tmp_path / "entries.json", ASKED, broken, STDOUT)]) as hits:
        assert [row["reason"] for row in hits.rejects().to_pylist()] == ["the time cannot be read"]


def test_messages_alone_are_no_log_of_requests(tmp_path: Path) -> None:
    with pytest.raises(darksocial.InputError, match="no known format"):
        darksocial.parse([write(tmp_path / "entries.json", STDOUT, STDOUT)])


def test_other_json_is_no_message_of_a_drain() -> None:
    grammar = keys(needs=("id", "proxy.path"), requests_have=("proxy",), time="t", url="proxy.path")
    drain = Format("drain", "Drain", grammar)
    assert grammar.is_message('{"id": 1, "message": "x"}')
    assert not grammar.is_message('{"message": "x"}')
    assert not grammar.is_message('{"id": 1, "proxy": {"path": "/"}, "t": 1772439245}')
    assert detect(['{"message": "x"}'], [drain]).best is None


@pytest.mark.long
def test_a_request_of_vercel_counts_once_and_a_page_made_anew_never(tmp_path: Path) -> None:
    by_function = {**REQUEST, "deploymentId": "dpl_1", "requestId": "fra1::1"}
    anew = {**by_function, "requestId": "fra1::2"}
    anew["proxy"] = {**REQUEST["proxy"], "path": "/other", "statusCode": -1}  # type: ignore[dict-item]
    log = tmp_path / "drain.json"
    log.write_text(json.dumps([by_function, {**by_function, "message": "done"}, anew]))
    with darksocial.analyze(log, secret="s") as analysis:
        [visit] = analysis.to_pandas().to_dict("records")
        [reject] = analysis.rejects().to_pylist()
    assert (visit["landing_path"], visit["pageviews"]) == ("/news/story", 1)
    assert reject["reason"] == "excluded by the export"
