"""The site's own domain where no host is recorded: only one that the log proves."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import darksocial
from darksocial import ReadSettings, Resources, Settings
from darksocial.engines import open_engine
from darksocial.inputs.open import open_inputs
from darksocial.pipeline import locate, read_requests
from darksocial.visits.own_domain import OwnDomain
from tests.logs import ARTICLE, SITE, Hit, analyzed

LINK = "https://blog.example.net"
BY_PAGES = (
    "example.org was taken for the site itself: referrers on it name pages that this log serves."
)
OWN = "example.org"
PROVEN_BY_PAGES, MISSED = OwnDomain(OWN, "pages"), OwnDomain(is_missed=True)
NONE = "No domain was taken for the site itself: "
UMAMI = (
    "event_id,website_id,session_id,created_at,url_path,url_query,referrer_path,referrer_query,"
    "referrer_domain,page_title,event_type,event_name,visit_id,tag"
)


def views(referrer: str, path: str = ARTICLE, first: int = 11) -> list[Hit]:
    """Three visitors who open a page with a referrer, one after the other."""
    return [Hit(n, path, f"192.0.2.{first + n}", referrer=referrer) for n in range(3)]


def pictures(referrer: str, count: int = 3) -> list[Hit]:
    """People on another page, which shows a picture of the site."""
    return [Hit(n, "/static/a.png", f"203.0.113.{n + 1}", referrer=referrer) for n in range(count)]


FOLLOWED = [Hit(0), Hit(5, "/sport/", referrer=f"{SITE}{ARTICLE}")]
CASES: dict[str, tuple[Sequence[Hit], OwnDomain]] = {
    "its pages load their assets": (
        [Hit(0), Hit(0, "/a.css", referrer=f"{SITE}{ARTICLE}"), *views(f"{LINK}/x")],
        OwnDomain(OWN, "assets"),
    ),
    "another site shows its pictures": (
        [*FOLLOWED, *views(f"{LINK}/x"), *pictures(f"{LINK}/x", 9)],
        PROVEN_BY_PAGES,
    ),
    "a visitor follows a link on its page": ([*FOLLOWED, *views(f"{LINK}/x")], PROVEN_BY_PAGES),
    "a visitor follows a link on its home page": (
        [Hit(0, "/"), Hit(5, "/sport/", referrer=f"{SITE}/"), *views(f"{LINK}/x")],
        PROVEN_BY_PAGES,
    ),
    "others had viewed the pages": (
        [
            *(Hit(n, f"/{n}/", "192.0.2.77") for n in range(3)),
            *(Hit(n, "/new/", f"192.0.2.{n + 1}", referrer=f"{SITE}/{n}/") for n in range(3)),
        ],
        PROVEN_BY_PAGES,
    ),
    "another site links to it": (views(f"{LINK}/x"), MISSED),
    "another site has one page of the same path": (
        [Hit(0, "/about/", "192.0.2.77"), *views(f"{LINK}/about/")],
        MISSED,
    ),
    "somebody follows two links on another home page": (
        [Hit(0, "/", referrer=f"{LINK}/"), Hit(5, "/sport/", referrer=f"{LINK}/")],
        MISSED,
    ),
    "few come from another home page to whom the own is known": (
        [Hit(0, "/"), Hit(5, "/sport/", referrer=f"{LINK}/"), *views(f"{LINK}/")],
        MISSED,
    ),
    "a page names itself": (views(f"{LINK}{ARTICLE}"), MISSED),
    "a search engine is none": (views("https://www.google.com/"), OwnDomain()),
    "nobody names any": ([Hit(0)], OwnDomain()),
}


@pytest.mark.parametrize(("hits", "proven"), CASES.values(), ids=CASES)
def test_what_is_proven(tmp_path: Path, hits: Sequence[Hit], proven: OwnDomain) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(hit.line + "\n" for hit in hits))
    engine = open_engine(Resources())
    try:
        requests = read_requests(engine, open_inputs([str(log)], ReadSettings()), None)
        assert locate(engine, requests, Settings())[1].inferred == proven
    finally:
        engine.close()


def test_the_report_says_which_domain_it_took(tmp_path: Path) -> None:
    hits, _proven = CASES["a visitor follows a link on its page"]
    with analyzed(tmp_path, hits, Settings()) as analysis:
        report, summary = analysis.report, analysis.summary()
    assert report.notes == report.site_notes == (BY_PAGES,)
    assert summary["notes"] == [BY_PAGES]
    assert [row.before for row in report.channels if row.channel == "Referral"] == [3]


@pytest.mark.long
def test_an_export_proves_nothing(tmp_path: Path) -> None:
    """Its visitors follow links on one domain as they do on their own site."""
    rows = [
        f"e{n},w,s{n},2026-03-02 08:{14 + n}:05,/b/,,/a/,,www.example.org,T,1,,v{n},"
        for n in range(4)
    ] + [f"f{n},w,s{n},2026-03-02 08:{10 + n}:05,/a/,,,,,T,1,,v{n}," for n in range(4)]
    export = tmp_path / "umami.csv"
    export.write_text("\n".join([UMAMI, *rows]) + "\n")
    with darksocial.analyze(export) as analysis:
        [note] = [text for text in analysis.report.notes if "site itself" in text]
    assert note.startswith(NONE)
    assert note.endswith("Name it with --site.")
    with darksocial.analyze(export, settings=Settings(site=("example.org",))) as analysis:
        assert not [text for text in analysis.report.notes if "site itself" in text]


@pytest.mark.long
def test_the_user_s_word_needs_no_proof(tmp_path: Path) -> None:
    with analyzed(tmp_path, views(f"{LINK}/x"), Settings(site=("example.net",))) as analysis:
        assert analysis.report.notes == ()
        assert list(analysis.to_pandas().began) == ["not_logged"] * 3
