"""A run beside an earlier one: what differs, and whether that is noise.

`darksocial check INPUT... --baseline summary.json` compares the summary of this run with one that
`darksocial analyze` wrote. Everything is compared as a share, so the runs may differ in length. A
difference is a change, and fails, where it is larger than `tolerance` (relative to the earlier
share) *and* chance does not explain it:

| measure | what is compared | test |
| --- | --- | --- |
| `sessions` | sessions a day | two Poisson rates, conditional on their sum |
| `channel` | sessions booked in a channel, of all sessions | two proportions |
| `dark_social` | dark social, of the sessions booked as Direct | the report's intervals |
| `app` | visits expected through an app, of all sessions | two proportions, in clumps |
| `page` | sessions on a landing page that both summaries list, of all | two proportions |
| `rejects` | rejected lines, of all lines but blanks | none: tolerance 2, a warning |
| `bots` | hits of bots, of all hits | none: tolerance 2, a warning |

*Two proportions* x/n and y/m: z = (x/n - y/m) / sqrt(p (1-p) (1/n + 1/m)) with p = (x+y)/(n+m)
(NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3). *Two rates* x in s days and y in t days:
given x + y, x is binomial with the share s/(s+t) (Przyborowski and Wilenski, Biometrika 31, 1940),
here by its normal approximation. *The report's intervals*: z is the difference by the root of the
sum of squares of both standard deviations, a 90% interval being 3.29 of them wide; what is
uncertain in the same way in both runs counts twice, so this test is slow to tell. The chance of a
z is two-sided, from the normal distribution. Below five expected cases it is too rough, and nothing
is told. Sessions are taken as independent, but for those *in clumps*: a share brings several visits
at once, so their variance is taken as four times that of single ones (a design effect; assumed, and
held against the eighths of a simulated log of 100,000 visits). One bot or one scanner makes
thousands of hits, and no test is honest about those: their tolerance alone decides, and is wide. As
many differences are looked at, each has to be less probable than `chance` divided by their number
(Bonferroni).

Each difference has a verdict: `same`, `noise` (chance explains it), `too few to tell`, `tolerated`
(chance does not explain it, and it is small), or `a change`. Where a change is meant, the summary
of this run is the new baseline.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from darksocial.checks import ERROR, NUMBER, OFF, SHARE, WARNING, Parameter
from darksocial.errors import InputError
from darksocial.report.words import percent

BASELINE = "baseline"
MEASURES = ("sessions", "channel", "dark_social", "app", "page", "rejects", "bots")
TOLERANCE, CHANCE = 0.25, 0.01
PARAMETERS = (
    Parameter("tolerance", NUMBER, TOLERANCE, "relative difference that is allowed in any case"),
    Parameter("chance", SHARE, CHANCE, "probability of telling anything where nothing has changed"),
)
SAME, NOISE, FEW, TOLERATED, CHANGED = "same", "noise", "too few to tell", "tolerated", "a change"
LEAST_CASES = 5
CLUMPED = {"app": 4.0}
"""How many times larger than that of independent visits the variance of a measure is."""
UNTESTED = ("rejects", "bots")
WIDTH_90 = 2 * 1.645
DAY_SECONDS = 86400


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a measure may differ, how improbable that has to be, and what follows."""

    tolerance: float = TOLERANCE
    chance: float = CHANCE
    level: str = ERROR

    def changed(self, values: Mapping[str, float | None], level: str = "") -> "Tolerance":
        """The same with other values."""
        told = {name: value for name, value in values.items() if value is not None}
        return replace(self, **told, level=level or self.level)


OWN_DEFAULTS = {"rejects": Tolerance(2.0, level=WARNING), "bots": Tolerance(2.0, level=WARNING)}
"""Measures whose defaults are not those of `[baseline]`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in both runs: its value, the chance of so large a difference, and the verdict.

    `chance` is null where there are too few cases to tell, and where there is no honest test.
    Values are shares of 1, or sessions a day for the measure `sessions`.
    """

    measure: str
    name: str
    before: float
    now: float
    chance: float | None
    verdict: str
    tolerance: float
    level: str

    @property
    def relative(self) -> float:
        """The difference relative to the earlier value."""
        if self.before:
            return (self.now - self.before) / self.before
        return math.inf if self.now else 0.0

    def words(self, value: float) -> str:
        """A value as a person reads it."""
        return f"{value:,.1f} a day" if self.measure == "sessions" else percent(value)


@dataclass(frozen=True, slots=True)
class _Measured:
    """One measure of one run: `count` cases of `base`, or a share with its standard deviation."""

    count: float
    base: float
    deviation: float | None = None

    @property
    def value(self) -> float:
        return self.count / self.base if self.base else 0.0


Measures = Mapping[tuple[str, str], _Measured]


def differences(
    earlier: Mapping[str, Any], now: Mapping[str, Any], tolerances: Mapping[str, Tolerance]
) -> tuple[Difference, ...]:
    """Compare two summaries. Raises InputError where the earlier one is none."""
    try:
        before = dict(_measured(earlier))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"the baseline is no summary of darksocial: {type(error).__name__} {error}",
            expected="the summary.json that `darksocial analyze` writes",
        ) from error
    pairs = list(_paired(before, dict(_measured(now)), tolerances))
    return tuple(_difference(key, a, b, tolerances[key[0]], len(pairs)) for key, a, b in pairs)


def _measured(summary: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], _Measured]]:
    sessions, dark = float(summary["sessions"]), summary["dark_social"]
    yield ("sessions", "a day"), _Measured(sessions, _days(summary))
    for row in summary["channels"]:
        if row["before"]:
            yield ("channel", row["channel"]), _Measured(row["before"], sessions)
    if dark["share_of_direct"] is not None:
        spread = (dark["direct_high"] - dark["direct_low"]) / WIDTH_90 / dark["direct_sessions"]
        of_direct = _Measured(dark["direct_expected"], dark["direct_sessions"], spread)
        yield ("dark_social", "of Direct"), of_direct
    for row in dark["apps"]:
        yield ("app", row["label"]), _Measured(row["expected"], sessions)
    for row in summary["pages"]:
        yield ("page", (row["site"] or "") + row["path"]), _Measured(row["sessions"], sessions)
    hits = sum(file["hits"] for file in summary["inputs"])
    rejects = sum(file["rejects"] for file in summary["inputs"])
    yield ("rejects", "of lines"), _Measured(rejects, rejects + hits)
    yield ("bots", "of hits"), _Measured(sum(row["count"] for row in summary["bots"]), hits)


def _days(summary: Mapping[str, Any]) -> float:
    if not summary["started_at"]:
        return 1.0
    times = (datetime.fromisoformat(summary[name]) for name in ("started_at", "ended_at"))
    start, end = times
    return max((end - start).total_seconds(), 1.0) / DAY_SECONDS


def _paired(
    before: Measures, now: Measures, tolerances: Mapping[str, Tolerance]
) -> Iterator[tuple[tuple[str, str], _Measured, _Measured]]:
    """Measures of both runs; what only one of them has is none in the other.

    Of pages, summaries list the top alone: one that is missing is not known. The share of dark
    social needs Direct sessions in both.
    """
    nothing = {"channel": "sessions", "app": "sessions"}
    for key in sorted({*before, *now}, key=lambda k: (MEASURES.index(k[0]), k[1])):
        a, b = before.get(key), now.get(key)
        if tolerances[key[0]].level == OFF or (key[0] not in nothing and not (a and b)):
            continue
        yield key, a or _none(before), b or _none(now)


def _none(run: Measures) -> _Measured:
    return _Measured(0.0, run["sessions", "a day"].count)


def _difference(
    key: tuple[str, str], before: _Measured, now: _Measured, allowed: Tolerance, looked_at: int
) -> Difference:
    chance = _chance(key[0], before, now)
    found = Difference(
        *key, before.value, now.value, chance, SAME, allowed.tolerance, allowed.level
    )
    large = abs(found.relative) > allowed.tolerance
    if before.value == now.value:
        return found
    if key[0] in UNTESTED and not _too_few(before, now):
        return replace(found, verdict=CHANGED if large else TOLERATED)
    if chance is None:
        return replace(found, verdict=FEW)
    if chance >= allowed.chance / looked_at:
        return replace(found, verdict=NOISE)
    return replace(found, verdict=CHANGED if large else TOLERATED)


def _chance(measure: str, a: _Measured, b: _Measured) -> float | None:
    """The probability of a difference at least this large where nothing has changed."""
    if measure in UNTESTED:
        return None
    if a.deviation is not None and b.deviation is not None:
        return _two_sided(a.value - b.value, math.hypot(a.deviation, b.deviation))
    if measure == "sessions":
        total, share = a.count + b.count, a.base / (a.base + b.base)
        return _normal(a.count, total, share)
    return _proportions(a, b, CLUMPED.get(measure, 1.0))


def _normal(count: float, total: float, share: float) -> float | None:
    if total * min(share, 1 - share) < LEAST_CASES:
        return None
    return _two_sided(count - total * share, math.sqrt(total * share * (1 - share)))


def _proportions(a: _Measured, b: _Measured, clump: float) -> float | None:
    if _too_few(a, b):
        return None
    pooled = (a.count + b.count) / (a.base + b.base)
    spread = math.sqrt(clump * pooled * (1 - pooled) * (1 / a.base + 1 / b.base))
    return _two_sided(a.value - b.value, spread)


def _too_few(a: _Measured, b: _Measured) -> bool:
    """Whether fewer than five cases, or cases of the contrary, are expected in one of the runs."""
    if not (a.base and b.base):
        return True
    pooled = (a.count + b.count) / (a.base + b.base)
    return min(a.base, b.base) * min(pooled, 1 - pooled) < LEAST_CASES


def _two_sided(difference: float, deviation: float) -> float:
    if not deviation:
        return 0.0 if difference else 1.0
    return math.erfc(abs(difference) / deviation / math.sqrt(2))


def told(found: Sequence[Difference]) -> str:
    """How many differences there are, by verdict."""
    verdicts = (SAME, NOISE, FEW, TOLERATED, CHANGED)
    counts = {verdict: sum(d.verdict == verdict for d in found) for verdict in verdicts}
    return ", ".join(f"{n:,} {verdict}" for verdict, n in counts.items() if n)
