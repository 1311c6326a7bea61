"""Redirects: which address was asked for, where a page was reached by way of others.

A short link, an old address or a page behind a login answers with another address (RFC 9110, 15.4),
and the browser asks for that at once, with the same referrer (Fetch standard, HTTP-redirect fetch).
The page is known by the first address of such a chain, because that is the one that was shared:
requests of one visitor with one referrer, each at most five seconds after the one before (assumed).
A fetch for a link preview that is redirected and does not come back is of the address that it asked
for.

Where a login page is reached without a redirect its own address may say which page was asked for
(parser/requests.py).
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir

MAX_SECONDS_OF_REDIRECT = 5
CHAIN = ("visitor", "from_referrer", "chain")


def with_addresses(engine: Engine, requests: ir.Table) -> ir.Table:
    """Return the requests with `asked_path` and `asked_query`: what was asked for first.

    For a page view that redirects led to it is the first address of their chain, else its own.
    `leads_nowhere` marks the first redirect of a chain after which no page came.
    """
    redirects = requests.filter(requests.kind == "redirect", requests.path.notnull())
    if not engine.fetch(redirects.select("line").limit(1), "redirects").num_rows:
        unchained = requests.mutate(
            asked_path=requests.path, asked_query=requests.query, leads_nowhere=False
        )
        return engine.view("addressed", unchained)
    ends = engine.stage("ends_of_redirects", _ends(requests, redirects))
    joined = requests.left_join(ends, ["file", "line"], rname="{name}_chained")
    is_led = joined.entry_path.notnull()
    addressed = joined.mutate(
        asked_path=ibis.ifelse(is_led, joined.entry_path, joined.path),
        asked_query=ibis.ifelse(is_led, joined.entry_query, joined.query),
        leads_nowhere=joined.leads_nowhere.fill_null(False),
    )
    columns = (*requests.columns, "asked_path", "asked_query", "leads_nowhere")
    return engine.view("addressed", addressed.select(*columns))


def _ends(requests: ir.Table, redirects: ir.Table) -> ir.Table:
    """Return, by the places of their lines, the pages that chains of redirects end at, with the
    first address of each, and the first redirects of chains that end at none."""
    asked = requests.filter(requests.kind.isin(("page", "redirect")), requests.path.notnull())
    asked = asked.semi_join(redirects, "visitor").select(
        "visitor",
        "file",
        "line",
        "path",
        "query",
        "tie_break",
        from_referrer=asked.referrer.fill_null(""),
        second=asked.time.epoch_seconds(),
        is_page=(asked.kind == "page").cast("int8"),
    )
    order = [asked.second, asked.is_page, asked.line, asked.tie_break]
    before = ibis.window(group_by=[asked.visitor, asked.from_referrer], order_by=order)
    pause = asked.second - asked.second.lag().over(before)
    follows = (pause <= MAX_SECONDS_OF_REDIRECT) & (asked.is_page.lag().over(before) == 0)
    begun = asked.mutate(begins=ibis.ifelse(follows.fill_null(False), 0, 1))
    until = ibis.cumulative_window(
        group_by=[begun.visitor, begun.from_referrer],
        order_by=[begun.second, begun.is_page, begun.line, begun.tie_break],
    )
    numbered = begun.mutate(chain=begun.begins.sum().over(until))
    whole = ibis.window(group_by=[numbered[name] for name in CHAIN])
    in_order = ibis.window(
        group_by=[numbered[name] for name in CHAIN],
        order_by=[numbered.second, numbered.is_page, numbered.line, numbered.tie_break],
    )
    linked = numbered.mutate(
        entry_path=numbered.path.first().over(in_order),
        entry_query=numbered.query.first(include_null=True).over(in_order),
        has_page=numbered.is_page.max().over(whole),
    )
    linked = linked.mutate(leads_nowhere=(linked.begins == 1) & (linked.has_page == 0))
    ends = linked.filter(((linked.begins == 0) & (linked.is_page == 1)) | linked.leads_nowhere)
    return ends.select("file", "line", "entry_path", "entry_query", "leads_nowhere")
