"""Reloads by an open tab: a page that asks for itself at equal distances shows no person.

A page with a refresh (a `meta` tag, a script, an extension of the browser) is loaded again every
few minutes as long as its tab is open, for months if nobody closes it. Each reload names the page
itself as its referrer. Reloads of one page by one visitor on one day (UTC) are left out of sessions
where at least ten come as long after the one before as that came after its own predecessor, give or
take a tenth or two seconds, and these are at least eight in ten. Assumed: nobody reloads a page by
hand so evenly. They are counted day by day, so that a nightly store counts as one run does.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.visits.bounds import DAY_SECONDS, NO_SESSION
from darksocial.visits.hits import PLACE_KEY, address, names_page

MIN_EVEN_RELOADS = 10
MIN_EVEN_PROPORTION = 0.8
EVEN_TOLERANCE_PROPORTION = 0.1
EVEN_TOLERANCE_SECONDS = 2
TAB_KEY = ("visitor", "domain", "address", "day")


def without_refreshes(engine: Engine, hits: ir.Table) -> ir.Table:
    """Return the hits without reloads by an open tab."""
    return hits.anti_join(engine.stage("refreshes", _refreshes(_reloads(hits))), PLACE_KEY)


def _reloads(hits: ir.Table) -> ir.Table:
    """Return the page views whose referrer is the page itself, with the seconds before each.

    Pages that were not loaded often enough in a day are left out.
    """
    pages = hits.filter(hits.kind == "page", hits.internal, hits.session == NO_SESSION)
    asked = address(pages)
    own = pages.filter(names_page(pages, asked)).mutate(address=asked)
    second = own.time.epoch_seconds()
    reloads = own.select(
        "visitor", "domain", "address", *PLACE_KEY, second=second, day=second // DAY_SECONDS
    )
    counted = reloads.group_by(TAB_KEY).agg(reloads=reloads.count())
    reloads = reloads.semi_join(counted.filter(counted.reloads > MIN_EVEN_RELOADS), TAB_KEY)
    return reloads.mutate(gap=reloads.second - _before(reloads, reloads.second))


def _refreshes(reloads: ir.Table) -> ir.Table:
    """Return the keys of the reloads that come at equal distances."""
    before = _before(reloads, reloads.gap)
    tolerance = ibis.greatest(
        reloads.gap * EVEN_TOLERANCE_PROPORTION, ibis.literal(float(EVEN_TOLERANCE_SECONDS))
    )
    is_even = (reloads.gap > 0) & ((reloads.gap - before).abs() <= tolerance)
    marked = reloads.mutate(compared=before.notnull(), even=is_even.fill_null(False))
    counted = marked.group_by(TAB_KEY).agg(compared=marked.compared.sum(), even=marked.even.sum())
    tabs = counted.filter(
        counted.even >= MIN_EVEN_RELOADS, counted.even >= counted.compared * MIN_EVEN_PROPORTION
    )
    return reloads.semi_join(tabs, TAB_KEY).select(*PLACE_KEY)


def _before(reloads: ir.Table, column: ir.IntegerColumn) -> ir.IntegerColumn:
    """Return the value of a column in the reload before."""
    tab = [reloads[name] for name in TAB_KEY]
    value: ir.IntegerColumn = column.lag().over(
        group_by=tab, order_by=[reloads.second, reloads.line]
    )
    return value
