"""Hits to requests: what each hit is for and whose it is, row by row, by DuckDB in every engine.

Only what later steps read is kept: path, query and referrer of page views, not of their assets.
"""

from darksocial.engines.lines import quoted_sql
from darksocial.requests import extensions, feed_parameters, path_patterns

REFERRER_HOST = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)"


def requests_sql(parsed: str, secret: str, records: frozenset[str]) -> str:
    """Return the query that turns parsed lines into requests.

    `visitor` is 60 bits of SHA-256 over the secret, the client address and the user agent: the
    same visitor has the same number as long as the secret stays. `records` are the fields that the
    format records: an agent that is not recorded is not the same as an agent that is not there.
    """
    named = (
        "SELECT *, lower(split_part(path, '.', -1)) AS extension, "
        f"split_part(referrer, '/', 3) AS authority FROM ({parsed})"
    )
    kind = f"SELECT *, {_kind()} AS kind FROM ({named})"
    of_pages = ", ".join(
        f"CASE WHEN kind = 'page' THEN {column} END AS {column}"
        for column in ("path", "query", "referrer")
    )
    return (
        "SELECT file, line, reason, text, time, client_ip, host, user_agent, kind, "
        f"{_visitor(secret, records)} AS visitor, {_order()} AS tie_break, {of_pages}, "
        f"{_referrer_host()} AS referrer_host FROM ({kind})"
    )


def _visitor(secret: str, records: frozenset[str]) -> str:
    agent = "coalesce(user_agent, '')" if "user_agent" in records else "chr(0)"
    identity = f"coalesce(client_ip, '') || chr(0) || {agent}"
    digest = f"sha256({quoted_sql(secret)} || chr(0) || {identity})"
    return f"CASE WHEN reason IS NULL THEN ('0x' || left({digest}, 15))::BIGINT END"


def _order() -> str:
    """A number that follows from what was asked for alone: it orders hits of the same moment."""
    return "CASE WHEN kind = 'page' THEN (hash(path, query, referrer, host) >> 4)::BIGINT END"


def _referrer_host() -> str:
    """The referrer's host: what stands between its slashes, or by regular expression."""
    is_plain = "starts_with(referrer, 'http') AND regexp_matches(authority, '^[a-z0-9.-]+$')"
    exact = f"lower(regexp_extract(referrer, {quoted_sql(REFERRER_HOST)}, 1))"
    host = f"CASE WHEN {is_plain} THEN authority ELSE {exact} END"
    return f"CASE WHEN reason IS NULL AND referrer IS NOT NULL THEN nullif({host}, '') END"


def _kind() -> str:
    feed_query = f"(query IS NOT NULL AND regexp_matches(query, {quoted_sql(feed_parameters())}))"
    return (
        "CASE WHEN reason IS NOT NULL THEN NULL "
        "WHEN path IS NULL THEN 'other' "
        f"WHEN {_is_kind('robots')} THEN 'robots' "
        "WHEN prefetch THEN 'prefetch' "
        f"WHEN {_is_kind('asset')} THEN 'asset' "
        f"WHEN {_is_kind('api')} THEN 'api' "
        f"WHEN {_is_kind('feed')} OR {feed_query} THEN 'feed' "
        "WHEN method NOT IN ('GET', 'HEAD') THEN 'other' "
        "WHEN status BETWEEN 300 AND 399 AND status <> 304 THEN 'redirect' "
        "WHEN status >= 400 THEN 'error' "
        "WHEN status < 200 THEN 'other' "
        f"WHEN {_is_kind('download')} THEN 'download' "
        "ELSE 'page' END"
    )


def _is_kind(kind: str) -> str:
    tests = []
    if kind in extensions():
        names = ", ".join(quoted_sql(name) for name in extensions()[kind])
        tests.append(f"list_contains([{names}], extension)")
    if kind in path_patterns():
        tests.append(f"regexp_matches(path, {quoted_sql(path_patterns()[kind])})")
    return f"({' OR '.join(tests)})"
