"""The sessions of a page are out of bounds.

Sessions that landed on the page that the rule names, those of them booked as Direct, and those
expected to be dark social. `[page."/pricing"]` with `dark_at_least = 5`; where the log has several
hosts, `[page."example.org/pricing"]` means the page of one.
"""

from darksocial.checks import NUMBER, Check, Criteria, Facts, Outcome, Parameter
from darksocial.checks._bounds import allowed, is_within
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.report.numbers import exact
from darksocial.visits.conditions import counted_channel

COUNTS = {
    "sessions": (_("sessions: {bounds}"), _("sessions that landed on the page")),
    "direct": (_("Direct: {bounds}"), _("sessions of these that are booked as Direct")),
    "dark": (
        _("dark social: {bounds}"),
        _("sessions of these that are expected to be dark social"),
    ),
}
"""What is counted of a page: how it is worded, and what its bounds mean."""


def run(facts: Facts, criteria: Criteria) -> Outcome:
    def landed(visits: ir.Table) -> ir.Table:
        path = visits.landing_path
        is_page = (path == criteria.subject) | (
            (visits.site.fill_null("") + path) == criteria.subject
        )
        there = visits.filter(is_page.fill_null(False))
        return there.agg(
            sessions=there.weight.sum(),
            direct=there.weight.sum(where=counted_channel(there) == "Direct"),
            dark=(there.p_dark_social * there.weight).sum().round(6),
        )

    [row] = facts.visits(landed).to_pylist()
    counts = {name: row[name] or 0.0 for name in COUNTS}
    bounded = [name for name in COUNTS if _is_bounded(criteria, name)]
    return Outcome(
        all(is_within(criteria, counts[name], counts[name], f"{name}_") for name in bounded),
        "; ".join(COUNTS[name][0].format(bounds=exact(counts[name])) for name in bounded),
        "; ".join(
            COUNTS[name][0].format(bounds=allowed(criteria, exact, f"{name}_")) for name in bounded
        ),
    )


def _is_bounded(criteria: Criteria, name: str) -> bool:
    return any(criteria.get(f"{name}_{bound}") is not None for bound in ("at_least", "at_most"))


CHECK = Check(
    "page",
    _("The sessions of a page are out of bounds."),
    tuple(
        Parameter(f"{name}_{bound}", NUMBER, None, meaning)
        for name, (_words, meaning) in COUNTS.items()
        for bound in ("at_least", "at_most")
    ),
    run,
    _("`darksocial explain DIR --page PATH` shows the page's visits over time"),
    subject="page",
)
