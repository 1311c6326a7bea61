"""Save a result in a form to go on working with: what `--output KIND=FILE` does for the library."""

from collections.abc import Mapping
from pathlib import Path

from darksocial import arguments
from darksocial.analysis import Analysis
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs import Output, T, analysis, day
from darksocial.outputs.analysis import Saved
from darksocial.plugins import one_of
from darksocial.store.daily import DayReport


def save(result: Analysis | DayReport, kind: str, place: arguments.Place) -> None:
    """Write a `result`, an analysis or the report of a day, in the form of this `kind` to `place`.

    `kind` is one that `--output` takes: csv (to a folder), xlsx, duckdb, markdown, json and others
    (to a file). csv, xlsx and duckdb hold the tables of the report, the sessions and the shares.
    What is at the place is replaced whole or not at all. Raises OutputError if that cannot be done,
    and UsageError if there is no such kind, a package that it needs is not installed, or the
    analysis is closed.
    """
    arguments.check("result", result, Analysis, DayReport)
    arguments.check("kind", kind, str)
    path = arguments.folder("place", place)
    if isinstance(result, DayReport):
        _save(day.registry(), result, kind, path)
    else:
        _save(analysis.registry(), Saved(result.report, None, result), kind, path)


def _save(forms: Mapping[str, Output[T]], value: T, kind: str, path: Path) -> None:
    form = forms.get(kind)
    if form is None or not form.is_saved:
        kinds = [name for name, each in forms.items() if each.is_saved]
        raise UsageError(_("`kind` is {kind!r}.").format(kind=kind), expected=one_of(kind, kinds))
    if form.check:
        form.check(path)
    form.save(value, path)
