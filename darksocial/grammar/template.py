"""Layouts written out: the text of a line with its values in braces.

    {client_ip}:{_} [{time:%d/%b/%Y:%H:%M:%S}] {_} "{request}" {status}

`{meaning}` is a value, `{meaning:format}` a time, `{meaning=pattern}` a value that a regular
expression (without groups that capture) narrows, `{_}` a value that is not needed. With an asterisk
(`{_*}`, `{user_agent*}`) a value may hold spaces although it has no quotes. `{{` and `}}` stand for
braces.
"""

import re
from collections.abc import Iterator

from darksocial.grammar.layout import MEANINGS, Field, Layout, Literal, Piece, layout

PIECE = re.compile(
    r"\{\{|\}\}"
    r"|\{(?P<meaning>\w+)(?P<text>\*?)(?::(?P<format>[^}]*)|=(?P<pattern>(?:[^{}]|\{[\d,]+\})*))?\}"
)
BRACES = {"{{": "{", "}}": "}"}


def compile_template(text: str, extras: bool = False) -> Layout:
    """Return the layout of a template; with `extras`, anything may follow after a space.

    Raises UsageError for a template without a time, and ValueError for an unknown meaning.
    """
    return layout(_pieces(text), extras)


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for match in PIECE.finditer(text):
        if match.start() > end:
            yield Literal(text[end : match.start()])
        if match[0] in BRACES:
            yield Literal(BRACES[match[0]])
        else:
            yield _field(match)
        end = match.end()
    if end < len(text):
        yield Literal(text[end:])


def _field(match: re.Match[str]) -> Field:
    meaning = "ignored" if match["meaning"] == "_" else match["meaning"]
    if meaning not in MEANINGS:
        raise ValueError("unknown meaning in a template: " + meaning)
    return Field(
        meaning, match["format"] or "", is_text=bool(match["text"]), pattern=match["pattern"] or ""
    )
