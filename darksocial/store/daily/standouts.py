"""What of a day differs from what is usual: five rules, each with its numbers.

A chance is how probable it is to see this, or more, if nothing has changed. It is multiplied by the
number of things that the rule looked at (Bonferroni's correction: O. J. Dunn, Multiple comparisons
among means, 1961), so that a site with thousands of pages is not told of some every day.
"""

import math
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import fmean

from darksocial.lookups import apps
from darksocial.store.daily.chances import at_least, fewer, none_at_all, normal_tail
from darksocial.store.daily.stored import HOURS, Page, RunFile, Sums
from darksocial.store.daily.values import DayCounts, Standout

MOST_CHANCE = 0.01
"""What would be seen more often than once in a hundred days is no standout. Assumed."""
DAYS_BEFORE = 28
"""What is usual is a mean over four weeks, each weekday as often as any other. Assumed."""
LEAST_DAYS = 3
"""Fewer days before than these say nothing of what is usual. Assumed."""
LEAST_DARK = 5.0
TIMES_USUAL = 2.0
"""A page stands out with five dark visits or more, and twice as many as usual. Assumed."""
WARM_UP_DAYS = 7
LEAST_NEW = 5
"""A page counts as new if the first week of the days before does not have it; five new pages are
the least to say what is usual for one. Assumed."""
LEAST_OF_APP = 2.0
"""An app is named by two dark visits at least. Assumed."""
LEAST_LINES = 100
LEAST_REJECTS = 10
LEAST_FALL = 0.01
"""The parse rate has fallen if it did by one percent point or more, over 100 lines or more with ten
rejects or more. Assumed."""
Z_90 = 1.645
"""The bounds of a 90% interval stand so many standard deviations from the middle."""


def pages(store: str, day: date, before: Sequence[date], sums: Sums) -> list[Standout]:
    """Landing pages whose dark visits are far above their usual, the least probable first.

    A page that is new is held to the first days of other new pages, and if there are too few of
    these, to having had no visit. Corrected for the number of pages of the day.
    """
    seen = {page: days[day] for page, days in sums.dark.items() if days.get(day, 0.0) > 0}
    first = first_days(before, sums.dark)
    found = []
    for page, dark in seen.items():
        usual, words = _usual(sums.dark[page], before, first)
        mean = fmean(usual) if usual else 0.0
        if not usual or dark < max(LEAST_DARK, TIMES_USUAL * mean):
            continue
        chance = min(1.0, at_least(dark, usual) * len(seen))
        if chance <= MOST_CHANCE:
            found.append(_page(store, page, dark, mean, chance, words.format(_about(mean))))
    return sorted(found, key=lambda row: (row.chance, -row.seen, row.subject))


def _usual(
    days: Mapping[date, float], before: Sequence[date], first: Sequence[float]
) -> tuple[Sequence[float], str]:
    """Return the numbers that a page's day is held to, and words for their mean; no numbers where
    too few days before can tell whether the page is new."""
    if any(earlier in days for earlier in before):
        return [days.get(earlier, 0.0) for earlier in before], "usual are {} a day"
    if len(before) < WARM_UP_DAYS:
        return [], ""
    if len(first) >= LEAST_NEW:
        return first, "new pages have {} on their first day"
    return [0.0] * len(before), "the page is new"


def first_days(before: Sequence[date], dark: Mapping[Page, Mapping[date, float]]) -> list[float]:
    """Return the dark visits that pages had on the day on which they first appear.

    In the first week of `before` every page appears first, so pages of that week do not count.
    """
    if not before:
        return []
    begin = before[0] + timedelta(days=WARM_UP_DAYS)
    found = []
    for days in dark.values():
        seen = sorted(day for day in days if before[0] <= day <= before[-1])
        if seen and seen[0] >= begin:
            found.append(days[seen[0]])
    return found


def _page(store: str, page: Page, dark: float, mean: float, chance: float, usual: str) -> Standout:
    site, path = page
    subject = (site or "") + path
    told = f"{subject}: {_about(dark)} dark visits, {usual}; chance {_chance(chance)}"
    look = f"darksocial explain {shlex.quote(store)} --page {shlex.quote(path)}"
    return Standout("page", subject, dark, mean, chance, told, look)


def new_apps(store: str, day: date, before: Sequence[date], sums: Sums) -> list[Standout]:
    """Apps that are named on the day and were not on any of the days before.

    Corrected for the number of apps that darksocial knows.
    """
    found = []
    for app, days in sums.apps.items():
        named = days.get(day, 0.0)
        if named < LEAST_OF_APP or any(earlier in days for earlier in before):
            continue
        chance = min(1.0, at_least(named, [0.0] * len(before)) * len(apps.names()))
        if chance <= MOST_CHANCE:
            told = (
                f"{apps.label(app)} is new: {_about(named)} dark visits, none in the "
                f"{len(before)} days before; chance {_chance(chance)}"
            )
            look = f"darksocial explain {shlex.quote(store)} --app {shlex.quote(app)}"
            found.append(Standout("app", app, named, 0.0, chance, told, look))
    return sorted(found, key=lambda row: (-row.seen, row.subject))


def parse_rate(run: RunFile, before: Sequence[RunFile]) -> list[Standout]:
    """A fall of the share of lines that are hits, against the runs before.

    The file with the most rejects is named. One comparison, so no correction.
    """
    now, usual = _parsed(run), [_parsed(earlier) for earlier in before]
    hits, lines = now
    hits_before, lines_before = sum(hits for hits, _ in usual), sum(lines for _, lines in usual)
    if min(lines, lines_before) < LEAST_LINES or lines - hits < LEAST_REJECTS:
        return []
    rate, rate_before = hits / lines, hits_before / lines_before
    chance = fewer(hits, lines, hits_before, lines_before)
    if rate_before - rate < LEAST_FALL or chance > MOST_CHANCE:
        return []
    worst = max(run.inputs, key=lambda row: (row["rejects"], row["file"]))["file"]
    told = (
        f"{rate:.1%} of the lines could be read, usual are {rate_before:.1%}; most rejects in "
        f"{worst}; chance {_chance(chance)}"
    )
    look = f"darksocial formats {shlex.quote(worst)}"
    return [Standout("parse", worst, rate, rate_before, chance, told, look)]


def _parsed(run: RunFile) -> tuple[int, int]:
    read = run.read
    return read.hits, read.hits + read.rejects


def silent_hours(store: str, day: date, before: Sequence[date], sums: Sums) -> list[Standout]:
    """Stretches of hours in which no visit began, though some do on other days.

    Corrected for the 24 hours of a day. Only for days that are over.
    """
    found = []
    for start, end in _stretches([count == 0 for count in sums.hours[day]]):
        usual = [math.fsum(sums.hours[earlier][start:end]) for earlier in before]
        chance = min(1.0, none_at_all(usual) * HOURS)
        if chance <= MOST_CHANCE:
            subject = f"{start:02}:00 to {end:02}:00 UTC"
            told = (
                f"no visit began from {subject}, usual are {_about(fmean(usual))}; chance "
                f"{_chance(chance)}"
            )
            look = f"darksocial store verify {shlex.quote(store)}"
            found.append(Standout("hours", subject, 0.0, fmean(usual), chance, told, look))
    return found


def _stretches(silent: Sequence[bool]) -> list[tuple[int, int]]:
    """The stretches of hours that are silent, as the first hour and the one behind the last."""
    bounds = [hour for hour in range(HOURS + 1) if _at(silent, hour) != _at(silent, hour - 1)]
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def _at(silent: Sequence[bool], hour: int) -> bool:
    return 0 <= hour < HOURS and silent[hour]


def total(store: str, day: date, now: DayCounts, week_before: DayCounts | None) -> list[Standout]:
    """Dark social in all, where its interval and that of the same weekday before do not overlap.

    The chance is that of a normal difference, both ways. Base rates that are wrong are wrong on
    both days, and the intervals allow for that, so the chance is rather too high.
    """
    if week_before is None or not (
        now.dark_low > week_before.dark_high or now.dark_high < week_before.dark_low
    ):
        return []
    error = math.hypot(_deviation(now), _deviation(week_before))
    change = now.dark - week_before.dark
    chance = 2 * normal_tail(abs(change) / error) if error else 0.0
    weekday = f"{day:%A}"
    told = (
        f"{_about(now.dark)} dark visits in all ({_about(now.dark_low)} to "
        f"{_about(now.dark_high)}), {_about(week_before.dark)} ({_about(week_before.dark_low)} to "
        f"{_about(week_before.dark_high)}) on {weekday} a week before; chance {_chance(chance)}"
    )
    look = f"darksocial explain {shlex.quote(store)} --top 5"
    return [Standout("total", "all", now.dark, week_before.dark, chance, told, look)]


def _deviation(counts: DayCounts) -> float:
    return (counts.dark_high - counts.dark_low) / (2 * Z_90)


def _about(value: float) -> str:
    return f"{value:.1f}" if 0 < value < 10 else f"{value:,.0f}"


LEAST_TOLD = 1e-6


def _chance(value: float) -> str:
    """A chance as people say it: 1 in so many."""
    return "below 1 in a million" if value < LEAST_TOLD else f"1 in {_rounded(1 / value):,}"


def _rounded(value: float) -> int:
    """Two digits: more would claim what the rules cannot know."""
    digits = int(10 ** max(0, int(math.log10(value)) - 1))
    return round(value / digits) * digits
