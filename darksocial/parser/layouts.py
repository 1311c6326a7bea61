"""Lines of text to raw values, by layout.

Each line is cut at its quotes and spaces where it fits the layout's split plan; only the others
meet the regular expression of the exact grammar.
"""

from darksocial.grammar.layout import EPOCHS, ISO, Field, Layout, exact_pattern
from darksocial.grammar.split import SplitPlan, Token, split_plan
from darksocial.parser.sql import auto_time, local_time, quoted_sql
from darksocial.parser.steps import Steps

PARTS = "CASE WHEN NOT contains(text, '\\') THEN string_split(text, '\"') END AS parts"
EARLIEST = "TIMESTAMPTZ '1000-01-01'"  # a year of four digits, as the grammar has it
DIVISORS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}


def layout_steps(of: Layout, lines: Steps, timezone: str, latest: str = "") -> Steps:
    """Add the steps to `fields`: each meaning as text, and `whole` and `split_time`."""
    plan = split_plan(of)
    if plan is None:
        return _exact(lines.adding("checked", "false AS fits"), of)
    cut = lines.adding("cut_at_quotes", PARTS).adding("cut_at_spaces", *_words(plan))
    time = time_of_layout(of, _split_values(plan)["time"], timezone, latest)
    timed = cut.adding("timed", f"{time} AS split_time")
    return _exact(timed.adding("checked", f"{_fit(plan, of.extras)} AS fits"), of)


def _without_year(form: str, text: str, timezone: str, latest: str) -> str:
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
        f"CASE WHEN ({quotes}) % 2 = 1 THEN 'a quote is not closed' "
        f"ELSE {quoted_sql(f'does not match the format {name}')} END"
    )


def time_of_layout(of: Layout, text: str, timezone: str, latest: str = "") -> str:
    """Return SQL that reads a time of the layout's format; null where the text is none.

    A time without a year is taken for the last such time up to `latest` (a day, ISO 8601).
    """
    form = of.time_format
    if form in EPOCHS:
        seconds = f"try_cast({text} AS DOUBLE) / {DIVISORS[form]}"
        return f"try(make_timestamptz(round({seconds} * 1000000)::BIGINT))"
    if form == ISO:
        return auto_time(text, timezone)
    if not of.tells_year:
        return _without_year(form, text, timezone, latest)
    if "%z" in form:
        return f"try_strptime({text}, {quoted_sql(form)})::TIMESTAMPTZ"
    return local_time(f"try_strptime({text}, {quoted_sql(form)})::TIMESTAMP", timezone)


def _words(plan: SplitPlan) -> list[str]:
    """Return SQL that cuts each part outside quotes at its spaces, one column a part."""
    return [
        f"string_split(parts[{2 * index + 1}], ' ') AS words{index}"
        for index, run in enumerate(plan.outside)
        if any(token.field for token in run)
    ]


def _fit(plan: SplitPlan, extras: bool) -> str:
    """Return SQL that says whether a line has the quotes, spaces and texts of the plan."""
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
    """Return SQL that says whether a value has the shape that the exact grammar asks for."""
    if not field.shape:
        return []
    return [f"regexp_matches({value}, {quoted_sql(f'^(?:{field.shape})$')})"]


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
    """Return SQL for the value of each meaning in a line that is cut."""
    values = {field.meaning: f"parts[{2 * i + 2}]" for i, field in enumerate(plan.quoted)}
    for index, run in enumerate(plan.outside):
        for token, at in _placed(run):
            if token.field:
                values[token.field.meaning] = _value(token, at, index)
    values.pop("ignored", None)
    return values


def _exact(checked: Steps, of: Layout) -> Steps:
    """Add the exact grammar for lines that do not fit; afterwards each meaning is a column."""
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
    return checked.adding("matched", f"{found} AS exact").then(
        "fields",
        *("file", "line", "text", "overlong", "raw", "verdict"),
        "(fits OR exact.time <> '') AS whole",
        f"{'CASE WHEN fits THEN split_time END' if plan else 'NULL::TIMESTAMPTZ'} AS split_time",
        *columns,
    )
