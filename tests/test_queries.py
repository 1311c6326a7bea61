"""What tells of a person leaves the process neither in a path nor in a query or a referrer."""

import json
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darksocial import Settings, data
from darksocial.errors import UsageError
from darksocial.lookups.utm import click_ids
from darksocial.parser.redacted import bare_path_sql
from darksocial.privacy.urls import Parameters, bare_batch, bare_name, bare_queries, bare_referrers
from tests.logs import Hit, analyzed, sessions
from tests.test_redaction import connection

BARE = Settings(site=("example.org",))

QUERIES = {
    None: None,
    "": None,
    "page=2": "page=2",
    "a&b&&c=": "a&b&&c=",
    "page=2&email=alice%40example.org": "page=2",
    "%65mail=alice": None,
    "User_ID=7&customer[email]=x&utm_source=news": "utm_source=news",
    "utm_source=x&amp;token=abc&amp;utm_medium=y": "utm_source=x&utm_medium=y",
    "fbclid=IwAR0abc&gclid=Cj0K&b=1": "b=1",
    "to=alice@example.org&x=1": "to=<email>&x=1",
    "to=alice%2Bnews%40example.org": "to=<email>",
    "to=alice%2540example.co.uk": "to=<email>",
    "to=müller@bücher.example": "to=<email>",
    "next=%2Flogin%3Ftoken%3Dabc&b=1": "b=1",
    "next=/login?page=2": "next=/login?page=2",
    "next=%252Fa%253Fx%253D1%2526email%253Dbob": None,
    "v=a@2.0&size=3": "v=a@2.0&size=3",
}
REFERRERS = {
    None: None,
    "https://search.example/?q=council": "https://search.example/?q=council",
    "https://al:pw@social.example/a?b=1&session_id=7#frag": "https://social.example/a?b=1",
    "https://mail.example/?email=alice": "https://mail.example/",
    "https://x.example/u/alice@example.org/": "https://x.example/u/<email>/",
    "android-app://com.slack": "android-app://com.slack",
}
PATHS = {
    "/politics/2026/03/02/council-budget-48213/": "/politics/2026/03/02/council-budget-48213/",
    "/unsubscribe/alice@example.org/now": "/unsubscribe/<email>/now",
    "/unsubscribe/alice%40example.org": "/unsubscribe/<email>",
    "/reset/MTI/c5s2x1-0123456789abcdef0123456789abcdef/": "/reset/MTI/<token>/",
    "/users/password-reset/0195c6a2-7f3e-7cc4-8b1a-2f8f4bd0e1aa": "/users/password-reset/<token>",
    "/auth/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl": "/auth/<token>",
    "/shop;jsessionid=1A2B3C/cart": "/shop/cart",
    "/verify/how-to-verify-your-account": "/verify/how-to-verify-your-account",
    "/@alice/post": "/@alice/post",
    "/npm/package@1.2.3/readme": "/npm/package@1.2.3/readme",
    "/0123456789abcdef0123456789abcdef": "/0123456789abcdef0123456789abcdef",
}


def texts(*values: str | None) -> pa.StringArray:
    return pa.array(values, pa.string())


@pytest.mark.parametrize(("query", "bare"), QUERIES.items())
def test_queries(query: str | None, bare: str | None) -> None:
    assert bare_queries(texts(query), Parameters().is_personal).to_pylist() == [bare]


def test_queries_are_handled_as_a_column() -> None:
    found = bare_queries(texts(*QUERIES), Parameters().is_personal).to_pylist()
    assert found == list(QUERIES.values())
    assert bare_queries(texts(), Parameters().is_personal).to_pylist() == []


def test_referrers() -> None:
    found = bare_referrers(texts(*REFERRERS), Parameters().is_personal).to_pylist()
    assert found == list(REFERRERS.values())


def test_paths() -> None:
    connection().register("paths", pa.table({"path": texts(*PATHS)}))
    rows = connection().execute(f"SELECT {bare_path_sql('path')} FROM paths").fetchall()
    assert [path for (path,) in rows] == list(PATHS.values())


PERSONAL = [row["parameter"] for row in data.read("person_parameters")]


@pytest.mark.parametrize("name", [*PERSONAL, *click_ids()])
def test_every_parameter_of_the_tables_is_dropped(name: str) -> None:
    assert bare_queries(texts(f"a=1&{name.upper()}=x"), Parameters().is_personal).to_pylist() == [
        "a=1"
    ]


def test_parameters_are_stripped_and_kept_by_name() -> None:
    named = Parameters(strip=("member-no",), keep=("Order_ID", "fbclid"))
    found = bare_queries(texts("memberNo=1&orderid=2&fbclid=3&token=4"), named.is_personal)
    assert found.to_pylist() == ["orderid=2&fbclid=3"]


def test_a_stripped_tag_is_null() -> None:
    batch = pa.record_batch(
        {"utm_term": texts("shoes", "a@b.example"), "utm_content": texts("x", "a@b.example")}
    )
    found = bare_batch(batch, Parameters(strip=("utm_term",))).to_pydict()
    assert found == {"utm_term": [None, None], "utm_content": ["x", "<email>"]}


@given(st.sampled_from(PERSONAL), st.text(max_size=20), st.text(max_size=20))
def test_no_value_of_a_personal_parameter_is_left(name: str, value: str, other: str) -> None:
    query = f"{quote(other)}=1&{name}={quote(value + '-hush-hush')}"
    [bare] = bare_queries(texts(query), Parameters().is_personal).to_pylist()
    assert "-hush-hush" not in (bare or "")


@given(st.text(max_size=30))
def test_any_text_is_handled(text: str) -> None:
    for function in (bare_queries, bare_referrers):
        assert len(function(texts(text, None), Parameters().is_personal)) == 2
    assert isinstance(bare_name(text), str)


HITS = (
    Hit(0, "/news/a/?email=alice%40example.org&fbclid=abcdef&utm_source=x", "192.0.2.1"),
    Hit(1, "/unsubscribe/alice@example.org", "192.0.2.2", referrer="https://o.example/?token=hush"),
    Hit(2, "/unsubscribe/bob%40example.org", "192.0.2.3"),
    Hit(3, "/news/a/?member=77", "192.0.2.4"),
)


def without_nulls(found: pd.DataFrame) -> pd.DataFrame:
    """The same sessions, with None for null."""
    objects = found.astype(object)
    return objects.where(objects.notna(), None)


def told(folder: Path, settings: Settings) -> pd.DataFrame:
    """The sessions of `HITS`, with None for null."""
    return without_nulls(sessions(folder, HITS, settings))


def test_results_hold_no_person(tmp_path: Path) -> None:
    with analyzed(tmp_path, HITS, BARE) as analysis:
        found = without_nulls(analysis.to_pandas())
        summary = json.dumps(analysis.summary())
        analysis.write(tmp_path / "out")
    assert found.landing_query.tolist() == ["utm_source=x", None, None, "member=77"]
    assert found.click_id.tolist() == ["fbclid", None, None, None]
    assert found.landing_path.tolist()[1:3] == ["/unsubscribe/<email>"] * 2
    assert found.referrer.tolist()[1] == "https://o.example/"

    written = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file())
    for secret in ("alice", "bob%40", "hush", "abcdef"):
        assert secret not in summary
        assert secret.encode() not in written
    assert "/unsubscribe/<email>" in summary


@pytest.mark.long
def test_everything_is_kept_on_demand(tmp_path: Path) -> None:
    found = told(tmp_path, Settings(site=("example.org",), keep_identifiers=True))
    assert found.landing_path.tolist()[1] == "/unsubscribe/alice@example.org"
    assert "alice" in found.landing_query.tolist()[0]
    named = Settings(strip_query=("member",), keep_query=("fbclid",))
    assert told(tmp_path, named).landing_query.tolist() == [
        "fbclid=abcdef&utm_source=x", None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [
        {"strip_query": ("a",), "keep_query": ("a",)},
        {"strip_query": ("",)},
        {"strip_query": ("a",), "keep_identifiers": True},
    ],
)
def test_contradictions_are_errors(settings: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Settings(**settings)  # type: ignore[arg-type]


def test_the_table_in_the_docs_is_that_of_the_data() -> None:
    page = (Path(__file__).parents[1] / "docs" / "privacy.md").read_text("utf-8")
    assert [name for name in PERSONAL if f"`{name}`" not in page] == []
    words = [row["word"] for row in data.read("secret_paths")]
    assert [word for word in words if f"`{word}`" not in page] == []
