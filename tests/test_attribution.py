"""Evidence to probabilities: every pattern that the sample logs reach, and every mixture of two."""

import math
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

import darksocial
from darksocial.lookups.channels import CHANNELS, DARK_SOCIAL
from darksocial.model.attribution import DEVICES_WITH_RATES
from darksocial.model.learning import posterior
from darksocial.model.levels import SignalLevel, decisive_levels, summed
from darksocial.model.priors import base_rates
from darksocial.model.weighing import (
    AGGREGATED_FACTOR,
    CHANNEL_OF_CLASS,
    PROBABILITIES,
    spread_factor,
    weigh,
)
from darksocial.signals import CLASSES, Level, registry

PUBLISHER = Path(__file__).parents[1] / "sample_logs" / "publisher" / "access.log*"
FINDINGS = [(name, level) for name, signal in registry().items() for level in signal.levels]


def pattern(kind: str, device: str, *found: tuple[str, str]) -> str:
    levels = dict(found)
    return "|".join([kind, device, "sessions", *(levels.get(name, "") for name in registry())])


def mixtures() -> Iterator[str]:
    """Every pattern of no finding, one, or two of different signals."""
    for kind in ("direct", "booked"):
        yield pattern(kind, "desktop")
        for first, second in combinations(FINDINGS, 2):
            yield pattern(kind, "mobile", first)
            if first[0] != second[0]:
                yield pattern(kind, "tablet", first, second)


@cache
def reached() -> tuple[str, ...]:
    """The patterns of the publisher's visits."""
    with darksocial.analyze([str(PUBLISHER)], secret="s") as analysis:
        table = analysis.ask(lambda visits: visits.select("pattern").distinct())
    return tuple(sorted(table.column("pattern").to_pylist()))


def weighed(pattern: str) -> dict[str, Any]:
    return weigh(pattern, "", {}, base_rates())


def probabilities(row: dict[str, Any]) -> dict[str, float]:
    return {name: row[f"p_{name}"] for name in CLASSES}


def log_odds(p: float) -> float:
    return math.log(p / (1 - p))


def test_the_contract_s_probabilities_with_the_booked_one_sum_to_one() -> None:
    assert {*PROBABILITIES, "p_booked"} == {f"p_{name}" for name in CLASSES}
    assert len(reached()) > 50
    for text in {*reached(), *mixtures()}:
        found = probabilities(weighed(text))
        assert math.fsum(found.values()) == pytest.approx(1, abs=1e-12)
        assert all(0 <= p <= 1 for p in found.values())


def test_a_direct_visit_is_never_booked_elsewhere_and_a_booked_one_never_direct() -> None:
    for text in {*reached(), *mixtures()}:
        row = weighed(text)
        assert row["p_booked" if text.startswith("direct") else "p_direct"] == 0


def test_the_verdict_is_the_likeliest_class() -> None:
    for text in reached():
        row = weighed(text)
        best = max(probabilities(row).values())
        likeliest = {name for name, p in probabilities(row).items() if p == best}
        assert row["verdict"] in {CHANNEL_OF_CLASS.get(name, name) for name in likeliest}
    assert set(CHANNEL_OF_CLASS.values()) <= {*CHANNELS, DARK_SOCIAL}
    assert {*CHANNEL_OF_CLASS, "booked"} == set(CLASSES)


def test_every_pattern_has_the_factor_of_its_teacher_and_sums_that_of_sums() -> None:
    for text in {*reached(), *mixtures()}:
        of_rows = text.split("|")[2] == "rows"
        factor = AGGREGATED_FACTOR if of_rows else spread_factor(None)
        assert weighed(text)["odds_factor"] == factor > 1


def test_in_sums_what_lost_its_source_is_direct() -> None:
    for text in filter(lambda text: text.startswith("direct"), mixtures()):
        of_visit, of_sum = weighed(text), weighed(text.replace("|sessions|", "|rows|"))
        lost = math.fsum(of_visit[f"p_{name}"] for name in CLASSES if name.startswith("lost_"))
        assert of_sum["p_direct"] == pytest.approx(of_visit["p_direct"] + lost)
        assert of_sum["p_dark_social"] == of_visit["p_dark_social"]
        assert of_sum["verdict"] in ("Direct", DARK_SOCIAL)


def test_evidence_is_sorted_by_weight_and_names_each_signal_once() -> None:
    for text in {*reached(), *mixtures()}:
        rows = weighed(text)["evidence"]
        weights = [abs(row["log_odds"]) for row in rows]
        assert weights == sorted(weights, reverse=True)
        assert len({row["signal"] for row in rows}) == len(rows)


def test_a_group_counts_once_whatever_else_is_found() -> None:
    for text in mixtures():
        findings = decisive_levels(text.split("|")[3:])
        groups = [finding.signal.group for finding in findings]
        assert len(set(groups)) == len(groups)


@pytest.mark.parametrize(("kind", "device"), base_rates())
def test_base_rates(kind: str, device: str) -> None:
    rates = base_rates()[kind, device]
    assert math.fsum(rates.values()) == pytest.approx(1, abs=1e-12)
    assert (rates["booked"] == 0) == (kind == "direct")
    assert min(rates.values()) >= 0


def test_every_kind_of_visit_and_device_has_base_rates() -> None:
    assert set(base_rates()) == {
        (kind, d) for kind in ("direct", "booked") for d in DEVICES_WITH_RATES
    }


def test_without_evidence_the_base_rates_or_the_booked_channel_stand() -> None:
    for device in DEVICES_WITH_RATES:
        assert probabilities(weighed(pattern("direct", device))) == pytest.approx(
            base_rates()["direct", device]
        )
        assert weighed(pattern("booked", device))["p_booked"] == 1


def test_of_one_group_only_the_strongest_counts() -> None:
    both = pattern("direct", "mobile", ("click_id_alone", "meta"), ("partial_utm", "partial"))
    alone = pattern("direct", "mobile", ("click_id_alone", "meta"))
    assert probabilities(weighed(both)) == probabilities(weighed(alone))


def test_one_finding_by_hand() -> None:
    """A finding that names dark social alone adds its log-odds to those of the base rate."""
    step = registry()["messenger_browser"].levels["private"].log_odds
    row = weighed(pattern("direct", "mobile", ("messenger_browser", "private")))
    prior = log_odds(base_rates()["direct", "mobile"]["dark_social"])
    assert log_odds(row["p_dark_social"]) == pytest.approx(prior + step["dark_social"])
    assert [item["log_odds"] for item in row["evidence"]] == pytest.approx([step["dark_social"]])


def test_weights_by_hand() -> None:
    """A phone, a new visitor, an article: (rate x e^sum) of each class, divided by their total."""
    base = base_rates()["direct", "mobile"]
    found = [("landing_page", "article"), ("known_visitor", "new")]
    scores = {}
    for name, rate in base.items():
        total = sum(registry()[s].levels[level].log_odds.get(name, 0) for s, level in found)
        scores[name] = rate * math.exp(total)
    expected = {name: score / sum(scores.values()) for name, score in scores.items()}
    row = weighed(pattern("direct", "mobile", *found))
    assert probabilities(row) == pytest.approx(expected)
    alone = weighed(pattern("direct", "mobile", found[1]))["p_dark_social"]
    moved = {item["signal"]: item["log_odds"] for item in row["evidence"]}
    step = log_odds(expected["dark_social"]) - log_odds(alone)
    assert moved["landing_page"] == pytest.approx(step)


@pytest.mark.parametrize(("kind", "device"), base_rates())
def test_more_log_odds_for_a_class_never_lower_its_probability(kind: str, device: str) -> None:
    base = base_rates()[kind, device]
    for name in CLASSES:
        chances = []
        for value in (-3.0, -1.0, 0.0, 0.5, 4.0):
            signal = registry()["landing_page"]
            level = Level({name: value}, "", "")
            finding = SignalLevel(signal, level, level.by_class)
            chances.append(posterior(base, summed([finding]))[name])
        assert chances == sorted(chances)
        assert (chances[0] < chances[-1]) == (0 < base[name] < 1)


def test_findings_of_private_apps_decide() -> None:
    sure = [("messenger_browser", "private"), ("messenger_referrer", "messenger"),
            ("messenger_tag", "messenger"), ("campaign_contradicted", "messenger")]  # fmt: skip
    for finding in sure:
        for device in DEVICES_WITH_RATES:
            kind = "direct" if finding[0] == "messenger_browser" else "booked"
            row = weighed(pattern(kind, device, finding))
            assert row["verdict"] == DARK_SOCIAL
            assert row["p_dark_social"] > 0.6
