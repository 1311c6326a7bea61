"""Records with keys that the user chose: what a key means, by its name or as the user says.

The known names are rows of data/key_names.csv; case, `_`, `-`, `.`, `@` and `$` make no difference.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from darksocial import data
from darksocial.grammar.keys import REQUEST_TARGETS, Keys, keys, parsed_object
from darksocial.grammar.numbers import UNDECIDED
from darksocial.grammar.values import text_of, value

# Deeper keys belong to the payload of an event, not to the request.
MAX_KEY_DEPTH = 3
PAGE_EVENTS = ("page_view", "pageview", "$pageview", "page", "Page View", "screen_view")


def mapped(head: Sequence[str], assigned: Mapping[str, str]) -> Keys | None:
    """Return the grammar of records whose keys have the meanings that `assigned` gives them.

    Keys that it does not name are known by their names. None if the first records have no time, or
    nothing that was requested.
    """
    paths = dict(assigned)
    for line in head:
        record = parsed_object(line)
        if record is None:
            continue
        for key in _flat(record):
            meaning = known_names().get(_plain(key))
            if meaning and meaning not in paths:
                paths[meaning] = key
    if "url" in paths:
        # A whole URL says more than the request line; a path that the user assigned stays.
        paths.pop("request", None)
        if "url" not in assigned:
            paths.pop("path", None)
    has_time = "time" in paths or "date" in paths
    if not has_time or not REQUEST_TARGETS & set(paths):
        return None
    events = _page_events(head, paths.get("event"))
    grammar = keys(paths, pages=events, decimals=UNDECIDED)
    if not assigned:
        return grammar.recorded_in(head)
    return grammar.written_as([record for line in head if (record := parsed_object(line))])


def _page_events(head: Sequence[str], key: str | None) -> tuple[str, ...]:
    """Return the names of page views among the events; none if events have other names."""
    if key is None:
        return ()
    event = value("event", key)
    names = {text_of(record, event) for line in head if (record := parsed_object(line))}
    return tuple(name for name in PAGE_EVENTS if name in names)


def _flat(record: Mapping[str, object], above: str = "", depth: int = 1) -> Iterator[str]:
    """Yield the paths of a record that lead to texts and numbers."""
    for name, held in record.items():
        quoted = f'"{name}"' if re.search(r"[.\[\]]", name) else name
        path = f"{above}.{quoted}" if above else quoted
        if isinstance(held, dict) and depth < MAX_KEY_DEPTH:
            yield from _flat(held, path, depth + 1)
        elif not isinstance(held, dict | list):
            yield path


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def known_names() -> dict[str, str]:
    """Return the table data/key_names.csv: name to meaning."""
    return {_plain(row["name"]): row["field"] for row in data.read("key_names")}
