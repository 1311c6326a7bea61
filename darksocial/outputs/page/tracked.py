"""The sections of the page on tracked shares: generations, apps and methods."""

from collections.abc import Iterator

from darksocial.language import gettext as _
from darksocial.outputs.page.cells import Table, charts, number, numbers, text, texts
from darksocial.outputs.page.charts import bar
from darksocial.outputs.page.section import Section
from darksocial.outputs.share_words import (
    counts_by_app,
    counts_by_method,
    sentences,
    shares_of_next,
)
from darksocial.report.numbers import whole
from darksocial.tracking.trees import SharesReport

MAX_GENERATIONS = 8
"""Later ones are counted in the terminal: few links travel as far."""


def of_tracked(report: SharesReport) -> Iterator[Section]:
    """Yield the generations of shares with their figures, and how links were shared."""
    yield _of_generations(report)
    yield _of_ways(report)


def _of_generations(report: SharesReport) -> Section:
    shown = report.generations[:MAX_GENERATIONS]
    highest = max(row.clicks for row in shown)
    rows = []
    for row in shown:
        says = _("Generation {generation}: {visits} visits").format(
            generation=row.generation, visits=whole(row.clicks)
        )
        rows.append(
            [
                text(str(row.generation)),
                bar(row.clicks, highest, says),
                number(whole(row.shares)),
                number(whole(row.clicks)),
                text(shares_of_next(row)),
            ]
        )
    columns = [
        *texts(_("generation")),
        *charts(_("compared")),
        *numbers(_("shares"), _("visits")),
        *texts(_("shares of the next, for each")),
    ]
    return Section(
        "generations",
        _("Do shares lead to more shares?"),
        _("Links with an id show it: shares of the first generation were made by people who came "
          "in another way, those of the second by people who came by one of the first."),
        table=Table(columns, rows),
        notes=list(sentences(report)),
    )  # fmt: skip


def _of_ways(report: SharesReport) -> Section:
    apps, methods = counts_by_app(report), counts_by_method(report)
    highest = max((clicks for _name, _n, clicks in (*apps, *methods)), default=0)
    rows = []
    for kind, counts in ((_("app"), apps), (_("method"), methods)):
        for name, n, clicks in counts:
            says = _("{app}: {visits} visits").format(app=name, visits=whole(clicks))
            cells = [text(name), text(kind), bar(clicks, highest, says)]
            rows.append([*cells, number(whole(n)), number(whole(clicks))])
    columns = [
        *texts(_("through"), _("what it is")),
        *charts(_("compared")),
        *numbers(_("shares"), _("visits")),
    ]
    return Section(
        "ways",
        _("How are links shared?"),
        _("The app is the one that fetched the preview with the id; the method is what the id "
          "says of how the link was shared."),
        table=Table(columns, rows),
    )  # fmt: skip
