"""Which goals no hit reached: often such a goal is not written as the log has it."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.parser.requests import MAX_WATCHED_GOALS
from darksocial.report.values import ConversionRow
from darksocial.settings import Goal
from darksocial.visits.conditions import is_person


def unreached_goals(
    engine: Engine, requests: ir.Table, people: ir.Table, goals: Sequence[Goal]
) -> tuple[Goal, ...]:
    """Return the goals that no hit reached, except for hits of bots and link previews."""
    if not goals:
        return ()
    reaching = requests.filter(requests.goals_reached != 0)
    machines = people.filter(~is_person(people))
    combinations = reaching.anti_join(machines, "visitor").select("goals_reached").distinct()
    rows = engine.fetch(combinations, "goals reached").to_pylist()
    return without_bits(goals, reduce(or_, (row["goals_reached"] for row in rows), 0))


def without_bits(goals: Sequence[Goal], reached: int | None) -> tuple[Goal, ...]:
    """Return the goals whose bit is not set in `goals_reached`; None has no bits."""
    watched = enumerate(goals[:MAX_WATCHED_GOALS])
    return tuple(goal for number, goal in watched if not (reached or 0) >> number & 1)


def goal_notes(
    goals: Sequence[Goal], unreached: Sequence[Goal], conversions: Sequence[ConversionRow]
) -> tuple[str, ...]:
    """Return what to say about goals that matched nothing, in whole sentences."""
    if goals and not conversions:
        return (_none_reached(len(goals)),)
    if not unreached:
        return ()
    note = ngettext(
        "No hit reached the goal {goals}. Compare it with the log.",
        "No hit reached {n:,} of the goals: {goals}. Compare them with the log.",
        len(unreached),
    ).format(n=len(unreached), goals=goals_text(unreached))
    return (note, *unwatched_notes(goals))


def _none_reached(count: int) -> str:
    return ngettext(
        "The goal matched nothing: no visit reached it. Compare its path, status and method with "
        "the log.",
        "None of the {n:,} goals matched anything: no visit reached one. Compare their paths, "
        "statuses and methods with the log.",
        count,
    ).format(n=count)


def unwatched_notes(goals: Sequence[Goal]) -> tuple[str, ...]:
    """Return a note on the goals that have no bit in `goals_reached`, if there are any."""
    if len(goals) <= MAX_WATCHED_GOALS:
        return ()
    return (
        _("This was checked for the first {watched:,} of {n:,} goals only.").format(
            watched=MAX_WATCHED_GOALS, n=len(goals)
        ),
    )


def goals_text(goals: Sequence[Goal]) -> str:
    """Return goals as one text, each as `--goal` takes it."""
    return "; ".join(goal.text for goal in goals)
