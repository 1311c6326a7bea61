"""Records with names to raw values: JSON objects by key, lines by column."""

import json
import re
from collections.abc import Callable, Iterable, Sequence

from darksocial.grammar.columns import QUOTED_OR_BARE, Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.values import Step, Template, Value
from darksocial.parser.sql import quoted_sql
from darksocial.parser.steps import Steps

ESCAPED_BYTE = r"\\x([0-9A-Fa-f]{2})"
EXCLUDED = "excluded by the export"
COMMENT = "comment"
ORIGIN = ("referrer", "source", "medium", "source_medium")
DECODED = {
    "percent": "CASE WHEN contains({0}, '%') THEN coalesce(try(url_decode(url_decode({0}))), {0}) "
    "ELSE {0} END",
    "form": "CASE WHEN contains({0}, ' ') OR contains({0}, '%20') "
    "THEN coalesce(try(url_decode({0})), {0}) "
    "ELSE coalesce(try(url_decode(replace({0}, '+', ' '))), {0}) END",
    "plus": "replace({0}, '+', ' ')",
    "backslash": "CASE WHEN contains({0}, '\\') THEN unescape({0}) ELSE {0} END",
    "products": "list_sum(list_transform(string_split({0}, ','), "
    "lambda product: try_cast(string_split(product, ';')[4] AS DOUBLE)))",
}
Path = tuple[Step, ...]


def keys_steps(of: Keys, lines: Steps) -> Steps:
    """Add the steps to `fields`: each meaning of a JSON object as text, and `whole`.

    A line with nginx's `\\xHH`, which is no JSON, is mended first, and its values are unescaped.
    """
    mended = f"regexp_replace(json, {quoted_sql(ESCAPED_BYTE)}, '\\\\\\\\x\\1', 'g')"
    objects = (
        _inside(of, lines)
        .adding("escapes", "contains(json, '\\x') AND NOT json_valid(json) AS escaped")
        .then("mended", f"* REPLACE (CASE WHEN escaped THEN {mended} ELSE json END AS json)")
        .adding("objects", "starts_with(ltrim(json), '{') AND json_valid(json) AS is_object")
        .adding(
            "looked_up",
            f"CASE WHEN is_object THEN json_extract_string(json, {_plain_paths(of)}) END AS found",
            *_keyed_columns(of),
        )
    )
    read = _reader(of)
    verdicts = [
        f"WHEN is_object AND coalesce({read(steps)}, '') NOT IN ({_list(allowed)}) THEN '{COMMENT}'"
        for steps, allowed in of.only
    ]
    verdicts += [
        f"WHEN is_object AND {read(steps)} IS NULL THEN '{COMMENT}'" for steps in of.requests_have
    ]
    verdicts += _exclusions((read(steps), pattern) for steps, pattern in of.excluded)
    columns = _columns(of.values, read, of, "CASE WHEN escaped THEN unescape({0}) ELSE {0} END")
    columns += [f"prefix.{name} AS {name}_text" for name in sorted(of.prefixed)]
    return _fields(objects, verdicts, "coalesce(is_object, false)", columns)


def misfit_of_keys() -> str:
    """Return SQL that says why a record is not whole."""
    return (
        "CASE WHEN starts_with(ltrim(text), '[') "
        "THEN 'has another number of values than the header' ELSE 'no JSON object' END"
    )


def columns_steps(of: Columns, lines: Steps) -> Steps:
    """Add the steps to `fields`: each meaning of a line's columns as text, and `whole`."""
    text = _without_escaped(of.separator) if "backslash" in dict(of.decode).values() else "text"
    bare = f"string_split({text}, {quoted_sql(of.separator)})"
    if of.may_quote:
        quoted = (
            f"list_transform(regexp_extract_all(text, {quoted_sql(QUOTED_OR_BARE)}), "
            "lambda cell: CASE WHEN starts_with(cell, '\"') "
            "THEN replace(substr(cell, 2, length(cell) - 2), '\"\"', '\"') ELSE cell END)"
        )
        bare = (
            "CASE WHEN contains(text, '\"') OR contains(text, '  ') OR ends_with(text, ' ') "
            f"THEN {quoted} ELSE {bare} END"
        )
    cells = f"CASE WHEN NOT overlong AND NOT starts_with(text, '#') THEN {bare} END AS found"

    def read(steps: Path) -> str:
        return f"found[{of.names.index(str(steps[0])) + 1}]"

    verdicts = _exclusions((read(p), regexp) for p, regexp in of.excluded if p[0] in of.names)
    columns = _columns(of.told, read, of, "{0}")
    if of.day and not any(value.meaning == "date" for value in of.told):
        columns.append(f"{quoted_sql(of.day)} AS date_text")
    is_whole = f"coalesce(len(found) >= {of.least}, false)"
    return _fields(lines.adding("cells", cells), verdicts, is_whole, columns)


def _without_escaped(separator: str) -> str:
    """Return SQL that writes an escaped tab as `\\t`: it ends no column."""
    escaped = f"(^|[^\\\\])((?:\\\\\\\\)*)\\\\{separator}"
    mended = f"regexp_replace(text, {quoted_sql(escaped)}, '\\1\\2\\\\t', 'g')"
    found = f"contains(text, {quoted_sql(chr(92) + separator)})"
    return f"CASE WHEN {found} THEN {mended} ELSE text END"


def misfit_of_columns(of: Columns) -> str:
    """Return SQL that says why a line is not whole."""
    return quoted_sql(f"has less than {of.least} columns")


def _inside(of: Keys, lines: Steps) -> Steps:
    """Add the steps that separate the object from what stands before it."""
    if not of.prefix:
        return lines.adding("inside", "CASE WHEN NOT overlong THEN text END AS json")
    names = [*re.compile(of.prefix).groupindex, "rest"]
    pattern = re.sub(r"\(\?P<\w+>", "(", of.prefix) + "(.*)$"
    found = f"regexp_extract(text, {quoted_sql(pattern)}, [{_list(names)}])"
    prefixes = lines.adding("prefixes", f"CASE WHEN NOT overlong THEN {found} END AS prefix")
    return prefixes.adding("inside", "prefix.rest AS json")


def _paths(of: Keys) -> list[Path]:
    """Every path that is read, once."""
    found = [steps for value in of.values for t in value.templates for steps in t.paths]
    found += of.requests_have
    found += [steps for steps, _ in (*of.only, *of.excluded, *of.direct, *of.converted)]
    return list(dict.fromkeys(found))


def _is_keyed(steps: Path) -> bool:
    return any(isinstance(step, tuple) for step in steps)


def _element(steps: Path) -> tuple[int, tuple[str, str]]:
    """Where a path chooses an element of a list, and by which key and value."""
    return next((at, step) for at, step in enumerate(steps) if isinstance(step, tuple))


def _plain_paths(of: Keys) -> str:
    plain = [quoted_sql(_json_path(steps)) for steps in _paths(of) if not _is_keyed(steps)]
    return f"[{', '.join(plain or [quoted_sql('$')])}]"


def _json_path(steps: Sequence[Step]) -> str:
    return "$" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{json.dumps(step, ensure_ascii=False)}"
        for step in steps
    )


def _lists(of: Keys) -> list[tuple[Path, str]]:
    """The lists whose elements are told by a key, each with that key."""
    found = []
    for steps in filter(_is_keyed, _paths(of)):
        at, (key, _) = _element(steps)
        found.append((steps[:at], key))
    return list(dict.fromkeys(found))


def _keyed_columns(of: Keys) -> list[str]:
    return [
        f"CASE WHEN is_object THEN json_extract_string(json, "
        f"{quoted_sql(f'{_json_path(steps)}[*].{json.dumps(key)}')}) END AS keys{number}"
        for number, (steps, key) in enumerate(_lists(of))
    ]


def _reader(of: Keys) -> Callable[[Path], str]:
    plain = [steps for steps in _paths(of) if not _is_keyed(steps)]
    lists = _lists(of)

    def read(steps: Path) -> str:
        if not _is_keyed(steps):
            return f"found[{plain.index(steps) + 1}]"
        at, (key, name) = _element(steps)
        number = lists.index((steps[:at], key))
        place = f"list_position(keys{number}, {quoted_sql(name)})"
        rest = quoted_sql("]" + _json_path(steps[at + 1 :]).removeprefix("$"))
        before = quoted_sql(_json_path(steps[:at]) + "[")
        return (
            f"CASE WHEN {place} > 0 THEN json_extract_string(json, "
            f"{before} || ({place} - 1) || {rest}) END"
        )

    return read


def _columns(
    of: Sequence[Value], read: Callable[[Path], str], grammar: Keys | Columns, around: str
) -> list[str]:
    decode, nulls = dict(grammar.decode), dict(grammar.nulls)
    direct = grammar.direct if isinstance(grammar, Keys) else ()
    columns = []
    for value in of:
        sql = f"coalesce({', '.join(_template(t, read) for t in value.templates)})"
        for text in nulls.get(value.meaning, ()):
            sql = f"nullif({sql}, {quoted_sql(text)})"
        sql = around.format(sql)
        if value.meaning in decode:
            sql = DECODED[decode[value.meaning]].format(sql)
        if value.meaning in ORIGIN and direct:
            sql = f"CASE WHEN NOT {_any_matches(direct, read)} THEN {sql} END"
        columns.append(f"{sql} AS {value.meaning}_text")
    converted = [rule for rule in grammar.converted if _is_there(rule[0], grammar)]
    if converted:
        columns.append(f"{_any_matches(converted, read)} AS is_converted")
    return columns


def _is_there(steps: Path, grammar: Keys | Columns) -> bool:
    return isinstance(grammar, Keys) or steps[0] in grammar.names


def _any_matches(rules: Iterable[tuple[Path, str]], read: Callable[[Path], str]) -> str:
    tests = (f"regexp_full_match({read(steps)}, {quoted_sql(p)})" for steps, p in rules)
    return f"coalesce({' OR '.join(tests)}, false)"


def _template(of: Template, read: Callable[[Path], str]) -> str:
    cleaned = [f"nullif(nullif({read(steps)}, '-'), '')" for steps in of.paths]
    if of.texts == ("", ""):
        return cleaned[0]
    parts = [cleaned[0], *(f"coalesce({path}, '')" for path in cleaned[1:])]
    pieces = [quoted_sql(of.texts[0])]
    for part, text in zip(parts, of.texts[1:], strict=True):
        pieces += [part, quoted_sql(text)]
    return "(" + " || ".join(pieces) + ")"


def _exclusions(rules: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f"WHEN regexp_full_match({value}, {quoted_sql(pattern)}) THEN '{EXCLUDED}'"
        for value, pattern in rules
    ]


def _fields(found: Steps, verdicts: list[str], is_whole: str, columns: list[str]) -> Steps:
    verdict = f"CASE WHEN verdict IS NOT NULL THEN verdict {' '.join(verdicts)} END"
    return found.then(
        "fields",
        *("file", "line", "text", "overlong", "raw"),
        f"{verdict} AS verdict",
        f"{is_whole} AS whole",
        "NULL::TIMESTAMPTZ AS split_time",
        *columns,
    )


def _list(texts: Sequence[str]) -> str:
    return ", ".join(quoted_sql(text) for text in texts)
