"""UTM values hold spaces.

A space in a link is written as `%20` or `+`, and programs that copy, shorten or wrap links break at
it: the rest of the tag is lost. Spaces at the ends of a value are no matter: they are cut off.
"""

from darksocial.checks import COUNT, SHOWN, WARNING, Check, Facts, Given, Outcome, Parameter, Place
from darksocial.checks._tags import values
from darksocial.report.words import counted


def run(facts: Facts, given: Given) -> Outcome:
    spaced = [found for found in values(facts) if any(c.isspace() for c in found[1])]
    ranked = sorted(spaced, key=lambda found: (-found[2], found[:2]))
    return Outcome(
        len(spaced) <= given["at_most"],
        counted(len(spaced), "value"),
        f"at most {given['at_most']:,.0f}",
        tuple(
            Place(f"{name}: {value!r} {counted(sessions, 'session')}")
            for name, value, sessions in ranked[:SHOWN]
        ),
    )


CHECK = Check(
    "utm_spaces",
    (Parameter("at_most", COUNT, 0, "values with a space inside"),),
    run,
    "write a hyphen or an underscore between words",
    WARNING,
)
