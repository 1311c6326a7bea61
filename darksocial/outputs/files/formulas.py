"""Texts that a spreadsheet would take for formulas, which can run programs or send what other cells
hold (https://owasp.org/www-community/attacks/CSV_Injection)."""

FORMULA_SIGNS = tuple("=+-@\t\r")
"""What a formula begins with."""
FORMULA_PATTERN = r"^[=+\-@\t\r]"
"""The same as a regular expression, for whole columns."""
GUARD = "'"
"""What OWASP advises to put before such a text."""


def guarded(text: str) -> str:
    """Return a text that is no formula to a spreadsheet."""
    return f"{GUARD}{text}" if text.startswith(FORMULA_SIGNS) else text
