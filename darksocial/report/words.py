"""Numbers in words."""


def percent(share: float) -> str:
    """A share in per cent, to three significant digits."""
    return f"{100 * share:.3g}%"


def number(value: float) -> str:
    """A count, or an expected number to one decimal."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def counted(value: float, what: str) -> str:
    """A number with the word for what it counts, which takes an s in the plural."""
    return f"{number(value)} {what}{'' if value == 1 else 's'}"
