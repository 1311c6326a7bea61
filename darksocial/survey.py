"""Looking for logs: where they are, what format they have, and which of their hits are goals."""

import glob
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from darksocial import arguments, data
from darksocial.errors import InputError
from darksocial.formats import registry
from darksocial.inputs.recognise import Recognised, look_at
from darksocial.pipeline import parse
from darksocial.reading import ByteStream, InputFile, discover
from darksocial.scratch.folder import Scratch


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


PLACES = (
    "/var/log/nginx",
    "/var/log/apache2",
    "/var/log/httpd",
    "/var/log/caddy",
    "logs",
    "*.log",
)
"""Where nginx, Apache (Debian's and Red Hat's package) and Caddy log, and the working directory."""
ROTATED = re.compile(
    r"(?:[.-]\d{1,8}(?:-\d\d){0,2})+(?=$|\.(?:gz|bz2|xz|zst)$)|\.(?:gz|bz2|xz|zst)$"
)
DATED = re.compile(r"\d{4}-\d\d-\d\d|\d{6,}")
"""What logrotate and servers put into the names of logs that belong together."""
MAPPED = "mapped"
SAMPLE_BYTES = 1 << 22
"""So much of the newest log of each name is looked through for goals: some 20,000 lines."""
LOGS_SAMPLED = 8
LEAST_HOST_SHARE = 0.05
"""A host with fewer of the hits than this is a scanner's guess or an alias. Assumed."""
HOSTS = 5
PLAIN_PATH = re.compile(r"/[\w/.~-]*")
PLAIN_HOST = re.compile(r"(?=.*[a-z])[a-z\d-]+(?:\.[a-z\d-]+)+")
Seen = Mapping[tuple[str, str], int]


def survey(names: arguments.Names = ()) -> Proposal:
    """Look for logs behind `names`, or in the usual places (`PLACES`), and say what they are.

    Of logs that belong together (rotated, dated) the newest is looked at. Raises InputError where
    no log is found, with all that was looked at.
    """
    names = arguments.names_of(names)
    left_out: list[LeftOut] = []
    logs: list[FoundLog] = []
    plain: list[InputFile] = []
    for pattern, files in _families(names, left_out).items():
        newest = max(files, key=lambda file: Path(file.path).stat().st_mtime)
        with ByteStream(newest) as stream:
            seen = look_at(stream)
        if seen.detection.best is None:
            reason = seen.damage or ("no known format" if seen.lines else "empty")
            left_out.append(LeftOut(pattern, reason))
            continue
        logs.append(_log(pattern, files, seen))
        if seen.container == "lines":
            plain.append(newest)
    if not logs:
        raise _nothing(names, left_out)
    logs = _told_apart(logs, left_out)
    seen_paths, hosts, hits = _looked_through(plain[:LOGS_SAMPLED])
    return Proposal(tuple(logs), tuple(goals_in(seen_paths)), hosts, hits, tuple(left_out))


def _families(names: Sequence[str], left_out: list[LeftOut]) -> dict[str, list[InputFile]]:
    """The files behind names, by the glob that stands for those that belong together."""
    found: dict[str, list[InputFile]] = {}
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
                found.setdefault(family(Path(file.path).absolute()), []).append(file)
    return found


def _unfit(file: InputFile) -> str | None:
    """Why a file cannot be read every night, if it cannot."""
    if not file.is_on_disk:
        return "inside an archive, or a pipe"
    if not file.path.isprintable():
        return "its name is no plain text"
    return None if file.size else "empty"


def family(path: Path) -> str:
    """Return a glob for a log and all that it was rotated to."""
    stem = ROTATED.sub("", path.name)
    dated = DATED.split(stem)
    name = "*".join(glob.escape(part) for part in dated)
    return f"{glob.escape(str(path.parent))}/{name}*".replace("**", "*")


def _log(pattern: str, files: Sequence[InputFile], seen: Recognised) -> FoundLog:
    best = seen.detection.best
    assert best is not None
    title = registry()[best.format.name].title
    return FoundLog(pattern, len(files), best.format.name, title, best.matched, best.lines)


def _told_apart(logs: list[FoundLog], left_out: list[LeftOut]) -> list[FoundLog]:
    """Leave out what is only told by the names of its keys, if there are other logs: in a folder of
    logs it may be anything, and would count twice if it is the same traffic."""
    named = [log for log in logs if log.format != MAPPED]
    if not named:
        return logs
    reason = "its keys are its own; add it if it is a log of other traffic"
    left_out += [LeftOut(log.pattern, reason) for log in logs if log.format == MAPPED]
    return named


def _looked_through(files: Sequence[InputFile]) -> tuple[Seen, tuple[str, ...], int]:
    """Parse the beginnings of files: how often each path was asked for (answers below 400), by
    method; the hosts; and how many hits there are."""
    paths: Counter[tuple[str, str]] = Counter()
    hosts: Counter[str] = Counter()
    hits = 0
    with Scratch() as scratch:
        samples = [_sample(file, scratch.path / f"{n}.log") for n, file in enumerate(files)]
        if not samples:
            return {}, (), 0
        with parse(samples) as parsed:
            for batch in parsed.batches():
                hits += batch.num_rows
                rows = batch.select(["method", "path", "host", "status"]).to_pylist()
                hosts.update(row["host"] for row in rows if row["host"])
                paths.update(
                    (row["method"] or "GET", row["path"])
                    for row in rows
                    if row["path"] and (row["status"] or 0) < 400
                )
    return paths, _own(hosts, hits), hits


def _sample(file: InputFile, to: Path) -> str:
    """Write the whole lines in the beginning of a file to another; return its path."""
    size = 0
    with ByteStream(file) as stream, to.open("wb") as sample:
        for block in stream.blocks():
            sample.write(block)
            size += len(block)
            if size >= SAMPLE_BYTES:
                break
    return str(to)


def _own(hosts: Counter[str], hits: int) -> tuple[str, ...]:
    """The hosts that are the site's: names, and not too few hits."""
    named = [
        (host, count) for host, count in hosts.most_common(HOSTS) if PLAIN_HOST.fullmatch(host)
    ]
    return tuple(host for host, count in named if count >= LEAST_HOST_SHARE * hits)


def goals_in(seen: Seen) -> Iterator[FoundGoal]:
    """Propose a goal for each row of data/goal_paths.csv that paths match; each path counts once.

    Paths with other than letters, digits and `_ / . ~ -` are passed over: they come from anybody.
    """
    left = {key: count for key, count in seen.items() if PLAIN_PATH.fullmatch(key[1])}
    for row in data.read("goal_paths"):
        ending = re.compile(rf"(.*/){re.escape(row['path'])}(?=$|[/.])", re.IGNORECASE)
        method = row["method"] or "GET"
        found = {}
        for path in [path for asked, path in left if asked == method]:
            if match := ending.match(path):
                found[path] = match
        if not found:
            continue
        count = sum(left.pop((method, path)) for path in found)
        stems = {match[0] for match in found.values()}
        path = f"{stems.pop()}*" if len(stems) == 1 else f"*/{row['path']}*"
        yield FoundGoal(row["goal"], path, row["method"] or None, count, row["source"])


def _nothing(names: Sequence[str], left_out: Sequence[LeftOut]) -> InputError:
    looked = "; ".join(f"{row.path}: {row.reason}" for row in left_out)
    places = ", ".join(names or PLACES)
    return InputError(
        f"no log was found in {places}" + (f" ({looked})" if looked else ""),
        expected="logs or exports in a format that `darksocial formats` lists",
        advice="darksocial init FOLDER with the folder that the server writes to",
    )
