"""What the report says of requests that look like page views and are loaded by pages."""

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.language import ngettext
from darksocial.visits.subresources import loaded_by_pages

MAX_PLACES_NAMED = 3


def subresource_notes(engine: Engine, requests: ir.Table) -> tuple[str, ...]:
    """Return a note on the requests that were made assets, with where most of them are."""
    counted = engine.fetch(loaded_by_pages(requests), "subresources").to_pylist()
    total = sum(row["requests"] for row in counted)
    if not total:
        return ()
    note = ngettext(
        "{n:,} request looks like a page view, but it is loaded by another page. It counts as an "
        "asset (most: {places}).",
        "{n:,} requests look like page views, but they are loaded by other pages. They count as "
        "assets (most: {places}).",
        total,
    )
    places = ", ".join(row["place"] for row in counted[:MAX_PLACES_NAMED])
    return (note.format(n=total, places=places),)
