"""Read orders as a shop exports them: time, value and codes, and nothing that says whose they are.

    Name,Financial Status,Created at,Total,Currency,Discount Code
    #1001,paid,2026-03-02 14:05:11 +0100,40.00,EUR,ANNA10

Columns are those of Shopify or WooCommerce (data/order_headers.csv), or named. The number of an
order is hashed with a key that is drawn for the run and kept nowhere, only to count an order once
that has a row for each of its articles. Every row is an order, a further row of one, or a reject
that is counted with its reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes
from typing import NamedTuple

from darksocial import data
from darksocial.campaigns.amounts import amount_of, day_of, form_of_days, mark_of
from darksocial.campaigns.sheets import (
    CELL_SEPARATORS,
    cells_of,
    is_quoted,
    lines_of,
    plain,
    rows_below,
    split,
)
from darksocial.errors import InputError, UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of

ID, TIME, CODE, VALUE = "id", "time", "code", "value"
ORDER_CURRENCY, STATE, CANCELLED = "currency", "state", "cancelled"
ORDER_FIELDS = (ID, TIME, CODE, VALUE, ORDER_CURRENCY, STATE, CANCELLED)
NEEDED = (TIME, CODE, VALUE)
NAMED_COLUMNS = "mapped"
NO_ID = _("it has no order number")
NO_TIME = _("its time cannot be read, or has no time of day")
NO_WORTH = _("its value cannot be read")
NOT_SOLD = _("it was cancelled, refunded, or not paid")
TOO_SHORT = _("it has fewer cells than the header")
ZONE = re.compile(r"\s+(?:([+-]\d{2}:?\d{2})|UTC|Z)$")
CODES = re.compile(r"[,;|]\s*")
CODE_WORD = re.compile(r"\bcode:([^|,;]+)", re.IGNORECASE)
TIMES = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p")


class Order(NamedTuple):
    """An order: its time in seconds since 1970, its value, its codes in capitals."""

    second: float
    value: float
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderReject:
    """A reason for which rows of a file of orders do not count, how many they are, and the line of
    the first."""

    reason: str
    rows: int
    first_line: int


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file of orders: whose export it is, its orders, how many further rows these have, and the
    rejects. currency: that of the orders; None if the file names none. note: what of the file was
    not read; empty for nothing."""

    name: str
    tool: str
    orders: tuple[Order, ...]
    further_rows: int
    rejects: tuple[OrderReject, ...]
    currency: str | None
    note: str = ""


class OrderNumbers:
    """The numbers of orders that were read, hashed with a key of this run."""

    def __init__(self) -> None:
        self._key = token_bytes(16)
        self._hashes: set[bytes] = set()

    def is_new(self, number: str) -> bool:
        """Return whether a number is new, and remember its hash."""
        hashed = blake2b(number.encode(), key=self._key, digest_size=16).digest()
        is_new = hashed not in self._hashes
        self._hashes.add(hashed)
        return is_new


def read_orders(
    path: Path, mapping: Mapping[str, str], zone: tzinfo, numbers: OrderNumbers
) -> OrderFile:
    """Read a file of orders. `mapping` names columns by fields (id, time, code, value, currency,
    state, cancelled); `zone` is that of times without one; `numbers` are those of earlier files.

    Raises InputError if it cannot be read, no shop's export has its columns, or orders are in two
    currencies or written in two ways.
    """
    name = str(path)
    lines = lines_of(path, _("a CSV of orders"))
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    header = None if first is None else _header(lines[first], mapping)
    if first is None or header is None:
        raise _unknown(name, "" if first is None else lines[first])
    rows = rows_below(lines, first, header.delimiter)
    cells = [(line, len(row), _cells(row, header)) for line, row in rows]
    form = form_of_days([row[TIME] for _line, _count, row in cells])
    mark = mark_of([(row[VALUE], "") for _line, _count, row in cells], header.delimiter)
    if not mark:
        problem = _("{file} writes values in two ways: with a point and with a comma")
        raise InputError(
            problem.format(file=name), expected=_("one mark before the decimals of all values")
        )
    counted = _counted(name, header, cells, _Reading(form, mark, zone, numbers))
    return replace(counted, note=lines.note)


class _Header(NamedTuple):
    """Whose export a file is, what separates its cells, the column of each field, and what fields
    have in every row."""

    tool: str
    delimiter: str
    columns: Mapping[str, int]
    constants: Mapping[str, str]


class _Reading(NamedTuple):
    """How a file writes days and decimals, the zone of its times, and the numbers of orders that
    were read."""

    form: str | None
    mark: str
    zone: tzinfo
    numbers: OrderNumbers


def _header(line: str, mapping: Mapping[str, str]) -> _Header | None:
    for delimiter in CELL_SEPARATORS:
        names = [plain(cell) for cell in split(line, delimiter)]
        if mapping:
            constants = {field: text[1:-1] for field, text in mapping.items() if is_quoted(text)}
            wanted = {f: plain(text) for f, text in mapping.items() if f not in constants}
            if wanted and set(wanted.values()) <= set(names):
                places = {field: names.index(name) for field, name in wanted.items()}
                return _Header(NAMED_COLUMNS, delimiter, places, constants)
            continue
        for tool, columns in _tools().items():
            places = {}
            for field, name in columns:
                if name in names:
                    places.setdefault(field, names.index(name))
            if {ID, *NEEDED} <= set(places):
                return _Header(tool, delimiter, places, {})
    return None


@cache
def _tools() -> Mapping[str, Sequence[tuple[str, str]]]:
    tools: dict[str, list[tuple[str, str]]] = {}
    for row in data.read("order_headers"):
        tools.setdefault(row["tool"], []).append((row["field"], plain(row["name"])))
    return tools


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise UsageError for a field that orders do not have, and for one that is missing."""
    for field in mapping:
        if field not in ORDER_FIELDS:
            problem = _("Orders have no field {field!r}.").format(field=field)
            raise UsageError(problem, expected=one_of(field, ORDER_FIELDS))
    missing = [field for field in NEEDED if field not in mapping] if mapping else []
    if missing:
        problem = _("`order_map` names no column for {field}.").format(field=missing[0])
        raise UsageError(problem, expected=_("columns for time, code and value at least"))


def _cells(row: Sequence[str], header: _Header) -> dict[str, str]:
    cells = {field: header.constants.get(field, "") for field in ORDER_FIELDS}
    for field, place in header.columns.items():
        cells[field] = row[place] if place < len(row) else ""
    return cells


def _counted(
    name: str,
    header: _Header,
    rows: Sequence[tuple[int, int, Mapping[str, str]]],
    reading: _Reading,
) -> OrderFile:
    orders: list[Order] = []
    rejects: dict[str, OrderReject] = {}
    currencies: set[str] = set()
    further = 0
    for line, count, row in rows:
        if row[ID] and not reading.numbers.is_new(row[ID]):
            further += 1
            continue
        order = _order(row, header, reading, count)
        if isinstance(order, Order):
            orders.append(order)
            currencies |= {row[ORDER_CURRENCY].upper()} - {""}
        else:
            earlier = rejects.get(order, OrderReject(order, 0, line))
            rejects[order] = OrderReject(order, earlier.rows + 1, earlier.first_line)
    if len(currencies) > 1:
        problem = _("{file} has orders in {currencies}.")
        raise InputError(
            problem.format(file=name, currencies=", ".join(sorted(currencies))),
            expected=_("orders in one currency: no rate of exchange is assumed"),
        )
    return OrderFile(
        name,
        header.tool,
        tuple(orders),
        further,
        tuple(rejects.values()),
        next(iter(currencies), None),
    )


def _order(row: Mapping[str, str], header: _Header, reading: _Reading, count: int) -> Order | str:
    """Return an order, or why it is none."""
    if max(header.columns.values()) >= count:
        return TOO_SHORT
    if ID in header.columns and not row[ID]:
        return NO_ID
    if row[STATE].casefold() in _states_unsold() or row[CANCELLED]:
        return NOT_SOLD
    second = second_of(row[TIME], reading.form, reading.zone)
    if second is None:
        return NO_TIME
    value = amount_of(row[VALUE], reading.mark) if row[VALUE] else None
    return NO_WORTH if value is None else Order(second, float(value), codes_in(row[CODE]))


@cache
def _states_unsold() -> frozenset[str]:
    return frozenset(row["state"] for row in data.read("order_states"))


def second_of(text: str, form: str | None, zone: tzinfo) -> float | None:
    """Return a time in seconds since 1970; None if it is none, or a day without a time."""
    bare = ZONE.sub(lambda match: match[1] or "+00:00", text.strip())
    try:
        moment = datetime.fromisoformat(bare)
    except ValueError:
        written, _blank, rest = bare.partition(" ")
        day = day_of(written.rstrip(","), form)
        times = (_time(rest.strip(), pattern) for pattern in TIMES)
        time = next((time for time in times if time), None)
        if day is None or time is None:
            return None
        moment = datetime.combine(day, time.timetz())
    else:
        if ":" not in bare:
            return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).timestamp()


def _time(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)
    except ValueError:
        return None


def codes_in(text: str) -> tuple[str, ...]:
    """Return the codes of an order in capitals: `ANNA10, SPRING`, or as WooCommerce writes them,
    `code:anna10|amount:4.00`."""
    codes = CODE_WORD.findall(text) if CODE_WORD.search(text) else CODES.split(text)
    codes = [code.strip().upper() for code in codes]
    return tuple(dict.fromkeys(code for code in codes if code))


def _unknown(name: str, header: str) -> InputError:
    columns = ", ".join(cell for cell in cells_of(header) if cell)
    return InputError(
        _("{file} has the columns of no known export of orders: {columns}").format(
            file=name, columns=columns[:200]
        ),
        expected=_("an export of Shopify or WooCommerce, or columns named by --order-map"),
        advice="--order-map time=Date,code=Coupon,value=Total,id=Number",
    )
