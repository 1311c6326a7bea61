"""What the sections of a report consist of, whatever they are drawn with."""

from collections.abc import Sequence
from dataclasses import dataclass

from darksocial.outputs.tables import Column, Row


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows of its longer tables a form of the report shows; None for all of them.

    page_apps: how many apps are listed for one shared page.
    cuts_paths: whether a path that is too long for its column is cut or continued below.
    """

    files: int | None = None
    pages: int | None = None
    shared_pages: int | None = None
    page_apps: int | None = None
    evidence: int | None = None
    cuts_paths: bool = False


SHORT = Limits(files=8, pages=5, shared_pages=8, page_apps=2, evidence=10, cuts_paths=True)
"""What a person reads on one screen."""
FULL = Limits()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in darksocial's own words. An aside explains the table before it."""

    text: str
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning about the numbers, or a plain fact, which can quote a file's name or a host."""

    text: str
    is_warning: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below named columns."""

    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Counts:
    """Names with their counts; `columns` are the headings of both."""

    columns: tuple[str, str]
    rows: Sequence[tuple[str, int]]


Part = Sentence | Remark | Table | Counts


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under one title; '': it has none."""

    title: str
    parts: Sequence[Part]
