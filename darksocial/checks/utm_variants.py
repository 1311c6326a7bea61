"""One UTM value is spelled in several ways.

Values of one parameter that differ in capitals alone, or in what stands between words (space,
hyphen, underscore, plus): `Facebook` and `facebook`, `spring-sale` and `spring_sale`. Analytics
tools take each spelling for a source or campaign of its own: UTM values are case-sensitive
(https://support.google.com/analytics/answer/10917952).
"""

import re

from darksocial.checks import COUNT, SHOWN, WARNING, Check, Facts, Given, Outcome, Parameter, Place
from darksocial.checks._tags import values
from darksocial.report.words import counted, number

BETWEEN = re.compile(r"[\s_+-]+")
Spellings = list[tuple[str, float]]


def run(facts: Facts, given: Given) -> Outcome:
    spelled: dict[tuple[str, str], Spellings] = {}
    for name, value, sessions in values(facts):
        spelled.setdefault((name, _same(value)), []).append((value, sessions))
    several = {key: found for key, found in spelled.items() if len(found) > 1}
    ranked = sorted(several.items(), key=lambda item: (-sum(n for _, n in item[1]), item[0]))
    return Outcome(
        len(several) <= given["at_most"],
        counted(len(several), "value"),
        f"at most {given['at_most']:,.0f}",
        tuple(Place(f"{name}: {_listed(found)}") for (name, _), found in ranked[:SHOWN]),
    )


def _same(value: str) -> str:
    return BETWEEN.sub(" ", value.casefold()).strip()


def _listed(found: Spellings) -> str:
    ranked = sorted(found, key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{value!r} {number(sessions)}" for value, sessions in ranked[:SHOWN])


CHECK = Check(
    "utm_variants",
    (Parameter("at_most", COUNT, 0, "values with several spellings"),),
    run,
    "agree on one spelling, in lower case, and mend the links",
    WARNING,
)
