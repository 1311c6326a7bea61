"""The page as a PDF, drawn from its HTML by WeasyPrint (the extra `pdf`)."""

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.page import Page, html


def check_installed() -> None:
    """Raise UsageError if WeasyPrint or the libraries that it draws with are missing."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        raise UsageError(
            _("A PDF needs WeasyPrint and Pango: pip install 'darksocial[pdf]', and on Debian "
              "apt install libpango-1.0-0 libpangoft2-1.0-0")
        ) from error  # fmt: skip


def pdf(page: Page) -> bytes:
    """Return a page as a PDF. Nothing is loaded for it. Raises UsageError without WeasyPrint."""
    check_installed()
    from weasyprint import HTML

    drawn: bytes = HTML(string=html(page, for_print=True), url_fetcher=_nothing).write_pdf()
    return drawn


def _nothing(url: str) -> dict[str, str]:
    """Refuse whatever a page would load: it holds all that it shows."""
    message = f"the page asks for {url}"
    raise ValueError(message)
