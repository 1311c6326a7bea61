"""What a link's parameters say of how it travelled, where GA4 has no channel for it.

Four tables: words in utm_source and utm_medium (data/tag_words.csv), share parameters of sites and
apps (data/link_parameters.csv), and the campaign parameters of other analytics tools
(data/foreign_campaigns.csv) with the words in their values (data/campaign_words.csv).
"""

import re
from collections.abc import Mapping
from functools import cache

from darksocial import data
from darksocial.lookups.apps import app_tagged

PRIVATE, COPIED, AI = "private", "copied", "ai"
PAID = re.compile(r"cp[acmv]|ppc|paid|retargeting|display|banner")
"""Media of advertising: a message that was paid for is none between people."""

AI_MEDIA = (
    "",
    "(none)",
    "(not set)",
    "referral",
    "organic",
    "ai",
    "chat",
    "chatbot",
    "llm",
    "link",
)
"""Media with which a source that has the name of an assistant is one: not that of a mailing."""

NO_LETTERS = re.compile(r"[^a-z0-9]+")


def link_says(values: Mapping[str, str]) -> str | None:
    """Return what a query's parameters say: private, ai, social, email, search, or None."""
    return _of_tags(values) or _of_parameters(values) or _of_foreign(values)


def app_of_link(values: Mapping[str, str]) -> str | None:
    """Return the messenger that a share parameter names, or None."""
    return next((row["app"] for row in _matching(values) if row["app"]), None)


def may_be_assistant(medium: str | None) -> bool:
    """Return whether a utm_source that names an AI assistant means it, by its utm_medium."""
    return (medium or "").lower() in AI_MEDIA


@cache
def parameter_names() -> frozenset[str]:
    """Return the parameters that are looked at, beside UTM tags and click ids."""
    tables = ("link_parameters", "foreign_campaigns")
    return frozenset(row["parameter"] for table in tables for row in data.read(table))


def _of_tags(values: Mapping[str, str]) -> str | None:
    medium = values.get("utm_medium", "").lower()
    if PAID.search(medium):
        return None
    source = values.get("utm_source", "").lower()
    said = {_tag_words().get(("source", source)), _tag_words().get(("medium", medium))}
    by_both = ("source", source) in _tag_words() and ("medium", medium) in _tag_words()
    if PRIVATE in said or (said == {COPIED} and by_both):
        return PRIVATE
    return AI if AI in said and may_be_assistant(medium) else None


def _of_parameters(values: Mapping[str, str]) -> str | None:
    return next((row["says"] for row in _matching(values)), None)


def _matching(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of data/link_parameters.csv that a query fits."""
    return [
        row
        for row in data.read("link_parameters")
        if row["parameter"] in values
        and re.fullmatch(row["value"] or ".*", values[row["parameter"]].lower())
    ]


def _of_foreign(values: Mapping[str, str]) -> str | None:
    """Return what the campaign of another tool says, by the words in it."""
    for row in data.read("foreign_campaigns"):
        text = values.get(row["parameter"], "").lower()
        is_source = row["stands_for"] == "utm_source"
        if is_source and app_tagged(text):
            return PRIVATE
        if row["stands_for"] == "utm_medium" and _tag_words().get(("medium", text)) == PRIVATE:
            return PRIVATE
        if row["stands_for"] == "utm_campaign":
            continue
        for word in NO_LETTERS.split(text):
            if word in _campaign_words():
                return _campaign_words()[word]
    return None


@cache
def _tag_words() -> dict[tuple[str, str], str]:
    return {(row["parameter"], row["value"]): row["says"] for row in data.read("tag_words")}


@cache
def _campaign_words() -> dict[str, str]:
    return {row["word"]: row["says"] for row in data.read("campaign_words")}
