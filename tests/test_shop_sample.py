"""What the docs say of the sample shop is what the sample shop shows."""

import json
from collections import Counter
from html import unescape

import pytest

from darksocial.campaigns.values import CampaignRow
from darksocial.report.numbers import estimate, money, roi, roi_range, whole
from tests.generate.pages import DOCS
from tests.shop_sample import ROOT, SHOP, shop

PAGE = " ".join((DOCS / "roi.md").read_text("utf-8").split())


@pytest.fixture(scope="module")
def rows() -> dict[str, CampaignRow]:
    return {row.campaign: row for row in shop().campaigns.campaigns if row.campaign}


@pytest.fixture(scope="module")
def began() -> dict[str, Counter[str]]:
    """How many visits and orders each campaign began in truth."""
    counts = {"visits": Counter[str](), "orders": Counter[str]()}
    for line in (ROOT / SHOP / "truth.jsonl").read_text("ascii").splitlines():
        fact = json.loads(line)
        if fact["type"] == "visit" and fact["campaign"]:
            counts["visits"][fact["campaign"]] += 1
            counts["orders"][fact["campaign"]] += fact["conversions"]
    return counts


def of(value: float | None) -> float:
    assert value is not None
    return value


def test_one_campaign_turns_and_the_truth_agrees(
    rows: dict[str, CampaignRow], began: dict[str, Counter[str]]
) -> None:
    story = rows["story"]
    assert of(story.roi_before) < 0 < of(story.roi_after)
    earned = began["orders"]["story"] * 40 * 0.6 / of(story.cost) - 1
    assert of(story.roi_after_low) <= earned <= of(story.roi_after_high)


def test_the_worked_example_has_the_numbers_of_the_sample(
    rows: dict[str, CampaignRow], began: dict[str, Counter[str]]
) -> None:
    story, digest = rows["story"], rows["digest"]
    for text in (
        f"cost {money(of(story.cost))} euros",
        f"GA4 books {estimate(of(story.conversions_before))} orders to it, "
        f"{whole(of(story.revenue_before))} euros: with a margin of 0.6 it lost "
        f"{roi(-of(story.roi_before)).strip('+')}",
        f"Of {estimate(story.visits_after)} visits that it set off, {estimate(story.visits_own)} "
        f"clicked on its own links, {estimate(story.visits_passed_on)} came",
        f"{estimate(story.visits_traced)} by links without a tag",
        f"and {estimate(story.visits_by_mix)} by links whose sharer is not known",
        f"its orders to {estimate(of(story.conversions_after))}, and its ROI to "
        f"{roi(of(story.roi_after))} "
        f"({roi_range(of(story.roi_after_low), of(story.roi_after_high))})",
        f"it began {began['visits']['story']} visits and {began['orders']['story']} orders",
        f"books {whole(of(digest.conversions_before))} orders to the newsletter *digest*, of which "
        f"{of(digest.conversions_after):.1f} remain, and in truth it began "
        f"{began['orders']['digest']}.",
    ):
        assert text in PAGE


def test_the_page_shows_both_returns(rows: dict[str, CampaignRow]) -> None:
    page = unescape(shop().page)
    row = page[page.index("story (facebook / paid_social)") :].partition("</tr>")[0]
    assert roi(of(rows["story"].roi_before)) in row
    assert roi(of(rows["story"].roi_after)) in row


def test_the_partner_of_the_page_is_that_of_the_sample() -> None:
    creator = next(row for row in shop().partners.partners if row.partner == "creator")
    for text in (
        f"the creator lost {roi(-of(creator.roi_by_codes)).strip('+')} of its fee, and by its link "
        f"{roi(-of(creator.roi_before)).strip('+')}.",
        f"{of(creator.leak):.0%} leaked, between {of(creator.leak_low):.0%} and "
        f"{of(creator.leak_high):.0%}",
    ):
        assert text in PAGE
