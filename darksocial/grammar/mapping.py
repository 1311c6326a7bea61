"""Records with keys that the user chose: what a key means, by its name or as the user says.

The known names are rows of data/key_names.csv; case, `_`, `-`, `.`, `@` and `$` make no difference.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from darksocial import data
from darksocial.grammar.headers import client_headers, country_headers
from darksocial.grammar.keys import REQUEST_TARGETS, Keys, keys, parsed_object
from darksocial.grammar.numbers import UNDECIDED
from darksocial.grammar.times import has_form, is_moment
from darksocial.grammar.values import AUTO, as_text, follow, path, text_of, value

# Deeper keys belong to the payload of an event, not to the request.
MAX_KEY_DEPTH = 3
# Objects within a record that hold the parts of a request, by pino, logstash, Elastic and others.
PLACES_OF_REQUESTS = frozenset(
    {"req", "request", "httprequest", "http", "headers", "requestheaders", "fields", "nginx"}
)
ALL_PLACES = PLACES_OF_REQUESTS | {"res", "response"}
RESPONSE_NAMES = frozenset({"status", "statuscode"})
STATUS = re.compile(r"-?\d{1,3}(?:\.0)?|-|")
HTTP = ("", "http_")
PAGE_EVENTS = ("page_view", "pageview", "$pageview", "page", "Page View", "screen_view")


def mapped(
    head: Sequence[str], assigned: Mapping[str, str], time_format: str = AUTO
) -> Keys | None:
    """Return the grammar of records whose keys have the meanings that `assigned` gives them.

    Keys that it does not name are known by their names, and times by their form (`time_format`, one
    of strptime, if it is given). None if the first records have no time, or nothing that was
    requested, unless `assigned` says that they are sums of visits.
    """
    paths = dict(assigned)
    for line in head:
        record = parsed_object(line)
        if record is None:
            continue
        for key in _flat(record):
            text = as_text(follow(record, path(key)))
            meaning = _by_value(_meaning(key), text, time_format)
            if meaning and meaning not in paths:
                paths[meaning] = key
    if "client_ip" not in paths and "forwarded" in paths:
        # The only address is in a header of proxies: it is that of the client.
        paths["client_ip"] = paths.pop("forwarded")
    if "url" in paths:
        # A whole URL says more than the request line; a path that the user assigned stays.
        paths.pop("request", None)
        if "url" not in assigned:
            paths.pop("path", None)
    has_time = "time" in paths or "date" in paths
    if not has_time or not (REQUEST_TARGETS & set(paths) or "weight" in assigned):
        return None
    events = _page_events(head, paths.get("event"))
    grammar = keys(paths, pages=events, decimals=UNDECIDED, time_format=time_format)
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


def _meaning(key: str) -> str | None:
    """Return what a key means by its name, or by its last name within a request or a response."""
    whole = known_names().get(_plain(key))
    *above, last = [str(step) for step in path(key)]
    if whole or not above:
        return whole
    places = {_plain(name) for name in above}
    if places <= PLACES_OF_REQUESTS or (places <= ALL_PLACES and _plain(last) in RESPONSE_NAMES):
        return known_names().get(_plain(last))
    return None


def _by_value(meaning: str | None, text: str | None, time_format: str) -> str | None:
    """Return what a key means, given a value: a status is a number, and a time can be read.

    The same name is used for the moment of a request and for how long it took.
    """
    if meaning == "status" and text is not None and not STATUS.fullmatch(text):
        return None
    if meaning in ("time", "duration_s") and text is not None:
        is_time = is_moment(text) if time_format == AUTO else has_form(text, time_format)
        return "time" if is_time else None if meaning == "time" else meaning
    return meaning


def _flat(record: Mapping[str, object], above: str = "", depth: int = 1) -> Iterator[str]:
    """Yield the paths of a record that lead to texts and numbers.

    A name that holds a quotation mark cannot be written in a path, and is no name that is known.
    """
    for name, held in record.items():
        if '"' in name:
            continue
        quoted = f'"{name}"' if re.search(r"[.\[\]]|^$", name) else name
        path = f"{above}.{quoted}" if above else quoted
        if isinstance(held, dict) and depth < MAX_KEY_DEPTH:
            yield from _flat(held, path, depth + 1)
        elif not isinstance(held, dict | list):
            yield path


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def known_names() -> dict[str, str]:
    """Return the tables data/key_names.csv and those of headers: name to meaning."""
    headers = {
        **dict.fromkeys(client_headers(), "forwarded"),
        **dict.fromkeys(country_headers(), "country"),
    }
    spellings = {_plain(f"{http}{name}"): field for name, field in headers.items() for http in HTTP}
    return spellings | {_plain(row["name"]): row["field"] for row in data.read("key_names")}
