"""Values of records that have names: which name holds which meaning.

A record is a JSON object (keys.py) or a line of columns (columns.py). A value is written as the
path of a name, or as a template of such paths in braces:

    ClientIP
    httpRequest.requestUrl
    request.headers.User-Agent[0]
    event_params[key=page_location].value.string_value
    https://{referrer_domain}{referrer_path}

Names are joined by dots; a name that has a dot or a bracket itself stands in double quotes. A
template is null where its first path is. Several values in a tuple: the first that is not null.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from darksocial.errors import UsageError

REQUEST = (
    "client_ip",
    "forwarded",
    "host",
    "request",
    "method",
    "url",
    "path",
    "query",
    "status",
    "bytes",
    "referrer",
    "user_agent",
    "user",
    "duration_ns",
    "duration_us",
    "duration_ms",
    "duration_s",
    "purpose",
)
TIME = ("time", "date", "clock", "offset_ms")
CAMPAIGN = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
)
VISIT = (
    "visitor",
    "session",
    "event",
    "device",
    "os",
    "browser",
    "channel",
    "source",
    "medium",
    "source_medium",
    "conversions",
    "revenue",
    "revenue_micros",
    "pageviews",
    "weight",
)
NAMES = (*TIME, *REQUEST, *CAMPAIGN, *VISIT)
"""What a value of a record can mean."""

AUTO = "auto"
SEGMENT = re.compile(
    r'"(?P<quoted>[^"]*)"|(?P<name>[^.\[\]"]+)|\[(?P<index>\d+)\]|\[(?P<key>\w+)=(?P<value>[^\]]*)\]'
)
PLACEHOLDER = re.compile(r"\{([^}]+)\}")
MOMENT = re.compile(
    r"\[?(?:\d{4}-\d\d-\d\d(?:[T ].*)?|\d{8,19}(?:\.\d*)?|\d(?:\.\d+)?[eE]\+?\d+"
    r"|\d\d/[A-Z][a-z]{2}/\d{4}:.*)\]?"
)

Step = str | int | tuple[str, str]
"""A step into a record: a name, an index of a list, or the key and value of an element."""


@dataclass(frozen=True, slots=True)
class Template:
    """Fixed texts with paths between them: `texts` has one more element than `paths`."""

    texts: tuple[str, ...]
    paths: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class Value:
    """Where a meaning is found: the first template that is not null."""

    meaning: str
    templates: tuple[Template, ...]

    @property
    def first_paths(self) -> tuple[tuple[Step, ...], ...]:
        """The paths that decide whether the value is there."""
        return tuple(template.paths[0] for template in self.templates)


def value(meaning: str, texts: str | Sequence[str]) -> Value:
    """Return a value as it is written in formats and after `--map`.

    Raises UsageError for a meaning that there is not.
    """
    if meaning not in NAMES:
        raise UsageError(
            f"there is no field {meaning!r}",
            expected="one of " + ", ".join(NAMES),
            advice="`map` time=ts,url=request_uri",
        )
    alternatives = (texts,) if isinstance(texts, str) else tuple(texts)
    return Value(meaning, tuple(template(text) for text in alternatives))


def template(text: str) -> Template:
    """Return a template; a text without braces is one path."""
    pieces = PLACEHOLDER.split(text)
    if len(pieces) == 1:
        return Template(("", ""), (path(text),))
    return Template(tuple(pieces[::2]), tuple(path(piece) for piece in pieces[1::2]))


@cache
def path(text: str) -> tuple[Step, ...]:
    """Return the steps of a path. Raises UsageError where there are none."""
    steps: list[Step] = []
    for match in SEGMENT.finditer(text):
        if match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["key"] is not None:
            steps.append((match["key"], match["value"]))
        else:
            steps.append(match["quoted"] if match["quoted"] is not None else match["name"])
    if not steps or not isinstance(steps[0], str):
        raise UsageError(f"{text!r} names no field", expected="names joined by dots")
    return tuple(steps)


def found(record: object, steps: Sequence[Step]) -> object:
    """Follow a path into a record. Raises KeyError where the way ends before."""
    for step in steps:
        if isinstance(step, tuple):
            elements = record if isinstance(record, list) else []
            matching = (e for e in elements if isinstance(e, dict) and e.get(step[0]) == step[1])
            record = next(matching, None)
            if record is None:
                raise KeyError(step)
        elif isinstance(step, int):
            if not isinstance(record, list) or step >= len(record):
                raise KeyError(step)
            record = record[step]
        else:
            if not isinstance(record, dict):
                raise KeyError(step)
            record = record[step]
    return record


def has(record: object, steps: Sequence[Step]) -> bool:
    """Say whether a path is there, be it with null."""
    try:
        found(record, steps)
    except KeyError:
        return False
    return True


def text_of(record: object, of: Value) -> str | None:
    """Return the first path of a value that is not null, as text."""
    for steps in of.first_paths:
        if has(record, steps):
            text = shown(found(record, steps))
            if text not in (None, "", "-"):
                return text
    return None


def shown(here: object) -> str | None:
    """Return a JSON value as text: null is None, a text itself, anything else its JSON."""
    return here if here is None or isinstance(here, str) else json.dumps(here)


def is_moment(text: str | None) -> bool:
    """Say whether a text looks like a time that is read without being told its format."""
    return text is not None and MOMENT.fullmatch(text) is not None


def values(named: Mapping[str, str | Sequence[str]]) -> tuple[Value, ...]:
    """Return the values of a format, in the order of `NAMES`."""
    return tuple(sorted((value(*item) for item in named.items()), key=lambda v: _rank(v.meaning)))


def _rank(meaning: str) -> int:
    return NAMES.index(meaning)
