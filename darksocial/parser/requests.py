"""Hits to requests: what each hit is for and whose it is, row by row, by DuckDB in every engine.

Only what later steps read is kept: path, query and referrer of page views, not of their assets.
Paths are decoded (lookups/paths.py), those of referrers as well, so that a page is the same however
a server spells it, and what a visitor comes from is a page of the site.
"""

import re
from collections.abc import Sequence

from darksocial.lookups.mirrors import hosts_with_addresses
from darksocial.lookups.request_kinds import (
    ACTIVITY,
    feed_parameters,
    login_pages,
    path_patterns,
)
from darksocial.lookups.utm import tag_pattern
from darksocial.parser.exports import VISIT_COLUMNS
from darksocial.parser.periods import PERIOD_COLUMNS
from darksocial.parser.sql import cases_sql, quoted_sql
from darksocial.parser.steps import Steps
from darksocial.privacy.identifiers import NOTHING_KEPT, Privacy
from darksocial.settings import Goal
from darksocial.tracking.share_id import BEACON_QUERY

REFERRER_HOST = r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)"
PLAIN_IDENTITY = "NULL::VARCHAR"
ID_MARK = "id\n"
"""How the identity of a visitor begins whose id the input gives."""
# It is not known whose hits these are: each counts as another visitor's.
IDENTITY_OF_LINE = "file || chr(10) || line"
SITE_PATTERN = "https?://[^/]+"
# What a browser shows, or is led on by: their paths, queries and referrers are kept.
NAVIGATES = "kind IN ('page', 'redirect')"
# The parameters by which login pages know which page was asked for: Django's `next`, `return_to`
# of Rails, WordPress' `redirect_to`, ASP.NET's `ReturnUrl`, Google's `continue`, and `redirect`.
# Another site's address and the home page are no such page.
DESTINATION = (
    r"(?i)(?:^|&)(?:next|return_to|returnurl|redirect|redirect_to|continue)"
    r"=((?:/|%2f)[a-z0-9_.~-][^&]*)"
)
PLAIN_REFERRER = "^https?://([a-z0-9.-]+)(?:/|$)"

VISIT_FIELDS = ("session", *(name for name, _ in VISIT_COLUMNS))
GOAL_FIELDS = ("method", "status", "event")
# The answer to a browser that asks whether its copy of a page still holds (RFC 9110, 15.4.5).
NOT_MODIFIED = 304
# The bits of a BIGINT without its sign: `goals_reached` has one for each of so many goals.
MAX_WATCHED_GOALS = 63


def requests_steps(
    hits: Steps,
    records: frozenset[str],
    goals: Sequence[Goal] = (),
    *,
    privacy: Privacy = NOTHING_KEPT,
    of_goals: bool = False,
    geoip: str = "",
) -> Steps:
    """Add the steps that turn parsed lines into `requests`, one row a line.

    `visitor` numbers visitors within a run: a 60-bit hash of what distinguishes them, which is the
    id that an export gives, else client address and user agent. `identity` is that text where it is
    not just these two (visits/visitors.py makes the keyed hash of it, once a visitor). `records`
    are the fields that the format records: an agent that is not recorded is not the same as an
    agent that was not sent. `privacy` says whether personal data stays in paths. `of_goals` adds
    the columns that goals look at (`sums.GOAL_COLUMNS`), so that goals can be applied later. With
    `goals` there is `goals_reached`: bit n is set if the hit counts for goal n. `geoip` is the
    database by which the address of a page view has a country that the format does not record.
    """
    identity = identity_sql(records)
    page, other = ("page", "path") if privacy.keep_paths else ("bare_path(page)", "bare_path(path)")
    referrer = f"CASE WHEN {NAVIGATES} THEN decoded_referrer(referrer) ELSE referrer END"
    hits = hits.then("decoded", "* REPLACE (decoded_path(path) AS path)")
    plain_host = f"regexp_extract(referrer, {quoted_sql(PLAIN_REFERRER)}, 1)"
    if goals:
        # Once for each hit: kind, conversions and revenue all ask for it.
        hits = hits.adding(
            "goals", *(f"coalesce({_reached(g)}, false) AS goal{n}" for n, g in enumerate(goals))
        )
    shown = (
        hits.adding("kinds", f"{_kind(goals)} AS kind", f"{identity} AS identity")
        .adding("destinations", f"{_destination()} AS destination")
        .adding("pages", f"{_asked_path()} AS page", f"{_asked_query()} AS asked_query")
        .then(
            "referrers",
            f"* REPLACE ({page} AS page, {referrer} AS referrer)",
            f"{plain_host} AS plain_host",
        )
        .adding("hosts", f"{_sent_host()} AS sent_host")
    )
    computed = {
        "session": _session(records),
        "conversions": _conversions(goals),
        "revenue": _revenue(goals),
        "country": _country(geoip),
    }
    for_goals = (f"CASE WHEN kind <> 'page' THEN {other} END AS request_path", *GOAL_FIELDS)
    whose = "client_ip, user_agent" if identity == PLAIN_IDENTITY else "identity"
    return shown.then(
        "requests",
        *("file", "line", "reason", "text", "time", "client_ip", "host", "user_agent"),
        *("kind", "identity"),
        f"CASE WHEN reason IS NULL THEN {_number(whose)} END AS visitor",
        f"{_order()} AS tie_break",
        "page AS path",
        "asked_query AS query",
        f"CASE WHEN {NAVIGATES} THEN referrer END AS referrer",
        f"{_referrer_host()} AS referrer_host",
        f"CASE WHEN kind = 'page' AND {_is_login_page()} THEN true END AS is_login",
        f"CASE WHEN kind = 'page' AND {_names_itself()} THEN true END AS names_itself",
        f"CASE WHEN kind = 'page' THEN status = {NOT_MODIFIED} END AS revalidated",
        *(f"{computed.get(name, name)} AS {name}" for name in VISIT_FIELDS),
        f"{_event_key(records, identity)} AS event_key",
        *(PERIOD_COLUMNS if "last_day" in records else ()),
        *((f"{_goals_reached(goals)} AS goals_reached",) if goals else ()),
        *(for_goals if of_goals else ()),
    )


def identity_sql(records: frozenset[str]) -> str:
    """Return SQL for what distinguishes visitors, if address and user agent do not suffice."""
    if "weight" in records:
        return IDENTITY_OF_LINE
    if {"user_agent", "client_ip"} <= records and not {"visitor", "forwarded"} & records:
        return PLAIN_IDENTITY
    agent = "coalesce(user_agent, '')" if "user_agent" in records else "chr(1)"
    identity = f"coalesce(client_ip, '') || chr(10) || {agent}"
    if not {"user_agent", "client_ip"} & records:
        identity = IDENTITY_OF_LINE
    if "forwarded" in records:
        # Behind one proxy the first address separates visitors, whether it is believed or not.
        identity = f"{identity} || chr(10) || coalesce(split_part(forwarded, ',', 1), '')"
    if "visitor" in records:
        identity = f"coalesce({quoted_sql(ID_MARK)} || visitor_key, {identity})"
    return identity


def _session(records: frozenset[str]) -> str:
    """Return SQL for the session that an export gives; a row with a weight is a session."""
    if "weight" in records:
        return f"CASE WHEN reason IS NULL THEN {_number('file, line')} END"
    if "session" not in records:
        return "NULL::BIGINT"
    return f"CASE WHEN session_key IS NOT NULL THEN {_number('session_key')} END"


def _country(geoip: str) -> str:
    """Return SQL for the country that is recorded, or in which a database has the address."""
    if not geoip:
        return "country"
    looked_up = f"country_at(client_ip, {quoted_sql(geoip)})"
    return f"CASE WHEN kind = 'page' THEN coalesce(country, {looked_up}) END"


def _event_key(records: frozenset[str], identity: str) -> str:
    """Return SQL for what identifies an event of a visitor, as 60 bits that are the same in each
    run; without a visitor the event's time counts."""
    if "event_key" not in records:
        return "NULL::BIGINT"
    of_line = f"identity = {IDENTITY_OF_LINE}"
    whose = f"CASE WHEN {of_line} THEN epoch_us(time)::VARCHAR ELSE identity END"
    if identity == PLAIN_IDENTITY:
        whose = "concat_ws(chr(10), client_ip, user_agent)"
    digest = f"(md5_number_lower(concat_ws(chr(10), event_key, {whose})) >> 4)::BIGINT"
    return f"CASE WHEN reason IS NULL AND event_key IS NOT NULL THEN {digest} END"


def _number(columns: str) -> str:
    """Return SQL for 60 bits that stand for some columns; used within a run only, never written."""
    return f"(hash({columns}) >> 4)::BIGINT"


def _conversions(goals: Sequence[Goal]) -> str:
    """Return SQL for the conversions that an export records and those by goals."""
    if not goals:
        return "conversions"
    reached = " + ".join(f"goal{number}::INT" for number in range(len(goals)))
    counted = f"CASE WHEN {_shows_a_person()} THEN ({reached})::DOUBLE ELSE 0 END"
    return f"CASE WHEN reason IS NULL THEN coalesce(conversions, 0) + {counted} END"


def _goals_reached(goals: Sequence[Goal]) -> str:
    """Return SQL for the goals that a hit counts for, as the bits of a number."""
    bits = " + ".join(
        f"CASE WHEN goal{number} THEN {1 << number}::BIGINT ELSE 0 END"
        for number in range(min(len(goals), MAX_WATCHED_GOALS))
    )
    return f"CASE WHEN reason IS NULL AND {_shows_a_person()} THEN {bits} END"


def _revenue(goals: Sequence[Goal]) -> str:
    """Return SQL for the revenue that an export records, else the value of the goals reached."""
    parts = [
        f"CASE WHEN goal{number} THEN {float(goal.value)!r} ELSE 0 END"
        for number, goal in enumerate(goals)
        if goal.value is not None
    ]
    if not parts:
        return "revenue"
    earned = f"CASE WHEN {_shows_a_person()} THEN {' + '.join(parts)} END"
    return f"CASE WHEN reason IS NULL THEN coalesce(revenue, {earned}) END"


def _shows_a_person() -> str:
    """Return SQL that says whether a request can be by a person, not by an open page alone."""
    return f"kind IN ({', '.join(quoted_sql(kind) for kind in ACTIVITY)})"


def _reached(goal: Goal) -> str:
    """Return SQL that says whether a hit reaches a goal: all that it names must hold."""
    tests = []
    if goal.path:
        tests += [f"regexp_full_match(path, {quoted_sql(goal.pattern)})"]
    if goal.status:
        tests += [f"status = {int(goal.status)}"]
    elif goal.path:
        tests += ["(status IS NULL OR status < 400)"]
    if goal.method:
        tests += [f"method = {quoted_sql(goal.method.upper())}"]
    if goal.event:
        tests += [f"event = {quoted_sql(goal.event)}"]
    return f"({' AND '.join(tests)})"


def _order() -> str:
    """Return SQL for a number that follows from the request alone.

    It orders hits of one moment whose places in their files do not (visits/landings.py).
    """
    return f"CASE WHEN {NAVIGATES} THEN {_number('page, query, referrer, host')} END"


def _destination() -> str:
    """Return SQL for where a login page leads to: an address of the site in its query, or null."""
    is_asked = f"regexp_matches(query, {quoted_sql(DESTINATION)}) AND {_is_login_page()}"
    value = f"url_decode(regexp_extract(query, {quoted_sql(DESTINATION)}, 1))"
    return f"CASE WHEN kind = 'page' AND query IS NOT NULL AND {is_asked} THEN {value} END"


def _asked_path() -> str:
    path = "decoded_path(split_part(destination, '?', 1))"
    of_login = f"WHEN destination IS NOT NULL THEN {path}"
    return f"CASE {of_login} WHEN {NAVIGATES} THEN path END"


def _asked_query() -> str:
    query = "nullif(substr(destination, strpos(destination, '?') + 1), destination)"
    of_login = f"WHEN destination IS NOT NULL THEN {query}"
    return f"CASE {of_login} WHEN {NAVIGATES} OR kind = 'beacon' THEN query END"


def _sent_host() -> str:
    """Return SQL for the host in a referrer: by a quick pattern if that fits, else an exact one."""
    exact = f"lower(regexp_extract(referrer, {quoted_sql(REFERRER_HOST)}, 1))"
    host = f"CASE WHEN plain_host <> '' THEN plain_host ELSE nullif({exact}, '') END"
    return f"CASE WHEN reason IS NULL AND referrer IS NOT NULL THEN {host} END"


def _referrer_host() -> str:
    """Return SQL for the site that a referrer is of: its host, or whose page the host shows."""
    hosts, beginnings = hosts_with_addresses()
    # A pattern is tried only for rows that need it. DuckDB would make a join of a list, for all.
    listed = f"(?:www\\.)?(?:{'|'.join(map(re.escape, hosts))})"
    is_listed = f"regexp_full_match(sent_host, {quoted_sql(listed)})"
    begins = [f"starts_with(sent_host, {quoted_sql(beginning)})" for beginning in beginnings]
    shows_others = f"{NAVIGATES} AND ({' OR '.join([is_listed, *begins])})"
    shown = "coalesce(nullif(host_shown(referrer), ''), sent_host)"
    return f"CASE WHEN {shows_others} THEN {shown} ELSE sent_host END"


def _names_itself() -> str:
    """Return SQL that says whether the referrer is the page asked for, on whatever host.

    Exports record no method: their tags name the page itself after a reload. A page with a
    campaign's tag or a click id was opened from a link, and reloaded by a script or an app.
    """
    tagged = f"coalesce(regexp_matches(query, {quoted_sql(tag_pattern())}), false)"
    # The end is compared first: only few referrers are worth the rest.
    asked = "path || coalesce('?' || query, '')"
    ends_alike = "ends_with(referrer, coalesce(query, path))"
    site = f"left(referrer, length(referrer) - length({asked}))"
    is_site = f"regexp_full_match({site}, {quoted_sql(SITE_PATTERN)})"
    return " AND ".join(
        ("method = 'GET'", ends_alike, f"ends_with(referrer, {asked})", is_site, f"NOT {tagged}")
    )


def _kind(goals: Sequence[Goal]) -> str:
    """Return SQL for what a request is for; one that reaches a goal is a person's in any case."""
    reached = " OR ".join(f"goal{number}" for number in range(len(goals)))
    called = f"({_is_kind('api')} OR {_is_kind('feed')}) AND NOT {_is_kind('probe')}"
    by_goal = f"WHEN ({reached}) AND {called} THEN 'other'"
    feed_query = f"(query IS NOT NULL AND regexp_matches(query, {quoted_sql(feed_parameters())}))"
    return cases_sql(
        "WHEN reason IS NOT NULL THEN NULL",
        "WHEN weight > 0 THEN 'page'",
        "WHEN weight IS NOT NULL THEN 'other'",
        "WHEN path IS NULL OR NOT is_page THEN 'other'",
        f"WHEN {_is_kind('robots')} THEN 'robots'",
        "WHEN prefetch THEN 'prefetch'",
        "WHEN method = 'HEAD' THEN 'head'",
        *([by_goal] if goals else []),
        f"WHEN method = 'POST' AND {_is_login_page()} THEN 'login'",
        f"WHEN {_is_beacon()} THEN 'beacon'",
        f"WHEN {_is_kind('asset')} THEN 'asset'",
        f"WHEN {_is_kind('probe')} THEN 'probe'",
        f"WHEN {_is_kind('api')} THEN 'api'",
        f"WHEN {_is_kind('feed')} OR {feed_query} THEN 'feed'",
        "WHEN method <> 'GET' THEN 'other'",
        f"WHEN status BETWEEN 300 AND 399 AND status <> {NOT_MODIFIED} THEN 'redirect'",
        "WHEN status >= 400 THEN 'error'",
        "WHEN status < 200 THEN 'other'",
        f"WHEN {_is_kind('download')} THEN 'download'",
        "ELSE 'page'",
    )


def _is_beacon() -> str:
    """Return SQL that says whether the script of the site says that it gave a share an id."""
    of_share = f"regexp_full_match(query, {quoted_sql(BEACON_QUERY)})"
    is_file = f"({_is_kind('asset')} OR {_is_kind('download')})"
    return f"method = 'GET' AND query IS NOT NULL AND {of_share} AND {is_file}"


def _is_login_page() -> str:
    return f"regexp_matches(path, {quoted_sql(login_pages())})"


def _is_kind(kind: str) -> str:
    return f"regexp_matches(path, {quoted_sql(path_patterns()[kind])})"
