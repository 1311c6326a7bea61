"""The page of one day of a store."""

from pathlib import Path

from darksocial.outputs import Output
from darksocial.outputs.page.forms import FORMS
from darksocial.outputs.page.stored import stored_page
from darksocial.selection import Selection
from darksocial.store.daily import DayReport


def output(name: str) -> Output[DayReport]:
    """Return the form of a page by its name, which is also how its file ends."""
    form = FORMS[f".{name}"]

    def write(report: DayReport, path: Path) -> None:
        of_day = Selection(report.day, report.day)
        form.write(stored_page(Path(report.store), of_day), path)

    def check(_path: Path) -> None:
        form.check()

    return Output(name, write=write, check=check)
