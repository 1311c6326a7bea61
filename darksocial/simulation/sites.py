"""Other sites than the publisher, and sites with unknown rates.

`parameters_of` replaces the parameters that data/simulation_sites.csv has for a type of site.
`varied` multiplies every rate by a random factor, so that a model can be tried on sites whose
parameters were not used to set its weights.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random

from darksocial import data
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.simulation.parameters import Curve, Group, Parameters, Source, parameters

PUBLISHER = "publisher"
MAX_RATE = 0.95
# A share must not bring more than one share in turn, or no simulation would end.
MAX_CASCADE_RATE, MAX_GROUP_CLICKS = 0.15, 20.0
WHOLE_NUMBERS = frozenset({"articles_per_day", "archive_articles", "issue_links"})


def site_types() -> tuple[str, ...]:
    """Return the types of sites."""
    return (PUBLISHER, *dict.fromkeys(row["site"] for row in data.read("simulation_sites")))


def parameters_of(site: str) -> Parameters:
    """Return the parameters of a type of site. Raises UsageError if there is no such type."""
    if site not in site_types():
        raise UsageError(
            _("There is no type of site {site!r}.").format(site=site),
            expected=one_of(site, site_types()),
        )
    params = parameters()
    rows = [row for row in data.read("simulation_sites") if row["site"] == site]
    sections = tuple((r["name"], float(r["value"])) for r in rows if r["table"] == "section")
    return replace(with_rows(params, rows), sections=sections) if rows else params


def with_rows(params: Parameters, rows: Iterable[Mapping[str, str]]) -> Parameters:
    """Return the parameters with those in place that the rows of a table have; the shares of the
    groups are then divided by their sum."""
    for row in rows:
        params = _replaced(params, row)
    total = math.fsum(group.share for group in params.groups.values())
    groups = {n: replace(g, share=g.share / total) for n, g in params.groups.items()}
    return replace(params, groups=groups)


def _replaced(params: Parameters, row: Mapping[str, str]) -> Parameters:
    name, value = row["name"], row["value"]
    if row["table"] == "path":
        return replace(params, path=value)
    if row["table"] == "rates":
        return replace(params, rates={**params.rates, name: float(value)})
    if row["table"] == "groups":
        group = replace(params.groups[name], share=float(value))
        return replace(params, groups={**params.groups, name: group})
    if row["table"] == "sources":
        sources = (replace(s, weight=float(value)) if s.name == name else s for s in params.sources)
        return replace(params, sources=tuple(sources))
    if row["table"] == "untagged":
        sources = (
            replace(s, query="", no_referrer=1.0) if s.group == name else s for s in params.sources
        )
        return replace(params, sources=tuple(sources))
    if row["table"] == "response":
        return replace(params, response=slower(params.response, float(value)))
    if row["table"] == "word":
        return replace(params, words=(*params.words, name))
    return params


def slower(curve: Curve, factor: float) -> Curve:
    """Return the curve with all times multiplied by the factor."""
    return Curve(tuple(x * factor for x in curve.xs), curve.ys)


def varied(params: Parameters, factor: float, rng: Random) -> Parameters:
    """Return the parameters, each times a factor between 1/`factor` and `factor` (log-uniform)."""

    def random_factor() -> float:
        return math.exp(rng.uniform(-1, 1) * math.log(factor))

    groups = {
        name: _varied_group(group, random_factor(), random_factor())
        for name, group in params.groups.items()
    }
    total = math.fsum(group.share for group in groups.values())
    delay = random_factor()
    return replace(
        params,
        rates={
            name: _varied_rate(name, value, random_factor()) for name, value in params.rates.items()
        },
        groups={n: replace(group, share=group.share / total) for n, group in groups.items()},
        sources=tuple(
            _varied_source(s, random_factor(), random_factor(), random_factor())
            for s in params.sources
        ),
        response=slower(params.response, delay),
    )


def _varied_rate(name: str, value: float, factor: float) -> float:
    if name in WHOLE_NUMBERS:
        return float(max(1, round(value * factor)))
    if name == "cascade":
        return min(MAX_CASCADE_RATE, value * factor)
    if name == "share_group_mean":
        return min(MAX_GROUP_CLICKS, value * factor)
    return min(MAX_RATE, value * factor) if value < 1 else value * factor


def _varied_group(group: Group, share: float, returning: float) -> Group:
    always = group.known_share == 1
    known_share = 1.0 if always else min(MAX_RATE, group.known_share * math.sqrt(returning))
    return replace(group, share=group.share * share, known_share=known_share)


def _varied_source(source: Source, weight: float, lost: float, in_app: float) -> Source:
    always = source.no_referrer in (0, 1)
    return replace(
        source,
        weight=source.weight * weight,
        no_referrer=source.no_referrer if always else min(MAX_RATE, source.no_referrer * lost),
        in_app_share=min(MAX_RATE, source.in_app_share * in_app),
    )
