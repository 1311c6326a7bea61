"""The statement that reads a format, as `darksocial formats NAME --sql` prints it."""

from dataclasses import replace

from darksocial.formats import Format
from darksocial.grammar import Grammar
from darksocial.grammar.columns import Columns
from darksocial.parser import Parsing
from darksocial.parser.sums import requests_query
from darksocial.privacy.identifiers import Privacy


def statement_of(log_format: Format, last_day: str) -> str:
    """Return SQL that reads a format as an analysis does, with the defaults of all settings.

    `last_day` (ISO 8601) is the last day that a time without a year can mean.
    """
    grammar = _with_names(log_format.grammar)
    return requests_query(
        Parsing(log_format.name, grammar, latest=last_day, privacy=Privacy(keep_paths=True))
    )


def _with_names(grammar: Grammar) -> Grammar:
    """Return the grammar with names of columns.

    Where a file beside the log names them, they are those that the format reads.
    """
    if not isinstance(grammar, Columns) or grammar.names:
        return grammar
    paths = [path for value in grammar.values for t in value.templates for path in t.paths]
    paths += [path for path, _ in (*grammar.excluded, *grammar.converted)]
    return replace(grammar, names=tuple(dict.fromkeys(str(path[0]) for path in paths)))
