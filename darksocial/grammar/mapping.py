"""Records with names of one's own: what a key means, told by its name or by the user.

The names are rows of data/key_names.csv; case, `_`, `-`, `.`, `@` and `$` make no difference.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from darksocial import data
from darksocial.grammar.keys import Keys, keys, parsed_object
from darksocial.grammar.values import text_of, value

DEEPEST = 3
NEEDED = {"url", "path", "request"}
PAGE_EVENTS = ("page_view", "pageview", "$pageview", "page", "Page View", "screen_view")


def mapped(head: Sequence[str], given: Mapping[str, str]) -> Keys | None:
    """Return the grammar of records whose keys are told by `given`, then by their names.

    None where the first records give no time, or nothing that was asked for.
    """
    found = dict(given)
    for line in head:
        record = parsed_object(line)
        if record is None:
            continue
        for key in _flat(record):
            meaning = known_names().get(_plain(key))
            if meaning and meaning not in found:
                found[meaning] = key
    if "url" in found:
        found.pop("request", None)
        if "url" not in given:
            found.pop("path", None)
    has_time = "time" in found or "date" in found
    if not has_time or not NEEDED & set(found):
        return None
    grammar = keys(found, pages=_page_events(head, found.get("event")))
    return grammar if given else grammar.told_by(head)


def _page_events(head: Sequence[str], key: str | None) -> tuple[str, ...]:
    """The names of page views among the events; none where events have other names."""
    if key is None:
        return ()
    event = value("event", key)
    seen = {text_of(record, event) for line in head if (record := parsed_object(line))}
    return tuple(name for name in PAGE_EVENTS if name in seen)


def _flat(record: Mapping[str, object], above: str = "", depth: int = 1) -> Iterator[str]:
    """The paths of a record that lead to texts and numbers."""
    for name, held in record.items():
        quoted = f'"{name}"' if re.search(r"[.\[\]]", name) else name
        path = f"{above}.{quoted}" if above else quoted
        if isinstance(held, dict) and depth < DEEPEST:
            yield from _flat(held, path, depth + 1)
        elif not isinstance(held, dict | list):
            yield path


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def known_names() -> dict[str, str]:
    """The table data/key_names.csv: name to meaning."""
    return {_plain(row["name"]): row["field"] for row in data.read("key_names")}
