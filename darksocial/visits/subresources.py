"""What only looks like a page: images without an ending, frames, what scripts of a page ask for.

A path's ending or name shows most of what a page loads (data/page_rules.csv). The rest is learned
from the log, by the shape of the path: its first one or two parts and its ending, with digits
folded. Requests of a shape are loaded by pages, and count as their assets, if

- they are no pages: hardly any page view names one of them as its referrer; and
- hardly anybody arrives there: nearly all requests, or nearly all who send them, come from a page
  of the site; and
- no reader can have asked for them: most come within seconds after the same visitor viewed the
  page that they name, or one path is asked for again and again from one page.

Nothing is learned from a few requests, of exports (their rows are page views), and of logs that
record no status. There a path is a page unless its name says otherwise, which is assumed.

Every bound is assumed, and far from both sides in the log of a shop (zanbil.ir, 50,000 lines, 2019)
whose images have no ending: of 27,894 images none is named by a page view, of 23,694 whose page was
viewed 18,721 come within ten seconds of it, and of 183 product pages that follow a page 11 do.

Sizes and methods are not looked at, because they add nothing where they were measured. In that log
sizes overlap: a third of what is loaded has 5,000 bytes or more (10,561 of 32,408 requests), and
the medians of shapes are 0 to 23,903 bytes there, 2,592 to 42,118 for pages. Below a twentieth of
the median page are 26 requests with an agent that naming and timing leave among 4,206 page views,
and 2 of 795 visits begin with one. Pages of an application that draws itself have 476 bytes, and
those of a site that does not change one size each, as a frame has. No path that is loaded is posted
to, and the four shapes that are both viewed and posted to are forms.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir, parameter
from darksocial.visits.hits import names_path, referred_path
from darksocial.visits.sites import Sites

MIN_REQUESTS = 20
MIN_VISITORS = 3
MAX_PART_NAMED = 0.01
# Of the requests, or of those who send them: a crawler sends many, and other sites embed pictures.
MIN_PART_FROM_SITE = 0.8
# Shapes of which less comes from the site are not looked at any further.
MIN_PART_OF_SUSPECTS_FROM_SITE = 0.3
MIN_PART_SOON = 0.5
# A request is soon after a view in the same or in the next of such spans.
SECONDS_OF_LOADING = 8
MIN_REPEATS_FROM_A_PAGE = 3
# Of the shapes that may be none of pages only the most frequent are looked at.
MAX_SHAPES_CONSIDERED = 500

FLAGS_OF_PAGES = ("is_login", "names_itself")
# Of a path: what its first part is, its first two parts, and its ending.
FIRST_PART = "^(/+[^/]*/)"
FIRST_PLACE = "^(/+[^/]*)"
FIRST_PARTS = "^(/+[^/]*(?:/[^/]*)?)"
ENDING = r"(\.[A-Za-z0-9]{1,5})$"
ENDING_OF_SHAPE = "( [^ ]*)$"
DIGITS = "[0-9]+"
# Stands for the rest of a path.
WIDE = "*"


def with_subresources(engine: Engine, requests: ir.Table, sites: Sites) -> ir.Table:
    """Return the requests, with page views that are loaded by pages made assets."""
    views = engine.view("page_views", _views(requests, sites))
    suspects = _suspects(engine, views)
    loaded = _loaded_by_pages(engine, views, suspects) if suspects else []
    if not loaded:
        # The same name in any case, so that the SQL of what follows is the same for every log.
        return engine.view("settled_kinds", requests)
    is_loaded = (requests.kind == "page") & requests.revalidated.notnull()
    is_loaded = (is_loaded & _has_shape(requests.path, loaded)).fill_null(False)
    settled = requests.mutate(
        kind=ibis.ifelse(is_loaded, "asset", requests.kind),
        **{name: ibis.ifelse(is_loaded, None, requests[name]) for name in FLAGS_OF_PAGES},
    )
    return engine.stage("settled_kinds", settled)


def loaded_by_pages(requests: ir.Table) -> ir.Table:
    """Return how many `requests` were made assets, by `place`: the first part of their paths.

    The most come first. `requests` come from `with_subresources`.
    """
    # Other assets lost their paths when they were parsed.
    loaded = requests.filter(requests.kind == "asset", requests.path.notnull())
    counted = loaded.group_by(place=loaded.path.re_extract(FIRST_PLACE, 1)).agg(
        requests=loaded.count()
    )
    return counted.order_by(counted.requests.desc(), counted.place).limit(MAX_SHAPES_CONSIDERED)


def _views(requests: ir.Table, sites: Sites) -> ir.Table:
    """Return the page views of logs: `visitor`, `path`, the `span` of time, and the `referrer` if
    it is on the site and names a path (else null)."""
    logged = requests.filter(requests.kind == "page", requests.revalidated.notnull())
    located = sites.located(logged)
    span = located.time.epoch_seconds() // SECONDS_OF_LOADING
    referrer = ibis.ifelse(located.internal & names_path(located), located.referrer, None)
    return located.select("visitor", "path", referrer=referrer, span=span)


def _suspects(engine: Engine, views: ir.Table) -> list[str]:
    """Return the shapes of which many requests come from the site, and hardly any is named."""
    # By path first: there are fewer paths than page views, and a shape costs more than a group.
    by_path = views.group_by("path").agg(requests=views.count(), from_site=views.referrer.count())
    asked = by_path.group_by(narrow=_narrow(by_path.path)).agg(
        requests=by_path.requests.sum(),
        from_site=by_path.from_site.sum(),
        naming=ibis.literal(0, "int64"),
    )
    referring = views.filter(views.referrer.notnull())
    by_name = referring.group_by("referrer").agg(naming=referring.count())
    naming = by_name.group_by(narrow=_narrow(referred_path(by_name))).agg(
        requests=ibis.literal(0, "int64"),
        from_site=ibis.literal(0, "int64"),
        naming=by_name.naming.sum(),
    )
    counted = engine.stage("shapes_of_paths", asked.union(naming))
    levels = (
        counted.select("requests", "from_site", "naming", shape=shape)
        for shape in (counted.narrow, _wide(counted.narrow))
    )
    by_shape = ibis.union(*levels)
    by_shape = by_shape.group_by("shape").agg(
        requests=by_shape.requests.sum(),
        from_site=by_shape.from_site.sum(),
        naming=by_shape.naming.sum(),
    )
    suspects = by_shape.filter(
        by_shape.shape != "",
        by_shape.requests >= MIN_REQUESTS,
        by_shape.from_site >= MIN_PART_OF_SUSPECTS_FROM_SITE * by_shape.requests,
        by_shape.naming <= MAX_PART_NAMED * by_shape.requests,
    )
    top = suspects.order_by(suspects.requests.desc(), suspects.shape).limit(MAX_SHAPES_CONSIDERED)
    return _shapes(engine, top)


def _loaded_by_pages(engine: Engine, views: ir.Table, suspects: list[str]) -> list[str]:
    """Return those of the suspected shapes whose requests are loaded by pages."""
    narrow = _narrow(views.path)
    views = views.mutate(named=referred_path(views)).drop("referrer")
    levels = (views.mutate(shape=shape) for shape in (narrow, _wide(narrow)))
    requests = ibis.union(
        *(level.filter(_is_one_of(level.shape, "suspects", suspects)) for level in levels)
    )
    requests = engine.stage("suspected", requests)
    asked = requests.select("visitor", "named").distinct()
    pages = views.select("visitor", "span", named=views.path).distinct()
    pages = engine.stage("naming_pages", pages.semi_join(asked, ["visitor", "named"]))
    after = pages.mutate(span=pages.span + 1)
    loading = pages.union(after, distinct=True).mutate(is_soon=ibis.literal(1))
    viewed = pages.select("visitor", "named").distinct().mutate(is_viewed=ibis.literal(1))
    timed = requests.left_join(viewed, ["visitor", "named"], rname="{name}_viewed")
    timed = timed.select(*requests.columns, "is_viewed")
    timed = timed.left_join(loading, ["visitor", "named", "span"], rname="{name}_soon")
    counted = timed.group_by("shape").agg(
        visitors=timed.visitor.nunique(),
        visitors_from_site=timed.visitor.nunique(where=timed.named.notnull()),
        requests=timed.count(),
        requests_from_site=timed.named.count(),
        viewed=timed.is_viewed.count(),
        soon=timed.is_soon.count(),
        paths=timed.path.nunique(),
        pages=(timed.visitor.cast("string") + " " + timed.named).nunique(),
    )
    is_loaded = (counted.viewed * 2 >= MIN_REQUESTS) & (
        counted.soon >= MIN_PART_SOON * counted.viewed
    )
    is_polled = (counted.paths == 1) & (counted.requests >= MIN_REPEATS_FROM_A_PAGE * counted.pages)
    is_varied = counted.paths >= MIN_REQUESTS
    loaded = counted.filter(
        is_varied | ~counted.shape.contains(WIDE),
        counted.visitors >= MIN_VISITORS,
        (counted.requests_from_site >= MIN_PART_FROM_SITE * counted.requests)
        | (counted.visitors_from_site >= MIN_PART_FROM_SITE * counted.visitors),
        is_loaded | is_polled,
    )
    return _shapes(engine, loaded)


def _shapes(engine: Engine, shapes: ir.Table) -> list[str]:
    shape_names: list[str] = (
        engine.fetch(shapes.select("shape"), "shapes").column("shape").to_pylist()
    )
    return sorted(shape_names)


def _has_shape(path: ir.StringValue, shapes: list[str]) -> ir.BooleanValue:
    narrow = _narrow(path)
    return _is_one_of(narrow, "loaded", shapes) | _is_one_of(_wide(narrow), "loaded", shapes)


def _is_one_of(shape: ir.StringValue, name: str, shapes: list[str]) -> ir.BooleanValue:
    """Return whether a shape is listed; the list is a parameter, because each log has its own."""
    listed = parameter(name, "\n".join(["", *shapes, ""]), "string")
    return listed.contains("\n" + shape + "\n")


def _narrow(path: ir.StringValue) -> ir.StringValue:
    """Return the shape of paths by their first two parts: these, and behind a blank the ending."""
    parts: ir.StringValue = path.re_extract(FIRST_PARTS, 1).re_replace(DIGITS, "0")
    return parts + " " + path.re_extract(ENDING, 1)


def _wide(narrow: ir.StringValue) -> ir.StringValue:
    """Return the shape by the first part, of that by two; '' where it is the only part."""
    first = narrow.re_extract(FIRST_PART, 1)
    ending = narrow.re_extract(ENDING_OF_SHAPE, 1)
    shape: ir.StringValue = ibis.ifelse(first == "", "", first + WIDE + ending)
    return shape
