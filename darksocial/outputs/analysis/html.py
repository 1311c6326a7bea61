"""The report of an analysis as a page to forward (outputs/page/)."""

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.page import html, page_of
from darksocial.results.page import page_facts


def text(saved: Saved) -> str:
    """Return the page. Raises UsageError where the tables were written to a URI."""
    if saved.out is None:
        raise UsageError(
            _("The page is drawn from tables in a folder, and these were written to a URI."),
            advice=_("`darksocial page` on a copy of the tables in a folder"),
        )
    return html(page_of(page_facts(saved.out)))


OUTPUT = Output("html", text)
