"""Hits to requests: what each hit is for and whose it is, row by row, by DuckDB in every engine.

Only what later steps read is kept: path, query and referrer of page views, not of their assets.
"""

from collections.abc import Sequence

from darksocial.engines.parser.sql import quoted_sql
from darksocial.requests import ACTIVITY, extensions, feed_parameters, path_patterns
from darksocial.settings import Goal

REFERRER_HOST = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)"


VISIT = (
    "session",
    "campaign",
    "device",
    "os",
    "browser",
    "channel",
    "source",
    "medium",
    "weight",
    "pageviews",
    "conversions",
    "revenue",
)


def requests_sql(
    parsed: str, secret: str, records: frozenset[str], goals: Sequence[Goal] = ()
) -> str:
    """Return the query that turns parsed lines into requests.

    `visitor` is 60 bits of SHA-256 over the secret and what tells visitors apart: the id that an
    export gives, else client address and user agent. `records` are the fields that the format
    records: an agent that is not recorded is not the same as an agent that is not there.
    """
    named = (
        "SELECT *, lower(split_part(path, '.', -1)) AS extension, "
        f"split_part(referrer, '/', 3) AS authority FROM ({parsed})"
    )
    kind = f"SELECT *, {_kind(goals)} AS kind FROM ({named})"
    of_pages = ", ".join(
        f"CASE WHEN kind = 'page' THEN {column} END AS {column}"
        for column in ("path", "query", "referrer")
    )
    told = {
        "session": _session(secret, records),
        "conversions": _conversions(goals),
        "revenue": _revenue(goals),
    }
    visit = ", ".join(f"{told.get(name, name)} AS {name}" for name in VISIT)
    return (
        "SELECT file, line, reason, text, time, client_ip, host, user_agent, kind, "
        f"{_visitor(secret, records)} AS visitor, {_order()} AS tie_break, {of_pages}, "
        f"{_referrer_host()} AS referrer_host, {visit} FROM ({kind})"
    )


def _visitor(secret: str, records: frozenset[str]) -> str:
    agent = "coalesce(user_agent, '')" if "user_agent" in records else "chr(0)"
    identity = f"coalesce(client_ip, '') || chr(0) || {agent}"
    if not {"user_agent", "client_ip"} & records:  # whose hits these are is not known
        identity = "file || chr(0) || line"
    if "forwarded" in records:  # the first address is what the proxies say, believed or not
        identity = f"{identity} || chr(0) || coalesce(split_part(forwarded, ',', 1), '')"
    if "visitor" in records:
        identity = f"coalesce('id' || chr(0) || visitor_key, {identity})"
    if "weight" in records:
        identity = "file || chr(0) || line"
    return f"CASE WHEN reason IS NULL THEN {_hashed(secret, identity)} END"


def _session(secret: str, records: frozenset[str]) -> str:
    """The session that an export gives; rows that stand for many are sessions by themselves."""
    if "weight" in records:
        return f"CASE WHEN reason IS NULL THEN {_hashed(secret, 'file || chr(0) || line')} END"
    if "session" not in records:
        return "NULL::BIGINT"
    return f"CASE WHEN session_key IS NOT NULL THEN {_hashed(secret, 'session_key')} END"


def _hashed(secret: str, identity: str) -> str:
    digest = f"sha256({quoted_sql(secret)} || chr(0) || {identity})"
    return f"('0x' || left({digest}, 15))::BIGINT"


def _conversions(goals: Sequence[Goal]) -> str:
    if not goals:
        return "conversions"
    reached = " + ".join(f"coalesce({_reached(goal)}, false)::INT" for goal in goals)
    counted = f"CASE WHEN {_shows_a_person()} THEN ({reached})::DOUBLE ELSE 0 END"
    return f"CASE WHEN reason IS NULL THEN coalesce(conversions, 0) + {counted} END"


def _revenue(goals: Sequence[Goal]) -> str:
    valued = [goal for goal in goals if goal.value is not None]
    if not valued:
        return "revenue"
    parts = [
        f"CASE WHEN {_reached(goal)} THEN {float(goal.value or 0)!r} ELSE 0 END" for goal in valued
    ]
    earned = f"CASE WHEN {_shows_a_person()} THEN {' + '.join(parts)} END"
    return f"CASE WHEN reason IS NULL THEN coalesce(revenue, {earned}) END"


def _shows_a_person() -> str:
    return f"kind IN ({', '.join(quoted_sql(kind) for kind in ACTIVITY)})"


def _reached(goal: Goal) -> str:
    """Whether a hit reaches a goal: everything that the goal names must hold."""
    tests = []
    if goal.path:
        tests.append(f"regexp_full_match(path, {quoted_sql(goal.pattern)})")
    if goal.status:
        tests.append(f"status = {int(goal.status)}")
    elif goal.path:
        tests.append("(status IS NULL OR status < 400)")
    if goal.method:
        tests.append(f"method = {quoted_sql(goal.method.upper())}")
    if goal.event:
        tests.append(f"event = {quoted_sql(goal.event)}")
    return f"({' AND '.join(tests)})"


def _order() -> str:
    """A number that follows from what was asked for alone: it orders hits of the same moment."""
    return "CASE WHEN kind = 'page' THEN (hash(path, query, referrer, host) >> 4)::BIGINT END"


def _referrer_host() -> str:
    """The referrer's host: what stands between its slashes, or by regular expression."""
    is_plain = "starts_with(referrer, 'http') AND regexp_matches(authority, '^[a-z0-9.-]+$')"
    exact = f"lower(regexp_extract(referrer, {quoted_sql(REFERRER_HOST)}, 1))"
    host = f"CASE WHEN {is_plain} THEN authority ELSE {exact} END"
    return f"CASE WHEN reason IS NULL AND referrer IS NOT NULL THEN nullif({host}, '') END"


def _kind(goals: Sequence[Goal]) -> str:
    """What a request is for; one that reaches a goal is a person's, wherever it goes."""
    reached = " OR ".join([_reached(goal) for goal in goals] or ["false"])
    feed_query = f"(query IS NOT NULL AND regexp_matches(query, {quoted_sql(feed_parameters())}))"
    return (
        "CASE WHEN reason IS NOT NULL THEN NULL "
        "WHEN weight > 0 THEN 'page' "
        "WHEN weight IS NOT NULL THEN 'other' "
        "WHEN path IS NULL OR NOT is_page THEN 'other' "
        f"WHEN {_is_kind('robots')} THEN 'robots' "
        "WHEN prefetch THEN 'prefetch' "
        f"WHEN ({reached}) AND ({_is_kind('api')} OR {_is_kind('feed')}) THEN 'other' "
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
