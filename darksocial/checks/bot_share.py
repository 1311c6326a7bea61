"""Bots make too many of the hits.

Hits of bots, declared or told by behaviour, by all hits. They make no sessions, but where they are
most of a log the few people in it are hard to tell. The default bound is assumed.
"""

from darksocial.checks import (
    SHARE,
    SHOWN,
    WARNING,
    Check,
    Facts,
    Given,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.report.words import counted, percent


def run(facts: Facts, given: Given) -> Outcome:
    hits = sum(file.hits for file in facts.report.inputs)
    bots = sum(row.count for row in facts.report.bots)
    if not hits:
        return skipped("there are no hits")
    return Outcome(
        bots / hits <= given["at_most"],
        f"{percent(bots / hits)}, {bots:,} of {hits:,} hits",
        f"at most {percent(given['at_most'])}",
        tuple(
            Place(f"{row.name}: {counted(row.count, 'hit')}") for row in facts.report.bots[:SHOWN]
        ),
    )


CHECK = Check(
    "bot_share",
    (Parameter("at_most", SHARE, 0.8, "share of hits"),),
    run,
    "see which bots the report names; a rate limit or robots.txt holds them off",
    WARNING,
)
