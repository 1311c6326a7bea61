"""Numbers in words."""


def percent(share: float) -> str:
    """Return a proportion in per cent, to three significant digits."""
    return f"{100 * share:.3g}%"


def number(value: float) -> str:
    """Return a count, or an expected number to one decimal."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
