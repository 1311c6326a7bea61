"""What is looked up once per distinct value: user agents, hosts, arrivals, landing pages.

Each function takes an Arrow batch of distinct keys and returns the keys with what was found, so
that every engine can apply it wherever the batch is.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import pyarrow as pa

from darksocial import landings
from darksocial.apps import app_tagged
from darksocial.campaigns import parse_query
from darksocial.channels import NOT_SET, TrafficSource, default_channel, traffic_source
from darksocial.referrers import parse_referrer, registrable_domain

if TYPE_CHECKING:
    from darksocial.agents import Agent

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
LANDINGS = pa.schema([("path", pa.string()), ("landing_kind", pa.string())])


def look_up_agents(keys: pa.RecordBatch) -> pa.RecordBatch:
    """user_agent ('' for none) to the columns of `AGENTS`."""
    found = _classified(keys.column("user_agent").to_pylist())
    told = [field for field in AGENTS if field.name != "user_agent"]
    columns = [pa.array([getattr(one, field.name) for one in found], field.type) for field in told]
    return pa.record_batch([keys.column("user_agent"), *columns], schema=AGENTS)


def _classified(texts: list[str]) -> "list[Agent]":
    if not texts:
        return []
    from darksocial.agents import classify  # reads the rules for agents, a tenth of start-up

    return classify(texts)


def look_up_hosts(keys: pa.RecordBatch) -> pa.RecordBatch:
    """host to its registrable domain."""
    hosts = keys.column("host").to_pylist()
    return _batch(({"host": h, "domain": registrable_domain(h)} for h in hosts), HOSTS)


def look_up_arrivals(keys: pa.RecordBatch) -> pa.RecordBatch:
    """referrer and query ('' for none) to campaign, network and GA4's source, medium, channel.

    The source and medium that an export tells (`told_source`, `told_medium`; '' for none) count
    for a record that has neither referrer nor campaign.
    """
    return _batch((_arrival(**key) for key in keys.to_pylist()), ARRIVALS)


def _arrival(
    referrer: str, query: str, told_source: str, told_medium: str
) -> dict[str, str | None]:
    text, campaign = referrer, parse_query(query or None)
    parsed = parse_referrer(text or None)
    traffic = traffic_source(parsed, campaign)
    if told_source and not (parsed or campaign.utm_source or campaign.click_id):
        traffic = TrafficSource(told_source, told_medium or NOT_SET, traffic.campaign)
        parsed = parse_referrer(told_source)
    return {
        "referrer": text,
        "query": query,
        "told_source": told_source,
        "told_medium": told_medium,
        **asdict(campaign),
        "referrer_kind": parsed.kind if parsed else None,
        "referrer_app": parsed.app if parsed else None,
        "tag_app": app_tagged(campaign.utm_source),
        "source": traffic.source,
        "medium": traffic.medium,
        "channel": default_channel(traffic),
    }


def look_up_landings(keys: pa.RecordBatch) -> pa.RecordBatch:
    """path to what kind of landing page it is."""
    paths = [path for path in keys.column("path").to_pylist() if path is not None]
    return _batch(({"path": p, "landing_kind": landings.kind_of(p)} for p in paths), LANDINGS)


def _batch(rows: Iterable[dict[str, str | None]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows), schema=schema)
