"""Records that are JSON objects: JSON lines, and what the reader turns into them.

That is JSON arrays, CSV and TSV with a header, Parquet, Avro, and rows of XML.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from darksocial.grammar.days import DAY_IN_WORDS, is_day, is_in_words
from darksocial.grammar.numbers import NUMBER_MEANINGS, POINT, decimal_mark
from darksocial.grammar.times import has_form, is_moment
from darksocial.grammar.values import (
    AUTO,
    Step,
    Value,
    as_text,
    follow,
    has,
    path,
    text_of,
    values,
)

Values = str | Sequence[str]
Rule = TypeVar("Rule", bound=str | tuple[str, ...])
KEY_OF_BARE_VALUE = r'("(?:[^"\\]|\\.)*"\s*:)\s*'
LIST_OF_UPSTREAMS = r"(-|[\d.]+)((?:\s*[,:]\s*(?:-|[\d.]+))+)"
MENDINGS = (
    (r"\\x([0-9A-Fa-f]{2})", r"\\\\x\1"),
    (KEY_OF_BARE_VALUE + LIST_OF_UPSTREAMS + r"(\s*[,}])", r'\1 "\2\3"\4'),
    (KEY_OF_BARE_VALUE + r"-?\s*([,}])", r"\1 null\2"),
)
"""What makes nginx's JSON valid: patterns and replacements for Python and for RE2."""
# A record without any of these is no request, whatever else it holds.
REQUEST_TARGETS = frozenset({"url", "path", "request"})


@dataclass(frozen=True, slots=True)
class Keys:
    """Which keys of an object hold which values.

    `needs`: paths that identify the format. `only`: values that a path must have; any other record
    is a message of the server. `requests_have`: paths that every request has; a record without one
    is something else that is logged to the same place, as log drains do. `excluded`: patterns by
    which the export itself leaves a record out. `direct`: patterns by which it says that a visit
    came from nowhere, whatever the referrer and source beside it. `derived`: patterns by which it
    says that source and medium were derived from the referrer, and that no link was tagged so.
    `converted`: patterns by which it says that something was bought or done; other records have no
    revenue. `keeps_campaign`: the tool keeps the campaign of an earlier visit in the records of
    later ones. `each`: a list in the record, each of whose elements is a record. `pages` and
    `conversion_events`: names of events. `nulls`: texts that stand for null, by meaning. `decode`:
    how values are written, by meaning. `prefix`: a pattern before the object, whose groups are
    values too. `decimals`: what comes before decimals in numbers that are text (numbers.py).
    """

    values: tuple[Value, ...]
    needs: tuple[tuple[Step, ...], ...]
    time_format: str | tuple[str, ...] = AUTO
    only: tuple[tuple[tuple[Step, ...], tuple[str, ...]], ...] = ()
    requests_have: tuple[tuple[Step, ...], ...] = ()
    excluded: tuple[tuple[tuple[Step, ...], str], ...] = ()
    direct: tuple[tuple[tuple[Step, ...], str], ...] = ()
    derived: tuple[tuple[tuple[Step, ...], str], ...] = ()
    converted: tuple[tuple[tuple[Step, ...], str], ...] = ()
    each: str = ""
    pages: tuple[str, ...] = ()
    conversion_events: tuple[str, ...] = ()
    nulls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    decode: tuple[tuple[str, str], ...] = ()
    prefix: str = ""
    decimals: str = POINT
    keeps_campaign: bool = False

    @property
    def paths_of_rules(self) -> tuple[tuple[Step, ...], ...]:
        """The paths of what the rules look at."""
        rules = (*self.only, *self.excluded, *self.direct, *self.derived, *self.converted)
        return tuple(steps for steps, _patterns in rules)

    @property
    def records(self) -> frozenset[str]:
        """The meanings that a record can hold."""
        return frozenset(value.meaning for value in self.values) | self.prefixed

    @property
    def prefixed(self) -> frozenset[str]:
        """The meanings that come before the object."""
        return frozenset(re.compile(self.prefix).groupindex)

    @property
    def is_open(self) -> bool:
        """Whether further fields may follow those that are described."""
        return False

    def matches(self, line: str) -> bool:
        """Return whether a line is such a record."""
        record = self.record(line)
        if record is None or not all(has(record, steps) for steps in self.needs):
            return False
        targets = [value for value in self.values if value.meaning in REQUEST_TARGETS]
        if not self.needs and targets and not any(text_of(record, value) for value in targets):
            return False
        return self._has_time(record)

    def is_message(self, line: str) -> bool:
        """Return whether a line is logged beside requests and is none: see `only`, `requests_have`.

        The other keys that identify the format must be present, or any JSON would be its message.
        """
        record = parsed_object(line)
        if record is None or not all(has(record, steps) for steps, _ in self.only):
            return False
        if any(as_text(follow(record, steps)) not in allowed for steps, allowed in self.only):
            return True
        lacking = self._lacking(record)
        beside = (
            steps for steps in self.needs if not any(_is_within(steps, key) for key in lacking)
        )
        return bool(lacking) and all(has(record, steps) for steps in beside)

    def _lacking(self, record: dict[str, object]) -> list[tuple[Step, ...]]:
        """Return the paths that every request has and this record lacks, or has as null."""
        return [
            steps
            for steps in self.requests_have
            if not has(record, steps) or follow(record, steps) is None
        ]

    def record(self, line: str) -> dict[str, object] | None:
        """Return the object that a line is, or None. A message of the server is none."""
        if self.prefix:
            match = re.match(self.prefix, line)
            if not match:
                return None
            line = line[match.end() :]
        record = parsed_object(line)
        if record is None:
            return None
        for steps, allowed in self.only:
            if not has(record, steps) or as_text(follow(record, steps)) not in allowed:
                return None
        return None if self._lacking(record) else record

    def _has_time(self, record: dict[str, object]) -> bool:
        if {"time", "date"} & self.prefixed:
            return True
        times = [v for v in self.values if v.meaning in ("time", "date")]
        texts = [text_of(record, value) for value in times]
        if isinstance(self.time_format, tuple):
            return is_day(self._moment(record), self.time_format)
        if self.time_format != AUTO:
            return has_form(self._moment(record), self.time_format)
        return any(is_moment(text) for text in texts)

    def _moment(self, record: dict[str, object]) -> str | None:
        """Return the text of a record's time, as parser/hits.py puts it together."""
        texts = {value.meaning: text_of(record, value) for value in self.values}
        if "date" not in texts:
            return texts.get("time")
        parts = [texts[name] for name in ("date", "clock") if name in texts]
        return " ".join(part for part in parts if part) if all(parts) else None

    def recorded_in(self, lines: Sequence[str]) -> "Keys":
        """Return the grammar with the values that some record has: others were not recorded.

        A value that is an element of a list, chosen by its key, counts as recorded even where no
        record has it: a list holds only the elements that have a value.
        """
        records = [record for line in lines if (record := self.record(line)) is not None]
        recorded = tuple(
            value
            for value in self.values
            if any(has(record, steps) for record in records for steps in value.first_paths)
            or any(isinstance(step, tuple) for steps in value.first_paths for step in steps)
        )
        return replace(self, values=recorded).written_as(records) if records else self

    def written_as(self, records: Sequence[dict[str, object]]) -> "Keys":
        """Return the grammar with the way in which these records write days and numbers."""
        moments = [text for record in records if (text := self._moment(record))]
        if self.time_format == AUTO and sum(map(is_in_words, moments)) > len(moments) / 2:
            return replace(self, time_format=(DAY_IN_WORDS,)).written_as(records)
        if self.records.isdisjoint(NUMBER_MEANINGS):
            return self
        return replace(self, decimals=decimal_mark(records, self.values, self.decimals))


def bind_batches(head: Sequence[str], *, single: Keys, name: str) -> Keys:
    """Return the grammar of a file whose records are single, or come in lists called `name`.

    `single` describes one record; in a batch its paths begin with `name`.
    """
    in_batches = _moved_under(single, name)
    grammar = in_batches if any(map(in_batches.matches, head)) else single
    return grammar.recorded_in(head)


def _moved_under(grammar: Keys, name: str) -> Keys:
    """Return the grammar with a name before every path."""

    def moved(
        rules: tuple[tuple[tuple[Step, ...], Rule], ...],
    ) -> tuple[tuple[tuple[Step, ...], Rule], ...]:
        return tuple(((name, *steps), rule) for steps, rule in rules)

    return replace(
        grammar,
        values=tuple(value.under(name) for value in grammar.values),
        needs=tuple((name, *steps) for steps in grammar.needs),
        requests_have=tuple((name, *steps) for steps in grammar.requests_have),
        only=moved(grammar.only),
        excluded=moved(grammar.excluded),
        direct=moved(grammar.direct),
        derived=moved(grammar.derived),
        converted=moved(grammar.converted),
    )


@lru_cache(maxsize=1024)
def parsed_object(line: str) -> dict[str, object] | None:
    r"""Return the JSON object that a line is, or None; nginx's `\xHH` is read as text."""
    if not line.lstrip().startswith("{"):
        return None
    for text in (line, mended(line)):
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            continue
        return record if isinstance(record, dict) else None
    return None


def mended(line: str) -> str:
    r"""Return a line of nginx that is no JSON as JSON.

    nginx writes `\xHH` into strings unless it is set to escape=json. Where the log format has no
    quotes around a variable, it writes `-` or nothing for one that is not set, and bare lists of
    several upstreams (`"status": 502, 200`). Such a value ends before the next key or brace.
    """
    for pattern, replacement in MENDINGS:
        line = re.sub(pattern, replacement, line)
    return line


def _is_within(steps: tuple[Step, ...], above: tuple[Step, ...]) -> bool:
    return steps[: len(above)] == above


def keys(
    fields: Mapping[str, Values] | None = None,
    *,
    needs: Sequence[str] = (),
    time_format: str | tuple[str, ...] = AUTO,
    only: Mapping[str, Sequence[str]] | None = None,
    requests_have: Sequence[str] = (),
    excluded: Mapping[str, str] | None = None,
    direct: Mapping[str, str] | None = None,
    derived: Mapping[str, str] | None = None,
    converted: Mapping[str, str] | None = None,
    each: str = "",
    pages: Sequence[str] = (),
    conversion_events: Sequence[str] = (),
    nulls: Mapping[str, Sequence[str]] | None = None,
    decode: Mapping[str, str] | None = None,
    prefix: str = "",
    decimals: str = POINT,
    keeps_campaign: bool = False,
    **paths_of: Values,
) -> Keys:
    """Return the grammar of a format whose records have keys.

    `fields` and `paths_of` map meanings to paths.

    The arguments are explained at `Keys`, paths in values.py.
    """
    return Keys(
        values({**(fields or {}), **paths_of}),
        tuple(path(text) for text in needs),
        time_format,
        tuple((path(text), tuple(allowed)) for text, allowed in (only or {}).items()),
        tuple(path(text) for text in requests_have),
        patterns(excluded),
        patterns(direct),
        patterns(derived),
        patterns(converted),
        each,
        tuple(pages),
        tuple(conversion_events),
        tuple((meaning, tuple(texts)) for meaning, texts in (nulls or {}).items()),
        tuple((decode or {}).items()),
        prefix,
        decimals,
        keeps_campaign,
    )


def patterns(by_path: Mapping[str, str] | None) -> tuple[tuple[tuple[Step, ...], str], ...]:
    """Return patterns with the path of the value that each is for."""
    return tuple((path(text), pattern) for text, pattern in (by_path or {}).items())
