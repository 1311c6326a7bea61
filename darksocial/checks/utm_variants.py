"""One UTM value is spelled in several ways.

Values of one parameter that differ only in capitals, or in what separates the words (space, hyphen,
underscore, plus): `Facebook` and `facebook`, `spring-sale` and `spring_sale`. Analytics tools count
each spelling as a source or campaign of its own: UTM values are case-sensitive
(https://support.google.com/analytics/answer/10917952).
"""

import re

from darksocial.checks import (
    COUNT,
    MAX_PLACES,
    WARNING,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
)
from darksocial.checks._bounds import count_at_most
from darksocial.checks._tags import values
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import exact

SEPARATORS = re.compile(r"[\s_+-]+")
Spellings = list[tuple[str, float]]


def run(facts: Facts, criteria: Criteria) -> Outcome:
    by_value: dict[tuple[str, str], Spellings] = {}
    for name, value, sessions in values(facts):
        by_value.setdefault((name, _normalized(value)), []).append((value, sessions))
    several = {key: spellings for key, spellings in by_value.items() if len(spellings) > 1}
    ranked = sorted(several.items(), key=lambda item: (-sum(n for _value, n in item[1]), item[0]))
    return count_at_most(
        criteria,
        len(several),
        ngettext("{n:,} value", "{n:,} values", len(several)).format(n=len(several)),
        (Place(f"{name}: {_listed(spellings)}") for (name, _value), spellings in ranked),
    )


def _normalized(value: str) -> str:
    return SEPARATORS.sub(" ", value.casefold()).strip()


def _listed(spellings: Spellings) -> str:
    ranked = sorted(spellings, key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{value!r} {exact(sessions)}" for value, sessions in ranked[:MAX_PLACES])


CHECK = Check(
    "utm_variants",
    _("One UTM value is spelled in several ways."),
    (Parameter("at_most", COUNT, 0, _("values with several spellings")),),
    run,
    _("agree on one spelling, in lower case, and correct the links"),
    WARNING,
)
