"""What is asked for: SQL for the method, the host, the path and the query of a request.

A server logs it as a line `GET /path?query HTTP/1.1`, an export as the address of a page.
"""

from darksocial.grammar.layout import Layout
from darksocial.parser import Parsing
from darksocial.parser.sql import cases_sql, first_sql, quoted_sql
from darksocial.parser.steps import Steps

METHOD = "[A-Z][A-Z_-]*"
# Browsers keep fragments to themselves; of whoever sends one it is no part of the page. What holds
# other characters is none (RFC 3986, 3.5).
FRAGMENT = r"#[\w.~!$&'()*+,;=:@/?%-]*"
HTTP_REQUEST = rf"^({METHOD}) (.*?)(?:{FRAGMENT})?(?: +[A-Z]+/\d+(?:\.\d+)?)?$"
SCHEME_AND_SLASHES = "^[A-Za-z][A-Za-z0-9+.-]*://"
ABSOLUTE_TARGET = rf"{SCHEME_AND_SLASHES}(?:[^/?#@]*@)?([^/?#]*)([^?]*)"
# The same for a target without `@`: RE2 takes the groups of this pattern in one pass.
PLAIN_ABSOLUTE_TARGET = rf"{SCHEME_AND_SLASHES}([^/?#]*)((?:[/#][^?]*)?)"
HOST_FIRST = r"^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?::\d+)?/"
OTHER_STARTS = " OR ".join(
    f"starts_with(bare, '{start}')" for start in ("/", "http://", "https://")
)
IS_CONNECT = "request_verb = 'CONNECT'"


def targets_steps(fields: Steps, parsing: Parsing, time: str) -> Steps:
    """Add the method, the target and its parts; and the time, which is SQL by the format."""
    fields = _requests(fields, parsing)
    target = _recorded(parsing, url="url_text", request="request_target")
    verb = _recorded(parsing, method="method_text", request="request_method")
    if not isinstance(parsing.grammar, Layout):
        # Exports write addresses with a fragment, and without a scheme.
        bare = f"WHEN contains({target}, '#') THEN regexp_replace({target}, '#.*$', '')"
        fields = fields.adding("bare_targets", f"CASE {bare} ELSE {target} END AS bare")
        has_host = f"NOT ({OTHER_STARTS}) AND regexp_matches(bare, {quoted_sql(HOST_FIRST)})"
        target = f"CASE WHEN {has_host} THEN 'http://' || bare ELSE bare END"
    elif "url" in parsing.records:
        fields = fields.adding("whole_targets", f"{target} AS whole_target")
        bare = f"regexp_replace(whole_target, {quoted_sql(f'{FRAGMENT}$')}, '')"
        target = f"CASE WHEN contains(whole_target, '#') THEN {bare} ELSE whole_target END"
    exact, plain = (
        f"regexp_extract(target, {quoted_sql(pattern)}, ['host', 'path'])"
        for pattern in (ABSOLUTE_TARGET, PLAIN_ABSOLUTE_TARGET)
    )
    absolute = (
        "CASE WHEN NOT starts_with(target, '/') AND contains(target, '://') THEN "
        f"CASE WHEN contains(target, '@') THEN {exact} ELSE {plain} END END"
    )
    return (
        fields.adding(
            "targets",
            f"{target} AS target",
            f"coalesce(split_time, {time}) AS time",
            f"{verb} AS request_verb",
        )
        .adding("target_parts", f"{absolute} AS absolute", "strpos(target, '?') AS mark")
        .adding("typed", f"{_whole_host(parsing)} AS whole_host")
    )


def target_columns(parsing: Parsing) -> dict[str, str]:
    """Return SQL for the columns of a request that its target gives, after `targets_steps`."""
    return {
        "host": _host(),
        "method": "request_verb",
        "path": _path(parsing),
        "query": _query(parsing),
    }


def _requests(fields: Steps, parsing: Parsing) -> Steps:
    """Add the method and target of `GET /path?query HTTP/1.1`.

    Nearly every request line is three words, and cutting is faster than a regular expression: only
    the others meet one.
    """
    if "request" not in parsing.records:
        return fields
    words = "CASE WHEN request_text IS NOT NULL THEN string_split(request_text, ' ') END"
    method = f"regexp_matches(words[1], {quoted_sql(f'^{METHOD}$')})"
    target = "starts_with(words[2], '/') AND NOT contains(words[2], '#')"
    plain = f"(len(words) = 3 AND {method} AND {target} AND starts_with(words[3], 'HTTP/'))"
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


def _recorded(parsing: Parsing, **columns: str) -> str:
    """Return SQL for the first column that is not null, of those whose meaning is recorded."""
    return first_sql(*(sql for meaning, sql in columns.items() if meaning in parsing.records))


def _whole_host(parsing: Parsing) -> str:
    """Return SQL for the host with its port: of an absolute target or of CONNECT, or as recorded.

    It is tested first whether there is anything to replace, which costs much less.
    """
    in_target = f"nullif(CASE WHEN {IS_CONNECT} THEN target ELSE absolute.host END, '')"
    host = "host_text"
    if not isinstance(parsing.grammar, Layout):
        bare = "regexp_replace(host_text, '^[A-Za-z]+://', '')"
        host = f"CASE WHEN contains(host_text, '://') THEN {bare} ELSE host_text END"
    return first_sql(in_target, *([host] if "host" in parsing.records else []))


def _host() -> str:
    """Return SQL for the host without its port."""
    bare = r"regexp_replace(whole_host, ':\d+$', '')"
    return f"nullif(lower(CASE WHEN contains(whole_host, ':') THEN {bare} ELSE whole_host END), '')"


def _path(parsing: Parsing) -> str:
    """Return SQL for the path: of the target up to its `?`, else as recorded."""
    in_target = "CASE WHEN mark > 0 THEN left(target, mark - 1) ELSE target END"
    recorded = ["split_part(path_text, '?', 1)"] if "path" in parsing.records else []
    return cases_sql(
        f"WHEN {IS_CONNECT} THEN NULL",
        "WHEN absolute.host <> '' THEN coalesce(nullif(absolute.path, ''), '/')",
        f"ELSE {first_sql(in_target, *recorded)}",
    )


def _query(parsing: Parsing) -> str:
    """Return SQL for the query string: of the target, as recorded, or behind a recorded path."""
    queries = ["CASE WHEN mark > 0 THEN nullif(substr(target, mark + 1), '') END"]
    if "query" in parsing.records:
        queries.append("filled(trim(ltrim(query_text, '?')))")
    if "path" in parsing.records:
        queries.append("nullif(substr(path_text, strpos(path_text, '?') + 1), path_text)")
    return first_sql(*queries)
