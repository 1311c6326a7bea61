"""Since when apps and AI assistants exist (data/releases.csv)."""

from datetime import UTC, datetime
from functools import cache

from darksocial import data

AI_ASSISTANT = "ai_assistant"
"""The row of the first AI assistant that people used in numbers."""


def existed(name: str, moment: datetime | None) -> bool:
    """Return whether an app existed at a moment (UTC), or may have: without a row or a moment."""
    released = _released().get(name)
    return moment is None or released is None or moment >= released


def release_seconds() -> dict[str, int]:
    """Return the moment of each release, in seconds since 1970."""
    return {name: int(moment.timestamp()) for name, moment in _released().items()}


@cache
def forerunners() -> dict[str, str]:
    """Return the app that a name or user agent meant before the app existed, where it did."""
    return {row["name"]: row["before"] for row in data.read("releases") if row["before"]}


@cache
def _released() -> dict[str, datetime]:
    return {
        row["name"]: datetime.fromisoformat(row["released"]).replace(tzinfo=UTC)
        for row in data.read("releases")
    }
