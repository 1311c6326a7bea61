"""Records to hits: the row-local parser, executed by DuckDB in every engine.

`hits_steps` turns a grammar into steps over a table of lines. layouts.py and named.py give each
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
from darksocial.parser.layouts import layout_steps, misfit_of_layout, time_of_layout
from darksocial.parser.named import columns_steps, keys_steps, misfit_of_columns, misfit_of_keys
from darksocial.parser.sql import auto_time, cases_sql, quoted_sql
from darksocial.parser.steps import Steps
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
BLANKS = " \t\r\v\f"
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
    """Return SQL that reads the table `lines` and gives a row with `PARSED` for each line."""
    return hits_steps(how).sql()


def hits_steps(how: Parsing) -> Steps:
    """Return the steps from the table `lines` (file, line, text, overlong) to `hits`.

    One row comes out for each line, with the columns of `PARSED`; `text` is redacted unless
    identifiers are kept.
    """
    of, lines = how.grammar, _unwrapped(how.wrapper)
    if isinstance(of, Layout):
        fields = layout_steps(of, lines, how.timezone, how.latest)
        misfit = misfit_of_layout(how.name)
        time = time_of_layout(of, "time_text", how.timezone, how.latest)
    elif isinstance(of, Keys):
        fields, misfit = keys_steps(of, lines), misfit_of_keys()
        time = _time_of_names(of, of.records, how.timezone)
    else:
        fields, misfit = columns_steps(of, lines), misfit_of_columns(of)
        recorded = of.records | {"date"} if of.day else of.records
        time = _time_of_names(of, recorded, of.zone or how.timezone)
    return _hits(_typed(_requests(fields, how), how, time), how, misfit)


def _unwrapped(wrapper: Wrapper | None) -> Steps:
    """Return the steps that remove what stands around each line; `raw` keeps the whole."""
    lines = Steps("lines")
    if wrapper is None:
        return lines.adding("unwrapped", "text AS raw", "NULL::VARCHAR AS verdict")
    if wrapper.pattern:
        inside = f"regexp_extract(raw, {quoted_sql(wrapper.pattern)}, 1)"
    else:
        found = f"json_extract_string(raw, {quoted_sql(f'$.{wrapper.key}')})"
        inside = f"rtrim(coalesce(CASE WHEN json_valid(raw) THEN {found} END, ''), chr(10))"
    comment = quoted_sql(wrapper.comment) if wrapper.comment else "NULL"
    foreign = quoted_sql(f"no line of {wrapper.name}")
    verdict = cases_sql(
        "WHEN text <> '' OR overlong OR trim(raw) = '' THEN NULL",
        f"WHEN regexp_matches(raw, {comment}) THEN 'comment'",
        f"ELSE {foreign}",
    )
    return (
        lines.then("wrapped", "file", "line", "overlong", "text AS raw")
        .then("inner_lines", "file", "line", f"{inside} AS text", "overlong", "raw")
        .adding(
            "unwrapped",
            f"{verdict} AS verdict",
        )
    )


def _time_of_names(of: Keys | Columns, recorded: frozenset[str], timezone: str) -> str:
    """Return SQL that reads the time from the fields that hold it."""
    if "time" in recorded and "date" not in recorded:
        text = "time_text"
    elif "clock" in recorded:
        text = "date_text || ' ' || clock_text"
    else:
        text = "date_text"
    if of.time_format == AUTO:
        time = auto_time(text, timezone)
    else:
        time = f"try_strptime({text}, {quoted_sql(of.time_format)})::TIMESTAMPTZ"
    if "offset_ms" in recorded:
        return f"({time} + to_milliseconds(coalesce(try_cast(offset_ms_text AS BIGINT), 0)))"
    return time


def _requests(fields: Steps, how: Parsing) -> Steps:
    """Add the split of `GET /path?query HTTP/1.1` in method and target, by words or by grammar."""
    if "request" not in how.records:
        return fields
    words = "CASE WHEN request_text IS NOT NULL THEN string_split(request_text, ' ') END"
    method = f"regexp_matches(words[1], {quoted_sql(f'^{METHOD}$')})"
    target = "words[2][1] = '/' AND starts_with(words[3], 'HTTP/')"
    plain = f"(len(words) = 3 AND {method} AND {target})"
    parsed = (
        "CASE WHEN NOT plain THEN "
        f"regexp_extract(request_text, {quoted_sql(HTTP_REQUEST)}, ['method', 'target']) END"
    )
    return (
        fields.adding("request_words", f"{words} AS words")
        .adding("request_shapes", f"{plain} AS plain")
        .adding("request_matches", f"{parsed} AS request")
        .adding(
            "request_parts",
            "CASE WHEN plain THEN words[1] ELSE nullif(request.method, '') END AS request_method",
            "CASE WHEN plain THEN words[2] ELSE nullif(request.target, '') END AS request_target",
        )
    )


def _typed(fields: Steps, how: Parsing, time: str) -> Steps:
    """Add the time, the method, the target and its parts."""
    target = _first(how, url="url_text", request="request_target")
    if not isinstance(how.grammar, Layout):
        bare = f"regexp_replace({target}, '#.*$', '')"
        has_host = f"regexp_matches({bare}, {HOST_FIRST})"
        target = f"CASE WHEN {has_host} THEN 'http://' || {bare} ELSE {bare} END"
    absolute = (
        "CASE WHEN NOT starts_with(target, '/') AND contains(target, '://') THEN "
        f"regexp_extract(target, {quoted_sql(ABSOLUTE_TARGET)}, ['host', 'path']) END"
    )
    return fields.adding(
        "targets",
        f"{target} AS target",
        f"coalesce(split_time, {time}) AS time",
        f"{_first(how, method='method_text', request='request_method')} AS request_verb",
    ).adding("typed", f"{absolute} AS absolute", "strpos(target, '?') AS mark")


def _first(how: Parsing, **columns: str) -> str:
    """Return SQL for the first column that is not null, of those that are recorded."""
    recorded = [column for meaning, column in columns.items() if meaning in how.records]
    return f"coalesce({', '.join([*recorded, 'NULL::VARCHAR'])})" if recorded else "NULL::VARCHAR"


def _hits(typed: Steps, how: Parsing, misfit: str) -> Steps:
    """Add the columns of hits, and why a line is none; only rejects keep their text."""
    columns = {
        "file": "file",
        "line": "line",
        "reason": _reason(misfit),
        "time": "time",
        **_request_columns(how),
        **_visit_columns(how),
    }
    selected = (f'{sql} AS "{column}"' for column, sql in columns.items())
    shown = "text" if how.keep_identifiers else "redacted(text)"
    return typed.then("parsed", f"{_rejected(how)} AS text", *selected).then(
        "hits",
        "* REPLACE (CASE WHEN reason IS NOT NULL AND reason NOT IN ('blank', 'comment') "
        f"THEN {shown} END AS text)",
    )


def _rejected(how: Parsing) -> str:
    """Return SQL for the text of a reject: the line.

    Of a line inside JSON it is what is inside, because redaction would leave nothing of the whole.
    """
    if how.keep_identifiers or how.wrapper is None or how.wrapper.pattern:
        return "raw"
    return "coalesce(nullif(text, ''), raw)"


def _request_columns(how: Parsing) -> dict[str, str]:
    """Return SQL for the columns of a request, by name."""

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
    """Return SQL for the client address without port, brackets and zone.

    Behind trusted proxies it is the address that they name.
    """
    bare = (
        f"CASE WHEN contains(client_ip_text, ':') THEN regexp_replace(regexp_replace("
        f"client_ip_text, {quoted_sql(ADDRESS)}, '\\1\\2'), '%.*$', '') ELSE client_ip_text END"
    )
    if not how.trusted_proxies or "forwarded" not in how.records:
        return bare
    return f"client_behind({bare}, forwarded_text, {quoted_sql(','.join(how.trusted_proxies))})"


def _visit_columns(how: Parsing) -> dict[str, str]:
    """Return SQL for what analytics exports record of a visit; null in logs."""

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
    """Return SQL for the class of device, by the words that analytics tools have for it."""
    text = "lower(device_text)"
    tests = (f"WHEN regexp_matches({text}, '{words}') THEN '{name}'" for name, words in DEVICES)
    return f"CASE WHEN device_text IS NULL THEN NULL {' '.join(tests)} ELSE 'other' END"


def _campaign(how: Parsing) -> str:
    """Return SQL that makes a query string of the campaign's columns in an export."""
    pairs = []
    for name in CAMPAIGN:
        if name in how.records:
            empty = f"list_contains([{_list(NO_VALUE)}], {name}_text)"
            pairs.append(f"CASE WHEN NOT {empty} THEN '{name}=' || url_encode({name}_text) END")
    return f"nullif(concat_ws('&', {', '.join(pairs)}), '')" if pairs else "NULL::VARCHAR"


def _list(texts: Sequence[str]) -> str:
    return ", ".join(quoted_sql(text) for text in texts)


def _reason(misfit: str) -> str:
    """Return SQL that says why a line is no hit; null for a hit."""
    return cases_sql(
        "WHEN overlong THEN 'longer than 1 MiB'",
        "WHEN verdict IS NOT NULL THEN verdict",
        f"WHEN whole AND time BETWEEN '{FIRST}' AND '{LAST}' THEN NULL",
        f"WHEN trim(raw, {quoted_sql(BLANKS)}) = '' THEN 'blank'",
        "WHEN starts_with(text, '#') THEN 'comment'",
        "WHEN whole AND time IS NOT NULL THEN 'the time is out of range'",
        "WHEN whole THEN 'the time cannot be read'",
        f"ELSE {misfit}",
    )


def _duration(how: Parsing) -> str:
    for meaning, scale in DURATIONS.items():
        if meaning in how.records:
            return f"try_cast(rtrim({meaning}_text, 'ms') AS DOUBLE) {scale}"
    return "NULL::DOUBLE"
