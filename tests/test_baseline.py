"""Two runs beside each other: what is a change, and what is noise."""

import copy
import json
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import darksocial
from darksocial.checking.baseline import (
    CHANGED,
    DEFAULTS_BY_MEASURE,
    MEASURES,
    NOISE,
    TOLERATED,
    TOO_FEW,
    UNCHANGED,
    Difference,
    Tolerance,
    differences,
)
from darksocial.errors import InputError
from darksocial.schema import JUDGING_VERSION, SCHEMA_VERSION

Summary = dict[str, Any]
DEFAULT = dict.fromkeys(MEASURES, Tolerance()) | DEFAULTS_BY_MEASURE


def summary(
    *, direct: float = 500, search: float = 500, days: int = 10, dark: float = 100
) -> Summary:
    sessions = direct + search
    return {
        "schema_version": SCHEMA_VERSION,
        "sessions": sessions,
        "started_at": "2026-03-01T00:00:00+00:00",
        "ended_at": f"2026-03-{1 + days:02}T00:00:00+00:00",
        "before": {"reading": "arrival", "differ": 0.0},
        "channels": [
            {"channel": "Direct", "before": direct, "after": direct - dark},
            {"channel": "Organic Search", "before": search, "after": search},
        ],
        "dark_social": {
            "share_of_direct": dark / direct,
            "direct_sessions": direct,
            "direct_expected": dark,
            "direct_low": dark * 0.7,
            "direct_high": dark * 1.4,
            "apps": [{"label": "WhatsApp", "expected": dark / 2}],
        },
        "pages": [{"site": None, "path": "/", "sessions": sessions / 5}],
        "inputs": [{"hits": 9900, "rejects": 100}],
        "bots": [{"name": "declared crawler", "count": 2000}],
    }


def compared(
    before: Summary, now: Summary, tolerances: dict[str, Tolerance] = DEFAULT
) -> dict[str, Difference]:
    return {f"{d.measure} {d.name}": d for d in differences(before, now, tolerances)}


def with_rejects(rejects: int) -> Summary:
    changed = summary()
    changed["inputs"] = [{"hits": 10_000 - rejects, "rejects": rejects}]
    return changed


def with_bots(hits: int) -> Summary:
    changed = summary()
    changed["bots"] = [{"name": "declared crawler", "count": hits}]
    return changed


def with_app(label: str, expected: float) -> Summary:
    changed = summary()
    changed["dark_social"]["apps"] = [{"label": label, "expected": expected}]
    return changed


CASES: list[tuple[str, Summary, str]] = [
    ("sessions a day", summary(), UNCHANGED),
    ("sessions a day", summary(direct=505), NOISE),
    ("sessions a day", summary(direct=650), TOLERATED),
    ("sessions a day", summary(direct=900, search=900), CHANGED),
    ("sessions a day", summary(direct=1000, search=1000, days=20), UNCHANGED),
    ("channel Direct", summary(direct=520, search=480), NOISE),
    ("channel Direct", summary(direct=590, search=410), TOLERATED),
    ("channel Direct", summary(direct=700, search=300), CHANGED),
    ("dark_social of Direct", summary(dark=130), NOISE),
    ("dark_social of Direct", summary(dark=480), CHANGED),
    ("app WhatsApp", summary(dark=110), NOISE),
    ("app WhatsApp", with_app("WhatsApp", 70.0), NOISE),
    ("app WhatsApp", with_app("WhatsApp", 200.0), CHANGED),
    ("app Signal", with_app("Signal", 3.0), TOO_FEW),
    ("app Signal", with_app("Signal", 60.0), CHANGED),
    ("rejects of lines", with_rejects(105), TOLERATED),
    ("rejects of lines", with_rejects(290), TOLERATED),
    ("rejects of lines", with_rejects(310), CHANGED),
    ("rejects of lines", with_rejects(0), TOLERATED),
    ("bots of hits", with_bots(5900), TOLERATED),
    ("bots of hits", with_bots(6100), CHANGED),
]


@pytest.mark.parametrize(("measure", "now", "verdict"), CASES)
def test_a_difference_is(measure: str, now: Summary, verdict: str) -> None:
    assert compared(summary(), now)[measure].verdict == verdict


def test_a_measure_can_be_left_out_or_judged_by_a_tolerance_of_its_own() -> None:
    now = summary(direct=700, search=300)
    wide = compared(summary(), now, {**DEFAULT, "channel": Tolerance(tolerance=0.5)})
    assert wide["channel Direct"].verdict == TOLERATED
    off = compared(summary(), now, {**DEFAULT, "channel": Tolerance(level="off")})
    assert not [name for name in off if name.startswith("channel")]


def test_pages_that_only_one_summary_lists_are_not_compared() -> None:
    now = summary()
    now["pages"] = [{"site": None, "path": "/other", "sessions": 400}]
    assert not [name for name in compared(summary(), now) if name.startswith("page")]


def test_a_single_line_is_no_change() -> None:
    assert compared(with_rejects(0), with_rejects(1))["rejects of lines"].verdict == TOO_FEW


def test_the_formula_of_two_proportions() -> None:
    found = compared(summary(), summary(direct=550, search=450))["channel Direct"]
    z = (0.5 - 0.55) / math.sqrt(0.525 * 0.475 * (1 / 1000 + 1 / 1000))
    assert found.chance == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))
    assert found.relative == pytest.approx(0.1)


def test_where_nothing_has_changed_next_to_nothing_is_told() -> None:
    """With a chance of 0.2 and no tolerance, so many runs of an unchanged site alarm at most."""
    chance = random.Random(7)
    strict = dict.fromkeys(MEASURES, Tolerance(tolerance=0.0, chance=0.2))
    alarms = 0
    for _ in range(200):
        drawn = [sum(chance.random() < 0.5 for _ in range(1000)) for _ in range(2)]
        before, now = (summary(direct=n, search=1000 - n, dark=n / 5) for n in drawn)
        alarms += any(d.verdict == CHANGED for d in compared(before, now, strict).values())
    assert alarms <= 0.2 * 200


def test_the_earlier_value_nought_is_an_infinite_difference() -> None:
    found = compared(summary(), with_app("Signal", 60.0))["app Signal"]
    assert math.isinf(found.relative)


BROKEN: list[Callable[[Summary], object]] = [
    lambda s: s.clear(),
    lambda s: s.update(sessions="many"),
    lambda s: s.update(channels=3),
    lambda s: s.update(dark_social=None),
    lambda s: s["inputs"].append({}),
    lambda s: s.update(started_at="yesterday"),
]


@pytest.mark.parametrize("spoil", BROKEN)
def test_what_is_no_summary_is_refused(spoil: Callable[[Summary], object]) -> None:
    spoilt = copy.deepcopy(summary())
    spoil(spoilt)
    with pytest.raises(InputError, match=r"baseline is not a summary"):
        compared(spoilt, summary())


@pytest.mark.parametrize("version", [1, JUDGING_VERSION - 1, SCHEMA_VERSION + 1])
def test_a_baseline_of_another_schema_is_refused(version: int) -> None:
    earlier = {**summary(), "schema_version": version}
    if version == 1:
        del earlier["schema_version"]  # the first version had none
    with pytest.raises(InputError, match=f"version {version}.*judged by other rules"):
        compared(earlier, summary(direct=900))


def test_a_baseline_of_the_same_rules_is_compared_whatever_its_version() -> None:
    earlier = {**summary(), "schema_version": JUDGING_VERSION}
    del earlier["before"]  # that version counted visits as they arrived, and did not say so
    assert {found.verdict for found in compared(earlier, summary()).values()} == {UNCHANGED}


def test_a_baseline_that_was_counted_otherwise_is_refused() -> None:
    earlier = {**summary(), "before": {"reading": "last-non-direct", "differ": 20.0}}
    with pytest.raises(InputError, match="last-non-direct, and those of this run with arrival"):
        compared(earlier, summary())


@pytest.mark.long
def test_a_run_beside_itself_is_the_same(tmp_path: Path) -> None:
    logs = [str(Path(__file__).parents[1] / "sample_logs" / "combined.log")]
    with darksocial.analyze(logs, secret="tests") as analysis:
        analysis.write(tmp_path / "out")
    earlier = json.loads((tmp_path / "out" / "summary.json").read_text())
    checked = darksocial.check(logs, baseline=earlier)
    assert checked.differences
    assert {difference.verdict for difference in checked.differences} == {UNCHANGED}
    assert not checked.notes
    other = darksocial.check(logs, baseline={**earlier, "version": "0.0.1"})
    assert "0.0.1" in other.notes[0]
