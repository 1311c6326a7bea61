"""The pages that `darksocial link` is for: addresses, and tables of them."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from darksocial.errors import InputError
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.tracking.links import Page

COLUMNS = ("url", "text", "campaign", "partner")


def pages_of(names: Sequence[str]) -> "Iterator[str | Page]":
    """Yield addresses as they are, and the rows of files whose names end in .csv.

    Raises InputError for a table that cannot be read.
    """
    for name in names:
        if name.lower().endswith(".csv") and "://" not in name:
            yield from _rows(Path(name))
        else:
            yield name


def _rows(path: Path) -> "Iterator[Page]":
    """Yield the pages in a table. Raises InputError."""
    from darksocial.tracking.links import Page

    expected = _("a table in UTF-8 with the column url, and text, campaign, partner if wanted")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, dialect=_dialect(file.read(4096)), restkey="")
            file.seek(0)
            names = rows.fieldnames or ()
            if "url" not in names or not set(names) <= set(COLUMNS):
                problem = _("{path} has the columns {names}.")
                shown = ", ".join(names) or _("none")
                raise InputError(problem.format(path=path, names=shown), expected=expected)
            for row in rows:
                yield Page(**{name: row[name] or "" for name in names})
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = _("{path} could not be read: {reason}").format(path=path, reason=error)
        raise InputError(problem, expected=expected) from error


def _dialect(head: str) -> type[csv.Dialect]:
    """Return the dialect of a table by its header: with semicolons, or the usual one."""
    first = head.partition("\n")[0]

    class WithSemicolons(csv.excel):
        delimiter = ";"

    return WithSemicolons if first.count(";") > first.count(",") else csv.excel
