"""Where the marks of a chart are: numbers to coordinates, without any drawing.

Coordinates are in the units of a chart's viewBox, from its upper left corner, rounded to a tenth:
finer ones cannot be seen, and the page is shorter without them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
ROUND_STEPS = (1, 2, 2.5, 5, 10)
"""A scale has its marks at multiples of one of these, times a power of ten."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from values to coordinates."""

    first: float
    last: float
    start: float
    end: float

    def coordinate(self, value: float) -> float:
        """Return the coordinate of a value."""
        span = self.last - self.first
        part = (value - self.first) / span if span else 0.0
        return round(self.start + part * (self.end - self.start), 1)

    def length(self, value: float) -> float:
        """Return how long a bar for a value is."""
        return round(abs(self.coordinate(value) - self.coordinate(0.0)), 1)


def round_up(value: float) -> float:
    """Return the lowest round number that is not below a value: 1, 2, 2.5, 5 or 10 times a power
    of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in ROUND_STEPS if step * power >= value * (1 - 1e-9))


def marks(last: float, count: int = 4) -> list[float]:
    """Return the round numbers from 0 to `last` at which a scale is marked, about so many."""
    step = round_up(last / count)
    return [number * step for number in range(math.floor(last / step + 1e-9) + 1)]


def line(points: Iterable[Point]) -> str:
    """Return the `d` of a path through points."""
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)


def band(lower: Sequence[Point], upper: Sequence[Point]) -> str:
    """Return the `d` of the area between two lines of points."""
    return line([*upper, *reversed(lower)]) + "Z"


def spark(values: Sequence[float], width: float, height: float) -> str:
    """Return the `d` of a line through values, which fills a small box."""
    across = Scale(0, max(len(values) - 1, 1), 1, width - 1)
    up = Scale(0, max([*values, 1e-9]), height - 1, 1)
    return line(
        (across.coordinate(number), up.coordinate(value)) for number, value in enumerate(values)
    )


def _short(coordinate: float) -> str:
    return f"{coordinate:g}"
