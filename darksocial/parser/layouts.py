"""Lines of text to raw values, by layout.

A line that fits the layout's split plan is cut at its quotes and spaces; only the others meet the
regular expression of the exact grammar, which takes several times as long.
"""

from darksocial.grammar.layout import (
    COMMON_LOG_MOMENT,
    EPOCHS,
    ISO,
    OPTIONAL_MEANINGS,
    Field,
    Layout,
    exact_pattern,
)
from darksocial.grammar.split import SplitPlan, Token, split_plan
from darksocial.parser.sql import auto_time, local_time, quoted_sql, time_by
from darksocial.parser.steps import Steps

# A backslash may escape a quote: such a line is left to the exact grammar.
CUT_AT_QUOTES = "CASE WHEN NOT contains(text, '\\') THEN string_split(text, '\"') END AS parts"
# Two processes that write at once leave two records in one line, the first of them often cut.
TWO_RECORDS = f"regexp_matches(text, {quoted_sql(rf'{COMMON_LOG_MOMENT}.*{COMMON_LOG_MOMENT}')})"
# The exact grammar wants a year of four digits, but try_strptime also reads fewer.
YEAR_1000 = "TIMESTAMPTZ '1000-01-01'"
DIVISOR_OF_EPOCH = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}


def layout_steps(grammar: Layout, lines: Steps, timezone: str, latest: str = "") -> Steps:
    """Add the steps to `fields`: each meaning as text, and `whole` and `split_time`."""
    plan = split_plan(grammar)
    if plan is None:
        return _exact(lines.adding("checked", "false AS fits"), grammar)
    cut = lines.adding("cut_at_quotes", CUT_AT_QUOTES).adding("cut_at_spaces", *_words(plan))
    moment, time = _split_time(plan, grammar, timezone, latest)
    timed = cut.adding("moments", f"{moment} AS moment").adding("timed", f"{time} AS split_time")
    return _exact(timed.adding("checked", f"{_fit(plan, grammar)} AS fits"), grammar)


def _split_time(plan: SplitPlan, grammar: Layout, timezone: str, latest: str) -> tuple[str, str]:
    """Return SQL for the text of the time in a line that is cut, and SQL that reads it."""
    for index, run in enumerate(plan.outside):
        for token, first in _placed(run):
            if _is_read_whole(token, grammar):
                before, after = (text.replace("%", "%%") for text in (token.prefix, token.suffix))
                form = f"{before}{grammar.time_format}{after}"
                return _joined(token, first, index), time_by("moment", form, timezone)
    return _split_values(plan)["time"], time_of_layout(grammar, "moment", timezone, latest)


def _is_read_whole(token: Token, grammar: Layout) -> bool:
    """Return whether a token is the time and is read with the texts around it.

    A format of strptime can hold these texts (`[` and `]`), so that they need not be cut off first.
    """
    is_time = token.field is not None and token.field.meaning == "time"
    is_strptime = grammar.has_year and grammar.time_format not in {*EPOCHS, ISO}
    return is_time and is_strptime and not token.pattern


def _without_year(form: str, text: str, timezone: str, latest: str) -> str:
    """Return SQL that reads a time without a year: the last such time up to `latest`."""
    end = f"(DATE {quoted_sql(latest)} + 1)"
    tidy = f"regexp_replace({text}, ' +', ' ', 'g')"
    form = quoted_sql("%Y " + form.replace("%e", "%d"))
    years = [f"(year(DATE {quoted_sql(latest)}) - {back})::VARCHAR" for back in (0, 1)]
    this, last = (f"try_strptime({year} || ' ' || {tidy}, {form})::TIMESTAMP" for year in years)
    return local_time(f"CASE WHEN {this} < {end} THEN {this} ELSE {last} END", timezone)


def misfit_of_layout(name: str) -> str:
    """Return SQL that says why a line is not in the layout called `name`."""
    quotes = "length(text) - length(replace(replace(text, '\\\"', ''), '\"', ''))"
    return (
        f"CASE WHEN {TWO_RECORDS} THEN 'holds two records' "
        f"WHEN ({quotes}) % 2 = 1 THEN 'a quote is not closed' "
        f"ELSE {quoted_sql(f'does not match the format {name}')} END"
    )


def time_of_layout(grammar: Layout, text: str, timezone: str, latest: str = "") -> str:
    """Return SQL that reads a time of the layout's format; null if the text is no such time.

    A time without a year is the last such time up to `latest` (a day, ISO 8601).
    """
    form = grammar.time_format
    if form in EPOCHS:
        seconds = f"try_cast({text} AS DOUBLE) / {DIVISOR_OF_EPOCH[form]}"
        return f"try(make_timestamptz(round({seconds} * 1000000)::BIGINT))"
    if form == ISO:
        return auto_time(text, timezone)
    if not grammar.has_year:
        return _without_year(form, text, timezone, latest)
    return time_by(text, form, timezone)


def _words(plan: SplitPlan) -> list[str]:
    """Return SQL that cuts each part outside quotes at its spaces, one column a part."""
    return [
        f"string_split(parts[{2 * index + 1}], ' ') AS words{index}"
        for index, run in enumerate(plan.outside)
        if any(token.field for token in run)
    ]


def _fit(plan: SplitPlan, grammar: Layout) -> str:
    """Return SQL that says whether a line has the quotes, spaces and texts of the plan."""
    extras = grammar.extras
    count = 2 * len(plan.quoted) + 1
    checks = [f"len(parts) {'>=' if extras else '='} {count}", f"split_time >= {YEAR_1000}"]
    for index, run in enumerate(plan.outside):
        part = f"parts[{2 * index + 1}]"
        at_end = index == len(plan.outside) - 1
        if any(token.field for token in run):
            total = sum(token.words for token in run)
            checks.append(f"len(words{index}) {'>=' if extras and at_end else '='} {total}")
            checks += [
                check
                for token, first in _placed(run)
                if not _is_read_whole(token, grammar)
                for check in _checks(token, first, index)
            ]
        elif extras and at_end:
            checks += [f"((len(parts) = {count} AND {part} = '') OR starts_with({part}, ' '))"]
        else:
            fixed = " ".join(token.prefix for token in run)
            checks.append(f"{part} = {quoted_sql(fixed)}")
    for index, field in enumerate(plan.quoted):
        checks += _shape(field, f"parts[{2 * index + 2}]")
    return f"coalesce({' AND '.join(checks)}, false)"


def _placed(run: tuple[Token, ...]) -> list[tuple[Token, int]]:
    """Return the tokens of a run, each with the number of its first word, from 1."""
    placed, first = [], 1
    for token in run:
        placed.append((token, first))
        first += token.words
    return placed


def _checks(token: Token, first: int, index: int) -> list[str]:
    """Return SQL that says whether a run of words has the texts of its token."""
    word = _joined(token, first, index)
    if token.field is None:
        return [f"{word} = {quoted_sql(token.prefix)}"]
    checks = [f"regexp_matches({word}, {quoted_sql(token.pattern)})"] if token.pattern else []
    if token.prefix:
        checks.append(f"starts_with({word}, {quoted_sql(token.prefix)})")
    if token.suffix:
        checks.append(f"ends_with({word}, {quoted_sql(token.suffix)})")
    return checks + _shape(token.field, _value(token, first, index))


def _shape(field: Field, value: str) -> list[str]:
    """Return SQL that says whether a value has the shape that the exact grammar asks for."""
    if not field.shape:
        return []
    return [f"regexp_matches({value}, {quoted_sql(f'^(?:{field.shape})$')})"]


def _joined(token: Token, first: int, index: int) -> str:
    """Return SQL for the words of a token, joined by spaces again."""
    return " || ' ' || ".join(f"words{index}[{first + word}]" for word in range(token.words))


def _value(token: Token, first: int, index: int) -> str:
    """Return SQL for the value of a token, without the texts around it."""
    joined = _joined(token, first, index)
    if token.pattern:
        return f"regexp_extract({joined}, {quoted_sql(token.pattern)}, 1)"
    if not token.prefix and not token.suffix:
        return joined
    around = len(token.prefix) + len(token.suffix)
    return f"substr({joined}, {len(token.prefix) + 1}, length({joined}) - {around})"


def _split_values(plan: SplitPlan) -> dict[str, str]:
    """Return SQL for the value of each meaning in a line that is cut."""
    values = {field.meaning: f"parts[{2 * i + 2}]" for i, field in enumerate(plan.quoted)}
    for index, run in enumerate(plan.outside):
        for token, first in _placed(run):
            if token.field:
                values[token.field.meaning] = _value(token, first, index)
    values.pop("ignored", None)
    return values


def _exact(checked: Steps, grammar: Layout) -> Steps:
    """Add the exact grammar for lines that do not fit; afterwards each meaning is a column."""
    pattern, groups = exact_pattern(grammar, is_lenient=True)
    plan = split_plan(grammar)
    split = _split_values(plan) if plan else {}
    names = ", ".join(quoted_sql(group) for group in groups)
    exact_match = (
        "CASE WHEN NOT fits AND NOT overlong THEN "
        f"regexp_extract(text, {quoted_sql(pattern)}, [{names}]) END"
    )
    shaped = {field.meaning: field for field in grammar.fields}
    columns = []
    for group in groups:
        exact = f"unescaped(exact.{group})"
        if group in OPTIONAL_MEANINGS:
            [is_readable] = _shape(shaped[group], exact)
            exact = f"CASE WHEN {is_readable} THEN {exact} END"
        in_split = plan and group != "time"
        value = f"CASE WHEN fits THEN {split[group]} ELSE {exact} END" if in_split else exact
        columns.append(f"filled({value}) AS {group}_text")
    return checked.adding("matched", f"{exact_match} AS exact").then(
        "fields",
        *("file", "line", "text", "overlong", "raw", "verdict"),
        # CASE, because DuckDB evaluates both sides of OR for all lines.
        f"CASE WHEN fits THEN true ELSE exact.time <> '' AND NOT {TWO_RECORDS} END AS whole",
        f"{'CASE WHEN fits THEN split_time END' if plan else 'NULL::TIMESTAMPTZ'} AS split_time",
        *columns,
    )
