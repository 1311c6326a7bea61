"""The worlds of share ids: who makes them, who carries them, and the tree in the truth."""

import json
from collections import Counter
from pathlib import Path

import pytest

import darksocial
from darksocial.evaluation.worlds import SITE_OF_WORLDS, WORLDS_SECRET, simulated_world
from darksocial.simulation.tracked import SCANNER, SCANNER_AGENT
from darksocial.simulation.worlds import FEW_TRACKED, TRACKED_SHARES
from darksocial.tracking.share_id import MAX_GENERATION, id_in_query, parse
from darksocial.tracking.snippet import DEFAULT_BEACON
from tests.accuracy.ids import counts_of_ids
from tests.test_worlds_in_logs import Hit, Rows, Traffic, traffic

VISITS = 3000


@pytest.fixture(scope="module")
def made() -> Traffic:
    return traffic(TRACKED_SHARES, VISITS)


def query(hit: Hit) -> str:
    return hit.target.partition("?")[2]


def tracked(made: Traffic) -> Rows:
    return [share for share in made.rows("share") if share["share_id"]]


def test_most_pages_say_that_they_gave_an_id(made: Traffic) -> None:
    beacons = [hit for hit in made.hits if hit.target.startswith(f"{DEFAULT_BEACON}?")]
    articles = [hit for hit in made.hits if hit.is_page and hit.target.count("/") > 4]
    assert 0.6 < len(beacons) / len(articles) < 1.1
    ids = [id_in_query(query(hit)) for hit in beacons]
    assert None not in ids
    assert {share.generation for share in ids if share} >= {1, 2, 3}
    later = [
        hit for hit, share in zip(beacons, ids, strict=True) if share and share.generation != 1
    ]
    assert later and all("&from=" in hit.target for hit in later)
    inside = [hit for hit in made.hits if hit.is_page and "sh=" in hit.referrer]
    assert len(inside) > len(articles) / 10


def test_previews_and_clicks_carry_the_id_of_their_share(made: Traffic) -> None:
    shares = tracked(made)
    assert 0.5 < len(shares) / len(made.rows("share")) < 0.9
    fetched = {hit.target for hit in made.hits if hit.agent.startswith(("WhatsApp/2", "Telegram"))}
    for share in shares:
        own = id_in_query(share["query"])
        assert own and (own.root, own.key) == (share["share_root"], share["share_id"])
        if share["app"] in {"whatsapp", "telegram"} and share["preview_time"]:
            assert f"{share['path']}?{share['query']}" in fetched
    by_id = {share["id"]: share for share in made.rows("share")}
    for visit in made.rows("visit"):
        if visit["shared_from"]:
            assert visit["share_id"] == by_id[visit["shared_from"]]["share_id"]


def test_the_tree_is_that_of_the_shares(made: Traffic) -> None:
    shares = {share["share_id"]: share for share in tracked(made)}
    children = [share for share in shares.values() if share["share_parent"]]
    assert len(children) > 5
    for share in children:
        parent = shares[share["share_parent"]]
        assert share["share_root"] == parent["share_root"]
        assert share["share_generation"] == parent["share_generation"] + 1 <= MAX_GENERATION
    assert {share["share_method"] for share in shares.values()} >= {
        "address_bar", "button", "canonical", "copy", "share_api",
    }  # fmt: skip


def test_ids_come_back_without_a_share(made: Traffic) -> None:
    """By history, bookmark and restored tabs, and by reload and back, which are no visits."""
    own = Counter(visit["cause"] for visit in made.rows("visit") if visit["own_id"])
    assert own["history"] > 5 and own["restored_tab"] > 5
    pages = Counter((hit.address, hit.target) for hit in made.hits if hit.is_page and query(hit))
    assert sum(count > 1 and "sh=" in target for (_, target), count in pages.items()) > 4


def test_a_link_is_posted_and_others_are_handed_out_or_scanned(made: Traffic) -> None:
    [posted] = [share for share in made.rows("share") if share["public"]]
    clicks = [v for v in made.rows("visit") if v["share_id"] == posted["share_id"]]
    assert Counter(v["cause"] for v in clicks)["social"] > 40
    assert not any(v["dark"] or v["shared_from"] for v in clicks if "social" in v["cause"])
    handed_out = [v for v in made.rows("visit") if v["cause"] == "handed_out"]
    assert {v["share_method"] for v in handed_out} == {"handed_out", "qr_code"}
    [first, *_] = scans = [bot for bot in made.rows("bot") if bot["kind"] == SCANNER]
    seen = [hit for hit in made.hits if hit.agent == SCANNER_AGENT]
    assert len([hit for hit in seen if hit.address == first["client_ip"] and hit.is_page]) == len(
        scans
    )


@pytest.mark.long
@pytest.mark.parametrize("seed", [8, 10])
def test_the_report_has_the_tree_of_the_truth(seed: int, tmp_path: Path) -> None:
    """Visitors come back by reload, back, bookmark and history, and open a second link within one
    visit; some previews are not fetched."""
    made = simulated_world(tmp_path / "site", TRACKED_SHARES, seed, SITE_OF_WORLDS)
    truth = [json.loads(line) for line in made.truth.read_text("utf-8").splitlines()]
    logs = [str(log) for log in made.logs]
    with darksocial.analyze(logs, secret=WORLDS_SECRET) as analysis:
        counts = counts_of_ids(analysis, truth, WORLDS_SECRET, tmp_path / "out")
    assert (counts.parents, counts.false) == (counts.seen, 0)
    assert counts.seen > 10


@pytest.mark.long
def test_few_shares_have_an_id_where_few_scripts_run() -> None:
    few = traffic(FEW_TRACKED, VISITS)
    assert 0.04 < len(tracked(few)) / len(few.rows("share")) < 0.2
    assert all(parse(str(id_in_query(share["query"]))) for share in tracked(few))
