"""What is looked up once per distinct value: user agents, hosts, arrivals, landing pages.

Each function takes an Arrow batch of distinct keys and returns the keys with what was found, so
that every engine can apply it wherever the batch is.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from darksocial.lookups import landing_pages
from darksocial.lookups.apps import app_tagged
from darksocial.lookups.channels import NOT_SET, TrafficSource, default_channel, traffic_source
from darksocial.lookups.referrers import Referrer, parse_referrer, registrable_domain
from darksocial.lookups.utm import Campaign, parse_query

if TYPE_CHECKING:
    from darksocial.lookups.agents import Agent

AGENTS = pa.schema(
    [
        ("user_agent", pa.string()),
        ("device", pa.string()),
        ("os", pa.string()),
        ("browser", pa.string()),
        ("in_app", pa.string()),
        ("in_app_kind", pa.string()),
        ("preview_app", pa.string()),
        ("preview_origin", pa.string()),
        ("preview_privacy", pa.string()),
        ("bot", pa.string()),
    ]
)
HOSTS = pa.schema([("host", pa.string()), ("domain", pa.string())])
ARRIVALS = pa.schema(
    [
        ("referrer", pa.string()),
        ("query", pa.string()),
        ("told_source", pa.string()),
        ("told_medium", pa.string()),
        ("utm_source", pa.string()),
        ("utm_medium", pa.string()),
        ("utm_campaign", pa.string()),
        ("utm_content", pa.string()),
        ("utm_term", pa.string()),
        ("click_id", pa.string()),
        ("click_id_network", pa.string()),
        ("referrer_kind", pa.string()),
        ("referrer_app", pa.string()),
        ("tag_app", pa.string()),
        ("source", pa.string()),
        ("medium", pa.string()),
        ("channel", pa.string()),
    ]
)
"""Four keys, and what follows from them."""
LANDINGS = pa.schema([("path", pa.string()), ("landing_kind", pa.string())])

Numbers = npt.NDArray[np.int64]


def look_up_agents(keys: pa.RecordBatch) -> pa.RecordBatch:
    """user_agent ('' for none) to the columns of `AGENTS`."""
    found = _classified(keys.column("user_agent").to_pylist())
    told = [field for field in AGENTS if field.name != "user_agent"]
    columns = [pa.array([getattr(one, field.name) for one in found], field.type) for field in told]
    return pa.record_batch([keys.column("user_agent"), *columns], schema=AGENTS)


def _classified(texts: list[str]) -> "list[Agent]":
    if not texts:
        return []
    from darksocial.lookups.agents import (
        classify,  # reads the rules for agents, a tenth of start-up
    )

    return classify(texts)


def look_up_hosts(keys: pa.RecordBatch) -> pa.RecordBatch:
    """host to its registrable domain."""
    hosts = keys.column("host").to_pylist()
    return _batch(({"host": h, "domain": registrable_domain(h)} for h in hosts), HOSTS)


def look_up_arrivals(keys: pa.RecordBatch) -> pa.RecordBatch:
    """referrer and query ('' for none) to campaign, network and GA4's source, medium, channel.

    The source and medium that an export tells (`told_source`, `told_medium`; '' for none) count
    for a record that has neither referrer nor campaign. Many addresses say the same: each text is
    read once, and each combination of what was read is judged once.
    """
    parts = [
        _distinct(keys.column("referrer"), lambda text: parse_referrer(text or None)),
        _distinct(keys.column("query"), lambda text: parse_query(text or None)),
        _distinct(keys.column("told_source"), str),
        _distinct(keys.column("told_medium"), str),
    ]
    kind = np.zeros(keys.num_rows, np.int64)
    first = np.arange(0)
    for values, place in parts:
        _, first, kind = np.unique(
            kind * len(values) + place, return_index=True, return_inverse=True
        )
    rows = (_arrival(*(values[place[row]] for values, place in parts)) for row in first)
    told = _batch(rows, pa.schema(list(ARRIVALS)[len(keys.schema) :])).take(pa.array(kind))
    own = [keys.column(name) for name in ARRIVALS.names[: len(keys.schema)]]
    return pa.record_batch([*own, *told.columns], schema=ARRIVALS)


def _distinct(texts: pa.StringArray, read: Callable[[str], Any]) -> tuple[list[Any], Numbers]:
    """What is read in texts, each value once, and the place of each text's value among these."""
    encoded = texts.dictionary_encode()
    places: dict[Any, int] = {}
    place = [places.setdefault(read(text), len(places)) for text in encoded.dictionary.to_pylist()]
    return list(places), np.array(place, np.int64)[encoded.indices.to_numpy()]


def _arrival(
    origin: Referrer | None, campaign: Campaign, told_source: str, told_medium: str
) -> dict[str, str | None]:
    traffic = traffic_source(origin, campaign)
    if told_source and not (origin or campaign.utm_source or campaign.click_id):
        traffic = TrafficSource(told_source, told_medium or NOT_SET, traffic.campaign)
        origin = parse_referrer(told_source)
    return {
        **asdict(campaign),
        "referrer_kind": origin.kind if origin else None,
        "referrer_app": origin.app if origin else None,
        "tag_app": app_tagged(campaign.utm_source),
        "source": traffic.source,
        "medium": traffic.medium,
        "channel": default_channel(traffic),
    }


def look_up_landings(keys: pa.RecordBatch) -> pa.RecordBatch:
    """path to what kind of landing page it is."""
    paths = [path for path in keys.column("path").to_pylist() if path is not None]
    return _batch(({"path": p, "landing_kind": landing_pages.kind_of(p)} for p in paths), LANDINGS)


def _batch(rows: Iterable[dict[str, str | None]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows), schema=schema)
