"""The rows that the terminal and Markdown show alike of a day: names and numbers as text."""

from collections.abc import Callable, Iterator

from darksocial.outputs.drawing import about, change
from darksocial.store.daily import DayCounts, DayReport

Row = tuple[str, str, str, str]


def headline(report: DayReport) -> str:
    """The one sentence of the report."""
    counts = report.counts
    if not counts.sessions:
        return f"{report.day}: no visit of a person was found."
    if counts.direct_share is None:
        return f"{report.day}: no visit was booked as Direct."
    return (
        f"{report.day}: about {about(counts.direct_dark)} of {counts.direct:,.0f} visits booked as "
        f"Direct ({counts.direct_share:.0%}) came from a link that somebody passed on in private."
    )


def count_rows(report: DayReport) -> Iterator[Row]:
    """Each count with its value on the day, a week before, and the change."""
    now, earlier = report.counts, report.earlier
    whole: dict[str, Callable[[DayCounts], float | None]] = {
        "sessions": lambda counts: counts.sessions,
        "visitors": lambda counts: counts.visitors,
        "page views": lambda counts: counts.pageviews,
        "booked as Direct": lambda counts: counts.direct,
        "conversions": lambda counts: counts.conversions,
        "revenue": lambda counts: counts.revenue,
    }
    for name, value in whole.items():
        today, before = value(now), value(earlier) if earlier else None
        if today is not None or before is not None:
            yield name, _whole(today), _whole(before), difference(today, before)
    dark_before = earlier.dark if earlier else None
    yield "dark social", about(now.dark), expected(dark_before), difference(now.dark, dark_before)
    yield "90% interval", _interval(now), _interval(earlier) if earlier else "", ""


def expected(value: float | None) -> str:
    """An expected number, or nothing where there is none."""
    return "" if value is None else about(value)


def difference(now: float | None, before: float | None) -> str:
    """The change from a week before, or nothing where one of both is not known."""
    return "" if now is None or before is None else change(now - before)


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _interval(counts: DayCounts) -> str:
    return f"{about(counts.dark_low)} to {about(counts.dark_high)}"
