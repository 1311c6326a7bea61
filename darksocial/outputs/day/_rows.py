"""The rows that the terminal and Markdown show alike of a day: names and numbers as text."""

from collections.abc import Callable, Iterator

from darksocial.language import gettext as _
from darksocial.report.numbers import between, change, estimate, is_none, range_of, whole
from darksocial.report.words import (
    dark_of_direct,
    hides_count,
    what_hides_count,
    what_widens_range,
)
from darksocial.store.daily import DayChannel, DayCounts, DayReport

Row = tuple[str, str, str, str]


def headline(report: DayReport) -> str:
    """Return the result in a sentence or two."""
    counts = report.counts
    if hides_count(report.cannot_tell):
        bounds = between(counts.direct_low, counts.direct_high)
        lacking = what_hides_count(report.cannot_tell, **bounds)
        return _("{day}: {sentence}").format(day=report.day, sentence=lacking)
    if not counts.sessions:
        return _("{day}: there were no visits by people.").format(day=report.day)
    if counts.direct_share is None:
        return _("{day}: no visit was booked as Direct.").format(day=report.day)
    result = dark_of_direct(
        counts.direct, counts.direct_dark, counts.direct_low, counts.direct_high
    )
    sentence = _("{day}: {result}").format(day=report.day, result=result)
    return " ".join(filter(None, [sentence, what_widens_range(report.cannot_tell)]))


def count_rows(report: DayReport) -> Iterator[Row]:
    """Yield each count with its value on the day, a week before, and the change."""
    now, earlier = report.counts, report.earlier
    counts: dict[str, Callable[[DayCounts], float | None]] = {
        _("visits"): lambda counts: counts.sessions,
        _("visitors"): lambda counts: counts.visitors,
        _("page views"): lambda counts: counts.pageviews,
        _("booked as Direct"): lambda counts: counts.direct,
        _("conversions"): lambda counts: counts.conversions,
        _("revenue"): lambda counts: counts.revenue,
    }
    for name, value in counts.items():
        today, before = value(now), value(earlier) if earlier else None
        if today is not None or before is not None:
            yield name, _whole(today), _whole(before), difference(today, before)
    dark_before = earlier.dark if earlier else None
    yield (
        _("dark social"),
        estimate(now.dark),
        expected(dark_before),
        difference(now.dark, dark_before),
    )
    yield _("90% interval"), _interval(now), _interval(earlier) if earlier else "", ""


def expected(value: float | None) -> str:
    """Return an expected number, or nothing where there is none."""
    return "" if value is None else estimate(value)


def difference(now: float | None, before: float | None) -> str:
    """Return the change from a week before, or nothing where one of both is not known."""
    return "" if now is None or before is None else change(now - before)


def moved_range(row: DayChannel) -> str:
    """Return the interval of a channel that the evidence moves, or nothing."""
    if row.low is None or row.high is None or is_none(abs(row.after - row.before)):
        return ""
    return range_of(row.low, row.high)


def _whole(value: float | None) -> str:
    return "" if value is None else whole(value)


def _interval(counts: DayCounts) -> str:
    return range_of(counts.dark_low, counts.dark_high)
