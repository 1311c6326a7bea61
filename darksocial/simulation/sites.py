"""Other sites than the publisher, and sites whose rates nobody knows.

`parameters_of` replaces what data/simulation_sites.csv says of a type of site. `varied` multiplies
every rate by a chance factor, so that a model can be tried on sites whose parameters its weights
have never seen.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from darksocial import data
from darksocial.errors import UsageError
from darksocial.plugins import one_of
from darksocial.simulation.parameters import Curve, Group, Parameters, Source, parameters

PUBLISHER = "publisher"
MOST = 0.95
CASCADE = 0.15
GROUP_CLICKS = 20.0
"""A share must not bring more than one share in turn: no simulation would end."""
WHOLE = frozenset({"articles_per_day", "archive_articles", "issue_links"})


def site_types() -> tuple[str, ...]:
    """The types of sites that there are."""
    return (PUBLISHER, *dict.fromkeys(row["site"] for row in data.read("simulation_sites")))


def parameters_of(site: str) -> Parameters:
    """Return the parameters of a type of site. Raises UsageError where there is no such type."""
    if site not in site_types():
        raise UsageError(f"there is no site {site!r}", expected=one_of(site, site_types()))
    found = parameters()
    rows = [row for row in data.read("simulation_sites") if row["site"] == site]
    for row in rows:
        found = _replaced(found, row)
    sections = tuple((r["name"], float(r["value"])) for r in rows if r["table"] == "section")
    total = math.fsum(group.share for group in found.groups.values())
    groups = {n: replace(g, share=g.share / total) for n, g in found.groups.items()}
    return replace(found, sections=sections, groups=groups) if rows else found


def _replaced(found: Parameters, row: Mapping[str, str]) -> Parameters:
    name, value = row["name"], row["value"]
    if row["table"] == "path":
        return replace(found, path=value)
    if row["table"] == "rates":
        return replace(found, rates={**found.rates, name: float(value)})
    if row["table"] == "groups":
        group = replace(found.groups[name], share=float(value))
        return replace(found, groups={**found.groups, name: group})
    if row["table"] == "sources":
        sources = (replace(s, weight=float(value)) if s.name == name else s for s in found.sources)
        return replace(found, sources=tuple(sources))
    return found


def varied(found: Parameters, factor: float, rng: Random) -> Parameters:
    """Return the parameters, each times a factor between 1/`factor` and `factor` (log-uniform)."""

    def some() -> float:
        return math.exp(rng.uniform(-1, 1) * math.log(factor))

    groups = {name: _varied_group(group, some(), some()) for name, group in found.groups.items()}
    total = math.fsum(group.share for group in groups.values())
    slower = some()
    return replace(
        found,
        rates={name: _varied_rate(name, value, some()) for name, value in found.rates.items()},
        groups={n: replace(group, share=group.share / total) for n, group in groups.items()},
        sources=tuple(_varied_source(s, some(), some(), some()) for s in found.sources),
        response=Curve(tuple(x * slower for x in found.response.xs), found.response.ys),
    )


def _varied_rate(name: str, value: float, factor: float) -> float:
    if name in WHOLE:
        return float(max(1, round(value * factor)))
    if name == "cascade":
        return min(CASCADE, value * factor)
    if name == "share_group_mean":
        return min(GROUP_CLICKS, value * factor)
    return min(MOST, value * factor) if value < 1 else value * factor


def _varied_group(group: Group, share: float, known: float) -> Group:
    least = group.known if group.known == 1 else min(MOST, group.known * math.sqrt(known))
    return replace(group, share=group.share * share, known=least)


def _varied_source(source: Source, weight: float, lost: float, in_app: float) -> Source:
    always = source.no_referrer in (0, 1)
    return replace(
        source,
        weight=source.weight * weight,
        no_referrer=source.no_referrer if always else min(MOST, source.no_referrer * lost),
        in_app_share=min(MOST, source.in_app_share * in_app),
    )
