"""Who pays or signs in elsewhere comes back to the same visit."""

from pathlib import Path

import pytest

from darksocial import Goal, Settings, data
from darksocial.lookups.passages import is_passage
from tests.logs import SITE, Hit, analyzed, asset

GOOGLE = "https://www.google.com/"
PAYPAL = "https://www.paypal.com/"
BANK = "https://acs.bank.example/challenge"


@pytest.mark.parametrize(
    ("host", "passes"),
    [
        ("www.paypal.com", True),
        ("acs.bank.example", True),
        ("dev-7.okta.com", True),
        ("accounts.google.com", True),
        ("www.google.com", False),
        ("www.klarna.com", False),
        ("bank.example", False),
        ("acs.example", False),
        ("notpaypal.com", False),
    ],
)
def test_hosts_that_visits_pass_through(host: str, passes: bool) -> None:
    assert is_passage(host) is passes


def test_every_host_has_a_purpose_and_a_source() -> None:
    rows = data.read("passage_hosts")
    assert {row["what"] for row in rows} == {"payment", "card check", "sign-in", "consent"}
    assert all(row["source"] for row in rows)
    assert len({row["host"] for row in rows}) == len(rows)


def test_the_visit_goes_on(tmp_path: Path) -> None:
    hits = [
        Hit(0, "/shoes", referrer=GOOGLE),
        asset(0),
        Hit(2, "/checkout", referrer=f"{SITE}/shoes"),
        Hit(5, "/thank-you", referrer=PAYPAL),
        # Payment took longer than a visit lasts: the source is that of the visit before.
        Hit(60, "/bags", "192.0.2.2", referrer="https://t.co/x"),
        asset(60, "192.0.2.2"),
        Hit(100, "/thank-you", "192.0.2.2", referrer=BANK),
        # The visit before is not in the log; another person had viewed the home page meanwhile.
        Hit(99.9, "/", "192.0.2.3"),
        asset(99.9, "192.0.2.3"),
        Hit(100.2, "/account", "198.51.100.4", referrer="https://accounts.google.com/"),
        asset(100.2, "198.51.100.4"),
    ]
    settings = Settings(site=("example.org",), goals=(Goal("/thank-you"),))
    with analyzed(tmp_path, hits, settings) as analysis:
        visits = analysis.to_pandas().sort_values("started_at")
        notes = analysis.report.site_notes
    assert list(visits.landing_path) == ["/shoes", "/bags", "/", "/thank-you", "/account"]
    assert list(visits.channel_before) == [
        "Organic Search", "Organic Social", "Direct", "Organic Social", "Direct",
    ]  # fmt: skip
    assert list(visits.began) == ["arrival", "arrival", "arrival", "continued", "not_logged"]
    assert visits.pageviews.iloc[0] == 3
    converted = visits[visits.conversions > 0].groupby("channel_before").conversions.sum()
    assert converted.to_dict() == {"Organic Search": 1, "Organic Social": 1}
    assert notes == (
        "People paid, signed in or agreed to something at accounts.google.com, acs.bank.example, "
        "www.paypal.com and came back: these are no sources, their visits went on.",
    )
