"""Pages: each page view gets the name of its page, by which all later steps know it.

What names a page is in lookups/pages.py. Two things are learned from the log itself:

- Which parameters name pages: those in the site's own links, that is in page views which come from
  the site itself, that have at least ten values, each for one path, and of these at least ten and
  one in ten that several visitors viewed. Campaigns' tags are in no link of the site, the values of
  a filter are few and on many paths, and sessions and persons are each of one visitor. A value that
  is an address says where to go next. Assumed. The parameter of share ids is never one of
  them, nor is any value that is such an id.
- Which addresses are one page: of those that servers answer alike, and that were all viewed at one
  host, all have the name of the one that was viewed most. Pages of `m.example.org` are those of
  `www.example.org` where both were viewed (data/twin_hosts.csv).

Both follow from the requests that are judged, so a nightly store learns them from the hits of the
days around each day.
"""

import re
from collections.abc import Callable
from functools import partial

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups.pages import PageParameters, folded, never_learned, parameters, twins
from darksocial.privacy.urls import Parameters, without_email
from darksocial.settings import Settings
from darksocial.tracking.share_id import parse
from darksocial.visits.sites import Sites

MIN_VALUES = 10
MIN_SHARED_PROPORTION = 0.1
# A value that names a page is for one path, give or take what is misspelled.
MAX_PATHS_PER_VALUE = 1.5
# A site has not so many parameters that name pages; the names of others can be without number.
MAX_LEARNED = 20
# A server has not so many sites; the hosts that bots ask for by name can be without number.
MAX_HOSTS_OF_PAGES = 10_000
# The value of a parameter that says where to go next, which is no name of the page itself.
NEXT_ADDRESS = re.compile(r"(?i)(?:https?:|https?%3a)?(?:/|%2f)")
QUERY_KEY = ("path", "query")
NAMED = pa.schema([("path", pa.string()), ("query", pa.string()), ("named", pa.string())])
VALUES = pa.schema(
    [("path", pa.string()), ("query", pa.string()), ("name", pa.string()), ("value", pa.string())]
)
TWINS = pa.schema([("twin", pa.string()), ("main", pa.string())])
SPELLED = pa.schema([("spelled", pa.string()), ("folded", pa.string())])


def with_pages(engine: Engine, requests: ir.Table, sites: Sites, settings: Settings) -> ir.Table:
    """Return the requests with `page`, the name of the page that was viewed; null in others.

    A host that shows the pages of another one has the name of that.
    """
    requests = _without_twins(engine, requests)
    is_personal = Parameters(settings.strip_query, settings.keep_query).is_personal
    views = requests.filter(is_viewed(requests), requests.path.notnull())
    views = views.mutate(path=views.asked_path, query=views.asked_query)
    queried = views.filter(views.query.notnull())
    learned = learned_parameters(engine, queried, sites, is_personal) - {settings.share_parameter}
    named_by = PageParameters(
        frozenset((*map(str.lower, settings.page_parameter), *learned)), is_personal
    )
    look_up = partial(_look_up_named, named_by=named_by, whole=settings.keep_identifiers)
    names = engine.look_up("named_pages", queried.select(*QUERY_KEY).distinct(), look_up)
    pages = _with_names(engine, requests, names)
    return engine.view("paged", _folded(engine, engine.view("named_requests", pages)))


def _without_twins(engine: Engine, requests: ir.Table) -> ir.Table:
    """Return the requests, with one name for hosts that show the same pages."""
    viewed = requests.filter(is_viewed(requests), requests.host.notnull())
    counted = viewed.group_by("host").agg(n=viewed.count())
    top = counted.order_by([counted.n.desc(), counted.host]).limit(MAX_HOSTS_OF_PAGES)
    hosts = engine.fetch(top, "hosts of pages")
    mains = twins(hosts.column("host").to_pylist())
    if not mains:
        return requests
    rows = [{"twin": host, "main": main} for host, main in mains.items()]
    table = engine.load("twins", pa.Table.from_pylist(rows, schema=TWINS))
    joined = requests.left_join(table, requests.host == table.twin)
    by_site = joined.mutate(host=ibis.coalesce(joined.main, joined.host))
    return engine.view("requests_by_site", by_site.select(*requests.columns))


def _with_names(engine: Engine, requests: ir.Table, names: ir.Table) -> ir.Table:
    """Return the requests with `page`: the name of the page, else its path."""
    null = ibis.null("string")
    if not engine.fetch(names.limit(1).select("named"), "pages named by parameters").num_rows:
        return requests.mutate(page=ibis.ifelse(is_viewed(requests), requests.asked_path, null))
    by_address = [requests.asked_path == names.path, requests.asked_query == names.query]
    joined = requests.left_join(names, by_address, rname="{name}_named")
    name = ibis.coalesce(joined.named, joined.asked_path)
    paged = joined.mutate(page=ibis.ifelse(is_viewed(joined), name, null))
    return paged.select(*requests.columns, "page")


def is_viewed(requests: ir.Table) -> ir.BooleanValue:
    """Return whether requests are for a page: page views, and redirects that lead nowhere."""
    viewed: ir.BooleanValue = (requests.kind == "page") | requests.leads_nowhere
    return viewed


def learned_parameters(
    engine: Engine, queried: ir.Table, sites: Sites, is_personal: Callable[[str], bool]
) -> frozenset[str]:
    """Return the names of the parameters that name pages in the site's own links.

    `queried` are page views with a query.
    """
    located = sites.located(queried.filter(queried.referrer_host.notnull()))
    inside = located.filter(located.internal).select(*QUERY_KEY, "visitor")
    inside = engine.view("linked_queries", inside)
    keys = inside.select(*QUERY_KEY).distinct()
    values = engine.look_up("linked_values", keys, _look_up_values)
    joined = inside.join(values, QUERY_KEY)
    by_value = joined.group_by("name", "value").agg(
        paths=joined.path.nunique(), visitors=joined.visitor.nunique()
    )
    by_name = by_value.group_by("name").agg(
        values=by_value.count(),
        paths=by_value.paths.sum(),
        shared=(by_value.visitors > 1).sum(),
    )
    many = by_name.filter(
        by_name.values >= MIN_VALUES,
        by_name.shared >= ibis.greatest(MIN_VALUES, by_name.values * MIN_SHARED_PROPORTION),
        by_name.paths <= by_name.values * MAX_PATHS_PER_VALUE,
    )
    top = many.order_by([many.shared.desc(), many.name]).limit(MAX_LEARNED).select("name")
    names = engine.fetch(top, "parameters that name pages").column("name").to_pylist()
    return frozenset(name for name in names if not is_personal(name))


def _look_up_values(keys: pa.RecordBatch) -> pa.RecordBatch:
    """Map path and query to the parameters that may name pages, one row each."""
    rows = [
        {"path": path, "query": query, "name": name, "value": value}
        for path, query in zip(*(keys.column(key).to_pylist() for key in QUERY_KEY), strict=True)
        for name, value in parameters(query)
        if name not in never_learned() and not NEXT_ADDRESS.match(value) and not _is_share(value)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=VALUES)


def _is_share(value: str) -> bool:
    share = parse(value)
    return share is not None and share.key is not None


def _look_up_named(keys: pa.RecordBatch, named_by: PageParameters, whole: bool) -> pa.RecordBatch:
    """Map path and query to the name of the page, where that is more than the path.

    It has no personal data unless it is to be `whole`.
    """
    pairs = zip(*(keys.column(key).to_pylist() for key in QUERY_KEY), strict=True)
    rows = [
        {"path": path, "query": query, "named": page}
        for path, query in pairs
        if (page := named_by.page_of(path, query)) != path
    ]
    names = pa.RecordBatch.from_pylist(rows, schema=NAMED)
    if whole:
        return names
    return names.set_column(2, NAMED.field("named"), without_email(names.column("named")))


def _folded(engine: Engine, requests: ir.Table) -> ir.Table:
    """Return the requests, with one name for addresses that are one page."""
    host = requests.host.fill_null("")
    views = requests.filter(requests.page.notnull())
    counted = views.group_by(place=views.host.fill_null(""), spelled=views.page).agg(
        views=views.count()
    )
    counted = engine.stage("page_views", counted)
    keys = counted.select("spelled").distinct()
    texts = engine.look_up("folded_pages", keys, _look_up_folded)
    joined = counted.join(texts, "spelled")
    page = ibis.window(
        group_by=[joined.place, joined.folded], order_by=[joined.views.desc(), joined.spelled]
    )
    spelled = joined.mutate(main=joined.spelled.first().over(page))
    spellings = engine.stage("spellings", spelled.filter(spelled.main != spelled.spelled))
    if not engine.fetch(spellings.limit(1).select("main"), "pages of several addresses").num_rows:
        return requests
    both = requests.left_join(
        spellings.select("place", "spelled", "main"),
        [host == spellings.place, requests.page == spellings.spelled],
    )
    return both.mutate(page=ibis.coalesce(both.main, both.page)).select(*requests.columns)


def _look_up_folded(keys: pa.RecordBatch) -> pa.RecordBatch:
    """Map each page to the text that it has in common with those that may be the same."""
    spelled = keys.column("spelled")
    return pa.RecordBatch.from_arrays([spelled, folded(spelled)], schema=SPELLED)
