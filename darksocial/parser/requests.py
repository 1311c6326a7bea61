"""Hits to requests: what each hit is for and whose it is, row by row, by DuckDB in every engine.

Only what later steps read is kept: path, query and referrer of page views, not of their assets.
"""

from collections.abc import Sequence

from darksocial.lookups.request_kinds import ACTIVITY, feed_parameters, path_patterns
from darksocial.parser.hits import OF_VISIT
from darksocial.parser.sql import cases_sql, quoted_sql
from darksocial.parser.steps import Steps
from darksocial.settings import Goal

REFERRER_HOST = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)"
PLAIN_IDENTITY = "NULL::VARCHAR"
NOBODY = "file || chr(10) || line"
"""Whose hits these are is not known: each is by somebody else."""
PLAIN_REFERRER = "^https?://([a-z0-9.-]+)(?:/|$)"

VISIT = ("session", *(name for name, _ in OF_VISIT))
FOR_GOALS = ("method", "status", "event")


def requests_steps(
    hits: Steps,
    records: frozenset[str],
    goals: Sequence[Goal] = (),
    *,
    bare_paths: bool = False,
    of_goals: bool = False,
) -> Steps:
    """Add the steps that turn parsed lines into `requests`, one row a line.

    `visitor` numbers visitors within a run: a 60-bit hash of what tells them apart, which is the id
    that an export gives, else client address and user agent. `identity` is that text where it is
    not just these two (visits/visitors.py makes the keyed hash of it, once a visitor). `records`
    are the fields that the format records: an agent that is not recorded is not the same as an
    agent that is not there. `bare_paths` takes what tells of persons out of paths
    (privacy/urls.py). `of_goals` adds what goals look at (`sums.OF_GOALS`), so that goals can be
    applied later.
    """
    identity = identity_sql(records)
    page, other = ("bare_path(page)", "bare_path(path)") if bare_paths else ("page", "path")
    plain_host = f"regexp_extract(referrer, {quoted_sql(PLAIN_REFERRER)}, 1)"
    shown = (
        hits.adding("kinds", f"{_kind(goals)} AS kind", f"{identity} AS identity")
        .adding("pages", "CASE WHEN kind = 'page' THEN path END AS page")
        .then("referrers", f"* REPLACE ({page} AS page)", f"{plain_host} AS plain_host")
    )
    computed = {
        "session": _session(records),
        "conversions": _conversions(goals),
        "revenue": _revenue(goals),
    }
    for_goals = (f"CASE WHEN kind <> 'page' THEN {other} END AS request_path", *FOR_GOALS)
    whose = "client_ip, user_agent" if identity == PLAIN_IDENTITY else "identity"
    return shown.then(
        "requests",
        *("file", "line", "reason", "text", "time", "client_ip", "host", "user_agent"),
        *("kind", "identity"),
        f"CASE WHEN reason IS NULL THEN {_number(whose)} END AS visitor",
        f"{_order()} AS tie_break",
        "page AS path",
        *(f"CASE WHEN kind = 'page' THEN {name} END AS {name}" for name in ("query", "referrer")),
        f"{_referrer_host()} AS referrer_host",
        *(f"{computed.get(name, name)} AS {name}" for name in VISIT),
        *(for_goals if of_goals else ()),
    )


def identity_sql(records: frozenset[str]) -> str:
    """Return SQL for what distinguishes visitors, where address and user agent do not suffice."""
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
    """Return SQL for the session that an export gives; a row with a weight is a session."""
    if "weight" in records:
        return f"CASE WHEN reason IS NULL THEN {_number('file, line')} END"
    if "session" not in records:
        return "NULL::BIGINT"
    return f"CASE WHEN session_key IS NOT NULL THEN {_number('session_key')} END"


def _number(columns: str) -> str:
    """Return SQL for 60 bits that stand for some columns; used within a run only, never written."""
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
    """Return SQL that says whether a hit reaches a goal: everything that it names must hold."""
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
    """Return SQL for a number that follows from the request alone: it orders hits of one moment."""
    return f"CASE WHEN kind = 'page' THEN {_number('page, query, referrer, host')} END"


def _referrer_host() -> str:
    """Return SQL for the referrer's host: by a quick pattern that most fit, or by an exact one."""
    exact = f"lower(regexp_extract(referrer, {quoted_sql(REFERRER_HOST)}, 1))"
    host = f"CASE WHEN plain_host <> '' THEN plain_host ELSE nullif({exact}, '') END"
    return f"CASE WHEN reason IS NULL AND referrer IS NOT NULL THEN {host} END"


def _kind(goals: Sequence[Goal]) -> str:
    """Return SQL for what a request is for; one that reaches a goal is a person's anywhere."""
    reached = " OR ".join([_reached(goal) for goal in goals] or ["false"])
    feed_query = f"(query IS NOT NULL AND regexp_matches(query, {quoted_sql(feed_parameters())}))"
    return cases_sql(
        "WHEN reason IS NOT NULL THEN NULL",
        "WHEN weight > 0 THEN 'page'",
        "WHEN weight IS NOT NULL THEN 'other'",
        "WHEN path IS NULL OR NOT is_page THEN 'other'",
        f"WHEN {_is_kind('robots')} THEN 'robots'",
        "WHEN prefetch THEN 'prefetch'",
        f"WHEN ({reached}) AND ({_is_kind('api')} OR {_is_kind('feed')}) THEN 'other'",
        f"WHEN {_is_kind('asset')} THEN 'asset'",
        f"WHEN {_is_kind('api')} THEN 'api'",
        f"WHEN {_is_kind('feed')} OR {feed_query} THEN 'feed'",
        "WHEN method NOT IN ('GET', 'HEAD') THEN 'other'",
        "WHEN status BETWEEN 300 AND 399 AND status <> 304 THEN 'redirect'",
        "WHEN status >= 400 THEN 'error'",
        "WHEN status < 200 THEN 'other'",
        f"WHEN {_is_kind('download')} THEN 'download'",
        "ELSE 'page'",
    )


def _is_kind(kind: str) -> str:
    return f"regexp_matches(path, {quoted_sql(path_patterns()[kind])})"
