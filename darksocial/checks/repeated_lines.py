"""Lines are there twice: page views that repeat others to the second.

A page view of a person repeats another if visitor, second, host, path, query and referrer are the
same. A browser reloads a page within a second now and then; where many page views do, a part of
the log was copied into it, two servers log the same requests, or a log was read from two places.
(A file whose content is that of another is left out by itself.) Repeated page views make visits
longer than they were. The bound is assumed. Exports are not checked.
"""

from darksocial.checks import (
    COUNT,
    SHARE,
    WARNING,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._bounds import proportion_at_most
from darksocial.checks._files import logs
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import exact, percent

SAME = ("visitor", "time", "host", "path", "query", "referrer")


def run(facts: Facts, criteria: Criteria) -> Outcome:
    files = logs(facts.report)

    def repeats(requests: ir.Table) -> ir.Table:
        pages = requests.filter(
            requests.kind == "page", ~requests.is_machine, requests.file.isin(files)
        )
        alike = pages.group_by(*SAME).agg(n=pages.count(), file=pages.file.max())
        by_file = alike.group_by("file").agg(views=alike.n.sum(), different=alike.count())
        return by_file.order_by("file")

    rows = facts.requests(repeats).to_pylist() if files else []
    views = sum(row["views"] for row in rows)
    if views < criteria["page_views"] or not views:
        return skipped(
            ngettext(
                "{n} page view: too few page views to say",
                "{n} page views: too few page views to say",
                views,
            ).format(n=exact(views))
        )
    repeated = views - sum(row["different"] for row in rows)
    actual = ngettext(
        "{proportion}, {repeated:,} of {n:,} page view",
        "{proportion}, {repeated:,} of {n:,} page views",
        views,
    ).format(proportion=percent(repeated / views), repeated=repeated, n=views)
    names = [file.file for file in facts.report.inputs]
    places = (
        _place(row["views"] - row["different"], names[row["file"]])
        for row in sorted(rows, key=lambda row: row["different"] - row["views"])
        if row["views"] > row["different"]
    )
    return proportion_at_most(criteria, repeated / views, actual, places)


def _place(repeated: int, file: str) -> Place:
    text = ngettext(
        "{n:,} page view repeats another", "{n:,} page views repeat others", repeated
    ).format(n=repeated)
    return Place(text, file)


CHECK = Check(
    "repeated_lines",
    _("Lines are there twice: page views that repeat others to the second."),
    (
        Parameter("at_most", SHARE, 0.1, _("proportion of page views")),
        Parameter("page_views", COUNT, 100, _("with fewer page views the check is skipped")),
    ),
    run,
    _("see whether two servers log the same requests, or a part of the log was copied into it"),
    WARNING,
)
