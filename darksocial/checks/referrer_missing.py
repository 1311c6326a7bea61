"""Referrers are missing from a file.

The proportion of a file's page views that name a referrer, or the source or channel that an export
records, in files with `page_views` or more. Even a site that nobody links to has referrers: its own
pages. Where there are next to none, the format does not record them or the server does not receive
them; then every visit is Direct or Unassigned, and the estimate has no basis. The bounds are
assumed.
"""

from darksocial.checks import (
    COUNT,
    MAX_PLACES,
    SHARE,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._bounds import allowed
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.report.numbers import percent, whole


def run(facts: Facts, criteria: Criteria) -> Outcome:
    least = criteria["page_views"]
    rows = [row for row in facts.requests(_by_file).to_pylist() if row["pages"] >= least]
    if not rows:
        return skipped(_("no file has {n} page views").format(n=whole(least)))
    shares = [(row["file"], row["with_origin"] / row["pages"]) for row in rows]
    names = [file.file for file in facts.report.inputs]
    lowest = min(share for _file, share in shares)
    places = [
        Place(_("{proportion} of page views").format(proportion=percent(share)), names[file])
        for file, share in shares
        if share < criteria["at_least"]
    ]
    actual = _("at worst, {proportion} of a file's page views have one")
    return Outcome(
        lowest >= criteria["at_least"],
        actual.format(proportion=percent(lowest)),
        allowed(criteria, percent),
        tuple(places[:MAX_PLACES]),
    )


def _by_file(requests: ir.Table) -> ir.Table:
    pages = requests.filter(requests.kind == "page")
    has_origin = pages.referrer.notnull() | pages.source.notnull() | pages.channel.notnull()
    by_file = pages.group_by("file").agg(pages=pages.count(), with_origin=has_origin.sum())
    return by_file.order_by("file")


CHECK = Check(
    "referrer_missing",
    _("Referrers are missing from a file."),
    (
        Parameter("at_least", SHARE, 0.01, _("proportion of a file's page views")),
        Parameter("page_views", COUNT, 100, _("files with fewer page views are skipped")),
    ),
    run,
    _("log the header: %{Referer}i (Apache), $http_referer (nginx), cs(Referer) (IIS)"),
)
