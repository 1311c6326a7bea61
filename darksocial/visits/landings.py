"""The landing of a session: which hit of its first moment began it, and what that hit shows.

Servers log a request when it is answered, to the second. So several page views can share the first
moment of a session: a page and what it fetches, a reload, two tabs. Of these the landing is the one
that

1. comes from outside, not from the site itself or an excluded referrer;
2. names none of the others as its referrer: the page that it names came first;
3. has the earlier line. Lines of several files are compared as well. This says nothing of time, but
   does not depend on the order of files.

If all that is equal, what they ask for decides (`tie_break`, parser/requests.py).

A landing that is answered 304 shows that the browser had a copy of the page (RFC 9110, 13.1 and
15.4.5): its user was here before, even if the input does not hold the visit.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.visits.hits import PLACE_KEY, address, names_page

# What is taken from the landing hit of a session.
LANDING_HIT_COLUMNS = (
    "visitor",
    "domain",
    "session",
    "file",
    "line",
    "tie_break",
    "continues",
    "internal",
    "client_ip",
    "host",
    "path",
    "page",
    "query",
    "referrer",
    "referrer_host",
    "revalidated",
    "campaign",
    "country",
    "channel",
    "source",
    "medium",
    "weight",
)
LANDING_KEY = ("visitor", "domain", "session", "started_at")


def with_landing(engine: Engine, sessions: ir.Table, hits: ir.Table) -> ir.Table:
    """Return sessions with the columns of their landing hit: their first page view."""
    pages = hits.filter(hits.kind == "page")
    pages = pages.mutate(path=pages.asked_path, query=pages.asked_query, started_at=pages.time)
    pages = pages.select(*LANDING_HIT_COLUMNS, "started_at")
    candidates = engine.stage("landing_candidates", sessions.join(pages, LANDING_KEY))
    counted = candidates.group_by(LANDING_KEY).agg(candidates=candidates.count())
    several = counted.filter(counted.candidates > 1)
    single = candidates.anti_join(several, LANDING_KEY)
    first = _first(candidates.semi_join(several, LANDING_KEY))
    landed = single.union(first).drop("tie_break", "referrer_host")
    was_here = landed.revalidated.fill_null(False)
    return landed.mutate(
        revalidated=was_here,
        new_visitor=landed.new_visitor & ~was_here,
        continues=landed.continues | landed.goes_on,
    )


def _first(candidates: ir.Table) -> ir.Table:
    """Return the landing of each session that has several candidates."""
    ordered = candidates.left_join(_following(candidates), PLACE_KEY, rname="{name}_right")
    place = ibis.row_number().over(
        group_by=[ordered[name] for name in LANDING_KEY],
        order_by=[
            ordered.continues,
            ordered.follows.fill_null(False),
            ordered.line,
            ordered.tie_break,
            ordered.file,
        ],
    )
    placed = ordered.mutate(place=place)
    return placed.filter(placed.place == 0).select(*candidates.columns)


def _following(candidates: ir.Table) -> ir.Table:
    """Return the keys of hits whose referrer is another page of the same visitor and moment."""
    addressed = candidates.mutate(address=address(candidates))
    others = addressed.select(*LANDING_KEY, other=addressed.address).distinct()
    pairs = addressed.join(others, LANDING_KEY)
    after = pairs.filter(pairs.other != pairs.address, names_page(pairs, pairs.other))
    return after.select(*PLACE_KEY).distinct().mutate(follows=ibis.literal(True))


def first_views(requests: ir.Table, landed: ir.Table) -> ir.Table:
    """Return when visitors who came again first viewed each page (`page`, host `place`).

    Visitors with one visit are left out: they had not viewed its landing page before.
    """
    again = landed.filter(~landed.new_visitor).select("visitor").distinct()
    pages = requests.filter(requests.kind == "page").semi_join(again, "visitor")
    return pages.group_by(
        "visitor", page=pages.page.fill_null(""), place=pages.host.fill_null("")
    ).agg(first_view=pages.time.min())
