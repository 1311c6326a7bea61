"""Links to hand out: on a terminal, as a table, as a sheet of buttons and as QR codes."""

import csv
import io
from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.drawing import display
from darksocial.outputs.files.formulas import guarded
from darksocial.printable import printable
from darksocial.results.directory import write_bytes_whole, write_text_whole
from darksocial.tracking.links import QR_APP, SharedLink, share_apps

COLUMNS = ("url", "app", "bot", "campaign", "partner", "share_id", "link", "address")
CODE_KINDS = ("svg", "png")
CODE_SCALE = 8
"""Pixels for each module of a code, which prints 33 modules at 300 dpi on 2.2 cm."""
SHEET = """\
<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title></head>
<body>
{pages}
</body></html>
"""


def show_links(links: Sequence[SharedLink]) -> None:
    """Print what opens each app with the link, and the links of chatbots and codes."""
    console = Console(highlight=False)
    for url, of_page in groupby(links, key=lambda each: each.page.url):
        display(console, Text(printable(url), "bold"), soft_wrap=True)
        for each in of_page:
            display(console, Text(f"  {_title(each)}: {printable(each.address)}"), soft_wrap=True)
            if each.bot:
                answer = _("the chatbot answers with {link}").format(link=printable(each.link))
                display(console, Text(f"    {answer}"), soft_wrap=True)


def _title(shared: SharedLink) -> str:
    """Return the name of an app, a chatbot or a code for people."""
    if shared.app == QR_APP:
        return _("QR code")
    app = share_apps()[shared.app]["title"]
    return _("{app}, chatbot {name}").format(app=app, name=shared.bot) if shared.bot else app


def write_table(links: Sequence[SharedLink], path: Path) -> None:
    """Write one row for each link as CSV, whole or not at all. Raises OutputError."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for each in links:
        page = each.page
        cells = (page.url, each.app, each.bot, page.campaign, page.partner)
        rows.writerow(map(guarded, (*cells, each.share_id, each.link, each.address)))
    write_text_whole(path, text.getvalue())


def write_sheet(links: Sequence[SharedLink], path: Path) -> None:
    """Write the buttons of each page as plain HTML, to copy from. Raises OutputError.

    They work as they are. On a page with the script of `darksocial snippet --with buttons` each
    reader's own share id takes the place of the one in the link.
    """
    pages = [
        "\n".join([f"<h2>{escape(url)}</h2>", "<p>", *map(_button, of_page), "</p>"])
        for url, of_page in groupby(links, key=lambda each: each.page.url)
    ]
    title = escape(_("Links to share"))
    write_text_whole(path, SHEET.format(title=title, pages="\n".join(pages)))


def _button(shared: SharedLink) -> str:
    template = f' data-share="{escape(shared.template)}"' if shared.template else ""
    return f'<a href="{escape(shared.address)}"{template}>{escape(_title(shared))}</a>'


def write_codes(links: Sequence[SharedLink], folder: Path) -> list[Path]:
    """Write a QR code of each link for one, as SVG and PNG; return their paths.

    Raises UsageError if segno is not installed, and OutputError.
    """
    try:
        import segno
    except ModuleNotFoundError as error:
        raise UsageError(_("QR codes need segno: pip install 'darksocial[qr]'")) from error
    written: list[Path] = []
    for each in links:
        if each.app != QR_APP:
            continue
        code = segno.make_qr(each.link)
        for kind in CODE_KINDS:
            path = folder / f"{each.share_id.split('.')[0]}.{kind}"
            buffer = io.BytesIO()
            code.save(buffer, kind=kind, scale=CODE_SCALE)
            write_bytes_whole(path, buffer.getvalue())
            written.append(path)
    return written
