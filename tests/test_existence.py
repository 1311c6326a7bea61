"""What did not exist yet is not named: assistants and apps before their release."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from darksocial import Model, Settings, data
from darksocial.lookups import apps
from darksocial.lookups.releases import AI_ASSISTANT, existed, forerunners
from darksocial.model.priors import mix_of
from darksocial.model.weighing import PROBABILITIES
from tests.logs import START, Hit, analyzed

PAGE = "/howto/count-to-ten/"
YEAR = 365.25 * 1440


def at(year: float, minute: float = 0) -> float:
    """The minutes from the tests' START to so many years after Christ."""
    return (year - START.year) * YEAR + minute


def tagged(app: str) -> str:
    return f"{PAGE}?utm_source={app}&utm_medium=share"


HITS = [
    Hit(at(2015.5), PAGE, "192.0.2.1"),
    Hit(at(2015.5, 1), "/", "192.0.2.2"),
    Hit(at(2015.5, 2), PAGE, "192.0.2.3", referrer="https://www.perplexity.ai/"),
    Hit(at(2015.5, 3), tagged("telegram"), "192.0.2.4"),
    Hit(at(2012.5, 4), tagged("telegram"), "192.0.2.5"),
    Hit(at(2015.5, 5), tagged("teams"), "192.0.2.6"),
    Hit(at(2015.5, 6), PAGE, "192.0.2.7", "Discordbot/2.0"),
    Hit(at(2014.5, 7), PAGE, "192.0.2.8", "Discordbot/2.0"),
    Hit(at(2013.5, 8), PAGE, "192.0.2.9", "WhatsApp/2"),
    Hit(at(2015.5, 9), PAGE, "192.0.2.10", "WhatsApp/2"),
    Hit(at(2025.5), PAGE, "192.0.2.11"),
    Hit(at(2025.5, 1), PAGE, "192.0.2.12", referrer="https://www.perplexity.ai/"),
]


def test_a_log_of_many_years_names_what_there_was(tmp_path: Path) -> None:
    settings = Settings(
        site=("example.org",), keep_identifiers=True, model=Model(countries=("IR",))
    )
    with analyzed(tmp_path, HITS, settings) as analysis:
        frame = analysis.to_pandas().set_index("client_ip")
        shares = analysis.shares().to_pandas()
        booked = analysis.ask(lambda table: table.select("p_booked")).to_pandas().p_booked.sum()
    early = frame[frame.started_at < "2022-11-30"]
    assert (early.p_lost_ai == 0).all()
    assert (early.channel_after != "AI Assistant").all()
    assert frame.p_lost_ai["192.0.2.11"] > 0
    assert frame[list(PROBABILITIES)].sum().sum() + booked == pytest.approx(len(frame))
    origin = frame[["channel_before", "source_before", "medium_before"]]
    assert list(origin.loc["192.0.2.3"]) == ["Referral", "perplexity.ai", "referral"]
    assert origin.channel_before["192.0.2.12"] == "AI Assistant"
    named = frame.app.astype(object).where(frame.app.notna(), None)
    assert (named["192.0.2.4"], named["192.0.2.5"]) == ("telegram", None)
    assert named["192.0.2.6"] == "skype"
    by_year = {(row.time.year, row.app) for row in shares.itertuples()}
    assert by_year == {(2013, "whatsapp"), (2015, "signal"), (2015, "discord")}


def test_a_mix_has_no_app_that_did_not_exist_by_the_last_visit() -> None:
    model = Model(countries=("IR", "DE"))
    in_2010, in_2015 = (datetime(year, 5, 1, tzinfo=UTC) for year in (2010, 2015))
    assert mix_of({}, model, in_2010) == {"whatsapp": 1.0}
    assert mix_of({}, model, in_2015) == {"telegram": 0.5, "whatsapp": 0.5}
    assert mix_of({}, model, None) == {"telegram": 0.5, "whatsapp": 0.5}


def test_every_release_is_of_an_app_and_has_a_source() -> None:
    rows = data.read("releases")
    fetchers = {row["app"] for row in data.read("preview_fetchers")}
    known = {*apps.names(), *fetchers, AI_ASSISTANT}
    assert {row["name"] for row in rows} <= known
    assert all(row["source"] for row in rows)
    assert {*forerunners().values()} <= {*apps.names()}
    last_day = datetime(2022, 11, 29, 23, 59, tzinfo=UTC)
    assert not existed(AI_ASSISTANT, last_day)
    assert existed(AI_ASSISTANT, datetime(2022, 11, 30, tzinfo=UTC))
    assert existed("sms", datetime(1999, 1, 1, tzinfo=UTC))
