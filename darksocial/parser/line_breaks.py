"""Line breaks in SQL: a long expression is laid out as a person would write it.

Only blanks outside literals change, so the meaning does not. A line that is too long is broken at
its outermost parts first: the cases of a CASE, then what OR, AND and || join, then the arguments of
a call. A literal, such as a long regular expression, is never cut.
"""

import re
from collections.abc import Iterator, Sequence

MAX_LINE_CHARACTERS = 100
SQL_INDENT = "    "
SQL_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[(\[]|[)\]]|,|\s+|[^\s'\"()\[\],]+")
OPENING, CLOSING = ("(", "["), (")", "]")


def with_line_breaks(sql: str, depth: int) -> str:
    """Return SQL whose lines are indented by `depth` steps and, if possible, short enough."""
    if len(line := SQL_INDENT * depth + sql.strip()) < MAX_LINE_CHARACTERS:
        return line
    tokens = (" " if token.isspace() else token for token in SQL_TOKEN.findall(sql))
    return "\n".join(_lines(list(tokens), depth))


def _lines(tokens: Sequence[str], depth: int) -> Iterator[str]:
    """Yield the lines of an expression."""
    line = SQL_INDENT * depth + "".join(tokens).strip()
    if len(line) < MAX_LINE_CHARACTERS:
        yield line
        return
    parts = _cases(tokens) or _operands(tokens)
    if parts:
        yield from _lines(parts[0], depth)
        for part in parts[1:]:
            yield from _lines(part, depth if part[0] == "END" else depth + 1)
        return
    yield from _bracketed(tokens, depth)


def _bracketed(tokens: Sequence[str], depth: int) -> Iterator[str]:
    """Yield the lines of an expression that is broken within its longest pair of brackets."""
    pairs = list(_pairs(tokens))
    if not pairs:
        yield SQL_INDENT * depth + "".join(tokens).strip()
        return
    first, last = max(pairs, key=lambda pair: len("".join(tokens[pair[0] : pair[1]])))
    yield SQL_INDENT * depth + "".join(tokens[: first + 1]).strip()
    *arguments, end = _split(tokens[first + 1 : last], ",")
    for argument in arguments:
        *lines, line = _lines(argument, depth + 1)
        yield from (*lines, f"{line},")
    yield from _lines(end, depth + 1)
    yield from _lines(tokens[last:], depth)


def _cases(tokens: Sequence[str]) -> list[list[str]]:
    """Return the parts of a CASE, of a WHEN, or of what a CASE follows."""
    words = [token for token in tokens if not token.isspace()]
    if words[0] == "CASE":
        parts = _cut_before(tokens, ("WHEN", "ELSE", "END"), first_depth=1)
    elif words[0] == "WHEN":
        parts = _cut_before(tokens, ("THEN",), first_depth=0)
    elif words[0] in ("THEN", "ELSE", "lambda"):
        parts = _cut_before(tokens, ("CASE",), first_depth=0)
    else:
        parts = []
    return parts if len(parts) > 1 else []


def _operands(tokens: Sequence[str]) -> list[list[str]]:
    """Return what the weakest operator of an expression joins, each part but the first with it."""
    for operator in ("OR", "AND", "||"):
        if operator in tokens:
            parts = _cut_before(tokens, (operator,), first_depth=0)
            if len(parts) > 1:
                return parts
    return []


def _cut_before(
    tokens: Sequence[str], words: Sequence[str], *, first_depth: int
) -> list[list[str]]:
    """Return the tokens, cut before some words that `first_depth` brackets or CASEs are around.

    The AND of BETWEEN joins no conditions.
    """
    parts: list[list[str]] = [[]]
    in_between = False
    for depth, token in _nested(tokens):
        is_outer = depth == (first_depth - 1 if token == "END" else first_depth)
        if is_outer and token in words and not in_between and any(map(str.strip, parts[-1])):
            parts.append([])
        if is_outer and token in ("BETWEEN", "AND"):
            in_between = token == "BETWEEN"
        parts[-1].append(token)
    return parts


def _nested(tokens: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each token with the number of brackets and CASEs around it."""
    depth = 0
    for token in tokens:
        depth -= token in CLOSING or token == "END"
        yield depth, token
        depth += token in OPENING or token == "CASE"


def _pairs(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the positions of the outermost pairs of brackets that hold something."""
    first = 0
    for place, (depth, token) in enumerate(_nested(tokens)):
        if depth == 0 and token in OPENING:
            first = place
        if depth == 0 and token in CLOSING and place > first + 1:
            yield first, place


def _split(tokens: Sequence[str], separator: str) -> Iterator[list[str]]:
    """Yield what is between separators that no brackets are around."""
    part: list[str] = []
    for depth, token in _nested(tokens):
        if depth == 0 and token == separator:
            yield part
            part = []
        else:
            part.append(token)
    yield part
