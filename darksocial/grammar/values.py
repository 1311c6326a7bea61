"""Values of records that have keys or columns: which name holds which meaning.

A record is a JSON object (keys.py) or a line of columns (columns.py). A value is written as the
path of a name, or as a template of such paths in braces:

    ClientIP
    httpRequest.requestUrl
    request.headers.User-Agent[0]
    event_params[key=page_location].value.string_value
    https://{referrer_domain}{referrer_path}

Names are joined by dots; a name that has a dot or a bracket itself is written in double quotes. A
template is null where its first path is. Of several values in a tuple the first that is not null
counts.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from darksocial.errors import UsageError
from darksocial.language import gettext as _

REQUEST_MEANINGS = (
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
    "country",
    "duration_ns",
    "duration_us",
    "duration_ms",
    "duration_s",
    "purpose",
)
TIME_MEANINGS = ("time", "date", "clock", "offset_ms", "first_day", "last_day")
UTM_MEANINGS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CAMPAIGN_MEANINGS = (
    *UTM_MEANINGS,
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
VISIT_MEANINGS = (
    "visitor",
    "session",
    "event",
    "event_key",
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
# What a value of a record can mean.
MEANINGS_OF_VALUES = (*TIME_MEANINGS, *REQUEST_MEANINGS, *CAMPAIGN_MEANINGS, *VISIT_MEANINGS)

AUTO = "auto"
SEGMENT = re.compile(
    r'"(?P<quoted>[^"]*)"|(?P<name>[^.\[\]"]+)|\[(?P<index>\d+)\]|\[(?P<key>\w+)=(?P<value>[^\]]*)\]'
)
PLACEHOLDER = re.compile(r"\{([^}]+)\}")

Step = str | int | tuple[str, str]
"""A step into a record: a name, an index of a list, or the key and value of an element."""


@dataclass(frozen=True, slots=True)
class Template:
    """Fixed texts with paths between them: `texts` has one more element than `paths`."""

    texts: tuple[str, ...]
    paths: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class Value:
    """Where a meaning is read from: the first template that is not null."""

    meaning: str
    templates: tuple[Template, ...]

    @property
    def first_paths(self) -> tuple[tuple[Step, ...], ...]:
        """The paths that decide whether the value is present."""
        return tuple(template.paths[0] for template in self.templates)

    def under(self, name: str) -> "Value":
        """Return the value with a name before each of its paths."""
        moved = (
            Template(template.texts, tuple((name, *steps) for steps in template.paths))
            for template in self.templates
        )
        return Value(self.meaning, tuple(moved))


def value(meaning: str, texts: str | Sequence[str]) -> Value:
    """Return a value as it is written in formats and after `--map`.

    Raises UsageError for an unknown meaning.
    """
    if meaning not in MEANINGS_OF_VALUES:
        raise UsageError(
            _("There is no field {meaning!r}.").format(meaning=meaning),
            expected=_("one of {names}").format(names=", ".join(MEANINGS_OF_VALUES)),
            advice=_("write `map` as in {example}").format(example="time=ts,url=request_uri"),
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
    """Return the steps of a path. Raises UsageError if there are none."""
    steps: list[Step] = []
    for match in SEGMENT.finditer(text):
        if match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["key"] is not None:
            steps.append((match["key"], match["value"]))
        else:
            steps.append(match["quoted"] if match["quoted"] is not None else match["name"])
    if not steps or not isinstance(steps[0], str):
        raise UsageError(
            _("{text!r} names no field.").format(text=text), expected=_("names joined by dots")
        )
    return tuple(steps)


def follow(record: object, steps: Sequence[Step]) -> object:
    """Return what a path leads to in a record. Raises KeyError if a step is missing."""
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
    """Return whether a record has a path, even if its value is null."""
    try:
        follow(record, steps)
    except KeyError:
        return False
    return True


def text_of(record: object, wanted: Value) -> str | None:
    """Return the first path of a value that is not null, as text."""
    for steps in wanted.first_paths:
        if has(record, steps):
            text = as_text(follow(record, steps))
            if text not in (None, "", "-"):
                return text
    return None


def as_text(content: object) -> str | None:
    """Return a JSON value as text: null is None, a text is itself, anything else its JSON."""
    return content if content is None or isinstance(content, str) else json.dumps(content)


def values(by_meaning: Mapping[str, str | Sequence[str]]) -> tuple[Value, ...]:
    """Return the values of a format, in the order of their meanings."""
    return tuple(
        sorted((value(*item) for item in by_meaning.items()), key=lambda v: _rank(v.meaning))
    )


def _rank(meaning: str) -> int:
    return MEANINGS_OF_VALUES.index(meaning)
