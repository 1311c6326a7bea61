"""The table of campaigns' returns in docs/accuracy.md, from the stored measurements."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tests.accuracy.returns import RESULTS, VARY, VISITS

Row = Mapping[str, Any]
INTRODUCTION = """
## What campaigns returned

Sites that advertise (`darksocial simulate --world campaigns`) of {sites} types, with the seeds
{first} to {last}, {visits:,} visits each and all rates varied by up to {vary:g}: {runs} sites with
{campaigns} campaigns. No rule and no spread was chosen on these seeds.

    python -m tests.accuracy.returns {first} {last}

measures them anew; a folder named behind the seeds keeps the sites, so that a second run is short.
The aims: intervals hold nine times of ten, errors are at most half of those of GA4's booking, own,
copied and traced visits are within 15%, and sums are conserved.

- **visits**, **revenue**: errors of all campaigns as sums, with GA4's booking and after it. Revenue
  is that of the last visit with a source, by the same device or by the same person, who may have
  several devices and networks.
- **hold**: in how many campaigns the 90% interval held the truth; that of revenue is that of ROI.
- **within 15%**: in how many own, copied and traced visits together were that near to the truth.
- **leaks hold**: how often the interval of a code's leak held that among people.

| site | campaigns | visits, GA4 | after | hold | within 15% | revenue by device, GA4 | after \
| hold | by person, GA4 | after | hold | leaks hold | sums conserved |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
NOT_KNOWN = """
What nobody can see sets a bound. Of the {euros:,.0f} euros of these campaigns {unlinked:,.0f} are
orders of people whose visit by the campaign was in another browser or network, or of whom it was
not the last one there. Who knew what brought every other order, and how many of these follow a
campaign's visits on sites of the type, would still be off by {bound:,.0f} euros by person:
{part:.0%} of the errors of GA4's booking, where the estimate has {reached:.0%}.
"""


def returns() -> str:
    """The section, with a row for each type of site and one for all."""
    runs = json.loads(RESULTS.read_text("utf-8"))
    by_site: defaultdict[str, list[Row]] = defaultdict(list)
    for run in runs:
        by_site[run["site"]].append(run)
    seeds = [run["seed"] for run in runs]
    head = INTRODUCTION.format(
        sites=len(by_site),
        runs=len(runs),
        first=min(seeds),
        last=max(seeds),
        visits=VISITS,
        vary=VARY,
        campaigns=sum(len(run["campaigns"]) for run in runs),
    )
    rows = [_row(site, of_site) for site, of_site in sorted(by_site.items())]
    return head + "".join([*rows, _row("all", runs), _not_known(by_site)])


def _not_known(by_site: Mapping[str, Sequence[Row]]) -> str:
    """What would remain if all orders were known but those that nobody can link with a campaign."""
    of_types = [[row for run in runs for row in run["campaigns"]] for runs in by_site.values()]
    every = [row for rows in of_types for row in rows]
    before, after, unlinked, euros, bound = (
        sum(abs(row["revenue_before"] - row["person"]) for row in every),
        sum(abs(row["revenue_after"] - row["person"]) for row in every),
        sum(row["unlinked"] for row in every),
        sum(row["person"] for row in every),
        sum(map(_chance, of_types)),
    )
    return NOT_KNOWN.format(
        euros=euros, unlinked=unlinked, bound=bound, part=bound / before, reached=after / before
    )


def _chance(rows: Sequence[Row]) -> float:
    """How far what nobody can link is from the mean of a type of site, by the visits of each
    campaign."""
    rate = sum(row["unlinked"] for row in rows) / sum(row["visits"] for row in rows)
    return float(sum(abs(row["unlinked"] - rate * row["visits"]) for row in rows))


def _row(title: str, runs: Sequence[Row]) -> str:
    rows = [row for run in runs for row in run["campaigns"]]
    leaks = [leak for run in runs for leak in run["leaks"] if leak["true"] is not None]
    cells = [title, str(len(rows)), *_errors(rows, "visits", "visits")]
    cells.append(_part(rows, lambda r: abs(r["visits_sure"] - r["visits"]) <= 0.15 * r["visits"]))
    cells += [*_errors(rows, "device", "revenue"), *_errors(rows, "person", "revenue")]
    cells += [
        f"{sum(leak['low'] <= leak['true'] <= leak['high'] for leak in leaks)} of {len(leaks)}",
        f"{sum(run['conserved'] for run in runs)} of {len(runs)}",
    ]
    return f"| {' | '.join(cells)} |\n"


def _errors(rows: Sequence[Row], truth: str, name: str) -> list[str]:
    """The errors before and after as sums, and how often the interval held."""
    return [
        f"{sum(abs(row[f'{name}_{stage}'] - row[truth]) for row in rows):,.0f}"
        for stage in ("before", "after")
    ] + [_part(rows, lambda r: r[f"{name}_low"] - 1e-6 <= r[truth] <= r[f"{name}_high"] + 1e-6)]


def _part(rows: Iterable[Row], holds: Callable[[Row], bool]) -> str:
    held = [holds(row) for row in rows]
    return f"{sum(held) / len(held):.0%}"
