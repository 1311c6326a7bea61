"""The table of campaigns' returns in docs/accuracy.md, from the stored measurements."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from darksocial.simulation.campaigns import ORDER_VALUE
from tests.accuracy.returns import RESULTS, VARY

Row = Mapping[str, Any]
INTRODUCTION = """
## What campaigns returned

Sites that advertise (`darksocial simulate --world campaigns`) of {sites} types, with the seeds
{first} to {last}, {visits:,} visits each and all rates varied by up to {vary:g}: {runs} sites with
{campaigns} campaigns, each of which brought {orders:.0f} orders in the mean. The last line is for
sites with {fewer:,} visits and {orders_of_fewer:.0f} orders a campaign. No rule and no spread was
chosen on these seeds.

    python -m tests.accuracy.returns {first} {last} {visits}

measures them anew; a folder named last keeps the sites, so that a second run is short.
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
What GA4 does not see is missing from all its sums alike, whereas the errors of the estimate are
chance for the most part: the more orders, the smaller they are beside it. By person they are
{reached:.0%} of those of GA4's booking, and {reached_of_fewer:.0%} on the smaller sites.

What nobody can see sets a bound. Of the {euros:,.0f} euros of these campaigns {unlinked:,.0f} are
orders of people whose visit by the campaign was in another browser or network, or of whom it was
not the last one there. Who knew what brought every other order, and how many of these follow a
campaign's visits on sites of the type, would still be off by {bound:,.0f} euros by person, which is
{part:.0%} of the errors of GA4's booking; on the smaller sites by {part_of_fewer:.0%}.
"""


def returns() -> str:
    """The section, with a row for each type of site, one for all, and one for smaller sites."""
    stored = json.loads(RESULTS.read_text("utf-8"))
    fewer, visits = sorted({run["visits"] for run in stored})
    runs, of_fewer = ([r for r in stored if r["visits"] == size] for size in (visits, fewer))
    seeds = [run["seed"] for run in runs]
    head = INTRODUCTION.format(
        sites=len(_by_site(runs)),
        runs=len(runs),
        first=min(seeds),
        last=max(seeds),
        visits=visits,
        fewer=fewer,
        vary=VARY,
        campaigns=len(_campaigns(runs)),
        orders=_orders(runs),
        orders_of_fewer=_orders(of_fewer),
    )
    rows = [_row(site, of_site) for site, of_site in sorted(_by_site(runs).items())]
    rows += [_row("all", runs), _row(f"all, {fewer:,} visits", of_fewer)]
    return head + "".join([*rows, _not_known(runs, of_fewer)])


def _campaigns(runs: Iterable[Row]) -> list[Row]:
    return [row for run in runs for row in run["campaigns"]]


def _by_site(runs: Iterable[Row]) -> Mapping[str, list[Row]]:
    by_site: defaultdict[str, list[Row]] = defaultdict(list)
    for run in runs:
        by_site[run["site"]].append(run)
    return by_site


def _orders(runs: Sequence[Row]) -> float:
    """The mean number of orders that a campaign brought, by person."""
    rows = _campaigns(runs)
    return float(sum(row["person"] for row in rows) / ORDER_VALUE / len(rows))


def _not_known(runs: Sequence[Row], of_fewer: Sequence[Row]) -> str:
    """What would remain if all orders were known but those that nobody can link with a campaign."""
    every = _campaigns(runs)
    return NOT_KNOWN.format(
        euros=sum(row["person"] for row in every),
        unlinked=sum(row["unlinked"] for row in every),
        bound=_bound(runs),
        part=_bound(runs) / _off(runs, "before"),
        part_of_fewer=_bound(of_fewer) / _off(of_fewer, "before"),
        reached=_off(runs, "after") / _off(runs, "before"),
        reached_of_fewer=_off(of_fewer, "after") / _off(of_fewer, "before"),
    )


def _off(runs: Sequence[Row], stage: str) -> float:
    """The errors of revenue by person as a sum, `before` or `after`."""
    return float(sum(abs(row[f"revenue_{stage}"] - row["person"]) for row in _campaigns(runs)))


def _bound(runs: Sequence[Row]) -> float:
    return sum(_chance(_campaigns(of_type)) for of_type in _by_site(runs).values())


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
