"""What each site teaches: base rates, what the levels of signals say, and how many are dark.

All of it is learned from the table of distinct patterns with their numbers, so its cost does not
grow with traffic: expectation-maximisation corrects the base rates (learning.py), one soft step
makes the tables (tables.py), recapture counts a second time (recapture.py), answers to how people
heard of the site a third time, where the owner has some (answers.py), and the counts are brought
together (agreement.py).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.model.agreement import (
    agree,
    agree_without_tables,
    sensitivity,
    shift_to,
    shifted,
    with_odds,
)
from darksocial.model.answers import heard
from darksocial.model.learning import Learned, PatternCount, Rates, learn, posterior
from darksocial.model.levels import CAUSES_OF_DIRECT, decisive_levels, summed
from darksocial.model.losses import ORIGIN_OF_CLASS, Loss, corrected, losses
from darksocial.model.masking import CLASS_OF_MASKED
from darksocial.model.priors import starting_rates
from darksocial.model.recapture import recapture, shows_previews
from darksocial.model.sums import exact_sum
from darksocial.model.tables import MIN_VISITS_FOR_TABLES, Labelled, known_by_ids, soft_step
from darksocial.model.weighing import Lesson, spread_of_assumed
from darksocial.settings import Model
from darksocial.signals import registry
from darksocial.visits.conditions import arrived_direct, probability_of_person

# 200,000 visits of a simulated site show some 10,000 patterns. Those beyond the limit are rare;
# with it the process that learns holds a bounded table whatever the traffic.
MAX_PATTERNS = 100_000
# Those who come by one link are no sample of the site: where a link travels through groups for a
# day, it must not make other pages look shared. On three simulated sites with such a day the count
# was 1.1 to 1.4 times the truth without the limit, and 1.0 to 1.2 with it. Its size is assumed.
MAX_PART_OF_PAGE = 0.05
SHARE_ID = list(registry()).index("share_id")
SHARED = "shared"
KNOWN_BY_ID = frozenset(registry()["share_id"].levels)


def lessons(engine: Engine, visits: ir.Table, model: Model) -> dict[str, Lesson]:
    """Return what the direct visits of each teacher teach. `visits` comes from `observed`.

    A visit counts as much as it is likely a person's, and all visits to a page inside the site
    together for at most `MAX_PART_OF_PAGE` of the others. The `MAX_PATTERNS` patterns with the most
    visits count.
    """
    counted = direct_by_pattern(engine, visits)
    counts: dict[str, list[PatternCount]] = {}
    taught = _most_frequent(engine, counted, ("teacher", "pattern"), "patterns to learn from")
    for row in taught.to_pylist():
        _kind, device, _rows, *levels = row["pattern"].split("|")
        log_odds = summed(decisive_levels(levels))
        count = PatternCount(device, row["n"], log_odds, tuple(levels))
        counts.setdefault(row["teacher"], []).append(count)
    assumed = {
        device: rates for (kind, device), rates in starting_rates(model).items() if kind == "direct"
    }
    of_teacher = losses(engine, visits)
    labelled = masked_by_pattern(engine, visits)
    return {
        teacher: lesson(
            rows,
            _with_losses(assumed, of_teacher.get(teacher, {}), rows),
            labelled.get(teacher, ()),
            Stated(bool(model.rates), model.heard_from, of_teacher.get(teacher, {})),
        )
        for teacher, rows in counts.items()
    }


@dataclass(frozen=True, slots=True)
class Stated:
    """What the owner of a site states that bears on the count: whether base rates, and how many
    answers to how people heard of it name each origin; with the visits of known origin there."""

    rates: bool = False
    answers: Sequence[tuple[str, int]] = ()
    losses_of: Mapping[str, Loss] = field(default_factory=dict)


NOTHING_STATED = Stated()


def lesson(
    rows: Sequence[PatternCount],
    assumed: Mapping[str, Rates],
    labelled: Sequence[Labelled],
    stated: Stated = NOTHING_STATED,
) -> Lesson:
    """Return what the patterns of one teacher's visits teach, beginning with assumed base rates.

    Rates that the owner states remain what they are learned from, and no count replaces them.
    Visits with share ids are known, and none of those that are to be judged: where they taught
    base rates beside the others, on three simulated sites most of whose shares had an id, the count
    was 1.3 to 1.5 times the truth. They teach what levels say, as labelled visits.
    Without previews nothing distinguishes dark visits from others well enough to teach: on five
    simulated sites the Brier ratio was 0.65 without tables, and 0.74 with them.
    """
    by_ids = [row for row in rows if row.levels[SHARE_ID] == SHARED]
    rows = [row for row in rows if row.levels[SHARE_ID] not in KNOWN_BY_ID]
    start = learn(assumed, rows)
    if start.visits < MIN_VISITS_FOR_TABLES or not shows_previews(rows):
        return _without_tables(start, rows, stated)
    step = soft_step(rows, start.rates, [*labelled, *known_by_ids(by_ids, SHARE_ID)])
    if stated.rates:
        return Lesson(start.rates, start.visits, start.information, step.tables)
    visits = np.array([row.visits for row in rows])
    at_start, dark = (
        chances[:, CAUSES_OF_DIRECT.index("dark_social")]
        for chances in (step.start, step.probabilities)
    )
    caught = recapture(rows, visits * dark)
    lost = math.fsum(
        float(visits @ step.probabilities[:, CAUSES_OF_DIRECT.index(name)])
        for name in ORIGIN_OF_CLASS
    )
    answers = heard(stated.answers, stated.losses_of, lost, start.visits)
    agreement = agree(float(visits @ at_start), float(visits @ dark), caught, answers)
    shift = shift_to(agreement.agreed, dark, visits)
    return Lesson(
        shifted(step.rates, shift),
        start.visits,
        start.information,
        step.tables,
        agreement,
        sensitivity(with_odds(dark, shift), visits),
    )


def _without_tables(start: Learned, rows: Sequence[PatternCount], stated: Stated) -> Lesson:
    """Return what is learned without tables: the base rates, moved as far as answers say."""
    lesson = Lesson(start.rates, start.visits, start.information)
    if stated.rates or not stated.answers:
        return lesson
    chances = [posterior(start.rates[row.device], row.log_odds) for row in rows]
    visits = np.array([row.visits for row in rows])
    lost = math.fsum(
        float(visits @ [chance[name] for chance in chances]) for name in ORIGIN_OF_CLASS
    )
    answers = heard(stated.answers, stated.losses_of, lost, start.visits)
    dark = np.array([chance["dark_social"] for chance in chances])
    expected = float(visits @ dark)
    if answers is None or expected <= 0:
        return lesson
    spread = spread_of_assumed(start.information) * sensitivity(dark, visits)
    agreement = agree_without_tables(expected, spread, answers)
    shift = shift_to(agreement.agreed, dark, visits)
    moves = sensitivity(with_odds(dark, shift), visits)
    rates = shifted(start.rates, shift)
    return replace(lesson, rates=rates, agreement=agreement, sensitivity=moves)


def masked_by_pattern(engine: Engine, visits: ir.Table) -> dict[str, list[Labelled]]:
    """Return the masked visits of each teacher by what they are known to be and their pattern."""
    masked = visits.filter(visits.masked_pattern.notnull())
    counted = masked.group_by("teacher", "channel_before", "masked_pattern").agg(n=masked.count())
    key = ("teacher", "channel_before", "masked_pattern")
    taught = _most_frequent(engine, counted, key, "masked visits to learn from")
    labelled: dict[str, list[Labelled]] = {}
    for row in taught.to_pylist():
        _kind, device, _rows, *levels = row["masked_pattern"].split("|")
        cause = CLASS_OF_MASKED[row["channel_before"]]
        labelled.setdefault(row["teacher"], []).append(
            Labelled(cause, device, tuple(levels), row["n"])
        )
    return labelled


def _most_frequent(engine: Engine, counted: ir.Table, key: Sequence[str], step: str) -> pa.Table:
    """Return the `MAX_PATTERNS` rows with the highest `n`, in the order of their key."""
    by_number = counted.order_by([counted.n.desc(), *(counted[name] for name in key)])
    most = engine.fetch(by_number.limit(MAX_PATTERNS), step)
    return most.sort_by([(name, "ascending") for name in key])


def direct_by_pattern(engine: Engine, visits: ir.Table) -> ir.Table:
    """Return `n`, how many direct visits of each pattern the a teacher learns from."""
    single = visits.filter(arrived_direct(visits), ~visits.aggregated)
    name = single.site.fill_null("") + single.landing_path
    direct = single.select(
        "teacher",
        "pattern",
        page=ibis.ifelse(single.inside, name, ibis.null("string")).fill_null(""),
        n=single.weight * probability_of_person(single),
    )
    by_page = engine.stage(
        "direct_by_page",
        direct.group_by("teacher", "pattern", "page").agg(n=exact_sum(direct.n)),
    )
    total = by_page.group_by("teacher").agg(of_teacher=exact_sum(by_page.n))
    inside = by_page.filter(by_page.page != "")
    pages = inside.group_by("teacher", "page").agg(of_page=exact_sum(inside.n))
    beside = pages.join(total, "teacher")
    most = MAX_PART_OF_PAGE * (beside.of_teacher - beside.of_page)
    crowded = beside.filter(beside.of_page > most).select(
        "teacher", "page", part=most / beside.of_page
    )
    joined = by_page.left_join(crowded, ["teacher", "page"])
    counted = joined.select("teacher", "pattern", n=joined.n * joined.part.fill_null(1.0))
    return counted.group_by("teacher", "pattern").agg(n=exact_sum(counted.n))


def _with_losses(
    assumed: Mapping[str, Rates], losses_of: Mapping[str, Loss], rows: Sequence[PatternCount]
) -> dict[str, Rates]:
    """Return base rates that the losses of the site's own tagged links have corrected."""
    direct = math.fsum(row.visits for row in rows)
    return {device: corrected(rates, losses_of, direct) for device, rates in assumed.items()}
