"""Numbers as people's programs write them: which mark a file has before decimals.

`1,204` is 1,204 visits where the point comes before decimals, and one and a fifth where the comma
does. A spreadsheet writes what its language says, so the file itself has to show it: by numbers
that can mean one thing only (`1,204.50`, `0,5`, `1.204.000`), else by a count with three digits
behind a mark, since nobody counts thousandths of a visit.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from darksocial.grammar.values import Value, as_text, follow, has

NUMBER_MEANINGS = ("weight", "pageviews", "conversions", "revenue", "revenue_micros")
VISIT_COUNTS = ("weight", "pageviews")
POINT, COMMA, UNDECIDED = ".", ",", ""
"""What comes before decimals: a point, a comma, or what the file does not show."""

# What a number shows by `P` before decimals and `T` between thousands.
_DECISIVE = r"\d{1,3}(?:T\d{3})+P\d+|\d{1,3}(?:T\d{3}){2,}|0P\d+|\d+P(?:\d\d?|\d{4,})|\d{4,}P\d+"
_ONLY_POINT = re.compile(_DECISIVE.replace("P", "[.]").replace("T", ","))
_ONLY_COMMA = re.compile(_DECISIVE.replace("P", ",").replace("T", "[.]"))
_THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_AROUND = re.compile(r"[^\d.,]")
MAX_NUMBER_CHARACTERS, MAX_UNIT_LETTERS = 40, 3


def decimal_mark(
    records: Sequence[Mapping[str, object]], values: Iterable[Value], otherwise: str
) -> str:
    """Return what comes before decimals in a file with such records: POINT, COMMA or UNDECIDED.

    `values` are those that are read; `otherwise` is what the format says if no number of the file
    shows it. A number that is none of text (JSON, Parquet) has a point by its own rules.
    """
    read = [value for value in values if value.meaning in NUMBER_MEANINGS]
    cells = {value: [cell for r in records for cell in _cells(r, value)] for value in read}
    texts = [cell for column in cells.values() for cell in column if isinstance(cell, str)]
    if any(isinstance(cell, int | float) for column in cells.values() for cell in column):
        return POINT
    counts = [str(cell) for value in read if value.meaning in VISIT_COUNTS for cell in cells[value]]
    others = [cell for r in records for cell in r.values() if isinstance(cell, str)]
    for marks in (_shown(texts), _of_counts(counts), _shown(others)):
        if marks:
            return marks.pop() if len(marks) == 1 else UNDECIDED
    return otherwise


def _cells(record: Mapping[str, object], value: Value) -> list[object]:
    present = (steps for steps in value.first_paths if has(record, steps))
    cells = (follow(record, steps) for steps in present)
    return [cell for cell in cells if as_text(cell) not in (None, "")]


def _shown(texts: Iterable[str]) -> set[str]:
    """Return the marks that numbers show which can mean one thing only."""
    marks = set()
    for text in texts:
        bare = _AROUND.sub("", text).strip(".,") if _is_number(text) else ""
        if _ONLY_POINT.fullmatch(bare):
            marks.add(POINT)
        elif _ONLY_COMMA.fullmatch(bare):
            marks.add(COMMA)
    return marks


def _is_number(text: str) -> bool:
    """Return whether a text is digits, with a sign, a currency or a percent sign at most."""
    letters = sum(map(str.isalpha, text))
    return len(text) < MAX_NUMBER_CHARACTERS and letters <= MAX_UNIT_LETTERS


def _of_counts(texts: Iterable[str]) -> set[str]:
    """Return the marks that counts show: what is before three digits separates thousands."""
    matches = (_THOUSANDS.fullmatch(_AROUND.sub("", text)) for text in texts)
    return {COMMA if match[1] == POINT else POINT for match in matches if match}
