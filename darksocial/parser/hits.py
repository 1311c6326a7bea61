"""Records to hits: the row-local parser, executed by DuckDB in every engine.

`parser_sql` turns a grammar into one query over a table of lines. layouts.py and named.py give each
meaning as text (`time_text`, `referrer_text` ...); here these texts become typed values.
"""

from collections.abc import Sequence

import pyarrow as pa

from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout
from darksocial.grammar.values import AUTO, CAMPAIGN
from darksocial.grammar.wrappers import Wrapper
from darksocial.parser import Parsing
from darksocial.parser.layouts import misfit_of_layout, time_of_layout, values_of_layout
from darksocial.parser.named import (
    misfit_of_columns,
    misfit_of_keys,
    values_of_columns,
    values_of_keys,
)
from darksocial.parser.redacted import redacted_sql
from darksocial.parser.sql import auto_time, quoted_sql
from darksocial.schema import TIME

METHOD = "[A-Z][A-Z_-]*"
HTTP_REQUEST = rf"^({METHOD}) (.*?)(?: +[A-Z]+/\d+(?:\.\d+)?)?$"
ABSOLUTE_TARGET = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)([^?]*)"
ADDRESS = r"^(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$"
HOST_FIRST = r"'^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?::\d+)?/'"
NO_VALUE = (
    "(not set)",
    "(none)",
    "(direct)",
    "(organic)",
    "(referral)",
    "$direct",
    "direct",
    "null",
)
DEVICES = (
    ("tablet", "tablet|ipad"),
    ("mobile", "mobile|phone|phablet|ipod|android"),
    ("desktop", "desktop|laptop|computer|monitor|mac|windows|linux|^pc$"),
)
MOST = "1e15"
"""No count and no sum of a website is larger; infinity and what is no number are not, either."""
FIRST, LAST = "1970-01-01 00:00:00+00", "2038-01-19 00:00:00+00"
"""Times that seconds in 32 bits, as Ibis counts them, can hold."""
DURATIONS = {
    "duration_ns": "/ 1000000",
    "duration_us": "/ 1000",
    "duration_ms": "",
    "duration_s": "* 1000",
}
OF_VISIT = (
    ("campaign", pa.string()),
    ("device", pa.string()),
    ("os", pa.string()),
    ("browser", pa.string()),
    ("channel", pa.string()),
    ("source", pa.string()),
    ("medium", pa.string()),
    ("weight", pa.float64()),
    ("pageviews", pa.int64()),
    ("conversions", pa.float64()),
    ("revenue", pa.float64()),
)
"""What exports tell of a visit, and lines and requests keep; null in logs."""
PARSED = pa.schema(
    [
        ("file", pa.int32()),
        ("line", pa.int64()),
        ("reason", pa.string()),
        ("text", pa.string()),
        ("time", TIME),
        ("client_ip", pa.string()),
        ("host", pa.string()),
        ("method", pa.string()),
        ("path", pa.string()),
        ("query", pa.string()),
        ("status", pa.int16()),
        ("bytes", pa.int64()),
        ("referrer", pa.string()),
        ("user_agent", pa.string()),
        ("user", pa.string()),
        ("duration_ms", pa.float64()),
        ("prefetch", pa.bool_()),
        ("forwarded", pa.string()),
        ("visitor_key", pa.string()),
        ("session_key", pa.string()),
        ("event", pa.string()),
        ("is_page", pa.bool_()),
        *OF_VISIT,
    ]
)
"""What a line becomes. `reason` is null for a hit, 'blank', 'comment', or why the line is rejected;
`text` is kept for rejects only. The columns from `visitor_key` on are what exports tell of visits,
and null in logs."""


def parser_sql(how: Parsing) -> str:
    """Return the query that reads the table `lines` (file, line, text, overlong).

    One row comes out for each line, with the columns of `PARSED`; `text` is redacted unless
    identifiers are kept.
    """
    of, lines = how.grammar, _unwrapped(how.wrapper)
    if isinstance(of, Layout):
        values, misfit = (
            values_of_layout(of, lines, how.timezone, how.latest),
            misfit_of_layout(how.name),
        )
        time = time_of_layout(of, "time_text", how.timezone, how.latest)
    elif isinstance(of, Keys):
        values, misfit = values_of_keys(of, lines), misfit_of_keys()
        time = _time_of_names(of, of.records, how.timezone)
    else:
        values, misfit = values_of_columns(of, lines), misfit_of_columns(of)
        told = of.records | {"date"} if of.day else of.records
        time = _time_of_names(of, told, of.zone or how.timezone)
    return _hits(_typed(_requests(values, how), how, time), how, misfit)


def _unwrapped(wrapper: Wrapper | None) -> str:
    """Take off what stands around each line; `raw` keeps the whole."""
    if wrapper is None:
        return "SELECT *, text AS raw, NULL::VARCHAR AS verdict FROM lines"
    if wrapper.pattern:
        inside = f"regexp_extract(raw, {quoted_sql(wrapper.pattern)}, 1)"
    else:
        found = f"json_extract_string(raw, {quoted_sql(f'$.{wrapper.key}')})"
        inside = f"rtrim(coalesce(CASE WHEN json_valid(raw) THEN {found} END, ''), '\n')"
    comment = quoted_sql(wrapper.comment) if wrapper.comment else "NULL"
    foreign = quoted_sql(f"no line of {wrapper.name}")
    return (
        "SELECT *, CASE WHEN text <> '' OR overlong OR trim(raw) = '' THEN NULL "
        f"WHEN regexp_matches(raw, {comment}) THEN 'comment' ELSE {foreign} END AS verdict FROM "
        f"(SELECT file, line, {inside} AS text, overlong, raw FROM "
        "(SELECT file, line, overlong, text AS raw FROM lines))"
    )


def _time_of_names(of: Keys | Columns, told: frozenset[str], timezone: str) -> str:
    if "time" in told and "date" not in told:
        text = "time_text"
    elif "clock" in told:
        text = "date_text || ' ' || clock_text"
    else:
        text = "date_text"
    if of.time_format == AUTO:
        time = auto_time(text, timezone)
    else:
        time = f"try_strptime({text}, {quoted_sql(of.time_format)})::TIMESTAMPTZ"
    if "offset_ms" in told:
        return f"({time} + to_milliseconds(coalesce(try_cast(offset_ms_text AS BIGINT), 0)))"
    return time


def _requests(inner: str, how: Parsing) -> str:
    """Split `GET /path?query HTTP/1.1` into method and target, by three words or by grammar."""
    if "request" not in how.records:
        return inner
    words = "CASE WHEN request_text IS NOT NULL THEN string_split(request_text, ' ') END"
    method = f"regexp_matches(words[1], {quoted_sql(f'^{METHOD}$')})"
    target = "words[2][1] = '/' AND starts_with(words[3], 'HTTP/')"
    plain = f"(len(words) = 3 AND {method} AND {target})"
    parsed = (
        "CASE WHEN NOT plain THEN "
        f"regexp_extract(request_text, {quoted_sql(HTTP_REQUEST)}, ['method', 'target']) END"
    )
    return (
        "SELECT *, "
        "CASE WHEN plain THEN words[1] ELSE nullif(request.method, '') END AS request_method, "
        "CASE WHEN plain THEN words[2] ELSE nullif(request.target, '') END AS request_target "
        f"FROM (SELECT *, {parsed} AS request FROM (SELECT *, {plain} AS plain "
        f"FROM (SELECT *, {words} AS words FROM ({inner}))))"
    )


def _typed(inner: str, how: Parsing, time: str) -> str:
    """Find the parts of the target; read the time."""
    target = _first(how, url="url_text", request="request_target")
    if not isinstance(how.grammar, Layout):
        bare = f"regexp_replace({target}, '#.*$', '')"
        has_host = f"regexp_matches({bare}, {HOST_FIRST})"
        target = f"CASE WHEN {has_host} THEN 'http://' || {bare} ELSE {bare} END"
    absolute = (
        "CASE WHEN NOT starts_with(target, '/') AND contains(target, '://') THEN "
        f"regexp_extract(target, {quoted_sql(ABSOLUTE_TARGET)}, ['host', 'path']) END"
    )
    return (
        f"SELECT *, {absolute} AS absolute, strpos(target, '?') AS mark FROM "
        f"(SELECT *, {target} AS target, coalesce(split_time, {time}) AS time, "
        f"{_first(how, method='method_text', request='request_method')} AS request_verb "
        f"FROM ({inner}))"
    )


def _first(how: Parsing, **columns: str) -> str:
    """The first of some columns that is not null, of those that are recorded."""
    recorded = [column for meaning, column in columns.items() if meaning in how.records]
    return f"coalesce({', '.join([*recorded, 'NULL::VARCHAR'])})" if recorded else "NULL::VARCHAR"


def _hits(inner: str, how: Parsing, misfit: str) -> str:
    columns = {
        "file": "file",
        "line": "line",
        "reason": _reason(misfit),
        "time": "time",
        **_request_columns(how),
        **_visit_columns(how),
    }
    selected = ", ".join(f'{sql} AS "{column}"' for column, sql in columns.items())
    shown = "text" if how.keep_identifiers else redacted_sql("text")
    return (
        f"SELECT * REPLACE (CASE WHEN reason IS NOT NULL AND reason NOT IN ('blank', 'comment') "
        f"THEN {shown} END AS text) "
        f"FROM (SELECT {_rejected(how)} AS text, {selected} FROM ({inner}))"
    )


def _rejected(how: Parsing) -> str:
    """The line; of one inside JSON what is inside, of which redaction would leave nothing else."""
    if how.keep_identifiers or how.wrapper is None or how.wrapper.pattern:
        return "raw"
    return "coalesce(nullif(text, ''), raw)"


def _request_columns(how: Parsing) -> dict[str, str]:
    def recorded(meaning: str, sql: str, otherwise: str = "NULL::VARCHAR") -> str:
        return sql if meaning in how.records else otherwise

    connect = "request_verb = 'CONNECT'"
    bare_target = "CASE WHEN mark > 0 THEN left(target, mark - 1) ELSE target END"
    host = "host_text"
    if not isinstance(how.grammar, Layout):
        host = "regexp_replace(host_text, '^[A-Za-z]+://', '')"
    own_path = recorded("path", "split_part(path_text, '?', 1)")
    in_path = recorded("path", "nullif(substr(path_text, strpos(path_text, '?') + 1), path_text)")
    own_query = recorded("query", "nullif(ltrim(query_text, '?'), '')")
    referrer = "referrer_text"
    if not isinstance(how.grammar, Layout):
        empty = f"list_contains([{_list(NO_VALUE)}], {referrer})"
        referrer = f"CASE WHEN NOT {empty} THEN {referrer} END"
    return {
        "client_ip": recorded("client_ip", _client(how)),
        "host": r"nullif(lower(regexp_replace(coalesce(nullif("
        f"CASE WHEN {connect} THEN target ELSE absolute.host END, ''), "
        rf"{recorded('host', host)}), ':\d+$', '')), '')",
        "method": "request_verb",
        "path": f"CASE WHEN {connect} THEN NULL WHEN absolute.host <> '' "
        f"THEN coalesce(nullif(absolute.path, ''), '/') ELSE coalesce({bare_target}, {own_path}) "
        "END",
        "query": f"coalesce(CASE WHEN mark > 0 THEN nullif(substr(target, mark + 1), '') END, "
        f"{own_query}, {in_path})",
        "status": recorded("status", "try_cast(status_text AS SMALLINT)", "NULL::SMALLINT"),
        "bytes": recorded("bytes", "try_cast(bytes_text AS BIGINT)", "NULL::BIGINT"),
        "referrer": recorded("referrer", referrer),
        "user_agent": recorded("user_agent", "user_agent_text"),
        "user": recorded("user", "user_text"),
        "duration_ms": _duration(how),
        "prefetch": recorded(
            "purpose",
            "coalesce(regexp_matches(lower(purpose_text), 'prefetch|prerender'), false)",
            "false",
        ),
        "forwarded": recorded("forwarded", "forwarded_text"),
    }


def _client(how: Parsing) -> str:
    """The client address without port, brackets and zone; behind trusted proxies, what they say."""
    bare = (
        f"CASE WHEN contains(client_ip_text, ':') THEN regexp_replace(regexp_replace("
        f"client_ip_text, {quoted_sql(ADDRESS)}, '\\1\\2'), '%.*$', '') ELSE client_ip_text END"
    )
    if not how.trusted_proxies or "forwarded" not in how.records:
        return bare
    return f"client_behind({bare}, forwarded_text, {quoted_sql(','.join(how.trusted_proxies))})"


def _visit_columns(how: Parsing) -> dict[str, str]:
    """What analytics exports know of a visit; null in logs."""

    def recorded(meaning: str, sql: str, kind: str) -> str:
        return sql if meaning in how.records else f"NULL::{kind}"

    def text(meaning: str) -> str:
        return recorded(meaning, f"{meaning}_text", "VARCHAR")

    def number(meaning: str, kind: str = "DOUBLE") -> str:
        size = f"abs(try_cast({meaning}_text AS DOUBLE))"
        told = f"CASE WHEN {size} < {MOST} THEN try_cast({meaning}_text AS {kind}) END"
        return recorded(meaning, told, kind)

    pages = () if isinstance(how.grammar, Layout) else how.grammar.pages
    goals = () if isinstance(how.grammar, Layout) else how.grammar.conversion_events
    is_page = f"coalesce(list_contains([{_list(pages)}], event_text), false)"
    by_event = f"coalesce(list_contains([{_list(goals)}], event_text), false)::INT::DOUBLE"
    by_rule = not isinstance(how.grammar, Layout) and bool(how.grammar.converted)
    pair = "string_split(source_medium_text, ' / ')"
    source, medium = (recorded("source_medium", f"{pair}[{at}]", "VARCHAR") for at in (1, 2))
    micros = f"{number('revenue_micros')} / 1e6"
    conversions = [
        number("conversions"),
        "is_converted::INT::DOUBLE" if by_rule else "NULL::DOUBLE",
        recorded("event", by_event, "DOUBLE") if goals else "NULL::DOUBLE",
    ]
    revenue = f"coalesce({number('revenue')}, {micros})"
    return {
        "visitor_key": text("visitor"),
        "session_key": text("session"),
        "event": text("event"),
        "is_page": recorded("event", is_page, "BOOLEAN") if pages else "NULL::BOOLEAN",
        "campaign": _campaign(how),
        "device": _device() if "device" in how.records else "NULL::VARCHAR",
        "os": text("os"),
        "browser": text("browser"),
        "channel": text("channel"),
        "source": f"coalesce({text('source')}, {source})",
        "medium": f"coalesce({text('medium')}, {medium})",
        "weight": number("weight"),
        "pageviews": number("pageviews", "BIGINT"),
        "conversions": f"coalesce({', '.join(conversions)})",
        "revenue": f"CASE WHEN is_converted THEN {revenue} END" if by_rule else revenue,
    }


def _device() -> str:
    """The class of device, by the words that analytics tools have for it."""
    text = "lower(device_text)"
    tests = (f"WHEN regexp_matches({text}, '{words}') THEN '{name}'" for name, words in DEVICES)
    return f"CASE WHEN device_text IS NULL THEN NULL {' '.join(tests)} ELSE 'other' END"


def _campaign(how: Parsing) -> str:
    """The campaign that an export holds in columns of its own, as a query string."""
    pairs = []
    for name in CAMPAIGN:
        if name in how.records:
            empty = f"list_contains([{_list(NO_VALUE)}], {name}_text)"
            pairs.append(f"CASE WHEN NOT {empty} THEN '{name}=' || url_encode({name}_text) END")
    return f"nullif(concat_ws('&', {', '.join(pairs)}), '')" if pairs else "NULL::VARCHAR"


def _list(texts: Sequence[str]) -> str:
    return ", ".join(quoted_sql(text) for text in texts)


def _reason(misfit: str) -> str:
    return (
        "CASE WHEN overlong THEN 'longer than 1 MiB' "
        "WHEN verdict IS NOT NULL THEN verdict "
        f"WHEN whole AND time BETWEEN '{FIRST}' AND '{LAST}' THEN NULL "
        "WHEN trim(raw, ' \t\r\v\f') = '' THEN 'blank' "
        "WHEN starts_with(text, '#') THEN 'comment' "
        "WHEN whole AND time IS NOT NULL THEN 'the time is out of range' "
        "WHEN whole THEN 'the time cannot be read' "
        f"ELSE {misfit} END"
    )


def _duration(how: Parsing) -> str:
    for meaning, scale in DURATIONS.items():
        if meaning in how.records:
            return f"try_cast(rtrim({meaning}_text, 'ms') AS DOUBLE) {scale}"
    return "NULL::DOUBLE"
