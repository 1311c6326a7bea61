"""What is looked up once per distinct value: user agents, hosts, arrivals, landing pages.

Each function takes an Arrow batch of distinct keys and returns the keys with the facts about them,
so that every engine can apply it wherever the batch is.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from darksocial.lookups import landing_pages
from darksocial.lookups.apps import app_of_medium, app_tagged
from darksocial.lookups.channels import NOT_SET, TrafficSource, default_channel, traffic_source
from darksocial.lookups.chatbots import is_of_chatbot
from darksocial.lookups.link_words import AI, may_be_assistant
from darksocial.lookups.passages import is_passage
from darksocial.lookups.referrers import (
    Referrer,
    is_address,
    is_spam,
    parse_referrer,
    registrable_domain,
)
from darksocial.lookups.utm import UTM, Campaign, parse_query

if TYPE_CHECKING:
    from darksocial.lookups.agents import Agent

AGENT_FACTS = pa.schema(
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
        ("browser_released", pa.int32()),
    ]
)
HOST_COLUMNS = pa.schema(
    [
        ("host", pa.string()),
        ("domain", pa.string()),
        ("is_spam", pa.bool_()),
        ("is_address", pa.bool_()),
        ("is_passage", pa.bool_()),
    ]
)
# The first four columns are the keys.
ARRIVAL_COLUMNS = pa.schema(
    [
        ("referrer", pa.string()),
        ("query", pa.string()),
        ("recorded_source", pa.string()),
        ("recorded_medium", pa.string()),
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
        ("link_says", pa.string()),
        ("source", pa.string()),
        ("medium", pa.string()),
        ("channel", pa.string()),
    ]
)
LANDING_COLUMNS = pa.schema([("path", pa.string()), ("landing_kind", pa.string())])

Numbers = npt.NDArray[np.int64]


def look_up_agents(keys: pa.RecordBatch) -> pa.RecordBatch:
    """Map user_agent ('' for none) to the columns of `AGENT_FACTS`."""
    agents = _classified(keys.column("user_agent").to_pylist())
    facts = [field for field in AGENT_FACTS if field.name != "user_agent"]
    columns = [
        pa.array([getattr(agent, field.name) for agent in agents], field.type) for field in facts
    ]
    return pa.record_batch([keys.column("user_agent"), *columns], schema=AGENT_FACTS)


def _classified(texts: list[str]) -> "list[Agent]":
    if not texts:
        return []
    # Reading the rules for agents takes a tenth of the start-up, and many inputs have none.
    from darksocial.lookups.agents import classify

    return classify(texts)


def look_up_hosts(keys: pa.RecordBatch) -> pa.RecordBatch:
    """Map host to its registrable domain, and to what it is if it is no site that links."""
    hosts = keys.column("host").to_pylist()
    columns = {
        "host": hosts,
        "domain": [registrable_domain(host) for host in hosts],
        "is_spam": [is_spam(host) for host in hosts],
        "is_address": [is_address(host) for host in hosts],
        "is_passage": [is_passage(host) for host in hosts],
    }
    return pa.RecordBatch.from_pydict(columns, schema=HOST_COLUMNS)


def look_up_arrivals(keys: pa.RecordBatch) -> pa.RecordBatch:
    """Map referrer and query ('' for none) to campaign, network and GA4's source, medium, channel.

    The source and medium that an export records (`recorded_source`, `recorded_medium`; '' for none)
    count for a record that has neither referrer nor campaign. Many addresses say the same: each
    text is read once, and each combination of what it says is judged once.
    """
    parts = [
        _distinct(keys.column("referrer"), lambda text: parse_referrer(text or None)),
        _distinct(keys.column("query"), lambda text: parse_query(text or None)),
        _distinct(keys.column("recorded_source"), str),
        _distinct(keys.column("recorded_medium"), str),
    ]
    kind = np.zeros(keys.num_rows, np.int64)
    first = np.arange(0)
    # The number of each row's combination so far, and the first row that has it.
    for values, place in parts:
        _, first, kind = np.unique(
            kind * len(values) + place, return_index=True, return_inverse=True
        )
    rows = (_arrival(*(values[place[row]] for values, place in parts)) for row in first)
    facts = _batch(rows, pa.schema(list(ARRIVAL_COLUMNS)[len(keys.schema) :])).take(pa.array(kind))
    own = [keys.column(name) for name in ARRIVAL_COLUMNS.names[: len(keys.schema)]]
    return pa.record_batch([*own, *facts.columns], schema=ARRIVAL_COLUMNS)


def _distinct(texts: pa.StringArray, read: Callable[[str], Any]) -> tuple[list[Any], Numbers]:
    """Return what texts say, each value once, and the place of each text's value among these."""
    encoded = texts.dictionary_encode()
    places: dict[Any, int] = {}
    place = [places.setdefault(read(text), len(places)) for text in encoded.dictionary.to_pylist()]
    return list(places), np.array(place, np.int64)[encoded.indices.to_numpy()]


def _arrival(
    origin: Referrer | None, campaign: Campaign, recorded_source: str, recorded_medium: str
) -> dict[str, str | None]:
    """Return the facts about one arrival, by column."""
    traffic = traffic_source(origin, campaign)
    source, medium = campaign.utm_source, campaign.utm_medium
    if recorded_source and not (origin or campaign.utm_source or campaign.click_id):
        traffic = TrafficSource(recorded_source, recorded_medium or NOT_SET, traffic.campaign)
        origin = parse_referrer(recorded_source)
        source, medium = recorded_source, recorded_medium
    says = campaign.link_says
    if says is None and campaign.utm_source and may_be_assistant(medium):
        assistant = parse_referrer(campaign.utm_source)
        says = AI if assistant and assistant.kind == AI else None
    return {
        **asdict(campaign),
        "link_says": says,
        "referrer_kind": origin.kind if origin else None,
        "referrer_app": origin.app if origin else None,
        "tag_app": _tag_app(campaign, source, medium),
        "source": traffic.source,
        "medium": traffic.medium,
        "channel": default_channel(traffic),
    }


def _tag_app(campaign: Campaign, source: str | None, medium: str | None) -> str | None:
    """Return the app that the tags of a link name; none where a chatbot sent it, which is no person
    who shares."""
    if is_of_chatbot(getattr(campaign, name) for name in UTM):
        return None
    return app_tagged(source) or app_of_medium(medium) or campaign.link_app


def look_up_landings(keys: pa.RecordBatch) -> pa.RecordBatch:
    """Map path to the kind of its landing page."""
    paths = [path for path in keys.column("path").to_pylist() if path is not None]
    return _batch(
        ({"path": p, "landing_kind": landing_pages.kind_of(p)} for p in paths), LANDING_COLUMNS
    )


def _batch(rows: Iterable[dict[str, str | None]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows), schema=schema)
