"""Log lines of a run for the journal or a log collector: one line per event.

The library logs through `logging`: the message names the event, and `extra={"fields": {...}}` holds
its details. Both become one line here, as text or as JSON. Texts are redacted like quoted log lines
(privacy/lines.py), since file names and error messages can hold addresses and user agents.
"""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, TextIO

from darksocial.cli._step_lines import ENGINES
from darksocial.printable import inert, inert_json, printable
from darksocial.privacy.lines import redacted

ROOT = "darksocial"
Kind = Literal["text", "json"]


def run_logger(kind: Kind, stream: TextIO | None = None) -> logging.Logger:
    """Return darksocial's logger, which writes lines to `stream` from now on, and nowhere else.

    The default is standard error. Steps of the engine are among the lines with `--verbose` only.
    """
    logger = logging.getLogger(ROOT)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    ENGINES.handlers, ENGINES.propagate = [], True
    if ENGINES.level == logging.NOTSET:
        ENGINES.setLevel(logging.WARNING)
    return logger


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level and event, then the event's details.

    It is ASCII throughout: control characters and marks of writing direction become escapes.
    """

    def format(self, record: logging.LogRecord) -> str:
        return inert_json(json.dumps(dict(_fields(record)), default=str))


class TextLines(logging.Formatter):
    """Time, level and event, then the event's details as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        (_, time), (_, level), (_, event), *details = _fields(record)
        pairs = (f"{key}={_shown(value)}" for key, value in details)
        line = " ".join([str(time), str(level).upper(), str(event), *pairs])
        return inert(printable(line))


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    moment = datetime.fromtimestamp(record.created, UTC)
    yield "time", moment.isoformat(timespec="milliseconds")
    yield "level", record.levelname.lower()
    yield "event", redacted(record.getMessage())
    for key, value in getattr(record, "fields", {}).items():
        yield key, _safe(value)
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        yield "error", f"{type(error).__name__}: {redacted(str(error))}"


def _safe(value: object) -> object:
    """Return a value with personal data removed, however deeply it is nested."""
    match value:
        case None | bool() | int() | float():
            return value
        case dict():
            return {str(key): _safe(item) for key, item in value.items()}
        case list() | tuple():
            return [_safe(item) for item in value]
        case _:
            return redacted(str(value))


def _shown(value: object) -> str:
    """Return a value as text, in quotes if it holds spaces or quotes."""
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text, ensure_ascii=False) if {" ", '"', "="} & set(text) or not text else text
