"""Records with keys or columns to raw values: JSON objects by key, lines by column."""

import json
import re
from collections.abc import Callable, Iterable, Sequence

from darksocial.grammar.columns import QUOTED_CELL, QUOTED_OR_BARE, Columns
from darksocial.grammar.keys import MENDINGS, Keys
from darksocial.grammar.values import UTM_MEANINGS, Step, Template, Value
from darksocial.parser.sql import cases_sql, first_sql, list_sql, quoted_sql
from darksocial.parser.steps import Steps
from darksocial.reading.cells import cell_column

# Verdicts: a reason for rejects, and what marks a record that is no request.
EXCLUDED_BY_EXPORT = "excluded by the export"
NO_REQUEST = "comment"
# What says where a visit came from: nothing of it counts where the export says "from nowhere".
MEANINGS_OF_ORIGIN = ("referrer", "source", "medium", "source_medium")
# How values are decoded, by the name that a format gives in `decode`.
SQL_OF_DECODING = {
    "percent": "CASE WHEN contains({0}, '%') THEN coalesce(try(url_decode(url_decode({0}))), {0}) "
    "ELSE {0} END",
    "form": "CASE WHEN contains({0}, ' ') OR contains({0}, '%20') "
    "THEN coalesce(try(url_decode({0})), {0}) "
    "ELSE coalesce(try(url_decode(replace({0}, '+', ' '))), {0}) END",
    "plus": "replace({0}, '+', ' ')",
    "backslash": "unescaped({0})",
    # Matomo's type of a referrer, as the medium that GA4 gives it.
    "matomo_medium": "CASE {0} WHEN 'search' THEN 'organic' WHEN 'website' THEN 'referral' "
    "ELSE {0} END",
    "products": "list_sum(list_transform(string_split({0}, ','), "
    "lambda product: try_cast(string_split(product, ';')[4] AS DOUBLE)))",
}
Path = tuple[Step, ...]


def keys_steps(grammar: Keys, lines: Steps, cells: Sequence[tuple[str, bool]] = ()) -> Steps:
    """Add the steps to `fields`: each meaning of a JSON object as text, and `whole`.

    A line of nginx that is no JSON is mended first; values with `\\xHH` are unescaped. `cells` are
    the columns of rows that come as cells (`Parsing.cells`), of which nothing is to be mended.
    """
    if cells:
        return _cells_steps(grammar, lines, [name for name, _is_quoted in cells])
    mended = "json"
    for pattern, replacement in MENDINGS:
        mended = f"regexp_replace({mended}, {quoted_sql(pattern)}, {quoted_sql(replacement)}, 'g')"
    objects = (
        _inside(grammar, lines)
        .adding("escapes", "starts_with(ltrim(json), '{') AND json_valid(json) AS is_valid")
        .then(
            "mended",
            f"* REPLACE (CASE WHEN NOT is_valid THEN {mended} ELSE json END AS json)",
            "NOT is_valid AND contains(json, '\\x') AS escaped",
        )
        .adding(
            "objects",
            # `is_valid OR ...` would check every object twice: DuckDB evaluates both sides.
            "CASE WHEN is_valid THEN true "
            "ELSE starts_with(ltrim(json), '{') AND json_valid(json) END AS is_object",
        )
        .adding(
            "looked_up",
            "CASE WHEN is_object THEN "
            f"json_extract_string(json, {_plain_paths(grammar)}) END AS texts",
            *_keyed_columns(grammar),
        )
    )
    read = _reader(grammar)
    columns = _columns(grammar.values, read, grammar, "restored({0}, escaped)")
    columns += [f"prefix.{name} AS {name}_text" for name in sorted(grammar.prefixed)]
    verdicts = _verdicts(grammar, read, "is_object AND ")
    return _fields(objects, verdicts, "coalesce(is_object, false)", columns)


def cell_columns(cells: Sequence[tuple[str, bool]]) -> list[str]:
    """Return the names of the columns that hold the cells of rows."""
    return [cell_column(place) for place in range(len(cells))]


def _cells_steps(grammar: Keys, lines: Steps, names: Sequence[str]) -> Steps:
    """Add the step to `fields` for rows that come as cells, below these names.

    It gives what `keys_steps` gives for the objects of the rows. A cell holds no further keys.
    """

    def read(steps: Path) -> str:
        name, *further = steps
        if further or not isinstance(name, str) or name not in names:
            return "NULL::VARCHAR"
        return cell_column(names.index(name))

    columns = _columns(grammar.values, read, grammar, "{0}")
    columns += [cell_column(place) for place in range(len(names))]
    return _fields(lines, _verdicts(grammar, read, ""), "true", columns)


def text_of_cells(cells: Sequence[tuple[str, bool]]) -> str:
    """Return SQL for the text of the object that a row is, as record_texts.py writes it."""
    pairs = []
    for place, (name, is_quoted) in enumerate(cells):
        column = cell_column(place)
        value = f"to_json({column})::VARCHAR" if is_quoted else column
        key = quoted_sql(json.dumps(name, ensure_ascii=False) + ": ")
        pairs.append(f"{key} || coalesce({value}, 'null')")
    return f"'{{' || concat_ws(', ', {', '.join(pairs)}) || '}}'"


def _verdicts(grammar: Keys, read: Callable[[Path], str], condition: str) -> list[str]:
    """Return the cases for records that are no requests, or that the export leaves out."""
    verdicts = [
        f"WHEN {condition}coalesce({read(steps)}, '') NOT IN ({list_sql(allowed)}) "
        f"THEN '{NO_REQUEST}'"
        for steps, allowed in grammar.only
    ]
    verdicts += [
        f"WHEN {condition}{read(steps)} IS NULL THEN '{NO_REQUEST}'"
        for steps in grammar.requests_have
    ]
    return verdicts + _exclusions((read(steps), pattern) for steps, pattern in grammar.excluded)


def misfit_of_keys() -> str:
    """Return SQL that says why a record is not whole."""
    return (
        "CASE WHEN starts_with(ltrim(text), '[') "
        "THEN 'has another number of values than the header' ELSE 'no JSON object' END"
    )


def columns_steps(grammar: Columns, lines: Steps) -> Steps:
    """Add the steps to `fields`: each meaning of a line's columns as text, and `whole`."""
    text = (
        _without_escaped(grammar.separator)
        if "backslash" in dict(grammar.decode).values()
        else "text"
    )
    bare = f"string_split({text}, {quoted_sql(grammar.separator)})"
    if grammar.may_quote:
        quoted = (
            f"list_transform(regexp_extract_all(text, {quoted_sql(QUOTED_OR_BARE)}), "
            f"lambda cell: CASE WHEN regexp_full_match(cell, {quoted_sql(QUOTED_CELL)}) THEN "
            f"replace(regexp_extract(cell, {quoted_sql(QUOTED_CELL)}, 1), '\"\"', '\"') "
            "ELSE cell END)"
        )
        bare = (
            "CASE WHEN contains(text, '\"') OR contains(text, '  ') OR ends_with(text, ' ') "
            f"THEN {quoted} ELSE {bare} END"
        )
    cells = f"CASE WHEN NOT overlong AND NOT starts_with(text, '#') THEN {bare} END AS texts"

    def read(steps: Path) -> str:
        return f"texts[{grammar.names.index(str(steps[0])) + 1}]"

    excluded = [rule for rule in grammar.excluded if rule[0][0] in grammar.names]
    verdicts = _surplus(grammar.max_columns)
    verdicts += _exclusions((read(steps), pattern) for steps, pattern in excluded)
    columns = _columns(grammar.present, read, grammar, "{0}")
    if grammar.day and not any(value.meaning == "date" for value in grammar.present):
        columns.append(f"{quoted_sql(grammar.day)} AS date_text")
    is_whole = f"coalesce(len(texts) >= {grammar.needed_columns}, false)"
    return _fields(lines.adding("cells", cells), verdicts, is_whole, columns)


def _without_escaped(separator: str) -> str:
    """Return SQL that writes an escaped tab as `\\t`: it ends no column."""
    escaped = f"(^|[^\\\\])((?:\\\\\\\\)*)\\\\{separator}"
    mended = f"regexp_replace(text, {quoted_sql(escaped)}, '\\1\\2\\\\t', 'g')"
    has_escaped = f"contains(text, {quoted_sql(chr(92) + separator)})"
    return f"CASE WHEN {has_escaped} THEN {mended} ELSE text END"


def misfit_of_columns(grammar: Columns) -> str:
    """Return SQL that says why a line is not whole."""
    return quoted_sql(f"has less than {grammar.needed_columns} columns")


def _surplus(most: int) -> list[str]:
    """Return verdicts on columns that no name is for: a value with a space shifts the others."""
    if not most:
        return []
    rest = f"list_filter(texts[{most + 1}:], lambda cell: cell <> '')"
    reason = quoted_sql(f"has more than {most} columns")
    return [f"WHEN len(texts) > {most} AND len({rest}) > 0 THEN {reason}"]


def _inside(grammar: Keys, lines: Steps) -> Steps:
    """Add the steps that separate the object from what comes before it."""
    if not grammar.prefix:
        return lines.adding("inside", "CASE WHEN NOT overlong THEN text END AS json")
    names = [*re.compile(grammar.prefix).groupindex, "rest"]
    pattern = re.sub(r"\(\?P<\w+>", "(", grammar.prefix) + "(.*)$"
    groups = f"regexp_extract(text, {quoted_sql(pattern)}, [{list_sql(names)}])"
    prefixes = lines.adding("prefixes", f"CASE WHEN NOT overlong THEN {groups} END AS prefix")
    return prefixes.adding("inside", "prefix.rest AS json")


def _paths(grammar: Keys) -> list[Path]:
    """Return every path that is read, once.

    All of them are taken from an object in one call, because each call parses it again.
    """
    paths = [steps for value in grammar.values for t in value.templates for steps in t.paths]
    paths += grammar.requests_have
    return list(dict.fromkeys([*paths, *grammar.paths_of_rules]))


def _is_keyed(steps: Path) -> bool:
    return any(isinstance(step, tuple) for step in steps)


def _element(steps: Path) -> tuple[int, tuple[str, str]]:
    """Return at which step a path chooses an element of a list, and by which key and value."""
    return next((place, step) for place, step in enumerate(steps) if isinstance(step, tuple))


def _plain_paths(grammar: Keys) -> str:
    """Return SQL for the list of the paths that choose no element by a key."""
    plain = [quoted_sql(_json_path(steps)) for steps in _paths(grammar) if not _is_keyed(steps)]
    return f"[{', '.join(plain or [quoted_sql('$')])}]"


def _json_path(steps: Sequence[Step]) -> str:
    return "$" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{json.dumps(step, ensure_ascii=False)}"
        for step in steps
    )


def _lists(grammar: Keys) -> list[tuple[Path, str]]:
    """Return the lists whose elements are chosen by a key, each with that key."""
    lists = []
    for steps in filter(_is_keyed, _paths(grammar)):
        place, (key, _) = _element(steps)
        lists.append((steps[:place], key))
    return list(dict.fromkeys(lists))


def _keyed_columns(grammar: Keys) -> list[str]:
    """Return SQL for the keys of all elements of each such list, in order: `keys0`, `keys1` ..."""
    return [
        f"CASE WHEN is_object THEN json_extract_string(json, "
        f"{quoted_sql(f'{_json_path(steps)}[*].{json.dumps(key)}')}) END AS keys{number}"
        for number, (steps, key) in enumerate(_lists(grammar))
    ]


def _reader(grammar: Keys) -> Callable[[Path], str]:
    """Return the function that returns SQL for the text of a path."""
    plain = [steps for steps in _paths(grammar) if not _is_keyed(steps)]
    lists = _lists(grammar)

    def read(steps: Path) -> str:
        if not _is_keyed(steps):
            return f"texts[{plain.index(steps) + 1}]"
        place, (key, name) = _element(steps)
        number = lists.index((steps[:place], key))
        position = f"list_position(keys{number}, {quoted_sql(name)})"
        rest = quoted_sql("]" + _json_path(steps[place + 1 :]).removeprefix("$"))
        before = quoted_sql(_json_path(steps[:place]) + "[")
        return (
            f"CASE WHEN {position} > 0 THEN json_extract_string(json, "
            f"{before} || ({position} - 1) || {rest}) END"
        )

    return read


def _columns(
    values: Sequence[Value], read: Callable[[Path], str], grammar: Keys | Columns, around: str
) -> list[str]:
    """Return SQL for each value as text, and `is_converted` if the grammar has rules for it."""
    decode, nulls = dict(grammar.decode), dict(grammar.nulls)
    direct = grammar.direct if isinstance(grammar, Keys) else ()
    derived = grammar.derived if isinstance(grammar, Keys) else ()
    columns = []
    for value in values:
        sql = first_sql(*(_template(t, read) for t in value.templates))
        for text in nulls.get(value.meaning, ()):
            sql = f"nullif({sql}, {quoted_sql(text)})"
        sql = around.format(sql)
        if value.meaning in decode:
            sql = SQL_OF_DECODING[decode[value.meaning]].format(sql)
        if value.meaning in MEANINGS_OF_ORIGIN and direct:
            sql = f"CASE WHEN NOT {_any_matches(direct, read)} THEN {sql} END"
        if value.meaning in UTM_MEANINGS and derived:
            sql = f"CASE WHEN NOT {_any_matches(derived, read)} THEN {sql} END"
        columns.append(f"{sql} AS {value.meaning}_text")
    converted = [rule for rule in grammar.converted if _is_there(rule[0], grammar)]
    if converted:
        columns.append(f"{_any_matches(converted, read)} AS is_converted")
    return columns


def _is_there(steps: Path, grammar: Keys | Columns) -> bool:
    return isinstance(grammar, Keys) or steps[0] in grammar.names


def _any_matches(rules: Iterable[tuple[Path, str]], read: Callable[[Path], str]) -> str:
    """Return SQL that says whether any rule's pattern fits the text of its path."""
    tests = (f"regexp_full_match({read(steps)}, {quoted_sql(p)})" for steps, p in rules)
    return f"coalesce({' OR '.join(tests)}, false)"


def _template(template: Template, read: Callable[[Path], str]) -> str:
    cleaned = [f"filled({read(steps)})" for steps in template.paths]
    if template.texts == ("", ""):
        return cleaned[0]
    parts = [cleaned[0], *(f"coalesce({path}, '')" for path in cleaned[1:])]
    pieces = [quoted_sql(template.texts[0])]
    for part, text in zip(parts, template.texts[1:], strict=True):
        pieces += [part, quoted_sql(text)]
    return "(" + " || ".join(pieces) + ")"


def _exclusions(rules: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f"WHEN regexp_full_match({value}, {quoted_sql(pattern)}) THEN '{EXCLUDED_BY_EXPORT}'"
        for value, pattern in rules
    ]


def _fields(texts: Steps, verdicts: list[str], is_whole: str, columns: list[str]) -> Steps:
    verdict = cases_sql("WHEN verdict IS NOT NULL THEN verdict", *verdicts)
    return texts.then(
        "fields",
        *("file", "line", "text", "overlong", "raw"),
        f"{verdict} AS verdict",
        f"{is_whole} AS whole",
        "NULL::TIMESTAMPTZ AS split_time",
        *columns,
    )
