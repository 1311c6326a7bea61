"""The probabilities of a visit do not add up to 1.

The causes of a visit exclude each other and there is no other, so their probabilities, with that of
the channel as booked, add up to 1, and none is below 0 or above 1. A failure is a fault of
darksocial, or of code that changes visits.
"""

import ibis
import ibis.expr.types as ir

from darksocial.checks import NUMBER, Check, Facts, Given, Outcome, Parameter, Place
from darksocial.checks._files import first_of
from darksocial.model.attribution import PROBABILITIES
from darksocial.report.words import counted

COLUMNS = (*PROBABILITIES, "p_booked")


def run(facts: Facts, given: Given) -> Outcome:
    def wrong(visits: ir.Table) -> ir.Table:
        added = sum((visits[name] for name in COLUMNS), ibis.literal(0.0))
        sound = (added - 1).abs() <= given["tolerance"]
        for name in COLUMNS:
            sound = sound & visits[name].between(0, 1)
        return visits.filter(~sound.fill_null(False)).select("file", "line", sum=added)

    first = facts.visits(lambda visits: first_of(wrong(visits))).to_pylist()
    total = first[0]["total"] if first else 0
    names = [file.file for file in facts.report.inputs]
    return Outcome(
        not total,
        f"{counted(total, 'visit')} that do not",
        f"1, give or take {given['tolerance']:g}",
        tuple(Place(f"they add up to {r['sum']}", names[r["file"]], r["line"]) for r in first),
    )


CHECK = Check(
    "probability_sums",
    (Parameter("tolerance", NUMBER, 1e-6, "how far the sum may be off"),),
    run,
    "please report it, with the line's format",
)
