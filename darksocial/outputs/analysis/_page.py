"""The page of an analysis that was just made."""

from pathlib import Path

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.page import Page
from darksocial.outputs.page.forms import FORMS
from darksocial.outputs.page.stored import page_of_analysis, stored_page


def output(name: str) -> Output[Saved]:
    """Return the form of a page by its name, which is also how its file ends."""
    form = FORMS[f".{name}"]

    def write(saved: Saved, path: Path) -> None:
        form.write(_page(saved), path)

    def check(_path: Path) -> None:
        form.check()

    return Output(name, write=write, check=check)


def _page(saved: Saved) -> Page:
    """Return the page of the tables on disk; where there are none, of tables that are written for
    that. Raises UsageError for a report without its analysis."""
    if saved.source is not None:
        folder, selection, breakdown = saved.source
        return stored_page(folder, selection, breakdown=breakdown)
    if saved.out is not None:
        return stored_page(saved.out)
    if saved.analysis is None:
        raise UsageError(_("A report alone has no visits to draw: its analysis is missing."))
    return page_of_analysis(saved.analysis)
