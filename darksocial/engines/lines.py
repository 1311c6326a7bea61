"""Lines to hits: the row-local parser, executed by DuckDB in every engine.

`parser_sql` turns a layout into one query over a table of lines. Each line is cut at its quotes
and spaces where it fits the layout's split plan; only the others meet the regular expression of
the exact grammar. The steps are nested selects, because an expression that is used twice is
evaluated twice unless it is a column of an inner select.
"""

from darksocial.grammar.layout import EPOCHS, MEANINGS, NUMERIC, Field, Layout, exact_pattern
from darksocial.grammar.split import SplitPlan, Token, split_plan

METHOD = "[A-Z][A-Z_-]*"
HTTP_REQUEST = rf"^({METHOD}) (.*?)(?: +[A-Z]+/\d+(?:\.\d+)?)?$"
ABSOLUTE_TARGET = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)([^?]*)"
CUT_AT_QUOTES = (
    "SELECT file, line, text, overlong, "
    "CASE WHEN NOT contains(text, '\\') THEN string_split(text, '\"') END AS parts FROM lines"
)
EARLIEST = "TIMESTAMPTZ '1000-01-01'"  # a year of four digits, as the grammar has it
DIVISORS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}


def parser_sql(of: Layout, name: str) -> str:
    """Return the query that reads the table `lines` (file, line, text, overlong).

    One row comes out for each line: `reason` is null for a hit, 'blank', 'comment', or why the
    line is rejected; `text` is kept for rejects only. The other columns are those of the hits
    contract and `prefetch`.
    """
    raw = _raw_values(of)
    return _hits(_typed(_requests(_exact(raw, of), of), of), of, name)


def quoted_sql(text: str) -> str:
    """Return a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _raw_values(of: Layout) -> str:
    plan = split_plan(of)
    if plan is None:
        return "SELECT file, line, text, overlong, false AS fits FROM lines"
    cut = f"{_words(plan)} FROM ({CUT_AT_QUOTES})"
    timed = f"SELECT *, {_time(of, _split_values(plan)['time'])} AS split_time FROM ({cut})"
    return f"SELECT *, {_fit(plan, of.extras)} AS fits FROM ({timed})"


def _words(plan: SplitPlan) -> str:
    """Cut each part outside quotes at its spaces."""
    words = "".join(
        f", string_split(parts[{2 * index + 1}], ' ') AS words{index}"
        for index, run in enumerate(plan.outside)
        if any(token.field for token in run)
    )
    return f"SELECT *{words}"


def _fit(plan: SplitPlan, extras: bool) -> str:
    """Say whether the line has the quotes, spaces and fixed texts that the plan expects."""
    count = 2 * len(plan.quoted) + 1
    checks = [f"len(parts) {'>=' if extras else '='} {count}", f"split_time >= {EARLIEST}"]
    for index, run in enumerate(plan.outside):
        part = f"parts[{2 * index + 1}]"
        at_end = index == len(plan.outside) - 1
        if any(token.field for token in run):
            total = sum(token.words for token in run)
            checks.append(f"len(words{index}) {'>=' if extras and at_end else '='} {total}")
            checks += [check for token, at in _placed(run) for check in _checks(token, at, index)]
        elif extras and at_end:
            checks.append(f"((len(parts) = {count} AND {part} = '') OR starts_with({part}, ' '))")
        else:
            fixed = " ".join(token.prefix for token in run)
            checks.append(f"{part} = {quoted_sql(fixed)}")
    for index, field in enumerate(plan.quoted):
        checks += _shape(field, f"parts[{2 * index + 2}]")
    return f"coalesce({' AND '.join(checks)}, false)"


def _placed(run: tuple[Token, ...]) -> list[tuple[Token, int]]:
    """The tokens of a run, each with the number of its first word, from 1."""
    placed, at = [], 1
    for token in run:
        placed.append((token, at))
        at += token.words
    return placed


def _checks(token: Token, at: int, index: int) -> list[str]:
    word = _joined(token, at, index)
    if token.field is None:
        return [f"{word} = {quoted_sql(token.prefix)}"]
    checks = [f"regexp_matches({word}, {quoted_sql(token.pattern)})"] if token.pattern else []
    if token.prefix:
        checks.append(f"starts_with({word}, {quoted_sql(token.prefix)})")
    if token.suffix:
        checks.append(f"ends_with({word}, {quoted_sql(token.suffix)})")
    return checks + _shape(token.field, _value(token, at, index))


def _shape(field: Field, value: str) -> list[str]:
    """Say whether a value has the shape of a number, as the exact grammar has it."""
    shape = EPOCHS.get(field.time_format) or (
        MEANINGS[field.meaning] if field.meaning in NUMERIC else None
    )
    return [f"regexp_matches({value}, {quoted_sql(f'^(?:{shape})$')})"] if shape else []


def _joined(token: Token, at: int, index: int) -> str:
    return " || ' ' || ".join(f"words{index}[{at + word}]" for word in range(token.words))


def _value(token: Token, at: int, index: int) -> str:
    joined = _joined(token, at, index)
    if token.pattern:
        return f"regexp_extract({joined}, {quoted_sql(token.pattern)}, 1)"
    if not token.prefix and not token.suffix:
        return joined
    around = len(token.prefix) + len(token.suffix)
    return f"substr({joined}, {len(token.prefix) + 1}, length({joined}) - {around})"


def _split_values(plan: SplitPlan) -> dict[str, str]:
    """Where the split line holds the value of each meaning."""
    values = {field.meaning: f"parts[{2 * i + 2}]" for i, field in enumerate(plan.quoted)}
    for index, run in enumerate(plan.outside):
        for token, at in _placed(run):
            if token.field:
                values[token.field.meaning] = _value(token, at, index)
    values.pop("ignored", None)
    return values


def _exact(inner: str, of: Layout) -> str:
    """Bring in the exact grammar for lines that do not fit; afterwards each meaning is a column."""
    pattern, groups = exact_pattern(of)
    plan = split_plan(of)
    split = _split_values(plan) if plan else {}
    names = ", ".join(quoted_sql(group) for group in groups)
    found = (
        "CASE WHEN NOT fits AND NOT overlong THEN "
        f"regexp_extract(text, {quoted_sql(pattern)}, [{names}]) END"
    )
    columns = []
    for group in groups:
        exact = f"nullif(exact.{group}, '')"
        exact = f"CASE WHEN contains({exact}, '\\') THEN unescape({exact}) ELSE {exact} END"
        in_split = plan and group != "time"
        value = f"CASE WHEN fits THEN {split[group]} ELSE {exact} END" if in_split else exact
        columns.append(f"nullif(nullif({value}, '-'), '') AS {group}_text")
    return (
        f"SELECT file, line, text, overlong, (fits OR exact.time <> '') AS whole, "
        f"{'CASE WHEN fits THEN split_time END' if plan else 'NULL::TIMESTAMPTZ'} AS split_time, "
        f"{', '.join(columns)} FROM (SELECT *, {found} AS exact FROM ({inner}))"
    )


def _requests(inner: str, of: Layout) -> str:
    """Split `GET /path?query HTTP/1.1` into method and target, by three words or by grammar."""
    if "request" not in of.records:
        return inner
    words = "CASE WHEN request_text IS NOT NULL THEN string_split(request_text, ' ') END"
    method = f"regexp_matches(words[1], {quoted_sql(f'^{METHOD}$')})"
    target = "words[2][1] = '/' AND starts_with(words[3], 'HTTP/')"
    plain = f"(len(words) = 3 AND {method} AND {target})"
    parsed = (
        "CASE WHEN NOT plain THEN "
        f"regexp_extract(request_text, {quoted_sql(HTTP_REQUEST)}, ['method', 'target']) END"
    )
    return (
        "SELECT *, "
        "CASE WHEN plain THEN words[1] ELSE nullif(request.method, '') END AS method_text, "
        "CASE WHEN plain THEN words[2] ELSE nullif(request.target, '') END AS target_text "
        f"FROM (SELECT *, {parsed} AS request FROM (SELECT *, {plain} AS plain "
        f"FROM (SELECT *, {words} AS words FROM ({inner}))))"
    )


def _typed(inner: str, of: Layout) -> str:
    """Find the parts of the target; read the time."""
    records = of.records
    target = "target_text" if records & {"request", "target"} else "NULL::VARCHAR"
    absolute = (
        "CASE WHEN NOT starts_with(target, '/') AND contains(target, '://') THEN "
        f"regexp_extract(target, {quoted_sql(ABSOLUTE_TARGET)}, ['host', 'path']) END"
    )
    return (
        f"SELECT *, {absolute} AS absolute, strpos(target, '?') AS mark FROM "
        f"(SELECT *, {target} AS target, coalesce(split_time, {_time(of, 'time_text')}) AS time "
        f"FROM ({inner}))"
    )


def _time(of: Layout, text: str) -> str:
    """Read a time; null where the text is none."""
    form = of.time_format
    if form in EPOCHS:
        seconds = f"try_cast({text} AS DOUBLE) / {DIVISORS[form]}"
        return f"try(make_timestamptz(round({seconds} * 1000000)::BIGINT))"
    if "%z" in form:
        return f"try_strptime({text}, {quoted_sql(form)})::TIMESTAMPTZ"
    return f"timezone('UTC', try_strptime({text}, {quoted_sql(form)})::TIMESTAMP)"


def _hits(inner: str, of: Layout, name: str) -> str:
    records = of.records

    def recorded(meaning: str, sql: str, otherwise: str = "NULL::VARCHAR") -> str:
        return sql if meaning in records else otherwise

    connect = "method_text = 'CONNECT'" if records & {"request", "method"} else "false"
    own_host = recorded("host", "host_text")
    bare_target = "CASE WHEN mark > 0 THEN left(target, mark - 1) ELSE target END"
    own_path = recorded("path", "path_text")
    own_query = recorded("query", "nullif(ltrim(query_text, '?'), '')")
    method = "method_text" if records & {"request", "method"} else "NULL::VARCHAR"
    columns = {
        "file": "file",
        "line": "line",
        "reason": _reason(name),
        "time": "time",
        "client_ip": recorded("client_ip", "client_ip_text"),
        "host": r"nullif(lower(regexp_replace(coalesce(nullif("
        f"CASE WHEN {connect} THEN target ELSE absolute.host END, ''), {own_host}), "
        r"':\d+$', '')), '')",
        "method": method,
        "path": f"CASE WHEN {connect} THEN NULL WHEN absolute.host <> '' "
        f"THEN coalesce(nullif(absolute.path, ''), '/') ELSE coalesce({bare_target}, {own_path}) "
        "END",
        "query": f"coalesce(CASE WHEN mark > 0 THEN nullif(substr(target, mark + 1), '') END, "
        f"{own_query})",
        "status": recorded("status", "try_cast(status_text AS SMALLINT)", "NULL::SMALLINT"),
        "bytes": recorded("bytes", "try_cast(bytes_text AS BIGINT)", "NULL::BIGINT"),
        "referrer": recorded("referrer", "referrer_text"),
        "user_agent": recorded("user_agent", "user_agent_text"),
        "user": recorded("user", "user_text"),
        "duration_ms": _duration(of),
        "prefetch": recorded(
            "purpose",
            "coalesce(regexp_matches(lower(purpose_text), 'prefetch|prerender'), false)",
            "false",
        ),
    }
    selected = ", ".join(f'{sql} AS "{column}"' for column, sql in columns.items())
    return (
        f"SELECT * REPLACE (CASE WHEN reason IS NOT NULL AND reason NOT IN ('blank', 'comment') "
        f"THEN text END AS text) FROM (SELECT text, {selected} FROM ({inner}))"
    )


def _reason(name: str) -> str:
    quotes = "length(text) - length(replace(replace(text, '\\\"', ''), '\"', ''))"
    return (
        "CASE WHEN overlong THEN 'longer than 1 MiB' "
        "WHEN whole AND time IS NOT NULL THEN NULL "
        "WHEN whole THEN 'the time cannot be read' "
        "WHEN trim(text, ' \t\r\v\f') = '' THEN 'blank' "
        "WHEN starts_with(text, '#') THEN 'comment' "
        f"WHEN ({quotes}) % 2 = 1 THEN 'a quote is not closed' "
        f"ELSE {quoted_sql(f'does not match the format {name}')} END"
    )


def _duration(of: Layout) -> str:
    for meaning, scale in (
        ("duration_us", "/ 1000"),
        ("duration_ms", ""),
        ("duration_s", "* 1000"),
    ):
        if meaning in of.records:
            return f"try_cast({meaning}_text AS DOUBLE) {scale}"
    return "NULL::DOUBLE"
