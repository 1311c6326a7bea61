r"""Wrappers: what other programs put around a log line (syslog, container runtimes, journald).

A wrapper is taken off before a format sees the line. Specifications: RFC 3164 4.1 and RFC 5424 6;
Docker's json-file driver (https://docs.docker.com/engine/logging/drivers/json-file/); Kubernetes'
CRI log format (https://kubernetes.io/docs/concepts/cluster-administration/logging/);
`docker compose logs`; journald's export and JSON formats
(https://systemd.io/JOURNAL_EXPORT_FORMATS/).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from darksocial.grammar.keys import parsed_object

RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
# A wrapper is taken off if at least this part of the first lines has it.
MIN_WRAPPED_PART = 0.5
COLOURS = r"(?:\x1b\[[0-9;]*m)*"


@dataclass(frozen=True, slots=True)
class Wrapper:
    """One wrapper: a `pattern` with one group, the line inside, or the `key` of a JSON object.

    With both, the pattern is around the line that the key holds.

    `comment` matches lines that belong to the wrapper and hold no log line.
    """

    name: str
    pattern: str = ""
    key: str = ""
    needs: tuple[str, ...] = ()
    comment: str = ""

    def unwrapped(self, line: str) -> str | None:
        """Return the line inside, or None if the wrapper is not around it."""
        if not self.key:
            return self._inside(line)
        record = parsed_object(line)
        if record is None or not all(name in record for name in self.needs):
            return None
        text = record.get(self.key)
        if not isinstance(text, str):
            return None
        return self._inside(text.rstrip("\n")) if self.pattern else text.rstrip("\n")

    def _inside(self, text: str) -> str | None:
        match = _compiled(self.pattern).match(text)
        return match[1] if match else None

    def is_comment(self, line: str) -> bool:
        """Return whether a line belongs to the wrapper alone."""
        return bool(self.comment and _compiled(self.comment).match(line))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


WRAPPERS = (
    Wrapper(
        "syslog",
        r"^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: \d{4})?|" + RFC3339 + r") "
        r"(?:[^ ]+ )?(?:[^ \[\]:]+)(?:\[[^\]]*\])?: ?(.*)$",
    ),
    Wrapper(
        "syslog (RFC 5424)",
        r"^<\d{1,3}>1 (?:-|" + RFC3339 + r") [^ ]+ [^ ]+ [^ ]+ [^ ]+ "
        r'(?:-|(?:\[(?:[^\]\\"]|"(?:[^"\\]|\\.)*")*\])+) ?'
        "\ufeff?(.*)$",
    ),
    Wrapper("CRI", r"^" + RFC3339 + r" (?:stdout|stderr) F (.*)$"),
    # PM2 writes the number of a program before its name: `0|web  | `.
    Wrapper("docker compose", r"^[A-Za-z0-9][\w.|-]* +\| (.*)$"),
    # The container nginx-proxy runs several programs, and names each in front of its lines, in
    # colour (https://github.com/ddollar/forego); Docker escapes the colours.
    Wrapper(
        "nginx-proxy in Docker JSON",
        rf"^{COLOURS}[\w.-]+ +\| {COLOURS}(.*)$",
        key="log",
        needs=("log", "stream"),
    ),
    # Go's package log, before the JSON of a program (https://pkg.go.dev/log#pkg-constants).
    Wrapper(
        "Go log",
        r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:\[[^\]]*\]|[\w./-]+\.go:\d+:)? *(\{.*)$",
    ),
    Wrapper("Docker JSON", key="log", needs=("log", "stream")),
    Wrapper("journald JSON", key="MESSAGE", needs=("MESSAGE", "__REALTIME_TIMESTAMP")),
    Wrapper("journald export", r"^MESSAGE=(.*)$", comment=r"^[A-Z0-9_]+(?:=.*)?$"),
)


def wrapper_of(lines: Sequence[str]) -> Wrapper | None:
    """Return the wrapper that is around most of the first lines of a file."""
    best, max_inside = None, 0
    for wrapper in WRAPPERS:
        inside = sum(wrapper.unwrapped(line) is not None for line in lines)
        whole = inside + sum(
            wrapper.is_comment(line) for line in lines if wrapper.unwrapped(line) is None
        )
        if inside > max_inside and whole >= MIN_WRAPPED_PART * len(lines):
            best, max_inside = wrapper, inside
    return best
