"""What kind of page a visit landed on, against a table of paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darksocial import data
from darksocial.lookups import landing_pages
from darksocial.lookups.landing_pages import kind_of
from darksocial.signals import registry

CASES = [
    ("/", "home"),
    ("//", "home"),
    ("/index.html", "home"),
    ("/index.php", "home"),
    ("/Default.aspx", "home"),
    ("/home", "home"),
    ("/en", "home"),
    ("/EN/", "home"),
    ("/en-GB/", "home"),
    ("/pt_br/", "home"),
    ("/de/index.html", "home"),
    ("/login", "account"),
    ("/Login/", "account"),
    ("/wp-login.php", "account"),
    ("/search.php", "account"),
    ("/en/cart", "account"),
    ("/account/orders/20260302", "account"),
    ("/shop/checkout/step-two-of-three", "account"),
    ("/news", "section"),
    ("/news/", "section"),
    ("/sport/football", "section"),
    ("/about-us", "section"),
    ("/contact.html", "section"),
    ("/loginpage", "section"),
    ("/researcher", "section"),
    ("/top10", "section"),
    ("/p/12", "section"),
    ("/index-of-names", "article"),
    ("/about-the-team", "article"),
    ("/how_we_work", "article"),
    ("/my%20long%20name", "article"),
    ("/हिन्दी/समाचार", "section"),
    ("/новости-города-сегодня", "article"),
    ("/a/b/c", "article"),
    ("/" + "x" * 23, "section"),
    ("/" + "x" * 24, "article"),
    ("/2026", "numbered"),
    ("/p/123", "numbered"),
    ("/2026/03/02/council", "numbered"),
    ("/politics/council-budget-48213/", "numbered"),
]


@pytest.mark.parametrize(("path", "kind"), CASES)
def test_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_every_kind_has_a_case_a_finding_and_a_line_in_the_docstring() -> None:
    reached = {kind for _, kind in CASES}
    assert reached == set(registry()["landing_page"].levels)
    assert all(f"| {kind} |" in (landing_pages.__doc__ or "") for kind in reached)


@given(st.text().map("/".__add__))
def test_every_path_has_a_kind(path: str) -> None:
    assert kind_of(path) in registry()["landing_page"].levels


def test_the_words_are_whole_segments_in_lower_case() -> None:
    words = [row["segment"] for row in data.read("account_pages")]
    assert len(set(words)) == len(words)
    assert all(word == word.lower() and "/" not in word and "." not in word for word in words)
    assert all(kind_of(f"/{word}") == "account" for word in words)
