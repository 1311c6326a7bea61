"""The probabilities of a visit do not add up to 1.

The causes of a visit exclude each other and are complete, so their probabilities, with those of the
channel as booked and of a bot, add up to 1, and none is below 0 or above 1. A failure is a fault of
darksocial, or of code that changes visits.
"""

from darksocial.checks import NUMBER, Check, Criteria, Facts, Outcome, Parameter, Place
from darksocial.checks._files import first_rows
from darksocial.expressions import ibis, ir
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.model.weighing import PROBABILITIES

COLUMNS = (*PROBABILITIES, "p_booked", "p_bot")


def run(facts: Facts, criteria: Criteria) -> Outcome:
    def wrong(visits: ir.Table) -> ir.Table:
        visits = visits.mutate(p_bot=visits.p_bot.fill_null(0.0))
        added = sum((visits[name] for name in COLUMNS), ibis.literal(0.0))
        sound = (added - 1).abs() <= criteria["tolerance"]
        for name in COLUMNS:
            sound = sound & visits[name].between(0, 1)
        return visits.filter(~sound.fill_null(False)).select("file", "line", sum=added)

    first = facts.visits(lambda visits: first_rows(wrong(visits))).to_pylist()
    total = first[0]["total"] if first else 0
    names = [file.file for file in facts.report.inputs]
    return Outcome(
        not total,
        ngettext("{n:,} visit whose sum is not 1", "{n:,} visits whose sum is not 1", total).format(
            n=total
        ),
        _("sums of 1, give or take {tolerance:g}").format(tolerance=criteria["tolerance"]),
        tuple(
            Place(
                _("the probabilities add up to {sum}").format(sum=row["sum"]),
                names[row["file"]],
                row["line"],
            )
            for row in first
        ),
    )


CHECK = Check(
    "probability_sums",
    _("The probabilities of a visit do not add up to 1."),
    (Parameter("tolerance", NUMBER, 1e-6, _("how far the sum may be off")),),
    run,
    _("please report it, with the line's format"),
)
