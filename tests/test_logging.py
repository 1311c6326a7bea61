"""Log lines of a run: one line an event, as text or JSON, with nothing of persons in them."""

import io
import json
import logging
from datetime import datetime

import click
import pytest

from darksocial.cli._logging import Kind, run_logger
from darksocial.cli._verbose import verbose_option
from darksocial.engines._steps import StepLog

AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"


def logged(kind: Kind, event: str, fields: object = None, *, error: Exception | None = None) -> str:
    stream = io.StringIO()
    run_logger(kind, stream)
    extra = {} if fields is None else {"fields": fields}
    logging.getLogger("darksocial.nightly").info(event, extra=extra, exc_info=error)
    return stream.getvalue()


def test_json_is_one_object_a_line() -> None:
    fields = {"file": "access.log", "lines": 12, "unfinished": False, "days": ("2026-03-01",)}
    line = logged("json", "read", fields)
    assert line.count("\n") == 1
    found = json.loads(line)
    assert list(found)[:3] == ["time", "level", "event"]
    assert datetime.fromisoformat(found.pop("time")).tzinfo is not None
    assert found == {"level": "info", "event": "read", **fields, "days": ["2026-03-01"]}


def test_text_is_one_line() -> None:
    line = logged("text", "read", {"file": "my access.log", "lines": 12, "note": "", "gone": None})
    time, rest = line.split(" ", 1)
    assert datetime.fromisoformat(time).tzinfo is not None
    assert rest == 'INFO read file="my access.log" lines=12 note="" gone=null\n'


@pytest.mark.parametrize("kind", ["text", "json"])
@pytest.mark.parametrize("secret", ["192.0.2.17", "2001:db8::17", AGENT, "jane.doe@example.org"])
def test_addresses_and_agents_are_not_told(kind: Kind, secret: str) -> None:
    fields = {"file": f"a {secret}", "rows": [{"seen": f"b {secret}"}]}
    line = logged(kind, f"left out {secret}", fields, error=ValueError(f"no format: {secret}"))
    assert secret not in line
    assert "ValueError: no format: <" in line


@pytest.mark.parametrize("kind", ["text", "json"])
def test_control_characters_stay_out(kind: Kind) -> None:
    line = logged(kind, "read", {"file": "a\x1b[31m\u202e\nERROR forged\r"})
    assert line.endswith("\n")
    assert line[:-1].isprintable()


def test_a_logger_that_is_made_again_writes_once() -> None:
    first, second = io.StringIO(), io.StringIO()
    run_logger("json", first)
    run_logger("json", second).info("day written")
    assert first.getvalue() == ""
    assert second.getvalue().count("day written") == 1


def test_lines_below_info_are_left_out() -> None:
    stream = io.StringIO()
    run_logger("json", stream).debug("detail")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("options", "events"), [("", []), ("-v", ["done"]), ("-vv", ["begins", "done"])]
)
def test_steps_are_logged_with_verbose_alone(options: str, events: list[str]) -> None:
    command = click.Command("any", params=[], callback=lambda: None)
    verbose_option(command)
    command.main([options] if options else [], standalone_mode=False)
    stream = io.StringIO()
    run_logger("json", stream)
    log = StepLog("duckdb")
    with log.step("totals", "SELECT 1") as step:
        step.rows = 2
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [f"step {event}" for event in events]
    assert all(line["step"] == "totals" for line in lines)
    assert [line["rows"] for line in lines if "rows" in line] == [2] * ("done" in events)
