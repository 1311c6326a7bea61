"""The drafts of what is new in a run, which taking in makes valid."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Parts = dict[str, list[str]]
"""The names of the files of a part, by day."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Files that are written and not yet valid.

    parts: the names of those with hits and people, by day.
    rejects: the name of that with rejects.
    changed: the stored days of which hits were removed.
    places: the places of the files with the hits that remain of these days.
    """

    parts: Parts = field(default_factory=dict)
    rejects: str | None = None
    changed: Sequence[str] = ()
    places: Sequence[str] = ()
