"""What the inputs lack, measured on what they hold: a field can be there and always be empty."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.inputs.gaps import (
    FEW_ADDRESSES,
    NO_ASSETS,
    NO_PREVIEWS,
    NO_REFERRER,
    NO_USER_AGENT,
    SHORT_LOG,
)
from darksocial.lookups.agents import NO_AGENT
from darksocial.report.addresses import (
    MIN_PROXY_HITS,
    MIN_PROXY_VISITORS,
    is_behind_proxy,
    shares_addresses,
)
from darksocial.visits.conditions import is_person

MIN_PAGES = 100
"""With fewer page views a field that is always empty shows nothing. Assumed, as in the checks."""
MIN_RECORDED_PART = 0.01
"""In a smaller part of the page views or hits a field is taken for empty: even a site that nobody
links to has referrers, its own pages. Assumed, as in the checks."""
MAX_SECONDS_OF_SHORT_LOG = 3600
PUBLIC = "public"
"""What fetches of previews show public posts alone (lookups/agents.py)."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the inputs lack (reasons of inputs/gaps.py).

    by_file: why the visits of a file cannot be judged, by its number.
    pages: page views without a referrer in the files whose visits cannot be distinguished from each
        other or from those of bots. Each of them may be a visit of its own.
    of_all: what the inputs lack together.
    sums: the files whose rows are sums of visits.
    """

    by_file: Mapping[int, tuple[str, ...]]
    pages: Mapping[int, float]
    of_all: tuple[str, ...] = ()
    sums: frozenset[int] = frozenset()


NO_GAPS = Gaps({}, {})


def gaps_in(
    engine: Engine,
    senders: ir.Table,
    people: ir.Table,
    files: ir.Table,
    busiest: Sequence[Row],
    around: ir.Table | None = None,
) -> Gaps:
    """Return what some inputs lack. `files` say what their formats record.

    `busiest` are the rows of `busiest_addresses` of the senders. `around`: the senders of all hits
    by which visits are judged, where these are more.
    """
    rows = _by_file(engine, senders, people, files)
    crowds = {row["file"]: row for row in busiest}
    by_file = {row["file"]: tuple(_of_file(row, crowds.get(row["file"]))) for row in rows}
    judged_by = rows if around is None else _by_file(engine, around, people, files)
    return Gaps(
        {file: reasons for file, reasons in by_file.items() if reasons},
        {
            row["file"]: row["unreferred"]
            for row in rows
            if FEW_ADDRESSES in by_file[row["file"]] or not _sends_agents(row)
        },
        tuple(_of_all(judged_by)),
        frozenset(row["file"] for row in rows if row["aggregated"]),
    )


def _by_file(
    engine: Engine, senders: ir.Table, people: ir.Table, files: ir.Table
) -> list[dict[str, Any]]:
    """Return what each file holds of people, and of visitors that send no user agent."""
    described = people.select("visitor", "agent", "bot", "preview_app", "preview_privacy")
    sent = senders.join(described, "visitor").join(files.drop("name"), "file")
    is_nameless = (sent.bot == NO_AGENT).fill_null(False)
    is_counted = is_person(sent) | is_nameless
    address = sent.client_ip.fill_null("")
    counted = sent.group_by(
        "file", "records_referrer", "records_agent", "records_visitor", "aggregated"
    ).agg(
        hits=sent.lines.sum(),
        pages=sent.pages.sum(where=is_counted).fill_null(0),
        unreferred=sent.unreferred.sum(where=is_counted).fill_null(0),
        named=sent.lines.sum(where=~is_nameless).fill_null(0),
        visitors=sent.visitor.nunique(where=is_counted),
        browsers=(address + "\n" + sent.agent).nunique(where=is_counted),
        addressed=sent.client_ip.count(),
        assets=sent.assets.sum(),
        previews=(sent.preview_privacy != PUBLIC).sum().fill_null(0),
        of_export=sent.of_export.any(),
        first_at=sent.first_at.min(),
        last_at=sent.last_at.max(),
    )
    return list(engine.fetch(counted.order_by("file"), "what files hold").to_pylist())


def _of_file(row: Row, crowd: Row | None) -> Iterator[str]:
    """Yield why the visits of a file cannot be judged."""
    if not row["pages"]:
        return
    is_large = row["pages"] >= MIN_PAGES
    referred = row["pages"] - row["unreferred"]
    if not row["records_referrer"] or (is_large and referred < MIN_RECORDED_PART * row["pages"]):
        yield NO_REFERRER
    lacks_agents = not (row["records_agent"] or row["records_visitor"] or row["aggregated"])
    if lacks_agents or (is_large and not _sends_agents(row)):
        yield NO_USER_AGENT
    if _mixes_visitors(row, crowd):
        yield FEW_ADDRESSES


def _sends_agents(row: Row) -> bool:
    """Return whether user agents are sent where they are recorded."""
    return not row["records_agent"] or row["named"] >= MIN_RECORDED_PART * row["hits"]


def _mixes_visitors(row: Row, crowd: Row | None) -> bool:
    """Return whether many people of a file count as one visitor.

    They do not where more than address and user agent distinguishes them.
    """
    if row["aggregated"] or row["visitors"] > row["browsers"]:
        return False
    if not row["addressed"]:
        return bool(row["hits"] >= MIN_PROXY_HITS and row["visitors"] >= MIN_PROXY_VISITORS)
    if crowd is None:
        return False
    if not row["records_agent"]:
        return bool(crowd["hits"] >= MIN_PROXY_HITS and shares_addresses(crowd))
    return is_behind_proxy(crowd)


def _of_all(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what the inputs lack together, leaving out sums, which have no time."""
    # How the hits are divided among files makes no difference.
    visits = [row for row in rows if not row["aggregated"]]
    if not any(row["pages"] for row in visits):
        return
    first, last = min(row["first_at"] for row in visits), max(row["last_at"] for row in visits)
    if (last - first).total_seconds() <= MAX_SECONDS_OF_SHORT_LOG:
        yield SHORT_LOG
    of_server = [
        row
        for row in visits
        if row["records_agent"] and _sends_agents(row) and not row["of_export"]
    ]
    if _pages(of_server) >= MIN_PAGES and not any(row["assets"] for row in of_server):
        yield NO_ASSETS
    if _pages(of_server) >= MIN_PAGES and not any(row["previews"] for row in of_server):
        yield NO_PREVIEWS


def _pages(rows: Iterable[Row]) -> float:
    return math.fsum(row["pages"] for row in rows)
