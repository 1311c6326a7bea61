"""The log formats: one module each, and this folder is the registry.

A module here defines `FORMAT`: a name, a title, and the grammar of the format's records. Its
docstring is the format's documentation. A new format is registered nowhere else.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from darksocial.errors import UsageError
from darksocial.grammar import Grammar
from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.plugins import one_of, registered

Bind = Callable[[Sequence[str]], Grammar | None]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    `name` is what `--format` takes and the name of the module; `title` says it in a few words;
    `grammar` describes a record: a layout of text, keys of an object, or columns. What the format
    can tell follows from it. `bind`, where a file's own first records say more (which fields the
    user chose, in what order), returns the grammar of that file, or None if it is of another
    format. A `generic` format steps back behind one that knows a file as well. The
    lines of a format that stands `among_others` are part of a system's log.
    """

    name: str
    title: str
    grammar: Grammar
    bind: Bind | None = None
    generic: bool = False
    among_others: bool = False

    @property
    def has_prefix(self) -> bool:
        """Whether the format itself describes what a logging system writes before its lines."""
        is_prefixed = isinstance(self.grammar, Keys) and bool(self.grammar.prefix)
        return is_prefixed or self.among_others

    @property
    def records(self) -> frozenset[str]:
        """The fields that the format records; what it leaves out is never taken as empty."""
        return self.grammar.records

    @property
    def can_record(self) -> frozenset[str]:
        """The fields that a file of the format may record, where the user chose its columns."""
        if not isinstance(self.grammar, Columns):
            return self.records
        return self.records | {value.meaning for value in self.grammar.values}

    def bound(self, head: Sequence[str]) -> Grammar | None:
        """Return the grammar of the file that begins with these records."""
        if self.bind:
            return self.bind(head)
        if isinstance(self.grammar, Keys):
            return self.grammar.told_by(head)
        if isinstance(self.grammar, Columns):
            return headed(self.grammar, head)
        return self.grammar


def headed(grammar: Columns, head: Sequence[str]) -> Columns:
    """Return columns as the comment lines before the first record name them."""
    for line in head:
        if line.startswith("#"):
            grammar = grammar.renamed(line)
        elif line.strip():
            break
    return grammar


@cache
def registry() -> dict[str, Format]:
    """Return every format by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `FORMAT` or its name is not its own.
    """
    return registered(sys.modules[__name__], "FORMAT", Format)


SERVERS = {
    "nginx": "--log-format-from /etc/nginx/nginx.conf:main",
    "apache": "--log-format-from /etc/apache2/apache2.conf:combined",
}
"""Servers that are taken for formats, and how their own directive is named.

https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format,
https://httpd.apache.org/docs/2.4/logs.html#accesslog
"""


def format_named(name: str) -> Format:
    """Return the format called `name`. Raises UsageError where there is none."""
    formats = registry()
    if name in SERVERS:
        raise UsageError(
            f"{name} is a server, and no format",
            expected="combined, which it writes unless it is told otherwise, or its own directive",
            advice=SERVERS[name],
        )
    if name not in formats:
        raise UsageError(
            f"there is no format {name!r}",
            expected=one_of(name, formats),
            advice="`darksocial formats FILE` says what a file would be read as",
        )
    return formats[name]
