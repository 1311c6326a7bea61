"""The page to forward of what is on disk: what `darksocial page` does, for the library."""

from types import NoneType

from darksocial import arguments
from darksocial.outputs.page import html
from darksocial.outputs.page.forms import form_of
from darksocial.outputs.page.stored import stored_page
from darksocial.selection import Breakdown, Selection


def page(
    out: arguments.Place,
    selection: Selection | None = None,
    breakdown: Breakdown | None = None,
    *,
    title: str | None = None,
    with_paths: bool = True,
    place: arguments.Place | None = None,
) -> str:
    """Return the report of a folder as a page to forward: HTML in one file, without scripts.

    `out` is a folder that `Analysis.write` or `nightly` wrote; the days of a store are put
    together. `selection` chooses visits, and `breakdown` asks for one more table. `title` takes the
    place of the site's name. Without `with_paths` it names no addresses of pages, for readers who
    may not see them. With a `place` the page is written there as well, whole or not at all: the
    name ends in .html, in .pdf, or in .eml for a mail. Raises InputError if `out` holds no report,
    OutputError if the place cannot be written, and UsageError for another ending, for a package
    that is missing (`darksocial[pdf]`), and if no visit is chosen.
    """
    folder = arguments.folder("out", out)
    selection = arguments.or_default("selection", selection, Selection)
    arguments.check("breakdown", breakdown, Breakdown, NoneType)
    arguments.check("title", title, str, NoneType)
    arguments.check("with_paths", with_paths, bool)
    path = arguments.folder("place", place) if place is not None else None
    form = form_of(path) if path else None
    if form:
        form.check()
    content = stored_page(folder, selection, title, breakdown=breakdown, with_paths=with_paths)
    if path and form:
        form.write(content, path)
    return html(content)
