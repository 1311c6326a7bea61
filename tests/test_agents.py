"""User agents against tables of vectors: people, in-app browsers, previews and bots."""

import csv
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # ships no types
import pytest
from crawleruseragents import is_crawler  # type: ignore[import-untyped]  # ships no types
from hypothesis import given, settings
from hypothesis import strategies as st

from darksocial import data
from darksocial.lookups import agents
from darksocial.lookups.agents import Agent, classify

DATA = Path(__file__).parent / "data"
NAMES = ("people", "in_app", "previews", "bots")
SILENT_FOR = {
    "people": ("in_app", "in_app_kind", "preview_app", "preview_origin", "preview_privacy", "bot"),
    "in_app": ("preview_app", "preview_origin", "preview_privacy", "bot"),
    "previews": ("in_app", "in_app_kind", "bot"),
    "bots": ("in_app", "in_app_kind", "preview_app", "preview_origin", "preview_privacy"),
}


def vectors(name: str) -> list[dict[str, str]]:
    with (DATA / f"agents_{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


CASES = [(name, row) for name in NAMES for row in vectors(name)]
ALL_AGENTS = [row["user_agent"] for _, row in CASES]


@pytest.mark.parametrize(("name", "expected"), CASES, ids=[row["user_agent"] for _, row in CASES])
def test_vector(name: str, expected: dict[str, str]) -> None:
    wanted = dict(expected)
    [found] = classify([wanted.pop("user_agent")])
    assert {field: getattr(found, field) or "" for field in wanted} == wanted
    assert all(getattr(found, field) is None for field in SILENT_FOR[name])


def test_vectors_are_many_and_distinct() -> None:
    assert len(ALL_AGENTS) >= 80
    assert len(set(ALL_AGENTS)) == len(ALL_AGENTS)


def test_none_is_no_user_agent() -> None:
    assert classify([None]) == [Agent("other", bot="no user agent")]


def test_nothing_to_classify() -> None:
    assert classify([]) == []


@pytest.mark.parametrize("table", ["preview_fetchers", "in_app_browsers", "other_bots"])
def test_each_row_of_a_table_is_the_first_match_of_a_vector(table: str) -> None:
    rows = data.read(table)
    reached = set()
    for agent in ALL_AGENTS:
        first = next((row["pattern"] for row in rows if re.search(row["pattern"], agent)), None)
        reached.add(first)
    assert [row["pattern"] for row in rows if row["pattern"] not in reached] == []


def test_each_row_of_other_bots_adds_to_crawler_user_agents() -> None:
    unlisted = [agent for agent in ALL_AGENTS if not is_crawler(agent)]
    idle = [
        row["pattern"]
        for row in data.read("other_bots")
        if not any(re.search(row["pattern"], agent) for agent in unlisted)
    ]
    assert idle == []


@pytest.mark.parametrize("table", ["preview_fetchers", "in_app_browsers", "other_bots"])
def test_re2_and_python_read_a_table_alike(table: str) -> None:
    column = pa.array(ALL_AGENTS)
    for row in data.read(table):
        by_re2 = pc.match_substring_regex(column, row["pattern"]).to_pylist()
        assert by_re2 == [bool(re.search(row["pattern"], agent)) for agent in ALL_AGENTS]


@pytest.mark.parametrize(
    ("table", "column", "allowed"),
    [
        ("in_app_browsers", "kind", agents.InAppKind),
        ("preview_fetchers", "origin", agents.PreviewOrigin),
        ("preview_fetchers", "privacy", agents.PreviewPrivacy),
        ("other_bots", "reason", agents.BotReason),
    ],
)
def test_closed_columns_hold_only_known_values(table: str, column: str, allowed: object) -> None:
    assert {row[column] for row in data.read(table)} <= set(get_args(allowed))


@pytest.mark.parametrize("table", ["preview_fetchers", "in_app_browsers", "other_bots"])
def test_each_row_is_whole_and_names_its_source(table: str) -> None:
    for row in data.read(table):
        assert None not in {*row, *row.values()}, row
        assert row["source"], row


def test_no_vector_of_a_person_is_a_bot() -> None:
    people = [row["user_agent"] for name in ("people", "in_app") for row in vectors(name)]
    found = zip(people, classify(people), strict=True)
    assert [agent for agent, verdict in found if verdict.bot] == []


@pytest.mark.long
def test_a_batch_gives_what_its_agents_give_one_by_one() -> None:
    batch = [*ALL_AGENTS, None, *reversed(ALL_AGENTS)]
    assert classify(batch) == [classify([agent])[0] for agent in batch]


TOKENS = st.sampled_from([" Line/1", "WhatsApp/2", "Android", " Viber", "Mozilla/5.0 (", "\x00"])
ANY_TEXT = st.text(st.characters(codec=None)) | st.lists(TOKENS | st.text()).map("".join)


@settings(deadline=None)
@given(st.lists(st.none() | ANY_TEXT, max_size=5))
def test_any_text_is_classified(batch: list[str | None]) -> None:
    found = classify(batch)
    assert len(found) == len(batch)
    for verdict in found:
        assert verdict.device in get_args(agents.DeviceClass)
        assert sum(bool(v) for v in (verdict.in_app, verdict.preview_app, verdict.bot)) <= 1
        assert bool(verdict.in_app) == bool(verdict.in_app_kind)
        assert bool(verdict.preview_app) == bool(verdict.preview_origin)


def test_lone_surrogates_and_endless_agents_are_classified() -> None:
    broken, endless = classify(["curl/8.7.1 \udcff", "curl/8 " + "x" * 5_000_000])
    assert broken.bot == endless.bot == "library or tool"


def test_tokens_beyond_the_longest_agent_do_not_count() -> None:
    [found] = classify(["x" * agents.MAX_AGENT_CHARACTERS + " Line/14.1"])
    assert found.in_app is None


def test_an_agent_cannot_be_changed() -> None:
    [found] = classify(["curl/8.7.1"])
    assert hash(found) == hash(classify(["curl/8.7.1"])[0])
    assert [field.name for field in fields(found)][:3] == ["device", "os", "browser"]
    with pytest.raises(AttributeError):
        found.bot = None  # type: ignore[misc]
