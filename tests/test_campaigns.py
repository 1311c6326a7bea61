"""Query strings against a table of cases: UTM tags, click ids, broken escapes."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darksocial import data
from darksocial.lookups.utm import NO_CAMPAIGN, Campaign, click_ids, parse_query

FULL = Campaign("nl", "email", "may", "top", "news")

CASES = [
    (None, NO_CAMPAIGN),
    ("", NO_CAMPAIGN),
    ("?", NO_CAMPAIGN),
    ("id=7&page=2", NO_CAMPAIGN),
    ("utm_source", NO_CAMPAIGN),
    ("utm_source=&utm_medium=", NO_CAMPAIGN),
    ("utm_source=+%20", NO_CAMPAIGN),
    ("UTM_Source=nl", NO_CAMPAIGN),
    ("xutm_source=nl&my_gclid=1", NO_CAMPAIGN),
    ("FBCLID=1", NO_CAMPAIGN),
    ("utm_source=nl&utm_medium=email&utm_campaign=may&utm_content=top&utm_term=news", FULL),
    ("?utm_term=news&utm_content=top&utm_campaign=may&utm_medium=email&utm_source=nl", FULL),
    ("id=7&utm_source=nl&x", Campaign("nl")),
    ("utm_source=nl&utm_source=other", Campaign("nl")),
    ("utm_source=&utm_source=second", Campaign("second")),
    ("utm_source=+&utm_source=second", Campaign("second")),
    ("utm_campaign=spring+sale%202026", Campaign(utm_campaign="spring sale 2026")),
    ("utm_campaign=a%26b%3Dc", Campaign(utm_campaign="a&b=c")),
    ("utm_campaign=a=b", Campaign(utm_campaign="a=b")),
    ("utm_campaign=caf%C3%A9", Campaign(utm_campaign="café")),
    ("utm_campaign=café", Campaign(utm_campaign="café")),
    ("utm_campaign=caf%E9", Campaign(utm_campaign="caf\ufffd")),
    ("utm_campaign=100%", Campaign(utm_campaign="100%")),
    ("utm_campaign=%zz%4", Campaign(utm_campaign="%zz%4")),
    ("utm%5Fsource=nl", Campaign("nl")),
    ("utm_source=nl&amp;utm_medium=email", Campaign("nl", "email")),
    ("&&utm_source=nl&&=x&", Campaign("nl")),
    ("utm_source=NL", Campaign("NL")),
    ("fbclid=IwAR1", Campaign(click_id="fbclid", click_id_network="facebook")),
    ("fbclid=", NO_CAMPAIGN),
    ("ScCid=1", Campaign(click_id="ScCid", click_id_network="snapchat")),
    ("sccid=1", NO_CAMPAIGN),
    ("fbclid=1&gclid=2", Campaign(click_id="gclid", click_id_network="google ads")),
    (
        "utm_source=ig&igsh=a%3D%3D",
        Campaign("ig", click_id="igsh", click_id_network="instagram"),
    ),
]


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_query(query: str | None, expected: Campaign) -> None:
    assert parse_query(query) == expected


@pytest.mark.parametrize(
    ("query", "tagged"),
    [("", False), ("fbclid=1", False), ("utm_term=a", True), ("utm_source=a&gclid=1", True)],
)
def test_a_click_id_is_no_tag(query: str, tagged: bool) -> None:
    assert parse_query(query).is_tagged is tagged


@pytest.mark.parametrize("name", click_ids())
def test_every_click_id_is_found(name: str) -> None:
    found = parse_query(f"id=1&{name}=abc")
    assert found == Campaign(click_id=name, click_id_network=click_ids()[name]["network"])


def test_every_click_id_has_a_network_and_a_source_and_stands_once() -> None:
    rows = data.read("click_ids")
    assert all(row["parameter"] and row["network"] and row["source"] for row in rows)
    assert len({row["parameter"] for row in rows}) == len(rows)
    assert all(bool(row["ga4_source"]) == bool(row["ga4_medium"]) for row in rows)


@given(st.text() | st.from_regex(r"(utm_[a-z]{4,8}=[^&]*&?|%..?=%..?&)*", fullmatch=True))
def test_nothing_raises(query: str) -> None:
    assert isinstance(parse_query(query), Campaign)


@given(st.text(st.characters(codec="utf-8")))
def test_a_quoted_value_comes_back(value: str) -> None:
    assert parse_query(f"utm_source={quote(value)}").utm_source == (value.strip() or None)
