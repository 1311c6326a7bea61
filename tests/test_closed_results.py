"""A result that was closed says so when a table is asked for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import darksocial
from darksocial import Analysis, Hits, UsageError
from tests.logs import Hit

ANALYSIS: dict[str, Callable[[Analysis, Path], Any]] = {
    "sessions": lambda a, out: a.sessions(),
    "session_batches": lambda a, out: a.session_batches(),
    "to_pandas": lambda a, out: a.to_pandas(),
    "shares": lambda a, out: a.shares(),
    "share_batches": lambda a, out: a.share_batches(),
    "rejects": lambda a, out: a.rejects(),
    "reject_batches": lambda a, out: a.reject_batches(),
    "ask": lambda a, out: a.ask(lambda visits: visits.count().as_table()),
    "ask_requests": lambda a, out: a.ask_requests(lambda lines: lines.count().as_table()),
    "page": lambda a, out: a.page(),
    "write": lambda a, out: a.write(out),
}
HITS: dict[str, Callable[[Hits, Path], Any]] = {
    "table": lambda h, out: h.table(),
    "batches": lambda h, out: h.batches(),
    "to_pandas": lambda h, out: h.to_pandas(),
    "rejects": lambda h, out: h.rejects(),
    "reject_batches": lambda h, out: h.reject_batches(),
    "write": lambda h, out: h.write(out),
}
NEVER_CLOSED = {"close", "headline", "report", "session_schema", "summary"}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("closed") / "a.log"
    path.write_text(f"{Hit().line}\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def analysis(log: Path) -> Analysis:
    with darksocial.analyze(log) as closed:
        pass
    return closed


@pytest.fixture(scope="module")
def hits(log: Path) -> Hits:
    with darksocial.parse(log) as closed:
        pass
    return closed


def public(kind: type) -> Iterator[str]:
    """The methods and properties of a result."""
    return (name for name in dir(kind) if not name.startswith("_"))


def test_every_question_has_its_case() -> None:
    assert set(public(Analysis)) - NEVER_CLOSED == set(ANALYSIS)
    assert set(public(Hits)) - NEVER_CLOSED == set(HITS)


@pytest.mark.parametrize("name", ANALYSIS)
def test_a_closed_analysis_says_so(name: str, analysis: Analysis, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"darksocial.Analysis. is closed.*\nExpected: .*`with`.*\nTry: "
    ):
        ANALYSIS[name](analysis, tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", HITS)
def test_closed_hits_say_so(name: str, hits: Hits, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"darksocial.Hits. is closed"):
        HITS[name](hits, tmp_path / "hits.parquet")
    assert not list(tmp_path.iterdir())


def test_what_was_finished_stays_and_closing_again_is_harmless(analysis: Analysis) -> None:
    analysis.close()
    assert analysis.report.sessions == analysis.summary()["sessions"] == 1


def test_a_reader_of_batches_hears_of_it(log: Path) -> None:
    opened = darksocial.parse(log)
    batches = opened.batches()
    opened.close()
    with pytest.raises(UsageError, match="is closed"):
        next(batches)
