"""What campaigns cost by all files together: the newest file of a key, in one currency."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from darksocial.campaigns.amounts import Days
from darksocial.campaigns.cost_files import CostFile, CostRow, read_costs
from darksocial.campaigns.costs import FIELDS
from darksocial.errors import InputError, UsageError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.plugins import one_of

ONE_CURRENCY = _("costs in one currency: no rate of exchange is assumed")
Key = tuple[Days | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Spending:
    """The costs of all files.

    rows: those that count.
    currency: of all of them; None if no file names one.
    files: name, title of the export, number of rows and of the sums left out, for each file.
    notes: sentences about what was replaced or assumed.
    """

    rows: tuple[CostRow, ...] = ()
    currency: str | None = None
    files: tuple[tuple[str, str, int, int], ...] = ()
    notes: tuple[str, ...] = ()


def spending_of(paths: Iterable[Path], mapping: Mapping[str, str] | None = None) -> Spending:
    """Read files of costs, in this order: of rows with one key those of the last file count, as in
    GA4 (https://support.google.com/analytics/answer/10071305).

    Raises InputError for a file that cannot be read and for two currencies, UsageError for a field
    of `mapping` that does not exist.
    """
    fields = mapping or {}
    for field in fields:
        if field not in FIELDS:
            raise UsageError(
                _("Costs have no field {field!r}.").format(field=field),
                expected=one_of(field, FIELDS),
            )
    files = [read_costs(path, fields) for path in paths]
    currency, of_currency = _one_currency(files)
    rows, of_replacing = _newest(files)
    return Spending(
        tuple(replace(row, currency=currency) for row in rows),
        currency,
        tuple((file.name, file.format.title, len(file.rows), file.sums) for file in files),
        (
            *(file.note for file in files if file.note),
            *of_currency,
            *of_replacing,
            *_overlaps(rows),
        ),
    )


def _one_currency(files: Sequence[CostFile]) -> tuple[str | None, tuple[str, ...]]:
    """Return the currency that files name, and a note on those that take it over."""
    places = {code: file.name for file in reversed(files) for code in file.currencies}
    if len(places) > 1:
        (first, one), (second, other), *_rest = sorted(places.items())
        raise InputError(
            _("{one} has costs in {first}, {other} in {second}.").format(
                one=one, first=first, other=other, second=second
            ),
            expected=ONE_CURRENCY,
        )
    currency = next(iter(places), None)
    silent = [file.name for file in files if file.rows and not file.currencies]
    if currency is None or not silent:
        return currency, ()
    text = _("{files} names no currency, and was taken to be in {currency}, as the others are.")
    return currency, (text.format(files=", ".join(silent), currency=currency),)


def key_of(row: CostRow) -> Key:
    """Return what a row is of: its days, source, medium and campaign."""
    source = row.source or (row.format.sources[0] if row.format.sources else None)
    return row.days, source, row.medium or row.format.medium or None, row.campaign


def _newest(files: Sequence[CostFile]) -> tuple[list[CostRow], tuple[str, ...]]:
    rows: dict[Key, list[CostRow]] = {}
    notes = []
    for file in files:
        own: defaultdict[Key, list[CostRow]] = defaultdict(list)
        for row in file.rows:
            own[key_of(row)].append(row)
        replaced = sum(len(rows[key]) for key in own if key in rows)
        rows |= own
        if replaced:
            text = ngettext(
                "{file} replaces {n} row of an earlier file, with the same days and campaign.",
                "{file} replaces {n} rows of earlier files, with the same days and campaigns.",
                replaced,
            )
            notes.append(text.format(file=file.name, n=replaced))
    return [row for group in rows.values() for row in group], tuple(notes)


def _overlaps(rows: Sequence[CostRow]) -> tuple[str, ...]:
    """Return a note for two files that have costs of one campaign for days that overlap, but not
    for the same: they may be counted twice."""
    ranges: defaultdict[tuple[str | None, ...], dict[str, Days]] = defaultdict(dict)
    for row in rows:
        if row.days:
            spans = ranges[key_of(row)[1:]]
            first, last = spans.get(row.file, row.days)
            spans[row.file] = min(first, row.days[0]), max(last, row.days[1])
    pairs = {
        (one, other)
        for spans in ranges.values()
        for one, (first, last) in spans.items()
        for other, (begins, ends) in spans.items()
        if one < other and first <= ends and begins <= last
    }
    text = _(
        "{one} and {other} have costs of the same campaign for days that overlap: look whether "
        "they are counted twice."
    )
    return tuple(text.format(one=one, other=other) for one, other in sorted(pairs))
