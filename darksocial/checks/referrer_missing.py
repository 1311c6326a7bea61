"""Referrers are missing from a file.

The share of a file's page views that name a referrer, or the source or channel that an export
tells, where there are `page_views` or more. Even a site that nobody links to has referrers: its own
pages. Where there are next to none, the format does not record them or the server does not receive
them, every visit is Direct or Unassigned, and no estimate stands on anything. The bounds are
assumed.
"""

import ibis.expr.types as ir

from darksocial.checks import (
    COUNT,
    SHARE,
    SHOWN,
    Check,
    Facts,
    Given,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.report.words import percent


def run(facts: Facts, given: Given) -> Outcome:
    rows = [row for row in facts.requests(_by_file).to_pylist() if row["n"] >= given["page_views"]]
    if not rows:
        return skipped(f"no file has {given['page_views']:,.0f} page views")
    shares = [(row["file"], row["told"] / row["n"]) for row in rows]
    names = [file.file for file in facts.report.inputs]
    lowest = min(share for _, share in shares)
    return Outcome(
        lowest >= given["at_least"],
        f"{percent(lowest)} of page views have one, at worst",
        f"at least {percent(given['at_least'])}",
        tuple(
            Place(f"{percent(share)} of page views", names[file])
            for file, share in shares
            if share < given["at_least"]
        )[:SHOWN],
    )


def _by_file(requests: ir.Table) -> ir.Table:
    pages = requests.filter(requests.kind == "page")
    told = pages.referrer.notnull() | pages.source.notnull() | pages.channel.notnull()
    return pages.group_by("file").agg(n=pages.count(), told=told.sum()).order_by("file")


CHECK = Check(
    "referrer_missing",
    (
        Parameter("at_least", SHARE, 0.01, "share of a file's page views"),
        Parameter("page_views", COUNT, 100, "files with fewer page views are not looked at"),
    ),
    run,
    "log the header: %{Referer}i (Apache), $http_referer (nginx), cs(Referer) (IIS)",
)
