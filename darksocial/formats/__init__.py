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
from darksocial.grammar.layout import Layout
from darksocial.grammar.variants import as_in
from darksocial.language import gettext as _
from darksocial.plugins import one_of, registered

Bind = Callable[[Sequence[str]], Grammar | None]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    `name` is what `--format` takes and the name of the module; `title` says it in a few words;
    `grammar` describes a record: a layout of text, keys of an object, or columns. It decides which
    fields the format records. `bind`, if a file's own first records say more (which fields the user
    chose, in what order), returns the grammar of that file, or None if it is of another format. A
    `generic` format yields to any other that fits a file as well. A format that is `among_others`
    has its lines in a system's log, between those of other programs.
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
        """The fields that a file of the format may record, if the user chose its columns."""
        if not isinstance(self.grammar, Columns):
            return self.records
        return self.records | {value.meaning for value in self.grammar.values}

    def bound(self, head: Sequence[str]) -> Grammar | None:
        """Return the grammar of the file that begins with these records."""
        if self.bind:
            grammar = self.bind(head)
            return as_in(head, grammar) if isinstance(grammar, Layout) else grammar
        if isinstance(self.grammar, Keys):
            return self.grammar.recorded_in(head)
        if isinstance(self.grammar, Columns):
            return headed(self.grammar, head)
        return as_in(head, self.grammar)


def headed(grammar: Columns, head: Sequence[str]) -> Columns:
    """Return the columns as the comment lines before the first record name them."""
    for line in head:
        if line.startswith("#"):
            grammar = grammar.renamed(line)
        elif line.strip():
            break
    return grammar


@cache
def registry() -> dict[str, Format]:
    """Return every format by name, in alphabetical order.

    Raises TypeError, naming the file, if a module has no `FORMAT` or the wrong name.
    """
    return registered(sys.modules[__name__], "FORMAT", Format)


# Servers that people take for formats, and how to name their own directive:
# https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format,
# https://httpd.apache.org/docs/2.4/logs.html#accesslog
ADVICE_FOR_SERVER = {
    "nginx": "`log_format_from` /etc/nginx/nginx.conf:main",
    "apache": "`log_format_from` /etc/apache2/apache2.conf:combined",
}


def format_named(name: str) -> Format:
    """Return the format called `name`. Raises UsageError if there is none."""
    formats = registry()
    if name in ADVICE_FOR_SERVER:
        raise UsageError(
            _("{name} is a server, not a format.").format(name=name),
            expected=_("combined, which it writes by default, or its own directive"),
            advice=ADVICE_FOR_SERVER[name],
        )
    if name not in formats:
        raise UsageError(
            _("There is no format {name!r}.").format(name=name),
            expected=one_of(name, formats),
            advice=_("`darksocial formats FILE` shows as what a file would be read"),
        )
    return formats[name]
