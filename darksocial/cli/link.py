"""`darksocial link`: links, buttons and QR codes to hand out."""

from pathlib import Path

import click

from darksocial.cli._command import OUTPUT, SELECTION, described, option
from darksocial.cli._options import FILE, FOLDER, share_option
from darksocial.language import gettext as _

HELP = _(
    "Make links to hand out: tagged so that GA4 files their visits well, with a share id, and for "
    "each app the address that opens it with the link.\n\n"
    "URL is the address of a page, or a file .csv with the column url, and text, campaign and "
    "partner if wanted. The same command gives the same links."
)


@described(
    help=HELP,
    short_help=_("Make links and QR codes to hand out."),
    example="darksocial link https://www.example.org/story --to whatsapp,mail --html links.html",
)
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@option(
    "--to",
    heading=SELECTION,
    metavar="APP,...",
    help=_("whatsapp, telegram, messenger, viber, line, teams, sms, mail, copy.  [default: all, "
           "and messenger with --app-id]"),
)  # fmt: skip
@option(
    "--bot",
    heading=SELECTION,
    multiple=True,
    metavar="APP=NAME",
    help=_("Make a link to a chatbot of whatsapp, messenger, telegram or viber, and the link that "
           "it answers with."),
)  # fmt: skip
@option("--campaign", heading=SELECTION, metavar="NAME", help=_("utm_campaign of the links."))
@option("--partner", heading=SELECTION, metavar="NAME", help=_("utm_content: whose links."))
@option("--text", heading=SELECTION, metavar="TEXT", help=_("The text beside a link."))
@option(
    "--app-id",
    heading=SELECTION,
    metavar="ID",
    help=_("The id of an app registered with Meta, which Messenger asks for."),
)
@share_option(SELECTION)
@option("--csv", heading=OUTPUT, type=FILE, help=_("Write a row for each link to this file."))
@option("--html", heading=OUTPUT, type=FILE, help=_("Write the links as buttons to this file."))
@option(
    "--qr",
    heading=OUTPUT,
    type=FOLDER,
    help=_("Write QR codes as SVG and PNG into this folder (pip install 'darksocial[qr]')."),
)
def command(
    urls: tuple[str, ...],
    bot: tuple[str, ...],
    csv: Path | None,
    html: Path | None,
    qr: Path | None,
    share_parameter: str,
    to: str | None,
    **words: str | None,
) -> None:
    """Make links, write the files that are wanted, and print the links.

    `words` holds what the link says: --campaign, --partner, --text and --app-id.
    """
    from darksocial.cli._pages import pages_of
    from darksocial.cli._printing import echo
    from darksocial.outputs.links import show_links, write_codes, write_sheet, write_table
    from darksocial.tracking.links import link

    links = link(
        pages_of(urls),
        to=tuple(filter(None, (to or "").split(","))),
        bots=_bots(bot),
        qr=qr is not None,
        share_parameter=share_parameter,
        **{name: text or "" for name, text in words.items()},
    )
    if csv:
        write_table(links, csv)
    if html:
        write_sheet(links, html)
    show_links(links)
    for path in write_codes(links, qr) if qr else ():
        echo(_("A code was written to {path}.").format(path=path))


def _bots(texts: tuple[str, ...]) -> dict[str, str]:
    """Return the names of chatbots by app. Raises UsageError."""
    from darksocial.errors import UsageError

    for text in texts:
        if "=" not in text:
            problem = _("`bots`: {text!r} does not say which chatbot it is.").format(text=text)
            raise UsageError(problem, expected=_("APP=NAME, as in telegram=example_bot"))
    return dict(text.split("=", 1) for text in texts)
