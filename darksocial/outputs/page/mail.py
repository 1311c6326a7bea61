"""The page as a mail: HTML for mail programs, with a text for those that show none."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

from darksocial.outputs.page import Page, mail_html
from darksocial.outputs.page.cells import Cell, Table

GAP = "  "


def mail(page: Page) -> bytes:
    """Return a page as a mail without sender and recipients, which a mail program opens and sends
    on (RFC 5322)."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = page.title
    # A mail program opens a message with this header as a draft.
    message["X-Unsent"] = "1"
    message.set_content("\n".join(plain_text(page)))
    message.add_alternative(mail_html(page), subtype="html")
    return message.as_bytes()


def plain_text(page: Page) -> Iterator[str]:
    """Yield the lines of a page as a text."""
    yield page.title
    yield page.period
    yield ""
    yield page.answer
    yield from (sentence for sentence in (page.lead, *page.limits) if sentence)
    for section in page.sections:
        if not (section.table or section.bar):
            continue
        yield ""
        yield section.heading
        if section.bar:
            yield from (f"{GAP}{part['says']}" for part in section.bar["parts"])
        if section.table:
            yield from _aligned(section.table)
        yield from section.notes
    yield ""
    yield page.made_by


def _aligned(table: Table) -> Iterator[str]:
    """Yield the lines of a table, without the columns that hold charts."""
    drawn = [
        place
        for place in range(len(table.columns))
        if not any(_is_chart(row[place]) for row in table.rows)
    ]
    heads = [table.columns[place].heading for place in drawn]
    rows = [heads, *([row[place]["text"] for place in drawn] for row in table.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(drawn))]
    for row in rows:
        cells = (
            text.rjust(width) if table.columns[place].is_number else text.ljust(width)
            for text, width, place in zip(row, widths, drawn, strict=True)
        )
        yield f"{GAP}{GAP.join(cells)}".rstrip()


def _is_chart(cell: Cell) -> bool:
    return not cell["text"] and "says" in cell
