"""Records to hits: the row-local parser, executed by DuckDB in every engine.

`hits_steps` turns a grammar into steps over a table of lines. layouts.py and named.py give each
meaning as text (`time_text`, `referrer_text` ...); here these texts become typed values. The
columns that only exports fill are in exports.py.
"""

from functools import lru_cache

import pyarrow as pa

from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout
from darksocial.grammar.numbers import NUMBER_MEANINGS
from darksocial.grammar.values import AUTO
from darksocial.grammar.wrappers import Wrapper
from darksocial.parser import Parsing
from darksocial.parser.exports import (
    VISIT_COLUMNS,
    numbers_step,
    visit_columns,
    without_placeholder,
)
from darksocial.parser.layouts import layout_steps, misfit_of_layout, time_of_layout
from darksocial.parser.named import (
    cell_columns,
    columns_steps,
    keys_steps,
    misfit_of_columns,
    misfit_of_keys,
    text_of_cells,
)
from darksocial.parser.periods import PERIOD_COLUMNS, period_columns
from darksocial.parser.sql import auto_time, cases_sql, day_by, quoted_sql, time_by
from darksocial.parser.steps import Steps
from darksocial.parser.targets import target_columns, targets_steps
from darksocial.schema import TIME

# Statements that are kept: a file is read in many pieces, and a folder has files of one format.
MAX_STATEMENTS = 64
# An address without its port. An IPv6 address without brackets has a port where eight groups, or
# five digits, which no group has, come before the end.
ADDRESS = (
    r"^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+)(?::\d+)?"
    r"|((?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}):\d+|([0-9A-Fa-f:]*:[0-9A-Fa-f]+):\d{5})$"
)
BLANKS = " \t\r\v\f"
# Times that seconds in 32 bits, as Ibis counts them, can hold.
EARLIEST_TIME, LATEST_TIME = "1970-01-01 00:00:00+00", "2038-01-19 00:00:00+00"
# From the unit of a duration to milliseconds.
SCALE_OF_DURATION = {
    "duration_ns": "/ 1000000",
    "duration_us": "/ 1000",
    "duration_ms": "",
    "duration_s": "* 1000",
}
# What a line becomes. `reason` is null for a hit, 'blank', 'comment', or why the line is rejected;
# only rejects keep their `text`. From `visitor_key` on the columns are null in logs, but `country`.
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
        ("event_key", pa.string()),
        *VISIT_COLUMNS,
    ]
)


@lru_cache(maxsize=MAX_STATEMENTS)
def parser_sql(parsing: Parsing) -> str:
    """Return SQL that turns each row of the table `lines` into a row of `PARSED`."""
    hits = hits_steps(parsing)
    if "last_day" in parsing.records:
        hits = hits.then("read_hits", f"* EXCLUDE ({', '.join(PERIOD_COLUMNS)})")
    return hits.sql()


def hits_steps(parsing: Parsing) -> Steps:
    """Return the steps from the table `lines` (file, line, text, overlong) to `hits`.

    One row comes out for each line, with the columns of `PARSED`; `text` is redacted unless
    identifiers are kept.
    """
    grammar, lines = parsing.grammar, _unwrapped(parsing.wrapper)
    if isinstance(grammar, Layout):
        fields = layout_steps(grammar, lines, parsing.timezone, parsing.latest)
        misfit = misfit_of_layout(parsing.name)
        time = time_of_layout(grammar, "time_text", parsing.timezone, parsing.latest)
    elif isinstance(grammar, Keys):
        fields, misfit = keys_steps(grammar, lines, parsing.cells), misfit_of_keys()
        fields = fields.adding("moments", f"{_moment(grammar.records)} AS moment")
        time = _time(grammar, grammar.records, parsing.timezone)
    else:
        fields, misfit = columns_steps(grammar, lines), misfit_of_columns(grammar)
        recorded = grammar.records | {"date"} if grammar.day else grammar.records
        fields = fields.adding("moments", f"{_moment(recorded)} AS moment")
        time = _time(grammar, recorded, grammar.zone or parsing.timezone)
    typed = numbers_step(targets_steps(fields, parsing, time), parsing)
    return _hits(typed, parsing, misfit)


def _unwrapped(wrapper: Wrapper | None) -> Steps:
    """Return the steps that take the wrapper off each line; `raw` keeps the whole."""
    lines = Steps("lines")
    if wrapper is None:
        return lines.adding("unwrapped", "text AS raw", "NULL::VARCHAR AS verdict")
    if not wrapper.key:
        inside = f"regexp_extract(raw, {quoted_sql(wrapper.pattern)}, 1)"
    else:
        message = f"json_extract_string(raw, {quoted_sql(f'$.{wrapper.key}')})"
        inside = f"rtrim(coalesce(CASE WHEN json_valid(raw) THEN {message} END, ''), chr(10))"
        if wrapper.pattern:
            inside = f"regexp_extract({inside}, {quoted_sql(wrapper.pattern)}, 1)"
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
        .adding("unwrapped", f"{verdict} AS verdict")
    )


def _moment(recorded: frozenset[str]) -> str:
    """Return SQL for the text of the time: one field, or the date and the time of day."""
    if "time" in recorded and "date" not in recorded:
        return "time_text"
    return "date_text || ' ' || clock_text" if "clock" in recorded else "date_text"


def _time(grammar: Keys | Columns, recorded: frozenset[str], timezone: str) -> str:
    """Return SQL that reads the time from the text `moment`."""
    if grammar.time_format == AUTO:
        time = auto_time("moment", timezone)
    elif isinstance(grammar.time_format, str):
        time = time_by("moment", grammar.time_format, timezone)
    else:
        time = f"{day_by('moment', grammar.time_format)}::TIMESTAMPTZ"
    if "offset_ms" in recorded:
        return f"({time} + to_milliseconds(coalesce(try_cast(offset_ms_text AS BIGINT), 0)))"
    return time


def _hits(typed: Steps, parsing: Parsing, misfit: str) -> Steps:
    """Add the columns of hits, and why a line is none; only rejects keep their text."""
    columns = {
        "file": "file",
        "line": "line",
        "reason": _reason(parsing, misfit),
        "time": "time",
        **_request_columns(parsing),
        **visit_columns(parsing),
        **period_columns(parsing),
    }
    selected = [f'{sql} AS "{column}"' for column, sql in columns.items()]
    cells = cell_columns(parsing.cells)
    text = text_of_cells(parsing.cells) if cells else "text"
    shown = text if parsing.privacy.keep_identifiers else f"redacted({text})"
    rest = f"* EXCLUDE ({', '.join(cells)})" if cells else "*"
    return typed.then("parsed", f"{_reject_text(parsing)} AS text", *selected, *cells).then(
        "hits",
        f"{rest} REPLACE (CASE WHEN reason IS NOT NULL AND reason NOT IN ('blank', 'comment') "
        f"THEN {shown} END AS text)",
    )


def _reject_text(parsing: Parsing) -> str:
    """Return SQL for the text of a reject: the line.

    Of a line inside JSON it is what is inside, because redaction would leave nothing of the whole.
    """
    if parsing.privacy.keep_identifiers or parsing.wrapper is None or not parsing.wrapper.key:
        return "raw"
    return "coalesce(nullif(text, ''), raw)"


def _request_columns(parsing: Parsing) -> dict[str, str]:
    """Return SQL for the columns of a request, by name."""

    def recorded(meaning: str, sql: str, otherwise: str = "NULL::VARCHAR") -> str:
        return sql if meaning in parsing.records else otherwise

    is_layout = isinstance(parsing.grammar, Layout)
    referrer = "referrer_text" if is_layout else without_placeholder("referrer_text")
    prefetch = "coalesce(regexp_matches(lower(purpose_text), 'prefetch|prerender'), false)"
    return {
        "client_ip": recorded("client_ip", _client(parsing)),
        **target_columns(parsing),
        "status": recorded("status", "try_cast(status_text AS SMALLINT)", "NULL::SMALLINT"),
        "bytes": recorded("bytes", "try_cast(bytes_text AS BIGINT)", "NULL::BIGINT"),
        "referrer": recorded("referrer", referrer),
        "user_agent": recorded("user_agent", "user_agent_text"),
        "user": recorded("user", "user_text"),
        "duration_ms": _duration(parsing),
        "prefetch": recorded("purpose", prefetch, "false"),
        "forwarded": recorded("forwarded", _farthest(parsing)),
    }


def _client(parsing: Parsing) -> str:
    """Return SQL for the client address without port, brackets and zone.

    Behind trusted proxies it is the address that they name. In place of one address there may be a
    list, as in X-Forwarded-For.
    """
    trusted = quoted_sql(",".join(parsing.trusted_proxies))
    is_list = "contains(client_ip_text, ',')"
    if not isinstance(parsing.grammar, Layout) or parsing.grammar.has_client_header:
        is_list += " OR contains(client_ip_text, '=')"
    bare = cases_sql(
        f"WHEN {is_list} THEN client_in(client_ip_text, {trusted})",
        f"WHEN contains(client_ip_text, ':') THEN {_portless('client_ip_text')}",
        "ELSE client_ip_text",
    )
    if not parsing.trusted_proxies or "forwarded" not in parsing.records:
        return bare
    return f"client_behind({bare}, forwarded_text, {trusted})"


def _portless(address: str) -> str:
    """Return SQL for an address without port, brackets and zone."""
    bare = f"regexp_replace({address}, {quoted_sql(ADDRESS)}, '\\1\\2\\3\\4')"
    return f"regexp_replace({bare}, '%.*$', '')"


def _farthest(parsing: Parsing) -> str:
    """Return SQL for the first forwarded address, which distinguishes visitors behind a proxy.

    It is null where proxies are trusted: the client is known then.
    """
    if parsing.trusted_proxies and "client_ip" in parsing.records:
        return "NULL::VARCHAR"
    listed = "contains(forwarded_text, ',') OR contains(forwarded_text, '=')"
    return cases_sql(
        f"WHEN {listed} THEN client_in(forwarded_text, '')",
        f"WHEN contains(forwarded_text, ':') THEN {_portless('forwarded_text')}",
        "ELSE forwarded_text",
    )


def _reason(parsing: Parsing, misfit: str) -> str:
    """Return SQL that says why a line is no hit; null for a hit."""
    unreadable: list[str] = []
    if "status" in parsing.records and not isinstance(parsing.grammar, Layout):
        is_other = "status_text IS NOT NULL AND try_cast(status_text AS SMALLINT) IS NULL"
        unreadable += [f"WHEN whole AND {is_other} THEN 'the status is no number'"]
    if parsing.records & {*NUMBER_MEANINGS}:
        unreadable += ["WHEN whole AND is_unreadable THEN 'the number cannot be read'"]
    return cases_sql(
        "WHEN overlong THEN 'longer than 1 MiB'",
        "WHEN verdict IS NOT NULL THEN verdict",
        *unreadable,
        f"WHEN whole AND time BETWEEN '{EARLIEST_TIME}' AND '{LATEST_TIME}' THEN NULL",
        f"WHEN trim(raw, {quoted_sql(BLANKS)}) = '' THEN 'blank'",
        "WHEN starts_with(text, '#') THEN 'comment'",
        "WHEN whole AND time IS NOT NULL THEN 'the time is out of range'",
        "WHEN whole THEN 'the time cannot be read'",
        f"ELSE {misfit}",
    )


def _duration(parsing: Parsing) -> str:
    """Return SQL for the time to serve in milliseconds."""
    for meaning, scale in SCALE_OF_DURATION.items():
        if meaning in parsing.records:
            return f"try_cast(rtrim({meaning}_text, 'ms') AS DOUBLE) {scale}"
    return "NULL::DOUBLE"
