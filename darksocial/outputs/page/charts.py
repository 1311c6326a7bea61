"""The charts of the page: what is drawn where, as values that the templates turn into SVG."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from darksocial.language import gettext as _
from darksocial.outputs.page.cells import clipped
from darksocial.outputs.page.geometry import Scale, band, line, marks, round_up, spark
from darksocial.report.numbers import estimate, log_odds, whole
from darksocial.report.page import PeriodRow, Story
from darksocial.results.explain import Evidence

WIDTH, PERIODS_HEIGHT, STORY_WIDTH, STORY_HEIGHT = 720, 210, 280, 96
AXIS_LEFT, AXIS_BOTTOM, MARKED_PERIODS = 44, 20, 6
BAR_WIDTH, DOT_MARGIN, SPARK_WIDTH, SPARK_HEIGHT = 224, 6, 120, 24
STORY_TOP, BAR_PROPORTION = 12, 0.85
PEAK_RATIO, MAX_PEAKS = 2.0, 3
"""A period is named in the chart if its lower bound is above so many times the mean, and at most so
many are, the highest. Assumed: more names would cover each other."""
PERIOD_FORMATS = {"day": "%d %b", "week": "%d %b", "month": "%b %Y"}
SHOWN_EVIDENCE, PEAK_CHARACTERS = 5, 40

Chart = dict[str, Any]


def part_bar(parts: Sequence[tuple[str, str, float]]) -> Chart:
    """Return one bar of parts, each with its class, its name and its visits."""
    total = sum(visits for _kind, _label, visits in parts) or 1.0
    scale, done = Scale(0, total, 0, WIDTH), 0.0
    bars: list[Chart] = []
    for kind, label, visits in parts:
        says = _("{label}: {visits} visits").format(label=label, visits=estimate(visits))
        bar = {
            "kind": kind,
            "x": scale.coordinate(done),
            "width": scale.length(visits),
            "says": says,
        }
        bars.append(bar | {"percent": round(100 * visits / total, 1)})
        done += visits
    return {"width": WIDTH, "parts": bars, "says": "; ".join(bar["says"] for bar in bars)}


def dumbbell(row: Mapping[str, Any], highest: float, says: str) -> Chart:
    """Return a cell with what was booked, what is estimated and its interval, on one line."""
    scale = Scale(0, highest or 1.0, DOT_MARGIN, BAR_WIDTH - DOT_MARGIN)
    places = {name: scale.coordinate(row[name]) for name in ("before", "after", "low", "high")}
    return {"kind": "dumbbell", "text": "", "says": says, **places}


def bar(visits: float, highest: float, says: str) -> Chart:
    """Return a cell with a bar."""
    width = Scale(0, highest or 1.0, 0, BAR_WIDTH).length(visits)
    percent = round(100 * visits / (highest or 1.0), 1)
    return {"kind": "bar", "text": "", "width": width, "percent": percent, "says": says}


def sparkline(values: Sequence[float], says: str) -> Chart:
    """Return a cell with a small line."""
    return {
        "kind": "spark",
        "text": "",
        "path": spark(values, SPARK_WIDTH, SPARK_HEIGHT),
        "says": says,
    }


def period_label(start: date, period: str) -> str:
    """Return how a period is called on an axis."""
    return f"{start:{PERIOD_FORMATS[period]}}"


def period_chart(rows: Sequence[PeriodRow], period: str, *, with_paths: bool) -> Chart:
    """Return dark social by period with its interval, Direct behind it, and what travelled most in
    the highest periods."""
    highest = round_up(max(max(row.direct, row.dark.high) for row in rows))
    up = Scale(0, highest, PERIODS_HEIGHT - AXIS_BOTTOM, 8)
    across = Scale(0, max(len(rows) - 1, 1), AXIS_LEFT, WIDTH)

    def points(values: Sequence[float]) -> list[tuple[float, float]]:
        return [
            (across.coordinate(place), up.coordinate(value)) for place, value in enumerate(values)
        ]

    def anchor(place: int) -> str:
        return "start" if place == 0 else "end" if place == len(rows) - 1 else "middle"

    step = max(1, -(-(len(rows) - 1) // MARKED_PERIODS))
    ticks = [
        {
            "at": across.coordinate(place),
            "label": period_label(rows[place].start, period),
            "anchor": anchor(place),
        }
        for place in range(0, len(rows), step)
    ]
    peaks = [
        {
            "x": across.coordinate(place),
            "y": up.coordinate(rows[place].dark.expected),
            "label": clipped(rows[place].page or "", PEAK_CHARACTERS) if with_paths else "",
            "anchor": "end" if across.coordinate(place) > WIDTH / 2 else "start",
        }
        for place in _peaks(rows)
    ]
    return {
        "width": WIDTH,
        "height": PERIODS_HEIGHT,
        "left": AXIS_LEFT,
        "marks": [{"at": up.coordinate(mark), "label": whole(mark)} for mark in marks(highest)],
        "ticks": ticks,
        "direct": band(points([0.0] * len(rows)), points([row.direct for row in rows])),
        "band": band(
            points([row.dark.low for row in rows]), points([row.dark.high for row in rows])
        ),
        "dark": line(points([row.dark.expected for row in rows])),
        "peaks": peaks,
        "says": _("Dark social over time, with Direct behind it. The table below has the numbers."),
    }


def _peaks(rows: Sequence[PeriodRow]) -> list[int]:
    """Return the places of the periods that are far above the mean."""
    mean = sum(row.dark.expected for row in rows) / len(rows)
    high = [place for place, row in enumerate(rows) if row.dark.low > PEAK_RATIO * mean]
    high.sort(key=lambda place: -rows[place].dark.expected)
    return sorted(high[:MAX_PEAKS])


def story_chart(story: Story) -> Chart:
    """Return a page's visits over time, stacked by kind, with the moments when it was shared."""
    steps = story.steps
    first, last = steps[0].start, steps[-1].start
    gaps = [(later.start - earlier.start).total_seconds() for earlier, later in pairwise(steps)]
    width = min(gaps, default=1.0)
    across = Scale(0, (last - first).total_seconds() / width + 1, 0, STORY_WIDTH)
    highest = max(step.booked + step.direct + step.dark for step in steps) or 1.0
    up = Scale(0, highest, STORY_HEIGHT - AXIS_BOTTOM, STORY_TOP)
    bars, shares = [], []
    for step in steps:
        place, below = (step.start - first).total_seconds() / width, 0.0
        for kind, visits in (("dark", step.dark), ("direct", step.direct), ("other", step.booked)):
            if visits > 0:
                bars.append(
                    {
                        "kind": kind,
                        "x": across.coordinate(place),
                        "y": up.coordinate(below + visits),
                        "width": max(1.0, round(across.length(1) * BAR_PROPORTION, 1)),
                        "height": up.length(visits),
                    }
                )
            below += visits
        if step.shares:
            apps = ", ".join(dict.fromkeys(step.shares))
            shares.append(
                {"x": across.coordinate(place + BAR_PROPORTION / 2), "says": clipped(apps)}
            )
    return {
        "width": STORY_WIDTH,
        "height": STORY_HEIGHT,
        "bars": bars,
        "shares": shares,
        "first": f"{first:%d %b %H:%M}",
        "last": f"{last:%d %b %H:%M}",
        "says": _("Visits of {path} over time").format(path=clipped(story.path)),
    }


def waterfall(evidence: Sequence[Evidence]) -> list[Chart]:
    """Return a bar for each of the strongest pieces of evidence of a visit."""
    shown = evidence[:SHOWN_EVIDENCE]
    furthest = max((abs(one.log_odds) for one in shown), default=1.0) or 1.0
    scale = Scale(-furthest, furthest, 0, BAR_WIDTH)
    return [
        {
            "note": clipped(one.note),
            "kind": "dark" if one.log_odds > 0 else "direct",
            "x": min(scale.coordinate(0), scale.coordinate(one.log_odds)),
            "width": scale.length(one.log_odds),
            "odds": log_odds(one.log_odds),
        }
        for one in shown
    ]
