"""The forms of a page: which one a file has is decided by how its name ends."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.page import Page, html
from darksocial.outputs.page.mail import mail
from darksocial.outputs.page.pdf import check_installed, pdf
from darksocial.results.directory import write_bytes_whole


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: `drawn` returns its bytes, `check` raises UsageError where it cannot be
    made."""

    drawn: Callable[[Page], bytes]
    check: Callable[[], None] = lambda: None

    def write(self, page: Page, path: Path) -> None:
        """Write a page, whole or not at all. Raises OutputError."""
        write_bytes_whole(path, self.drawn(page))


FORMS = {
    ".html": Form(lambda page: html(page).encode()),
    ".pdf": Form(pdf, check_installed),
    ".eml": Form(mail),
}


def form_of(path: Path) -> Form:
    """Return the form that the ending of a file names. Raises UsageError for any other ending."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(
            _("The form of the page cannot be read from the name {path}.").format(path=path),
            expected=_("a name that ends in .html, .pdf or .eml"),
            advice=_("for tables: csv=DIR, duckdb=FILE or xlsx=FILE"),
        )
    return form
