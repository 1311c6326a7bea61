"""Which hit begins a visit, and what its first hit shows of the visitor."""

from pathlib import Path

import pandas as pd
import pytest

import darksocial
from tests.logs import SETTINGS, SITE, Hit, sessions
from tests.nights import night, results

OFFER = "/offer/?utm_source=news&utm_medium=email"
FETCHED = f"{SITE}{OFFER}"
VISITS = {
    "192.0.2.1": [Hit(0, OFFER, referrer=FETCHED), Hit(0, "/tree/", referrer=FETCHED)],
    "192.0.2.2": [Hit(0, "/tree/", referrer=FETCHED), Hit(0, OFFER, referrer=FETCHED)],
    "192.0.2.3": [Hit(0, "/a/"), Hit(0, "/z/")],
    "192.0.2.4": [Hit(0, "/z/"), Hit(0, "/a/")],
    "192.0.2.5": [
        Hit(0, "/", referrer=f"{SITE}/far/"),
        Hit(0, "/a/", referrer=f"{SITE}/"),
        Hit(0, "/", referrer=f"{SITE}/a/"),
    ],
}
LANDINGS = {
    "192.0.2.1": "/offer/",  # a tagged page that was loaded again, and what it fetches
    "192.0.2.2": "/offer/",  # the same, where the page was answered last
    "192.0.2.3": "/a/",
    "192.0.2.4": "/z/",
    "192.0.2.5": "/",  # each names the other: the earlier line
}


def test_the_landing_of_a_busy_second(tmp_path: Path) -> None:
    hits = [Hit(h.at, h.path, ip, referrer=h.referrer) for ip in VISITS for h in VISITS[ip]]
    frame = sessions(tmp_path, hits).set_index("client_ip")
    assert dict(frame.landing_path) == LANDINGS
    assert list(frame.loc[["192.0.2.1", "192.0.2.2"]].channel_before) == ["Email", "Email"]


@pytest.mark.long
def test_hits_of_one_second_in_two_files(tmp_path: Path) -> None:
    """By their lines, whatever the order of the files; by what they ask for if these are equal."""
    parts = [
        [Hit(0, "/a/"), Hit(0, "/b/", "192.0.2.2")],
        [Hit(0, "/c/", "192.0.2.3"), Hit(0, "/d/"), Hit(0, "/e/", "192.0.2.3")],
        [Hit(0, "/f/"), Hit(0, "/b/", "192.0.2.2")],
    ]
    landings = []
    for names in ("123", "321", "231"):
        folder = tmp_path / names
        folder.mkdir()
        for name, part in zip(names, parts, strict=True):
            (folder / f"{name}.log").write_text("".join(hit.line + "\n" for hit in part))
        with darksocial.analyze(folder, settings=SETTINGS, secret="tests") as analysis:
            landings.append(dict(analysis.to_pandas().set_index("client_ip").landing_path))
    assert landings[0] == landings[1] == landings[2]
    assert landings[0]["192.0.2.1"] in ("/a/", "/f/")
    assert landings[0]["192.0.2.3"] == "/c/"


@pytest.mark.long
def test_a_copy_of_the_landing_page_shows_an_earlier_visit(tmp_path: Path) -> None:
    """Both in one analysis and in a store; a copy made in the visit itself shows nothing."""
    hits = [
        Hit(0, ip="192.0.2.1", status=304),
        Hit(0, ip="192.0.2.2"),
        Hit(1, ip="192.0.2.2", status=304),
    ]
    frame = sessions(tmp_path, hits).set_index("client_ip")
    assert dict(frame.new_visitor) == {"192.0.2.1": False, "192.0.2.2": True}
    notes = {ip: {e["note"] for e in rows} for ip, rows in frame.evidence.items()}
    assert "the visitor has viewed this page before: history or bookmark" in notes["192.0.2.1"]
    assert "a visitor who was not here before" in notes["192.0.2.2"]
    night(tmp_path / "access.log", tmp_path / "store", settings=SETTINGS)
    [stored] = (
        table for place, table in results(tmp_path / "store").items() if "sessions" in place
    )
    assert isinstance(stored, pd.DataFrame)
    assert sorted(stored.new_visitor) == [False, True]
