"""Lines inside syslog, container and journal records are read as if they stood alone."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import darksocial
from tests.gate import series
from tests.test_formats import SAMPLES

INSIDE = [
    "combined",
    "common",
    "envoy_json",
    "caddy",
    "mapped",
    "cloudflare",
    "squid",
    "nginx_main",
]
Wrap = Callable[[str], str]


def docker(line: str) -> str:
    return json.dumps({"log": line + "\n", "stream": "stdout", "time": "2026-03-02T08:00:00.1Z"})


def journald(line: str) -> str:
    return json.dumps(
        {"__REALTIME_TIMESTAMP": "1772439245000000", "MESSAGE": line, "PRIORITY": "6"}
    )


def journald_export(line: str) -> str:
    fields = ["__CURSOR=s=1", "__REALTIME_TIMESTAMP=1772439245000000", "PRIORITY=6"]
    return "\n".join([*fields, f"MESSAGE={line}", ""])


WRAPPERS: dict[str, Wrap] = {
    "syslog": lambda line: f"<134>Mar  2 09:15:01 web-1 nginx[212]: {line}",
    "syslog (RFC 5424)": lambda line: (
        '<134>1 2026-03-02T08:15:01.5Z web-1 nginx 212 - [a b="c]"] ' + line
    ),
    "CRI": lambda line: f"2026-03-02T08:15:01.123456789Z stdout F {line}",
    "docker compose": lambda line: f"web-1  | {line}",
    "Docker JSON": docker,
    "journald JSON": journald,
    "journald export": journald_export,
}


def whole_lines(name: str) -> list[str]:
    lines = (SAMPLES / f"{name}.log").read_text("utf-8").splitlines()[:-1]
    return [line for line in lines if line and not line.startswith("#")]


def hits(path: Path) -> tuple[str, int, list[dict[str, object]]]:
    """The format, the number of rejects, and the hits but for where they stand."""
    with darksocial.parse([str(path)]) as found:
        [tally] = found.tallies
        table = found.table().drop_columns(["file", "line"])
        return tally.format, tally.counts.rejects, table.to_pylist()


def written(folder: Path, lines: Sequence[str]) -> Path:
    path = folder / "app.log"
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


@cache
def bare_hits(name: str) -> list[dict[str, object]]:
    """The hits of a sample as it is."""
    with TemporaryDirectory() as folder:
        return hits(written(Path(folder), whole_lines(name)))[2]


PAIRS = sorted(
    product(range(len(INSIDE)), range(len(WRAPPERS))), key=lambda pair: sum(pair) % len(WRAPPERS)
)
"""Formats in wrappers. The first eight have each format, and each wrapper, once."""


@series(
    ("name", "wrapper"), [(INSIDE[a], [*WRAPPERS][b]) for a, b in PAIRS], in_gate=2 * len(INSIDE)
)
def test_a_wrapper_changes_nothing(tmp_path: Path, name: str, wrapper: str) -> None:
    lines, bare = whole_lines(name), bare_hits(name)
    wrapped = written(tmp_path, [WRAPPERS[wrapper](line) for line in lines])
    assert hits(wrapped) == (f"{name} in {wrapper}", 0, bare)


def test_lines_of_other_programs_are_counted_rejects(tmp_path: Path) -> None:
    wrap = WRAPPERS["syslog"]
    lines = [wrap(line) for line in whole_lines("combined")]
    other = "<86>Mar  2 09:15:02 web-1 sshd[99]: Accepted publickey for deploy"
    path = written(tmp_path, [lines[0], other, *lines[1:], "no syslog at all"])
    with darksocial.parse([str(path)]) as found:
        [tally] = found.tallies
        rejects = [(row["line"], row["reason"]) for row in found.rejects().to_pylist()]
    assert tally.counts.hits == len(lines)
    assert [line for line, _ in rejects] == [2, len(lines) + 2]
    assert rejects[1][1] == "no line of syslog"


def test_a_rejected_line_is_kept_with_its_wrapper(tmp_path: Path) -> None:
    lines = [WRAPPERS["CRI"](line) for line in whole_lines("combined")]
    cut = WRAPPERS["CRI"]('192.0.2.1 - - [02/Mar/2026:08:15:01 +0100] "GET /cut')
    with darksocial.parse([str(written(tmp_path, [*lines, cut]))], keep_identifiers=True) as found:
        [reject] = found.rejects().to_pylist()
    assert reject["text"] == cut
