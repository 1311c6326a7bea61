"""Find what is unusual on a day: five rules, each with its numbers.

A chance is the probability of this number, or a more extreme one, if nothing has changed. It is
multiplied by the number of things that the rule compared (Bonferroni's correction: O. J. Dunn,
Multiple comparisons among means, 1961), so that a site with thousands of pages does not get a
standout every day.
"""

import math
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import fmean

from darksocial.language import gettext as _
from darksocial.lookups import apps
from darksocial.model.intervals import Z_90
from darksocial.report.numbers import about, percent, significant
from darksocial.store.daily.chances import at_least, fewer, none_at_all, normal_tail
from darksocial.store.daily.stored import HOURS, Page, RunFile, Sums
from darksocial.store.daily.values import DayCounts, Standout

MAX_CHANCE = 0.01
"""What happens by chance on more than one day in a hundred is no standout. Assumed."""
USUAL_DAYS = 28
"""What is usual is a mean over four weeks, so that each weekday counts equally. Assumed."""
MIN_DAYS = 3
"""Fewer days before do not show what is usual. Assumed."""
MIN_DARK_VISITS = 5.0
MIN_TIMES_USUAL = 2.0
"""A page is a standout with five dark visits or more, and twice the usual number. Assumed."""
WARM_UP_DAYS = 7
MIN_NEW_PAGES = 5
"""A page is new if it does not appear in the first week of the days before. At least five new pages
are needed to say what is usual for one. Assumed."""
MIN_DARK_VISITS_OF_APP = 2.0
"""A new app is a standout with two dark visits or more. Assumed."""
MIN_LINES = 100
MIN_REJECTS = 10
MIN_FALL = 0.01
"""A fall of the parse rate is a standout if it is one percentage point or more, over 100 lines or
more with ten rejects or more. Assumed."""
MIN_CHANCE_SHOWN = 1e-6
CHANCE_DIGITS = 2
"""The rules are not more precise. Assumed."""


def pages(store: str, day: date, before: Sequence[date], sums: Sums) -> list[Standout]:
    """Return landing pages with far more dark visits than usual, the least probable first.

    A new page is compared with the first days of other new pages or, if there are too few of
    these, with no visits. Corrected for the number of pages of the day.
    """
    dark_of_day = {page: days[day] for page, days in sums.dark.items() if days.get(day, 0.0) > 0}
    first = first_days(before, sums.dark)
    standouts = []
    for page, dark in dark_of_day.items():
        usual, sentence = _usual(sums.dark[page], before, first)
        mean = fmean(usual) if usual else 0.0
        if not usual or dark < max(MIN_DARK_VISITS, MIN_TIMES_USUAL * mean):
            continue
        chance = min(1.0, at_least(dark, usual) * len(dark_of_day))
        if chance <= MAX_CHANCE:
            standouts.append(_page(store, page, dark, mean, chance, sentence))
    return sorted(standouts, key=lambda row: (row.chance, -row.seen, row.subject))


def _usual(
    days: Mapping[date, float], before: Sequence[date], first: Sequence[float]
) -> tuple[Sequence[float], str]:
    """Return the numbers with which a page's day is compared, and the sentence for a standout; no
    numbers if too few days before show whether the page is new."""
    if any(earlier in days for earlier in before):
        return [days.get(earlier, 0.0) for earlier in before], _(
            "{page}: {dark} dark visits, usual are {usual} a day; chance {chance}"
        )
    if len(before) < WARM_UP_DAYS:
        return [], ""
    if len(first) >= MIN_NEW_PAGES:
        return first, _(
            "{page}: {dark} dark visits, new pages have {usual} on their first day; chance {chance}"
        )
    return [0.0] * len(before), _("{page}: {dark} dark visits, the page is new; chance {chance}")


def first_days(before: Sequence[date], dark: Mapping[Page, Mapping[date, float]]) -> list[float]:
    """Return the dark visits of pages on the first day on which they appear.

    Pages of the first week of `before` are left out: they may have appeared earlier.
    """
    if not before:
        return []
    begin = before[0] + timedelta(days=WARM_UP_DAYS)
    numbers = []
    for days in dark.values():
        days_with_visits = sorted(day for day in days if before[0] <= day <= before[-1])
        if days_with_visits and days_with_visits[0] >= begin:
            numbers.append(days[days_with_visits[0]])
    return numbers


def _page(
    store: str, page: Page, dark: float, mean: float, chance: float, sentence: str
) -> Standout:
    site, path = page
    subject = (site or "") + path
    text = sentence.format(
        page=subject, dark=about(dark), usual=about(mean), chance=_chance(chance)
    )
    look = f"darksocial explain {shlex.quote(store)} --page {shlex.quote(path)}"
    return Standout("page", subject, dark, mean, chance, text, look)


def new_apps(store: str, day: date, before: Sequence[date], sums: Sums) -> list[Standout]:
    """Return apps that have visits on the day and had none on the days before.

    Corrected for the number of apps that darksocial knows.
    """
    standouts = []
    for app, days in sums.apps.items():
        dark = days.get(day, 0.0)
        if dark < MIN_DARK_VISITS_OF_APP or any(earlier in days for earlier in before):
            continue
        chance = min(1.0, at_least(dark, [0.0] * len(before)) * len(apps.names()))
        if chance <= MAX_CHANCE:
            text = _(
                "{app} is new: {dark} dark visits, none in the {n} days before; chance {chance}"
            ).format(app=apps.label(app), dark=about(dark), n=len(before), chance=_chance(chance))
            look = f"darksocial explain {shlex.quote(store)} --app {shlex.quote(app)}"
            standouts.append(Standout("app", app, dark, 0.0, chance, text, look))
    return sorted(standouts, key=lambda row: (-row.seen, row.subject))


def parse_rate(run: RunFile, before: Sequence[RunFile]) -> list[Standout]:
    """Return a fall of the proportion of lines that are hits, compared with the runs before.

    Its subject is the file with the most rejects. One comparison, so no correction.
    """
    now, usual = _parsed(run), [_parsed(earlier) for earlier in before]
    hits, lines = now
    hits_before, lines_before = sum(hits for hits, _ in usual), sum(lines for _, lines in usual)
    if min(lines, lines_before) < MIN_LINES or lines - hits < MIN_REJECTS:
        return []
    rate, rate_before = hits / lines, hits_before / lines_before
    chance = fewer(hits, lines, hits_before, lines_before)
    if rate_before - rate < MIN_FALL or chance > MAX_CHANCE:
        return []
    worst = max(run.inputs, key=lambda row: (row["rejects"], row["file"]))["file"]
    text = _(
        "{rate} of the lines could be read, usual are {usual}; most rejects in {file}; "
        "chance {chance}"
    ).format(rate=percent(rate), usual=percent(rate_before), file=worst, chance=_chance(chance))
    look = f"darksocial formats {shlex.quote(worst)}"
    return [Standout("parse", worst, rate, rate_before, chance, text, look)]


def _parsed(run: RunFile) -> tuple[int, int]:
    read = run.read
    return read.hits, read.hits + read.rejects


def silent_hours(store: str, day: date, before: Sequence[date], sums: Sums) -> list[Standout]:
    """Return periods of hours in which no visit began, although some do on other days.

    Corrected for the 24 hours of a day. Only for days that are over.
    """
    standouts = []
    for start, end in _periods([count == 0 for count in sums.hours[day]]):
        usual = [math.fsum(sums.hours[earlier][start:end]) for earlier in before]
        chance = min(1.0, none_at_all(usual) * HOURS)
        if chance <= MAX_CHANCE:
            subject = _("{start:02}:00 to {end:02}:00 UTC").format(start=start, end=end)
            text = _("no visit began from {hours}, usual are {usual}; chance {chance}").format(
                hours=subject, usual=about(fmean(usual)), chance=_chance(chance)
            )
            look = f"darksocial store verify {shlex.quote(store)}"
            standouts.append(Standout("hours", subject, 0.0, fmean(usual), chance, text, look))
    return standouts


def _periods(silent: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the periods of silent hours, as the first hour and the one after the last."""
    bounds = [
        hour
        for hour in range(HOURS + 1)
        if _is_silent(silent, hour) != _is_silent(silent, hour - 1)
    ]
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def _is_silent(silent: Sequence[bool], hour: int) -> bool:
    return 0 <= hour < HOURS and silent[hour]


def total(store: str, day: date, now: DayCounts, week_before: DayCounts | None) -> list[Standout]:
    """Return the total of dark social, if its interval and that of a week earlier do not overlap.

    The chance is the two-sided one of a normal difference. Wrong base rates are wrong on both days,
    and the intervals allow for that, so the chance is too high rather than too low.
    """
    if week_before is None or not (
        now.dark_low > week_before.dark_high or now.dark_high < week_before.dark_low
    ):
        return []
    error = math.hypot(_deviation(now), _deviation(week_before))
    change = now.dark - week_before.dark
    chance = 2 * normal_tail(abs(change) / error) if error else 0.0
    text = _(
        "{dark} dark visits in all ({low} to {high}), {dark_before} ({low_before} to "
        "{high_before}) on {weekday} a week before; chance {chance}"
    ).format(
        dark=about(now.dark),
        low=about(now.dark_low),
        high=about(now.dark_high),
        dark_before=about(week_before.dark),
        low_before=about(week_before.dark_low),
        high_before=about(week_before.dark_high),
        weekday=f"{day:%A}",
        chance=_chance(chance),
    )
    look = f"darksocial explain {shlex.quote(store)} --top 5"
    return [Standout("total", "all", now.dark, week_before.dark, chance, text, look)]


def _deviation(counts: DayCounts) -> float:
    return (counts.dark_high - counts.dark_low) / (2 * Z_90)


def _chance(value: float) -> str:
    """Return a chance as a text, such as `1 in 250`."""
    if value < MIN_CHANCE_SHOWN:
        return _("below 1 in a million")
    return _("1 in {n:,}").format(n=significant(1 / value, CHANCE_DIGITS))
