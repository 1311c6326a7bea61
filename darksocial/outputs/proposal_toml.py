"""darksocial.toml as `darksocial init` writes it: with a comment on each line."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.printable import inert, inert_json, printable
from darksocial.results.directory import write_text_whole
from darksocial.settings import CONFIGURATION_VERSION
from darksocial.survey import FoundGoal, Proposal
from darksocial.tracking.share_id import DEFAULT_PARAMETER

HEADER = _(
    "Written by `darksocial init`. Change what you like: `darksocial config` shows what is in "
    "force."
)
INPUTS = _(
    "What is read each night. The stars match the parts that a log was rotated to. Lines that "
    "were read before are recognised by their content, so a missed night is made up for."
)
STORE_COMMENT = _(
    "Where hits, sessions and reports are kept. The file darksocial-store.key beside it holds the "
    "secret behind visitor ids: keep both."
)
RETENTION = _(
    "Days older than this are erased; the default is to keep all. With 400 days, each day can be "
    "compared with the year before."
)
ROTATION = _(
    'Visitor ids stay the same, so that people who come back are recognised. "monthly" or "daily" '
    "keeps less personal data, and less can be inferred."
)
HOSTS = _("Hosts that the logs name as the site's own: referrals from them continue a visit.")
NO_HOSTS = _("The logs name no host of the site, so it is inferred from the referrers. To name it:")
GOALS = _(
    "Goals say which hits are conversions. These were found in the logs; add value = 20.0 for the "
    "revenue of one."
)
NO_GOALS = _("No path in the logs looked like a conversion. A goal looks like this:")
TAKEN_PARAMETER = _(
    "The parameter of share ids (`darksocial snippet`). Its usual name, sh, means something else "
    "on this site."
)
EXAMPLE_HOST = """\
# site = ["example.org"]"""
EXAMPLE_GOAL = """\
# [goals.order]
# path = "/checkout/thanks*"
# value = 20.0"""
COMMENT_WIDTH = 98


def text(proposal: Proposal) -> str:
    """Return the configuration as TOML."""
    return "\n".join(_lines(proposal)) + "\n"


def write(path: Path, proposal: Proposal) -> None:
    """Write the configuration, whole or not at all. Raises OutputError."""
    write_text_whole(path, text(proposal))


def _lines(proposal: Proposal) -> Iterator[str]:
    yield _comment(HEADER)
    yield ""
    yield f"schema-version = {CONFIGURATION_VERSION}"
    yield ""
    yield "[nightly]"
    yield _comment(INPUTS)
    yield "inputs = ["
    for log in proposal.logs:
        comment = ngettext(
            "{n:,} file, read as {format}: {matched:,} of the first {lines:,} lines match",
            "{n:,} files, read as {format}: {matched:,} of the first {lines:,} lines match",
            log.files,
        ).format(n=log.files, format=log.format, matched=log.matched, lines=log.looked)
        yield f"    # {comment}"
        yield f"    {quoted(log.pattern)},"
    yield "]"
    for row in proposal.left_out:
        left_out = _("left out: {path} ({reason})").format(path=row.path, reason=row.reason)
        yield inert(printable(f"# {left_out}"))
    yield from _settings(proposal)
    yield ""
    yield from _goals(proposal)


def _settings(proposal: Proposal) -> Iterator[str]:
    yield _comment(STORE_COMMENT)
    yield 'store = "darksocial-store"'
    yield _comment(RETENTION)
    yield "retention-days = 400"
    yield _comment(ROTATION)
    yield 'rotate-key = "never"'
    if proposal.hosts:
        yield _comment(HOSTS)
        yield f"site = [{', '.join(map(quoted, proposal.hosts))}]"
    else:
        yield _comment(NO_HOSTS)
        yield EXAMPLE_HOST
    if proposal.share_parameter != DEFAULT_PARAMETER:
        yield _comment(TAKEN_PARAMETER)
        yield f"share-parameter = {quoted(proposal.share_parameter)}"


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in wrap(text, COMMENT_WIDTH))


def _goals(proposal: Proposal) -> Iterator[str]:
    yield _comment(GOALS if proposal.goals else NO_GOALS)
    if not proposal.goals:
        yield EXAMPLE_GOAL
    names: Counter[str] = Counter()
    for goal in proposal.goals:
        names[goal.name] += 1
        number = names[goal.name]
        yield ""
        yield from _goal(goal, goal.name if number == 1 else f"{goal.name}_{number}")


def _goal(goal: FoundGoal, name: str) -> Iterator[str]:
    comment = ngettext(
        "Requested {n:,} time in the lines that were searched; {reason}.",
        "Requested {n:,} times in the lines that were searched; {reason}.",
        goal.requests,
    ).format(n=goal.requests, reason=goal.why)
    yield f"# {comment}"
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
