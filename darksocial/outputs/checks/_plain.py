"""The words for what a check found, as lines of plain text that are safe to print."""

from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import quote

from darksocial.checking.results import Result
from darksocial.checks import Place
from darksocial.printable import printable


def headline(result: Result) -> str:
    """What failed, and why, in one line."""
    seen, allowed = result.outcome.seen, result.outcome.allowed
    return printable(f"{result.message} Seen: {seen}. Allowed: {allowed}.")


def details(result: Result) -> Iterator[str]:
    """Where to look and what helps, line by line."""
    for place in result.outcome.where:
        yield f"at {located(place)}"
    yield f"try: {printable(result.advice)}"


def located(place: Place) -> str:
    """A place as text: file and line, where they are known, and what is there."""
    if place.file is None:
        return printable(place.what)
    line = f":{place.line}" if place.line is not None else ""
    return printable(f"{place.file}{line}: {place.what}")


def uri(file: str) -> str:
    """A file as a URI: relative ones stay so, absolute ones get the scheme `file`."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
