"""Redaction as SQL: the rules of redaction.py, for lines by the million."""

from darksocial.engines.parser.sql import quoted_sql
from darksocial.redaction import END, RESERVED, rules


def redacted_sql(text: str) -> str:
    """Return the SQL expression that redacts the text expression."""
    bare = f"regexp_replace({text}, {quoted_sql(RESERVED)}, ' ', 'g')"
    told = f"{bare} || {quoted_sql(END)}"
    for pattern, replacement in rules():
        told = f"regexp_replace({told}, {quoted_sql(pattern)}, {quoted_sql(replacement)}, 'g')"
    return told
