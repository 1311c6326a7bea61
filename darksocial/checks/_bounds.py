"""At least, at most: bounds that several checks share, in numbers and in words."""

from collections.abc import Callable

from darksocial.checks import Given

Words = Callable[[float], str]


def is_within(given: Given, low: float, high: float, prefix: str = "") -> bool:
    """Whether a value that lies between `low` and `high` can keep the bounds of a rule."""
    least, most = given.get(f"{prefix}at_least"), given.get(f"{prefix}at_most")
    return (least is None or high >= least) and (most is None or low <= most)


def told(given: Given, words: Words, prefix: str = "") -> str:
    """The bounds of a rule in words."""
    least, most = given.get(f"{prefix}at_least"), given.get(f"{prefix}at_most")
    parts = [f"at least {words(least)}"] if least is not None else []
    parts += [f"at most {words(most)}"] if most is not None else []
    return ", ".join(parts) or "anything"
