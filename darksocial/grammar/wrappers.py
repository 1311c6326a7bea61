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


@dataclass(frozen=True, slots=True)
class Wrapper:
    """One wrapper: a `pattern` with one group, the line inside, or the `key` of a JSON object.

    `comment` matches lines that belong to the wrapper and hold no log line.
    """

    name: str
    pattern: str = ""
    key: str = ""
    needs: tuple[str, ...] = ()
    comment: str = ""

    def unwrapped(self, line: str) -> str | None:
        """Return the line inside, or None if the wrapper is not around it."""
        if self.pattern:
            match = _compiled(self.pattern).match(line)
            return match[1] if match else None
        record = parsed_object(line)
        if record is None or not all(name in record for name in self.needs):
            return None
        inside = record.get(self.key)
        return inside.rstrip("\n") if isinstance(inside, str) else None

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
    Wrapper("docker compose", r"^[A-Za-z0-9][\w.-]* +\| (.*)$"),
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
