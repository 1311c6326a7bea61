"""A run compared with an earlier one: what differs, and whether that is noise.

`darksocial check INPUT... --baseline summary.json` compares the summary of this run with one that
`darksocial analyze` wrote. Everything is compared as a proportion, so the runs may differ in
length. A baseline is refused if its schema version is one whose visits were judged by other rules,
or if its channels were counted with another `--before`. A difference is a change, and fails, where
it is larger than `tolerance` (relative to the earlier proportion) *and* chance does not explain it:

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
given x + y, x is binomial with the proportion s/(s+t) (Przyborowski and Wilenski, Biometrika 31,
1940), here by its normal approximation. *The report's intervals*: z is the difference divided by
the root of the sum of squares of both standard deviations, a 90% interval being 3.29 of them wide.
What is uncertain in the same way in both runs counts twice, so this test is slow to find a change.
The chance of a z is two-sided, from the normal distribution. Below five expected cases it is too
rough, and no verdict is given. Sessions are taken as independent, but for those *in clumps*: a
share brings several visits at once, so their variance is taken as four times that of single ones (a
design effect; assumed, and compared with the eighths of a simulated log of 100,000 visits). One bot
or one scanner makes thousands of hits, for which no test is sound: for these the tolerance alone
decides, and is wide. As many differences are compared, each has to be less probable than `chance`
divided by their number (Bonferroni).

Each difference has a verdict: `same`, `noise` (chance explains it), `too few cases`, `tolerated`
(chance does not explain it, and it is small), or `a change`. Where a change is intended, the
summary of this run is the new baseline.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from darksocial.checks import ERROR, NUMBER, OFF, SHARE, WARNING, Parameter
from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.model.intervals import Z_90
from darksocial.report.before import AS_ARRIVED
from darksocial.report.numbers import estimate, percent
from darksocial.schema import JUDGING_VERSION

BASELINE = "baseline"
MEASURES = ("sessions", "channel", "dark_social", "app", "page", "rejects", "bots")
DEFAULT_TOLERANCE, DEFAULT_CHANCE = 0.25, 0.01
PARAMETERS = (
    Parameter(
        "tolerance", NUMBER, DEFAULT_TOLERANCE, _("relative difference that is always allowed")
    ),
    Parameter(
        "chance", SHARE, DEFAULT_CHANCE, _("probability of a report where nothing has changed")
    ),
)
UNCHANGED, NOISE, TOO_FEW, TOLERATED, CHANGED = (
    "same",
    "noise",
    "too few cases",
    "tolerated",
    "a change",
)
VERDICTS = (UNCHANGED, NOISE, TOO_FEW, TOLERATED, CHANGED)
MIN_EXPECTED_CASES = 5
"""With fewer the normal approximation is too rough: the textbook's rule."""
VARIANCE_FACTORS = {"app": 4.0}
"""How many times larger than that of independent visits the variance of a measure is."""
MEASURES_WITHOUT_TEST = ("rejects", "bots")
INTERVAL_DEVIATIONS = 2 * Z_90
"""The width of a 90% interval in standard deviations."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a measure may differ, how improbable that has to be, and what follows."""

    tolerance: float = DEFAULT_TOLERANCE
    chance: float = DEFAULT_CHANCE
    level: str = ERROR

    def changed(self, values: Mapping[str, float | None], level: str = "") -> "Tolerance":
        """Return the same with other values."""
        numbers = {name: value for name, value in values.items() if value is not None}
        return replace(self, **numbers, level=level or self.level)


DEFAULTS_BY_MEASURE = {
    "rejects": Tolerance(2.0, level=WARNING),
    "bots": Tolerance(2.0, level=WARNING),
}
"""Measures whose defaults are not those of `[baseline]`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in both runs: its value, the chance of so large a difference, and the verdict.

    `chance` is null where there are too few cases, and where there is no sound test. Values are
    proportions, or sessions a day for the measure `sessions`.
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
        """Return the difference relative to the earlier value."""
        if self.before:
            return (self.now - self.before) / self.before
        return math.inf if self.now else 0.0

    def words(self, value: float) -> str:
        """Return a value of the measure in words."""
        if self.measure == "sessions":
            return _("{sessions} a day").format(sessions=estimate(value))
        return percent(value)


@dataclass(frozen=True, slots=True)
class _Measured:
    """One measure of one run: `count` cases of `base`, or a proportion with its deviation."""

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
    """Compare two summaries. Raises InputError where the earlier one is none, or its numbers were
    made by other rules."""
    try:
        before = dict(_measured(earlier))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            _("The baseline is not a summary of darksocial ({error}).").format(
                error=f"{type(error).__name__} {error}"
            ),
            expected=_("the summary.json that `darksocial analyze` writes"),
        ) from error
    _check_rules(earlier, now)
    pairs = list(_paired(before, dict(_measured(now)), tolerances))
    return tuple(_difference(key, a, b, tolerances[key[0]], len(pairs)) for key, a, b in pairs)


def _check_rules(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise InputError where the visits of two summaries were judged or counted by other rules."""
    version = earlier.get("schema_version", 1)
    if not JUDGING_VERSION <= version <= now["schema_version"]:
        raise InputError(
            _(
                "The baseline is of schema version {version}, and this run of version {current}: "
                "its visits were judged by other rules."
            ).format(version=version, current=now["schema_version"]),
            expected=_("a baseline of this version"),
            advice=_("analyse the baseline's logs again, and keep the new summary.json"),
        )
    readings = [_reading(summary) for summary in (earlier, now)]
    if readings[0] != readings[1]:
        raise InputError(
            _(
                "The channels of the baseline were counted with --before {earlier}, and those of "
                "this run with {now}."
            ).format(earlier=readings[0], now=readings[1]),
            expected=_("a baseline that was counted in the same way"),
            advice=_("analyse the baseline's logs again, and keep the new summary.json"),
        )


def _reading(summary: Mapping[str, Any]) -> str:
    """Return how a summary counts visits booked as Direct; earlier versions knew one way."""
    return str(summary["before"]["reading"]) if "before" in summary else AS_ARRIVED


def _measured(summary: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], _Measured]]:
    sessions, dark = float(summary["sessions"]), summary["dark_social"]
    yield ("sessions", "a day"), _Measured(sessions, _days(summary))
    for row in summary["channels"]:
        if row["before"]:
            yield ("channel", row["channel"]), _Measured(row["before"], sessions)
    if dark["share_of_direct"] is not None:
        spread = (
            (dark["direct_high"] - dark["direct_low"])
            / INTERVAL_DEVIATIONS
            / dark["direct_sessions"]
        )
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
    return max(end - start, timedelta(seconds=1)) / timedelta(days=1)


def _paired(
    before: Measures, now: Measures, tolerances: Mapping[str, Tolerance]
) -> Iterator[tuple[tuple[str, str], _Measured, _Measured]]:
    """Yield the measures of both runs; what only one of them has counts as 0 in the other.

    Summaries list only the top pages, so a missing page is not 0 and is left out. The proportion of
    dark social needs Direct sessions in both.
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
    difference = Difference(
        *key, before.value, now.value, chance, UNCHANGED, allowed.tolerance, allowed.level
    )
    large = abs(difference.relative) > allowed.tolerance
    if before.value == now.value:
        return difference
    if key[0] in MEASURES_WITHOUT_TEST and not _too_few(before, now):
        return replace(difference, verdict=CHANGED if large else TOLERATED)
    if chance is None:
        return replace(difference, verdict=TOO_FEW)
    if chance >= allowed.chance / looked_at:
        return replace(difference, verdict=NOISE)
    return replace(difference, verdict=CHANGED if large else TOLERATED)


def _chance(measure: str, a: _Measured, b: _Measured) -> float | None:
    """Return the probability of a difference at least this large where nothing has changed."""
    if measure in MEASURES_WITHOUT_TEST:
        return None
    if a.deviation is not None and b.deviation is not None:
        return _two_sided(a.value - b.value, math.hypot(a.deviation, b.deviation))
    if measure == "sessions":
        total, share = a.count + b.count, a.base / (a.base + b.base)
        return _normal(a.count, total, share)
    return _proportions(a, b, VARIANCE_FACTORS.get(measure, 1.0))


def _normal(count: float, total: float, share: float) -> float | None:
    if total * min(share, 1 - share) < MIN_EXPECTED_CASES:
        return None
    return _two_sided(count - total * share, math.sqrt(total * share * (1 - share)))


def _proportions(a: _Measured, b: _Measured, clump: float) -> float | None:
    if _too_few(a, b):
        return None
    pooled = (a.count + b.count) / (a.base + b.base)
    spread = math.sqrt(clump * pooled * (1 - pooled) * (1 / a.base + 1 / b.base))
    return _two_sided(a.value - b.value, spread)


def _too_few(a: _Measured, b: _Measured) -> bool:
    """Return whether too few cases, or cases of the contrary, are expected in one of the runs."""
    if not (a.base and b.base):
        return True
    pooled = (a.count + b.count) / (a.base + b.base)
    return min(a.base, b.base) * min(pooled, 1 - pooled) < MIN_EXPECTED_CASES


def _two_sided(difference: float, deviation: float) -> float:
    if not deviation:
        return 0.0 if difference else 1.0
    return math.erfc(abs(difference) / deviation / math.sqrt(2))


def verdict_counts(differences: Sequence[Difference]) -> Mapping[str, int]:
    """Return how many differences have each verdict; verdicts of none are left out."""
    counts = {verdict: sum(d.verdict == verdict for d in differences) for verdict in VERDICTS}
    return {verdict: count for verdict, count in counts.items() if count}
