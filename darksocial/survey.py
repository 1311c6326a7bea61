"""Look for logs: where they are, which format they have, and which of their hits are goals."""

import glob
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darksocial import arguments, data
from darksocial.errors import InputError, UsageError
from darksocial.formats import registry
from darksocial.inputs.detect import Claim
from darksocial.inputs.recognise import look_at
from darksocial.language import gettext as _
from darksocial.pipeline import parse
from darksocial.reading import ByteStream, InputFile, discover
from darksocial.scratch.folder import Scratch
from darksocial.tracking.names import ParameterUse
from darksocial.tracking.share_id import DEFAULT_PARAMETER


@dataclass(frozen=True, slots=True)
class FoundLog:
    """Logs of one name in one folder.

    `pattern` is a glob for all of them and `files` their number. `format` is that of the newest, of
    whose first `looked` records `matched` match it.
    """

    pattern: str
    files: int
    format: str
    title: str
    matched: int
    looked: int


@dataclass(frozen=True, slots=True)
class FoundGoal:
    """A path that shows a conversion, the number of requests for it, and why it may be a goal."""

    name: str
    path: str
    method: str | None
    requests: int
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a configuration is written from.

    `hosts` are those in the logs, the most frequent first; `hits` is the number of hits in which
    goals and hosts were looked for. `share_parameter` is the name for share ids that the site does
    not use for something else.
    """

    logs: tuple[FoundLog, ...]
    goals: tuple[FoundGoal, ...]
    hosts: tuple[str, ...]
    hits: int
    left_out: tuple[LeftOut, ...]
    share_parameter: str = DEFAULT_PARAMETER


# Where nginx, Apache (Debian's and Red Hat's package) and Caddy log, and the working directory.
PLACES = (
    "/var/log/nginx",
    "/var/log/apache2",
    "/var/log/httpd",
    "/var/log/caddy",
    "logs",
    "*.log",
)
# What logrotate and servers put into the names of logs that belong together.
ROTATION_SUFFIX = re.compile(
    r"(?:[.-]\d{1,8}(?:-\d\d){0,2})+(?=$|\.(?:gz|bz2|xz|zst)$)|\.(?:gz|bz2|xz|zst)$"
)
DATE_IN_NAME = re.compile(r"\d{4}-\d\d-\d\d|\d{6,}")
MAPPED_FORMAT = "mapped"
# How much of the newest log of each name is searched for goals: some 20,000 lines.
SAMPLE_BYTES = 1 << 22
MAX_SAMPLED_LOGS = 8
# A host with fewer of the hits than this is a scanner's guess or an alias. Assumed.
MIN_HOST_PROPORTION = 0.05
MAX_HOSTS = 5
MIN_ERROR_STATUS = 400
# Other paths and hosts come from anybody, and could break the configuration.
PLAIN_PATH = re.compile(r"/[\w/.~-]*")
PLAIN_HOST = re.compile(r"(?=.*[a-z])[a-z\d-]+(?:\.[a-z\d-]+)+")
RequestCounts = Mapping[tuple[str, str], int]
"""The number of requests by method and path."""


def survey(names: arguments.Names = ()) -> Proposal:
    """Look for logs behind `names`, or in the usual places (`PLACES`), and return what they are.

    Of logs that belong together (rotated, dated) the newest is read. Raises InputError if no log is
    found, with everything that was looked at.
    """
    names = arguments.names_of(names)
    left_out: list[LeftOut] = []
    logs: list[FoundLog] = []
    newest_of: dict[str, InputFile] = {}
    for pattern, files in _families(names, left_out).items():
        newest = max(files, key=lambda file: Path(file.path).stat().st_mtime)
        with ByteStream(newest) as stream:
            recognised = look_at(stream)
        if recognised.detection.best is None:
            nothing = _("no known format") if recognised.lines else _("empty")
            left_out.append(LeftOut(pattern, recognised.damage or nothing))
            continue
        logs.append(_log(pattern, files, recognised.detection.best))
        if recognised.container == "lines":
            newest_of[pattern] = newest
    if not logs:
        raise _no_log(names, left_out)
    logs = _without_mapped(logs, left_out)
    samples = [newest_of[log.pattern] for log in logs if log.pattern in newest_of]
    used = ParameterUse()
    requests, hosts, hits = _counts(samples[:MAX_SAMPLED_LOGS], used)
    goals = tuple(goals_in(requests))
    return Proposal(tuple(logs), goals, hosts, hits, tuple(left_out), used.free_name())


def check_unused(names: arguments.Names, parameter: str) -> None:
    """Look in logs for a share parameter that the site uses for something else.

    Raises UsageError that proposes another name, and the errors of `parse`.
    """
    used = ParameterUse()
    with parse(names) as parsed:
        for batch in parsed.batches():
            used.add(_answered_queries(batch.select(["query", "status"]).to_pylist()))
    if count := used.others(parameter):
        problem = _("`share_parameter`: in {n:,} requests {name!r} means something else.")
        raise UsageError(
            problem.format(n=count, name=parameter),
            expected=_("a name that the site does not use, such as {name}").format(
                name=used.free_name()
            ),
        )


def _answered_queries(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Return the queries of requests that were no errors."""
    return (
        row["query"] for row in rows if row["query"] and (row["status"] or 0) < MIN_ERROR_STATUS
    )


def _families(names: Sequence[str], left_out: list[LeftOut]) -> dict[str, list[InputFile]]:
    """Return the files behind names, by the glob that stands for those that belong together."""
    families: dict[str, list[InputFile]] = {}
    for name in names or [place for place in PLACES if glob.glob(place)]:  # noqa: PTH207 - of text
        try:
            files = discover([name])
        except InputError as error:
            if names:
                raise
            left_out.append(LeftOut(name, error.problem))
            continue
        for file in files:
            if reason := _unfit(file):
                left_out.append(LeftOut(file.name, reason))
            else:
                families.setdefault(family(Path(file.path).absolute()), []).append(file)
    return families


def _unfit(file: InputFile) -> str | None:
    """Return why a file cannot be read every night; None if it can."""
    if not file.is_on_disk:
        return _("inside an archive, or a pipe")
    if not file.path.isprintable():
        return _("its name is not plain text")
    return None if file.size else _("empty")


def family(path: Path) -> str:
    """Return a glob for a log and all that it was rotated to."""
    stem = ROTATION_SUFFIX.sub("", path.name)
    name = "*".join(glob.escape(part) for part in DATE_IN_NAME.split(stem))
    return f"{glob.escape(str(path.parent))}/{name}*".replace("**", "*")


def _log(pattern: str, files: Sequence[InputFile], best: Claim) -> FoundLog:
    title = registry()[best.format.name].title
    return FoundLog(pattern, len(files), best.format.name, title, best.matched, best.lines)


def _without_mapped(logs: list[FoundLog], left_out: list[LeftOut]) -> list[FoundLog]:
    """Leave out logs that are recognised by the names of their keys alone, if there are others.

    In a folder of logs such a file may be anything, and would count twice if it is the same
    traffic.
    """
    others = [log for log in logs if log.format != MAPPED_FORMAT]
    if not others:
        return logs
    reason = _("its keys are its own; add it if it is a log of other traffic")
    left_out += [LeftOut(log.pattern, reason) for log in logs if log.format == MAPPED_FORMAT]
    return others


def _counts(
    files: Sequence[InputFile], used: ParameterUse
) -> tuple[RequestCounts, tuple[str, ...], int]:
    """Parse the beginnings of files, and count what they hold.

    Returns how often each path was requested with success, by method; the hosts; and the number of
    hits. The parameters of queries are added to `used`.
    """
    requests: Counter[tuple[str, str]] = Counter()
    hosts: Counter[str] = Counter()
    hits = 0
    with Scratch() as scratch:
        samples = [_sample(file, scratch.path / f"{n}.log") for n, file in enumerate(files)]
        if not samples:
            return {}, (), 0
        with parse(samples) as parsed:
            for batch in parsed.batches():
                hits += batch.num_rows
                rows = batch.select(["method", "path", "query", "host", "status"]).to_pylist()
                used.add(_answered_queries(rows))
                hosts.update(row["host"] for row in rows if row["host"])
                requests.update(
                    (row["method"] or "GET", row["path"])
                    for row in rows
                    if row["path"] and (row["status"] or 0) < MIN_ERROR_STATUS
                )
    return requests, _site_hosts(hosts, hits), hits


def _sample(file: InputFile, to: Path) -> str:
    """Write the beginning of a file, in whole lines, to another; return its path."""
    size = 0
    with ByteStream(file) as stream, to.open("wb") as sample:
        for block in stream.blocks():
            sample.write(block)
            size += len(block)
            if size >= SAMPLE_BYTES:
                break
    return str(to)


def _site_hosts(hosts: Counter[str], hits: int) -> tuple[str, ...]:
    """Return the hosts that are the site's: names with enough of the hits."""
    plain = [
        (host, count) for host, count in hosts.most_common(MAX_HOSTS) if PLAIN_HOST.fullmatch(host)
    ]
    return tuple(host for host, count in plain if count >= MIN_HOST_PROPORTION * hits)


def goals_in(requests: RequestCounts) -> Iterator[FoundGoal]:
    """Propose a goal for each row of data/goal_paths.csv that paths match; each path counts once.

    Paths with other than letters, digits and `_ / . ~ -` are left out: they come from anybody.
    """
    left = {key: count for key, count in requests.items() if PLAIN_PATH.fullmatch(key[1])}
    for row in data.read("goal_paths"):
        ending = re.compile(rf"(.*/){re.escape(row['path'])}(?=$|[/.])", re.IGNORECASE)
        wanted_method = row["method"] or "GET"
        stems = {
            path: match[0]
            for method, path in left
            if method == wanted_method and (match := ending.match(path))
        }
        if not stems:
            continue
        count = sum(left.pop((wanted_method, path)) for path in stems)
        distinct = set(stems.values())
        path = f"{distinct.pop()}*" if len(distinct) == 1 else f"*/{row['path']}*"
        yield FoundGoal(row["goal"], path, row["method"] or None, count, row["source"])


def _no_log(names: Sequence[str], left_out: Sequence[LeftOut]) -> InputError:
    places = ", ".join(names or PLACES)
    looked = "; ".join(f"{row.path}: {row.reason}" for row in left_out)
    if looked:
        problem = _("no log was found in {places} ({looked})").format(places=places, looked=looked)
    else:
        problem = _("no log was found in {places}").format(places=places)
    return InputError(
        problem,
        expected=_("logs or exports in a format that `darksocial formats` lists"),
        advice=_("darksocial init FOLDER with the folder that the server writes to"),
    )
