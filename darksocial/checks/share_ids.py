"""Share ids do not come back as they should.

Only for logs in which the site's script says that it gave ids (docs/tracking.md). Three things are
looked at. *Few pages*: of the page views of people a smaller part than `on_pages` gave an id, so
most shares have none: the script is missing on pages, or blocked. *Stripped*: of the links that
were shared by a button, a copy or a share menu, as the script says, a smaller part than `returned`
was asked for, by a preview or a visit: something removes the parameter. *Impossible*: of the ids of
the third generation or a later one that visits carried, a larger part than `impossible` belongs to
a tree of which the log has no id of the generation before. Ids are typed by strangers;
the first days of a log have such ids, too. What has fewer than `least` of its kind is not judged.
"""

from collections.abc import Iterator
from typing import NamedTuple

from darksocial.checks import (
    COUNT,
    NUMBER,
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
from darksocial.checks._bounds import count_at_most
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import percent
from darksocial.tracking.share_id import OWN_METHODS, ShareId, id_in_query

THIRD_GENERATION = 3


class Ids(NamedTuple):
    """The ids that the script gave, those with which pages were asked for, and the page views of
    people."""

    from_script: list[ShareId]
    on_pages: list[ShareId]
    page_views: int


def run(facts: Facts, criteria: Criteria) -> Outcome:
    from_script = _asked(facts, "beacon")
    if not from_script:
        return skipped(_("the log has no share ids"))
    ids = Ids(from_script, _asked(facts, "page"), _page_views(facts))
    problems = [*_few_pages(ids, criteria), *_stripped(ids, criteria), *_impossible(ids, criteria)]
    actual = ngettext("{n:,} problem", "{n:,} problems", len(problems)).format(n=len(problems))
    return count_at_most(criteria, len(problems), actual, map(Place, problems))


def _asked(facts: Facts, kind: str) -> list[ShareId]:
    """Return the ids in the queries of requests of a kind, each query once."""

    def queries(requests: ir.Table) -> ir.Table:
        held = requests.filter(requests.kind == kind, requests.query.contains("="))
        return held.select("query").distinct().order_by("query")

    ids = (id_in_query(row["query"]) for row in facts.requests(queries).to_pylist())
    return [share for share in ids if share]


def _page_views(facts: Facts) -> int:
    def counted(requests: ir.Table) -> ir.Table:
        pages = requests.filter(requests.kind == "page", ~requests.is_machine)
        return pages.agg(n=pages.count())

    number: int = facts.requests(counted).to_pylist()[0]["n"]
    return number


def _few_pages(ids: Ids, criteria: Criteria) -> Iterator[str]:
    tracked = len({(share.root, share.key) for share in ids.from_script})
    if ids.page_views >= criteria["least"] and tracked < criteria["on_pages"] * ids.page_views:
        text = _("few pages: {part} of the page views gave an id")
        yield text.format(part=percent(tracked / ids.page_views))


def _stripped(ids: Ids, criteria: Criteria) -> Iterator[str]:
    shared = {share for share in ids.from_script if share.method in OWN_METHODS}
    back = shared & set(ids.on_pages)
    if len(shared) >= criteria["least"] and len(back) < criteria["returned"] * len(shared):
        text = _("stripped: {part} of the links that were shared came back with their id")
        yield text.format(part=percent(len(back) / len(shared)))


def _impossible(ids: Ids, criteria: Criteria) -> Iterator[str]:
    generations = {(share.root, share.generation) for share in (*ids.from_script, *ids.on_pages)}
    late = {share for share in ids.on_pages if (share.generation or 0) >= THIRD_GENERATION}
    jumps = [one for one in late if (one.root, (one.generation or 0) - 1) not in generations]
    if len(late) >= criteria["least"] and len(jumps) > criteria["impossible"] * len(late):
        text = _("impossible: {part} of the later generations have none before them")
        yield text.format(part=percent(len(jumps) / len(late)))


CHECK = Check(
    "share_ids",
    _("Share ids do not come back as they should."),
    (
        Parameter("at_most", COUNT, 0, _("problems")),
        Parameter("on_pages", SHARE, 0.3, _("page views that give an id, at least")),
        Parameter("returned", SHARE, 0.2, _("shared links that come back with their id, at least")),
        Parameter("impossible", SHARE, 0.5, _("generations without the one before, at most")),
        Parameter("least", NUMBER, 50, _("what has fewer of its kind is not judged")),
    ),
    run,
    _("see that each page loads the script, and that nothing removes the parameter from links"),
    WARNING,
)
