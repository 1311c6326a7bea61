"""Visits of known origin, judged as if it were not known, and what the report makes of it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.model import masking
from darksocial.report.masked import (
    rows_with_false_dark,
    with_false_dark,
)
from darksocial.report.values import ChannelRow, DarkSocial, MaskedOrigin
from darksocial.report.words import what_masking_shows
from tests.logs import ARTICLE, START, Hit, analyzed

GOOGLE = "https://www.google.com/"
FACEBOOK = "https://www.facebook.com/"
WHATSAPP = "WhatsApp/2.24.10.76 A"
INSTAGRAM = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 Instagram 370.0.0.0 (iPhone; iOS 18_3)"
)
FOUND, WAVE, SHARED, KEPT = (f"/{name}/2026/a-long-name-{name}-1/" for name in "abcd")
AROUND = [
    Hit(-9, FOUND, "192.0.2.20", referrer=GOOGLE),
    *(Hit(-at, WAVE, f"192.0.2.{30 + at}") for at in (3, 4, 5)),
    *(Hit(at, WAVE, f"192.0.2.{40 + at}", referrer=FACEBOOK) for at in (7, 8)),
    Hit(-30, SHARED, "192.0.2.50", agent=WHATSAPP),
    *(Hit(60 * at, KEPT, "192.0.2.60") for at in (-9, -6, -3)),
    Hit(-9, "/", "192.0.2.70", referrer=GOOGLE),
    Hit(60 * 24 * 6, WAVE, "192.0.2.71", referrer=GOOGLE),
]
TESTED = [
    Hit(0, FOUND, "192.0.2.1", referrer=GOOGLE),
    Hit(0, WAVE, "192.0.2.2", referrer=FACEBOOK),
    Hit(0, SHARED, "192.0.2.3", referrer=GOOGLE),
    Hit(0, KEPT, "192.0.2.60", referrer=GOOGLE),
    Hit(0, "/", "192.0.2.5", agent=INSTAGRAM, referrer=FACEBOOK),
]
LEVELS = (
    {"numbered", "often"},
    {"several", "some"},
    {"at_once"},
    {"kept", "same_page"},
    {"home", "mixed", "often"},
)
NEVER_MASKED = [
    Hit(0, f"{ARTICLE}?utm_source=x&utm_medium=social", "192.0.2.80", referrer=FACEBOOK),
    Hit(0, f"{ARTICLE}?fbclid=IwAR1", "192.0.2.81", referrer=FACEBOOK),
    Hit(0, ARTICLE, "192.0.2.82", referrer="https://web.whatsapp.com/"),
    Hit(0, ARTICLE, "192.0.2.83", referrer="https://blog.example.net/"),
    Hit(0, ARTICLE, "192.0.2.84"),
]
SEARCH = MaskedOrigin("Organic Search", 435, 0.30, 0.20, 50.0, 5.0)
SOCIAL = MaskedOrigin("Organic Social", 40, 0.10, 0.20, 90.0, 0.0)
ESTIMATE = DarkSocial(120.0, 80.0, 210.0, 1000.0, 100.0, 70.0, 180.0, 0.1, 0.5)


def judged(folder: Path, hits: list[Hit]) -> pd.DataFrame:
    """What the signals see in each visit of the first minute, with and without its origin."""
    with analyzed(folder, hits) as analysis:
        names = ("client_ip", "started_at", "pattern", "masked_pattern", "p_dark_masked")
        rows = analysis.ask(lambda visits: visits.select(*names)).to_pandas()
    return rows[rows.started_at == START].set_index("client_ip")


def test_a_masked_visit_is_judged_as_one_that_has_no_referrer(tmp_path: Path) -> None:
    masked = judged(tmp_path, [*AROUND, *TESTED, *NEVER_MASKED])
    without = [replace(hit, referrer="-") for hit in TESTED]
    direct = judged(tmp_path, [*AROUND, *without, *NEVER_MASKED])
    for hit, levels in zip(TESTED, LEVELS, strict=True):
        assert masked.masked_pattern[hit.ip] == direct.pattern[hit.ip], hit.path
        assert levels <= set(direct.pattern[hit.ip].split("|"))
        assert set(masked.pattern[hit.ip].split("|")) == {"booked", "other", "sessions", ""}
        assert 0 < masked.p_dark_masked[hit.ip] < 1
    never = [hit.ip for hit in NEVER_MASKED]
    assert masked.masked_pattern[never].isna().all()
    assert masked.p_dark_masked[never].isna().all()
    assert masked.pattern[never].equals(direct.pattern[never])
    assert direct.masked_pattern.isna().all()


@pytest.mark.long
def test_of_many_visits_some_are_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "MAX_MASKED", 1)
    with analyzed(tmp_path, [*AROUND, *TESTED]) as analysis:
        rows = analysis.ask(lambda v: v.select("started_at", "p_dark_masked", "referrer_kind"))
    known = rows.to_pandas().dropna(subset="referrer_kind")
    drawn = known.started_at.dt.minute % len(known) == 0
    assert 0 < drawn.sum() < len(known) == 10
    assert known.p_dark_masked.notna().equals(drawn)


def test_the_lower_bound_allows_for_false_dark_visits() -> None:
    lowered = with_false_dark(ESTIMATE, [SEARCH, SOCIAL])
    assert (lowered.low, lowered.direct_low) == (75.0, 65.0)
    assert replace(lowered, low=80.0, direct_low=70.0) == ESTIMATE
    assert with_false_dark(ESTIMATE, [replace(SEARCH, false_dark=75.0)]).direct_low == 0


def test_visits_that_pass_for_dark_widen_the_channel_that_lost_them() -> None:
    rows = (
        ChannelRow(DARK_SOCIAL, 0, 120, 80, 210),
        ChannelRow("Direct", 1000, 700, 600, 800),
        ChannelRow("Organic Search", 500, 550, 500, 997),
        ChannelRow("Organic Social", 90, 120, 100, 180),
    )
    dark, direct, search, social = rows_with_false_dark(rows, [SEARCH, SOCIAL], 1000.0)
    assert (dark.low, dark.high) == (75, 210)
    assert (direct, social) == (rows[1], rows[3])
    assert (search.low, search.high) == (500, 1000)


def test_a_sentence_says_what_the_bound_allows_for() -> None:
    [note] = what_masking_shows([SEARCH, SOCIAL])
    assert note == (
        "Of 435 visits booked as Organic Search whose referrer was hidden as a test, 30% would "
        "have been taken for dark social, where the model expects 20%: the lower bound allows for "
        "that (5 of the visits booked as Direct)."
    )
