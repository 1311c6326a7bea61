"""Redaction as SQL: the rules of privacy/lines.py and privacy/urls.py, for lines by the million."""

from darksocial.parser.sql import quoted_sql
from darksocial.privacy.lines import END, RESERVED, rules
from darksocial.privacy.urls import path_rules


def redacted_sql(text: str) -> str:
    """Return SQL that redacts a text expression."""
    redacted = f"regexp_replace({text}, {quoted_sql(RESERVED)}, ' ', 'g')"
    redacted += f" || {quoted_sql(END)}"
    for pattern, replacement in rules():
        redacted = (
            f"regexp_replace({redacted}, {quoted_sql(pattern)}, {quoted_sql(replacement)}, 'g')"
        )
    return redacted


def bare_path_sql(path: str) -> str:
    """Return SQL that removes personal data from the path in a column."""
    redacted = path
    for pattern, replacement in path_rules():
        redacted = (
            f"regexp_replace({redacted}, {quoted_sql(pattern)}, {quoted_sql(replacement)}, 'g')"
        )
    any_rule = "|".join(f"(?:{pattern})" for pattern, _ in path_rules())
    return (
        f"CASE WHEN regexp_matches({path}, {quoted_sql(any_rule)}) THEN {redacted} ELSE {path} END"
    )
