"""The result of a check as lines of plain text that are safe to print."""

from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import quote

from darksocial.checking.results import Result
from darksocial.checks import Place
from darksocial.language import gettext as _
from darksocial.printable import printable


def headline(result: Result) -> str:
    """Return what failed, and why, in one line."""
    text = _("{message} Actual: {actual}. Allowed: {allowed}.")
    outcome = result.outcome
    return printable(
        text.format(message=result.message, actual=outcome.actual, allowed=outcome.allowed)
    )


def details(result: Result) -> Iterator[str]:
    """Yield where to look and what helps, line by line."""
    for place in result.outcome.where:
        yield _("at {place}").format(place=located(place))
    yield _("try: {advice}").format(advice=printable(result.advice))


def located(place: Place) -> str:
    """Return a place as text: file and line, if it has any, and what is there."""
    if place.file is None:
        return printable(place.what)
    line = f":{place.line}" if place.line is not None else ""
    return printable(f"{place.file}{line}: {place.what}")


def uri(file: str) -> str:
    """Return a file as a URI: relative ones stay so, absolute ones get the scheme `file`."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
