"""What only looks like a page is loaded by one, and makes no page view."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.logs import SITE, Hit, analyzed

PEOPLE = 12
SECOND = 1 / 60
STORIES = 4


def reading(person: int) -> list[Hit]:
    """A visit to the front page and to stories, each opened there after half a minute or more."""
    someone = Hit(person * 3, "/", f"192.0.2.{person}")
    hits = [someone, replace(someone, path="/site.css", referrer=f"{SITE}/")]
    for number in range(STORIES):
        at = someone.at + (number + 1) * (30 + person) * SECOND
        page = replace(someone, at=at, path=f"/story/{person}{number}", referrer=f"{SITE}/")
        hits += [page, *loaded(page)]
    return hits


def loaded(page: Hit) -> list[Hit]:
    """What a view of a page loads: a picture and a frame, and what its script asks for."""
    part = replace(page, referrer=SITE + page.path)
    return [
        replace(part, at=page.at + SECOND, path=f"/picture{page.path[6:]}-large"),
        replace(part, at=page.at + SECOND, path="/player/frame"),
        *(replace(part, at=page.at + (12 + n) * SECOND, path="/live/count") for n in range(3)),
    ]


def test_what_pages_load_makes_no_page_view(tmp_path: Path) -> None:
    hits = [hit for person in range(PEOPLE) for hit in reading(person)]
    # Another site shows the picture, and a link to a story was shared.
    embedded = Hit(1, "/picture/12-large", "192.0.2.200", referrer="https://blog.example.net/")
    shared = [Hit(90 + n, "/story/31", f"198.51.100.{n}") for n in range(3)]
    with analyzed(tmp_path, [*hits, embedded, *shared]) as analysis:
        visits = analysis.to_pandas().sort_values("started_at")
        notes = analysis.report.notes
    assert list(visits.landing_path) == ["/"] * PEOPLE + ["/story/31"] * 3
    assert list(visits.pageviews) == [1 + STORIES] * PEOPLE + [1] * 3
    assert (
        "241 requests look like page views, but they are loaded by other pages. They count as "
        "assets (most: /live, /picture, /player)."
    ) in notes


@pytest.mark.long
def test_of_a_few_requests_nothing_is_learned(tmp_path: Path) -> None:
    with analyzed(tmp_path, reading(0)) as analysis:
        visits = analysis.to_pandas()
        assert list(visits.pageviews) == [1 + STORIES * 6]
        assert not any("look like" in note for note in analysis.report.notes)
