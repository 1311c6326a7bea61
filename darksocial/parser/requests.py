"""Hits to requests: what each hit is for and whose it is, row by row, by DuckDB in every engine.

Only what later steps read is kept: path, query and referrer of page views, not of their assets.
"""

from collections.abc import Sequence

from darksocial.lookups.request_kinds import ACTIVITY, feed_parameters, path_patterns
from darksocial.parser.hits import OF_VISIT
from darksocial.parser.redacted import bare_path_sql
from darksocial.parser.sql import quoted_sql
from darksocial.settings import Goal

REFERRER_HOST = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)"
PLAIN_IDENTITY = "NULL::VARCHAR"
NOBODY = "file || chr(10) || line"
"""Whose hits these are is not known: each is by somebody else."""
PLAIN_REFERRER = "^https?://([a-z0-9.-]+)(?:/|$)"

VISIT = ("session", *(name for name, _ in OF_VISIT))


def requests_sql(
    parsed: str,
    records: frozenset[str],
    goals: Sequence[Goal] = (),
    *,
    bare_paths: bool = False,
    of_goals: bool = False,
) -> str:
    """Return the query that turns parsed lines into requests, one row a line.

    `visitor` numbers visitors within a run: a 60-bit hash of what tells them apart, which is the id
    that an export gives, else client address and user agent. `identity` is that text where it is
    not just these two (visits/visitors.py makes the keyed hash of it, once a visitor). `records`
    are the fields that the format records: an agent that is not recorded is not the same as an
    agent that is not there. `bare_paths` takes what tells of persons out of paths
    (privacy/urls.py). `of_goals` adds what goals look at (`sums.OF_GOALS`), so that goals can be
    applied later.
    """
    identity = identity_sql(records)
    kind = f"SELECT *, {_kind(goals)} AS kind, {identity} AS identity FROM ({parsed})"
    pages = f"SELECT *, CASE WHEN kind = 'page' THEN path END AS page FROM ({kind})"
    page, other = (bare_path_sql(name) if bare_paths else name for name in ("page", "path"))
    plain_host = f"regexp_extract(referrer, {quoted_sql(PLAIN_REFERRER)}, 1)"
    shown = f"SELECT * REPLACE ({page} AS page), {plain_host} AS plain_host FROM ({pages})"
    of_pages = ", ".join(
        f"CASE WHEN kind = 'page' THEN {column} END AS {column}" for column in ("query", "referrer")
    )
    told = {
        "session": _session(records),
        "conversions": _conversions(goals),
        "revenue": _revenue(goals),
    }
    visit = ", ".join(f"{told.get(name, name)} AS {name}" for name in VISIT)
    if of_goals:
        visit += (
            f", CASE WHEN kind <> 'page' THEN {other} END AS request_path, method, status, event"
        )
    whose = "client_ip, user_agent" if identity == PLAIN_IDENTITY else "identity"
    return (
        "SELECT file, line, reason, text, time, client_ip, host, user_agent, kind, identity, "
        f"CASE WHEN reason IS NULL THEN {_number(whose)} END AS visitor, "
        f"{_order()} AS tie_break, page AS path, {of_pages}, "
        f"{_referrer_host()} AS referrer_host, {visit} FROM ({shown})"
    )


def identity_sql(records: frozenset[str]) -> str:
    """What tells visitors apart, where it is not just the client address and the user agent."""
    if "weight" in records:
        return NOBODY
    if {"user_agent", "client_ip"} <= records and not {"visitor", "forwarded"} & records:
        return PLAIN_IDENTITY
    agent = "coalesce(user_agent, '')" if "user_agent" in records else "chr(1)"
    identity = f"coalesce(client_ip, '') || chr(10) || {agent}"
    if not {"user_agent", "client_ip"} & records:
        identity = NOBODY
    if "forwarded" in records:  # the first address is what the proxies say, believed or not
        identity = f"{identity} || chr(10) || coalesce(split_part(forwarded, ',', 1), '')"
    if "visitor" in records:
        identity = f"coalesce('id' || chr(10) || visitor_key, {identity})"
    return identity


def _session(records: frozenset[str]) -> str:
    """The session that an export gives; rows that stand for many are sessions by themselves."""
    if "weight" in records:
        return f"CASE WHEN reason IS NULL THEN {_number('file, line')} END"
    if "session" not in records:
        return "NULL::BIGINT"
    return f"CASE WHEN session_key IS NOT NULL THEN {_number('session_key')} END"


def _number(columns: str) -> str:
    """60 bits that stand for some columns; used within a run only, never written."""
    return f"(hash({columns}) >> 4)::BIGINT"


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
    return f"CASE WHEN kind = 'page' THEN {_number('page, query, referrer, host')} END"


def _referrer_host() -> str:
    """The referrer's host: by a quick pattern, which most referrers fit, or by an exact one."""
    exact = f"lower(regexp_extract(referrer, {quoted_sql(REFERRER_HOST)}, 1))"
    host = f"CASE WHEN plain_host <> '' THEN plain_host ELSE nullif({exact}, '') END"
    return f"CASE WHEN reason IS NULL AND referrer IS NOT NULL THEN {host} END"


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
    return f"regexp_matches(path, {quoted_sql(path_patterns()[kind])})"
