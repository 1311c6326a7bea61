"""A page's sessions are out of bounds.

Sessions that landed on the page that the rule names, those of them booked as Direct, and those
expected to be dark social. `[page."/pricing"]` with `dark_at_least = 5`; where the log has several
hosts, `[page."example.org/pricing"]` means the page of one.
"""

import ibis.expr.types as ir

from darksocial.checks import NUMBER, Check, Facts, Given, Outcome, Parameter
from darksocial.checks._bounds import is_within, told
from darksocial.report.words import number

COUNTED = ("sessions", "direct", "dark")


def run(facts: Facts, given: Given) -> Outcome:
    def landed(visits: ir.Table) -> ir.Table:
        path = visits.landing_path
        named = (path == given.subject) | ((visits.site.fill_null("") + path) == given.subject)
        there = visits.filter(named.fill_null(False))
        return there.agg(
            sessions=there.weight.sum(),
            direct=there.weight.sum(where=there.channel_before == "Direct"),
            dark=(there.p_dark_social * there.weight).sum().round(6),
        )

    [row] = facts.visits(landed).to_pylist()
    seen = {name: row[name] or 0.0 for name in COUNTED}
    asked = [name for name in COUNTED if _is_asked(given, name)]
    return Outcome(
        all(is_within(given, seen[name], seen[name], f"{name}_") for name in asked),
        ", ".join(f"{name} {number(seen[name])}" for name in asked),
        "; ".join(f"{name} {told(given, number, f'{name}_')}" for name in asked),
    )


def _is_asked(given: Given, name: str) -> bool:
    return any(given.get(f"{name}_{bound}") is not None for bound in ("at_least", "at_most"))


CHECK = Check(
    "page",
    tuple(
        Parameter(f"{name}_{bound}", NUMBER, None, meaning)
        for name, meaning in zip(
            COUNTED,
            ("sessions that landed here", "of these booked as Direct", "dark social expected"),
            strict=True,
        )
        for bound in ("at_least", "at_most")
    ),
    run,
    "`darksocial explain DIR --page PATH` shows the page's visits over time",
    subject="page",
)
