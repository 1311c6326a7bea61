"""Share ids in a log: which share a visit came from, through which app, and the tree they make."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from darksocial import Analysis, Selection
from darksocial import shares as shares_report
from darksocial.outputs.analysis import Saved, full
from darksocial.outputs.page import html
from darksocial.outputs.page.stored import stored_page
from darksocial.outputs.page.tracked import of_tracked
from darksocial.outputs.share_words import sentences
from darksocial.report.chosen import Filter
from darksocial.schema import SESSIONS
from tests.logs import ARTICLE, SETTINGS, SITE, Hit, analyzed

WHATSAPP, TELEGRAM = "WhatsApp/2.25.31.77 A", "TelegramBot (like TwitterBot)"
NEXT = "/culture/2026/03/02/an-exhibition-of-clocks-31415/"
TELEGRAM_SERVER = "149.154.161.1"


def shared(value: str) -> str:
    return f"{ARTICLE}?sh={value}"


def reader(number: int) -> str:
    return f"192.0.2.{number}"


HITS = [
    # The first reader shares, and later comes back by the bookmark with the own id, twice.
    Hit(0, ip=reader(1)),
    Hit(1, shared("aaaaa.1.aaaaa.a"), reader(1), WHATSAPP),
    Hit(900, shared("aaaaa.1.aaaaa.a"), reader(1)),
    # A click; its reader copies the link, and goes on to another page.
    Hit(5, shared("aaaaa.1.aaaaa.a"), reader(2)),
    Hit(6, NEXT, reader(2), referrer=SITE + shared("aaaaa.2.bbbbb.a")),
    Hit(8, shared("aaaaa.2.bbbbb.c"), TELEGRAM_SERVER, TELEGRAM),
    # Of the second generation; this reader shares by a button, in two apps.
    Hit(9, shared("aaaaa.2.bbbbb.c"), reader(3)),
    Hit(10, NEXT, reader(3), referrer=SITE + shared("aaaaa.3.ccccc.a")),
    Hit(20, shared("aaaaa.3.ccccc.b"), TELEGRAM_SERVER, TELEGRAM),
    Hit(20.1, shared("aaaaa.3.ccccc.b"), TELEGRAM_SERVER, TELEGRAM),
    Hit(30, shared("aaaaa.3.ccccc.b"), reader(4)),
    Hit(31, shared("aaaaa.3.ccccc.b"), reader(5)),
    # Who comes without an id right after the previews is no click of them.
    Hit(32, ip=reader(6)),
    # Reload and back, of the own id of a reader who had typed the address.
    Hit(50, ip=reader(7)),
    Hit(95, shared("ddddd.1.ddddd.a"), reader(7)),
    # Typed by strangers: a jump of generations, a value that is none, level `method`.
    Hit(100, shared("aaaaa.77.eeeee.a"), reader(8)),
    Hit(101, NEXT, reader(8), referrer=SITE + shared("aaaaa.12.ccccc.a")),
    Hit(110, shared("aaaaa.1.AAAAA.a"), reader(9)),
    Hit(120, shared("c"), reader(10)),
    # A preview that nobody used yet.
    Hit(130, f"{NEXT}?sh=fffff.1.fffff.l", TELEGRAM_SERVER, TELEGRAM),
]


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysis]:
    with analyzed(tmp_path_factory.mktemp("shares"), sorted(HITS, key=lambda hit: hit.at)) as done:
        yield done


@pytest.fixture(scope="module")
def visits(analysis: Analysis) -> pd.DataFrame:
    rows = analysis.to_pandas().set_index("client_ip")
    return rows.assign(tracked=rows.share_id.astype(object).where(rows.share_id.notna(), None))


@pytest.fixture(scope="module")
def shares(analysis: Analysis) -> list[dict[str, object]]:
    return analysis.shares().to_pylist()


def test_a_visit_has_the_id_that_it_came_with(analysis: Analysis) -> None:
    rows = analysis.sessions().to_pylist()
    names = ("share_id", "share_root", "share_generation", "share_method")
    came = {row["client_ip"]: tuple(row[name] for name in names) for row in rows}
    nothing = (None, None, None, None)
    assert came == {
        reader(1): nothing,
        reader(2): ("aaaaa", "aaaaa", 1, "address_bar"),
        reader(3): ("bbbbb", "aaaaa", 2, "copy"),
        reader(4): ("ccccc", "aaaaa", 3, "button"),
        reader(5): ("ccccc", "aaaaa", 3, "button"),
        reader(6): nothing,
        reader(7): nothing,
        reader(8): ("eeeee", "aaaaa", 77, "address_bar"),
        reader(9): nothing,
        reader(10): (None, None, None, "copy"),
    }
    assert len(rows) == len(came) + 2  # two came back, by their own ids


def test_a_page_is_one_page_whatever_its_ids(visits: pd.DataFrame) -> None:
    assert set(visits.landing_path) == {ARTICLE}


def test_who_comes_with_an_id_is_dark_through_the_app_of_its_preview(visits: pd.DataFrame) -> None:
    tracked = visits[visits.share_method.notna()]
    assert tracked.p_dark_social.min() > 0.9
    apps = tracked.app.astype(object).where(tracked.app.notna(), None).to_dict()
    assert apps == {
        reader(2): "whatsapp", reader(3): "telegram", reader(4): "telegram",
        reader(5): "telegram", reader(8): None, reader(10): None,
    }  # fmt: skip
    without = visits.loc[reader(6)]
    assert without.p_dark_social < 0.5
    assert "preview" not in {item["signal"] for item in without.evidence}


def test_shares_have_their_parents_and_their_clicks(shares: list[dict[str, object]]) -> None:
    names = ("tracked_id", "parent", "generation", "method", "app", "clicks", "confidence")
    rows = [tuple(row[name] for name in names) for row in shares]
    assert rows == [
        ("aaaaa", None, 1, "address_bar", "whatsapp", pytest.approx(1, abs=0.3), "tracked"),
        ("bbbbb", "aaaaa", 2, "copy", "telegram", pytest.approx(1, abs=0.3), "tracked"),
        ("ccccc", "bbbbb", 3, "button", "telegram", pytest.approx(2, abs=0.6), "tracked"),
        ("fffff", None, 1, "handed_out", "telegram", 0, "previewed"),
    ]
    assert [row["new_visitors"] for row in shares] == [1, 1, 2, 0]
    assert [row["minted_at"] == row["time"] for row in shares] == [True] * 4


def test_report_and_page_say_what_tracked_shares_lead_to(
    analysis: Analysis, tmp_path: Path
) -> None:
    analysis.write(tmp_path / "out")
    report = shares_report(tmp_path / "out")
    said = [*sentences(report)]
    assert said[0] == "5 shares with an id were fetched or opened; visits came by 4 (80%)."
    written = full.text(Saved(analysis.report, tmp_path / "out"))
    assert written == full.text(Saved(analysis.report, None, analysis)) + "".join(
        written.partition("\nResults were written")[1:]
    )
    words = " ".join(written.split())
    assert all(sentence in words for sentence in said)
    assert "generation shares visits shares of the next, for each 1 2 1 0.50 (90%" in words
    assert "address bar 2 2" in words
    [table, ways] = of_tracked(report)
    assert list(table.notes) == said
    assert table.table and ways.table
    assert [cell["text"] for cell in table.table.rows[1]][:1] == ["2"]
    assert "Do shares lead to more shares?" in html(stored_page(tmp_path / "out"))


def test_a_choice_of_visits_says_nothing_of_what_tracked_shares_lead_to(
    analysis: Analysis, tmp_path: Path
) -> None:
    chosen = replace(analysis.report, filter=Filter(None, None, (), 12))
    assert "Tracked shares" not in full.text(Saved(chosen, None, analysis))
    analysis.write(tmp_path / "out")
    first_day = Selection(until=date(2026, 3, 3))
    assert "Do shares lead to more shares?" not in html(stored_page(tmp_path / "out", first_day))


def test_the_contract_says_since_when(visits: pd.DataFrame) -> None:
    since = {field.name: field.since for field in SESSIONS.fields if field.name in visits}
    assert {name for name, version in since.items() if version == 9} == {
        "share_id", "share_root", "share_generation", "share_method",
    }  # fmt: skip


@pytest.mark.long
def test_without_a_parameter_no_id_is_read(tmp_path: Path) -> None:
    settings = replace(SETTINGS, share_parameter="")
    with analyzed(tmp_path, HITS[3:4], settings) as analysis:
        [row] = analysis.sessions().to_pylist()
        assert "Tracked shares" not in full.text(Saved(analysis.report, None, analysis))
    assert row["share_id"] is None and row["landing_query"] == "sh=aaaaa.1.aaaaa.a"
