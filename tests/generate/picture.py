"""The picture of the page in docs/: what Chromium shows of the page of the sample site.

A picture cannot be compared, because another version of a browser or a font draws it otherwise. So
its file holds the numbers that it shows, as a text chunk, and these are compared.
"""

import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import darksocial
from darksocial.outputs.page import html, page_of
from darksocial.report.numbers import estimate, range_of, whole
from darksocial.report.page import page_facts
from darksocial.report.values import Report
from darksocial.report.words import dark_of_direct
from tests import test_terminal
from tests.page_views import LIGHT, chromium

PATH = Path(__file__).parents[2] / "docs" / "page.png"
WINDOW = "1280,1700"
KEYWORD = b"Comment"
"""A keyword of text chunks (https://www.w3.org/TR/png-3/#11keywords)."""
SIGNATURE_BYTES = 8


def numbers(report: Report) -> str:
    """The answer and the channels of a report, as the page shows them."""
    dark = report.dark_social
    answer = dark_of_direct(
        dark.direct_sessions, dark.direct_expected, dark.direct_low, dark.direct_high
    )
    rows = [
        f"{row.channel}: {whole(row.before)}, {estimate(row.after)}, {range_of(row.low, row.high)}"
        for row in report.channels
    ]
    return "\n".join([answer, *rows])


def is_stale() -> bool:
    """Whether the picture shows other numbers than the page of the sample site has."""
    return not PATH.exists() or text_in(PATH.read_bytes()) != numbers(test_terminal.report())


def write() -> None:
    """Draw the picture anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logs = test_terminal.ROOT / test_terminal.LOGS
        with darksocial.analyze([str(logs)], secret=test_terminal.SECRET) as analysis:
            analysis.write(folder / "out")
        page = folder / "report.html"
        page.write_text(html(page_of(page_facts(folder / "out"))), "utf-8")
        picture = folder / "page.png"
        chromium(
            folder,
            f"--blink-settings=preferredColorScheme={LIGHT}",
            "--hide-scrollbars",
            f"--window-size={WINDOW}",
            f"--screenshot={picture}",
            page.as_uri(),
        )
        PATH.write_bytes(with_text(picture.read_bytes(), numbers(test_terminal.report())))


def with_text(picture: bytes, text: str) -> bytes:
    """A PNG with a text behind its header."""
    data = KEYWORD + b"\0" + text.encode("latin-1")
    body = b"tEXt" + data
    chunk = struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    header = SIGNATURE_BYTES + 25
    return picture[:header] + chunk + picture[header:]


def text_in(picture: bytes) -> str:
    """The text in a PNG, or '' if there is none."""
    prefix = KEYWORD + b"\0"
    texts = [data for kind, data in _chunks(picture) if kind == b"tEXt" and data.startswith(prefix)]
    return texts[0][len(prefix) :].decode("latin-1") if texts else ""


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = SIGNATURE_BYTES
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length
