"""What was found when somebody sets darksocial up: outputs write and show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundLog:
    """Logs of one name in one folder: a glob for all of them, how many there are, the format and
    compression of the newest, and how many of its first `looked` records match that format."""

    pattern: str
    files: int
    format: str
    title: str
    matched: int
    looked: int


@dataclass(frozen=True, slots=True)
class FoundGoal:
    """A path that tells a conversion, how often it was seen, and why it is taken for one."""

    name: str
    path: str
    method: str | None
    seen: int
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a configuration is written from. `hosts` are those that logs name, the most frequent
    first, `hits` is how many hits the goals and hosts were looked for in."""

    logs: tuple[FoundLog, ...]
    goals: tuple[FoundGoal, ...]
    hosts: tuple[str, ...]
    hits: int
    left_out: tuple[LeftOut, ...]
