"""darksocial.toml as `darksocial init` writes it: what was found, and why each line is there."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from darksocial.printable import inert, inert_json, printable
from darksocial.results.directory import write_whole
from darksocial.settings import CONFIGURATION_VERSION
from darksocial.survey import FoundGoal, Proposal

HEAD = """\
# Written by `darksocial init`. Change what you like: `darksocial config` shows what is in force.

schema-version = {version}

[nightly]
# What is read each night. The stars stand for the parts that a log was rotated to: what was read
# before is told by its content, so a night that was missed is made up for."""
KEPT = """\
# Where hits, sessions and reports are kept. Beside it stands darksocial-store.key, the secret
# behind visitor ids: keep both.
store = "darksocial-store"
# Days older than these are erased; the default is to keep all. 400 days let each day be compared
# with the year before.
retention-days = 400
# Ids of visitors stay the same, so that people who come back are known. "monthly" or "daily" keeps
# less of persons, and tells less.
rotate-key = "never\""""
HOSTS = """\
# Hosts that the logs name as the site's own: referrals from them continue a visit."""
NO_HOSTS = """\
# The logs name no host of the site; it is told by what pages refer to. To say it outright:
# site = ["example.org"]"""
GOALS = """\
# Goals say which hits are conversions. These were found in the logs; add value = 20.0 for the
# revenue of one."""
NO_GOALS = """\
# No path in the logs looked like a conversion. A goal is written so:
# [goals.order]
# path = "/checkout/thanks*"
# value = 20.0"""


def text(proposal: Proposal) -> str:
    """Return the configuration as TOML."""
    return "\n".join(_lines(proposal)) + "\n"


def write(path: Path, proposal: Proposal) -> None:
    """Write the configuration, whole or not at all. Raises OutputError."""
    write_whole(path, lambda draft: _write(draft, text(proposal)))


def _write(path: Path, content: str) -> None:
    path.write_text(content, "utf-8")


def _lines(proposal: Proposal) -> Iterator[str]:
    yield HEAD.format(version=CONFIGURATION_VERSION)
    yield "inputs = ["
    for log in proposal.logs:
        files = f"{log.files:,} file{'' if log.files == 1 else 's'}"
        yield f"    # {files}, read as {log.format}: {log.matched} of the first {log.looked} lines"
        yield f"    {quoted(log.pattern)},"
    yield "]"
    for row in proposal.left_out:
        yield inert(printable(f"# left out: {row.path} ({row.reason})"))
    yield KEPT
    if proposal.hosts:
        yield HOSTS
        yield f"site = [{', '.join(map(quoted, proposal.hosts))}]"
    else:
        yield NO_HOSTS
    yield ""
    yield from _goals(proposal)


def _goals(proposal: Proposal) -> Iterator[str]:
    yield GOALS if proposal.goals else NO_GOALS
    names: Counter[str] = Counter()
    for goal in proposal.goals:
        names[goal.name] += 1
        number = names[goal.name]
        yield ""
        yield from _goal(goal, goal.name if number == 1 else f"{goal.name}_{number}")


def _goal(goal: FoundGoal, name: str) -> Iterator[str]:
    yield f"# Asked for {goal.requests:,} times in the lines that were looked at; {goal.why}."
    yield f"[goals.{name}]"
    yield f"path = {quoted(goal.path)}"
    if goal.method:
        yield f"method = {quoted(goal.method)}"


def quoted(value: str) -> str:
    """Return a basic string of TOML (https://toml.io/en/v1.0.0#string), safe to print."""
    return '"' + inert_json("".join(map(_character, value))) + '"'


def _character(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c if c.isprintable() else f"\\U{ord(c):08X}"
