"""Partners as partners.csv lists them, and which visits came by their links.

    partner,link,code,since,until,fee
    anna,https://www.example.org/?utm_source=instagram&utm_campaign=anna,ANNA10,2026-03-02,,350
    radio,/radio,RADIO,,,1200

A link is an address whose parameters the visit has to have, or a path: the landing page is there or
below it. The id of a share in a link of `darksocial link` changes as people share it again, so it
does not count. Partners with several links or codes have a row for each; their fees are added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from darksocial.campaigns.amounts import amount_of, day_of, form_of_days, mark_of
from darksocial.campaigns.sheets import cells_of, likely_separator, lines_of, plain, rows_below
from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.lookups.chatbots import CHATBOTS, is_of_chatbot
from darksocial.lookups.utm import UTM
from darksocial.tracking.share_id import DEFAULT_PARAMETER

PARTNER_FIELDS = ("partner", "link", "code", "since", "until", "fee", "currency")
SLASH = "/"


@dataclass(frozen=True, slots=True)
class Terms:
    """What one row says of a partner.

    host: of the link; empty for any. path: the landing page, or what its path begins with; empty
    for any. parameters: those that the link has. code: in capitals; empty for none.
    first, last: the days, in UTC, in which link and code are the partner's; None is without end.
    """

    partner: str
    host: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    code: str
    first: date | None
    last: date | None

    @property
    def has_link(self) -> bool:
        """Whether it names a link or a path."""
        return bool(self.path or self.parameters)

    def holds(self, day: date) -> bool:
        """Return whether it holds on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a visit landed: the host (None: not recorded), the path, all parameters, and whether
    the id of its link is one that a chatbot gives (tracking/trees.py)."""

    host: str | None
    path: str
    parameters: Mapping[str, str]
    has_chatbot_id: bool = False


@dataclass(frozen=True, slots=True)
class PartnerList:
    """The rows of a file of partners, with the fee of each partner that has one, the currency of
    fees (None: not named), and a note on what of the file was not read (empty: nothing)."""

    rows: tuple[Terms, ...] = ()
    fees: tuple[tuple[str, Decimal], ...] = ()
    currency: str | None = None
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The partners, in the order of the file."""
        return tuple(dict.fromkeys(row.partner for row in self.rows))

    def partner_of(self, landing: Landing, day: date) -> str | None:
        """Return whose link a visit came by: of several the one that says most of it. A link that a
        chatbot sent is nobody's, and has a name of its own; None for all others."""
        fitting = [row for row in self.rows if row.holds(day) and _fits(row, landing)]
        if fitting:
            return max(fitting, key=lambda row: (len(row.parameters), len(row.path))).partner
        tags = (landing.parameters.get(name) for name in UTM)
        is_of_bot = landing.has_chatbot_id or is_of_chatbot(tags)
        return CHATBOTS if self.rows and is_of_bot else None

    def partner_of_code(self, code: str, day: date) -> str | None:
        """Return whose code it is on a day."""
        return next((r.partner for r in self.rows if r.code == code and r.holds(day)), None)


def _fits(row: Terms, landing: Landing) -> bool:
    if not row.has_link or (row.host and landing.host and row.host != _bare(landing.host)):
        return False
    below = row.path if row.path.endswith(SLASH) else row.path + SLASH
    is_there = landing.path == row.path or landing.path.startswith((below, f"{row.path}?"))
    return (not row.path or is_there) and all(
        landing.parameters.get(name) == value for name, value in row.parameters
    )


def _bare(host: str) -> str:
    return host.casefold().removeprefix("www.")


def read_partners(path: Path) -> PartnerList:
    """Read a file of partners.

    Raises InputError if it cannot be read, has other columns, a row says nothing that can be
    recognised, a day or a fee is not legible, or two partners have the same link or code.
    """
    name = str(path)
    lines = lines_of(path, _("a CSV of partners"))
    header = next((number for number, line in enumerate(lines) if line.strip()), None)
    if header is None:
        raise _illegible(name, _("{file} is empty.").format(file=name))
    delimiter = likely_separator(lines[header])
    columns = [plain(cell) for cell in cells_of(lines[header])]
    unknown = [column for column in columns if column not in PARTNER_FIELDS]
    if unknown or "partner" not in columns or len(set(columns)) < len(columns):
        problem = _("{file} has the columns {columns}.")
        raise _illegible(name, problem.format(file=name, columns=", ".join(columns)[:200]))
    rows = [
        (number, dict.fromkeys(PARTNER_FIELDS, "") | dict(zip(columns, cells, strict=False)))
        for number, cells in rows_below(lines, header, delimiter)
    ]
    form = form_of_days([row[field] for _n, row in rows for field in ("since", "until")])
    mark = mark_of([(row["fee"], "") for _n, row in rows], delimiter)
    fees: dict[str, Decimal] = {}
    listed: list[Terms] = []
    for number, row in rows:
        terms = _terms(name, number, row, form)
        for earlier in listed:
            _check_apart(name, number, earlier, terms)
        listed.append(terms)
        if row["fee"]:
            fee = amount_of(row["fee"], mark)
            if fee is None or fee < 0:
                raise _illegible_cell(name, number, row["fee"], _("a fee such as 350.00"))
            fees[terms.partner] = fees.get(terms.partner, Decimal(0)) + fee
    return PartnerList(tuple(listed), tuple(fees.items()), _currency(name, rows), lines.note)


def _terms(file: str, number: int, row: Mapping[str, str], form: str | None) -> Terms:
    if not row["partner"]:
        raise _illegible_cell(file, number, "", _("the name of a partner"))
    if not (row["link"] or row["code"]):
        raise _illegible_cell(file, number, row["partner"], _("a link, a path or a code as well"))
    days: list[date | None] = []
    for field in ("since", "until"):
        day = day_of(row[field], form) if row[field] else None
        if row[field] and day is None:
            raise _illegible_cell(file, number, row[field], _("a day such as 2026-03-02"))
        days.append(day)
    first, last = days
    if first and last and last < first:
        raise _illegible_cell(file, number, row["until"], _("a day that is not before `since`"))
    link = row["link"]
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    if link and not (is_address or link.startswith(SLASH)):
        expected = _("a link such as https://www.example.org/?utm_campaign=anna, or a path")
        raise _illegible_cell(file, number, link, expected)
    parameters = tuple(pair for pair in parse_qsl(parts.query) if pair[0] != DEFAULT_PARAMETER)
    if link and not parameters and parts.path in ("", SLASH):
        raise _illegible_cell(file, number, link, _("a link that not every visit has"))
    # Tags say whose link it is on whatever page: a partner shows more pages than the one named.
    path = "" if parameters and parts.path in ("", SLASH) else parts.path
    code = row["code"].strip().upper()
    host = _bare(parts.hostname or "")
    return Terms(row["partner"], host, path, parameters, code, first, last)


def _check_apart(file: str, number: int, one: Terms, other: Terms) -> None:
    """Raise InputError if two partners have the same link or code at a time."""
    overlap = (one.last is None or other.first is None or other.first <= one.last) and (
        other.last is None or one.first is None or one.first <= other.last
    )
    link = (one.host, one.path, one.parameters) == (other.host, other.path, other.parameters)
    same = (one.has_link and link) or (bool(one.code) and one.code == other.code)
    if one.partner != other.partner and overlap and same:
        expected = _("a link and a code that {partner} does not have at the same time")
        raise _illegible_cell(file, number, other.partner, expected.format(partner=one.partner))


def _currency(file: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> str | None:
    """Return the one currency that rows name. Raises InputError for two."""
    codes = {row["currency"].upper(): number for number, row in rows if row["currency"]}
    if len(codes) > 1:
        second = list(codes)[1]
        raise _illegible_cell(file, codes[second], second, _("fees in one currency"))
    return next(iter(codes), None)


def _illegible(file: str, problem: str) -> InputError:
    return InputError(
        problem,
        expected=_("a header with these columns, of which `partner` is needed: {columns}").format(
            columns=", ".join(PARTNER_FIELDS)
        ),
    )


def _illegible_cell(file: str, number: int, text: str, expected: str) -> InputError:
    problem = _("Line {line} of {file} cannot be read: it has {text!r}.")
    return InputError(problem.format(line=number, file=file, text=text[:200]), expected=expected)
