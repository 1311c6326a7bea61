"""Trees of tracked shares: their figures, and how they are drawn."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from darksocial import InputError, UsageError
from darksocial import shares as read_back
from darksocial.cli._main import darksocial
from darksocial.outputs.share_words import counts_by_method, sentences
from darksocial.tracking.trees import (
    TrackedShare,
    children_of,
    mean_rate,
    ratio_rate,
    report_of,
    structural_virality,
)
from tests.logs import analyzed
from tests.test_tracked_shares import ARTICLE, HITS

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
Row = tuple[str, str | None, int]
"""Key, parent and clicks of a share; its generation follows."""


def tree(*rows: Row, root: str = "aaaaa") -> list[TrackedShare]:
    generations: dict[str | None, int] = {None: 0}
    made = []
    for number, (key, parent, clicks) in enumerate(rows):
        generations[key] = generations[parent] + 1
        made.append(
            TrackedShare(
                root, key, generations[key], "copy", "/story", ("whatsapp",), parent,
                START + timedelta(hours=number),
                tuple(START + timedelta(hours=number, minutes=5 * n) for n in range(clicks)),
                clicks, 0,
            )
        )  # fmt: skip
    return made


CHAIN: Sequence[Row] = (("a", None, 1), ("b", "a", 1), ("c", "b", 1), ("d", "c", 1))
STAR: Sequence[Row] = (("a", None, 3), ("b", "a", 0), ("c", "a", 0), ("d", "a", 0))


@pytest.mark.parametrize(
    ("rows", "virality"), [(CHAIN, 10 / 6), (STAR, 9 / 6), (CHAIN[:1], None), ((), None)], ids=str
)
def test_virality_is_the_mean_distance(rows: Sequence[Row], virality: float | None) -> None:
    assert structural_virality(children_of(tree(*rows))) == (
        None if virality is None else pytest.approx(virality)
    )


def test_virality_is_that_of_all_pairs_in_a_random_tree() -> None:
    draw = random.Random(7)
    rows: list[Row] = [("0", None, 0)]
    rows += [(str(n), str(draw.randrange(n)), 0) for n in range(1, 60)]
    parents = {key: parent for key, parent, _clicks in rows}

    def above(key: str | None) -> list[str]:
        path = []
        while key is not None:
            path.append(key)
            key = parents[key]
        return path

    distances = [
        len(set(above(one)) ^ set(above(other))) for one, other in combinations(parents, 2)
    ]
    expected = sum(distances) / len(distances)
    assert structural_virality(children_of(tree(*rows))) == pytest.approx(expected)


def test_figures_of_shares() -> None:
    report = report_of(tree(*CHAIN, ("e", "a", 2)), START + timedelta(days=30))
    assert (len(report.shares), report.used, report.mature) == (5, 5, 5)
    assert [(row.generation, row.shares, row.clicks) for row in report.generations] == [
        (1, 1, 1), (2, 2, 3), (3, 1, 1), (4, 1, 1),
    ]  # fmt: skip
    assert report.generations[0].reproduction == ratio_rate(2, 1)
    assert report.generations[-1].reproduction is None
    assert report.k == pytest.approx(0.8) and report.reach == pytest.approx(5)
    assert report.half_life_seconds == 150
    assert report.by_app == (("whatsapp", 5, 6),) and report.by_method == (("copy", 5, 6),)
    [only] = report.trees
    assert (only.shares, only.clicks, only.depth, only.orphans) == (5, 6, 4, 0)


def test_young_shares_say_nothing_of_k() -> None:
    young = report_of(tree(*CHAIN), START + timedelta(days=3))
    assert (young.mature, young.k, young.reach) == (0, None, None)
    nothing = report_of([], START)
    assert (nothing.clicks_per_share, nothing.trees, nothing.half_life_seconds) == (None, (), None)


def test_a_parent_that_cannot_be_is_none() -> None:
    good, forged = tree(CHAIN[0], CHAIN[1])
    loop = [good, TrackedShare(**{**_fields(forged), "parent": "b"})]
    assert [share.key for share in children_of(loop)[None]] == ["a", "b"]
    missing = [TrackedShare(**{**_fields(forged), "parent": "zzzzz"})]
    [only] = report_of(missing, START).trees
    assert (only.orphans, only.virality, only.depth) == (1, None, 2)


def _fields(share: TrackedShare) -> dict[str, object]:
    return {name: getattr(share, name) for name in TrackedShare.__dataclass_fields__}


def test_intervals_hold_what_they_promise() -> None:
    draw = random.Random(3)
    held = 0
    for _run in range(300):
        # Clicks of a share by a gamma-Poisson distribution of mean 2, as from few to many friends.
        counts = [_poisson(draw, draw.gammavariate(1.0, 2.0)) for _share in range(80)]
        rate = mean_rate(counts)
        assert rate is not None
        held += rate.low <= 2.0 <= rate.high
    assert 0.85 <= held / 300 <= 0.95
    ratios = [(_poisson(draw, 30.0), _poisson(draw, 60.0)) for _run in range(300)]
    inside = [ratio_rate(after, before) for after, before in ratios]
    assert 0.85 <= sum(rate.low <= 0.5 <= rate.high for rate in inside) / 300 <= 0.95
    none = mean_rate([0, 0, 0])
    assert none is not None and none.low == 0 and none.high > 0


def _poisson(draw: random.Random, mean: float) -> int:
    count, time = 0, draw.expovariate(1.0)
    while time < mean:
        count, time = count + 1, time + draw.expovariate(1.0)
    return count


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trees")
    with analyzed(folder, sorted(HITS, key=lambda hit: hit.at)) as analysis:
        analysis.write(folder / "out")
    return folder / "out"


def run(*arguments: object) -> Result:
    words = ["shares", *map(str, arguments)]
    return CliRunner().invoke(darksocial, words, catch_exceptions=False)


def test_the_tree_of_a_log_is_that_of_its_shares(out: Path) -> None:
    report = read_back(out)
    assert {share.key: (share.parent, len(share.clicks)) for share in report.shares} == {
        "aaaaa": (None, 1), "bbbbb": ("aaaaa", 1), "ccccc": ("bbbbb", 2),
        "eeeee": (None, 1), "fffff": (None, 0),
    }  # fmt: skip
    assert [(tree.root, tree.shares, tree.depth, tree.orphans) for tree in report.trees] == [
        ("aaaaa", 4, 3, 1), ("fffff", 1, 1, 0),
    ]  # fmt: skip
    assert {share.page for share in read_back(out, page=ARTICLE).shares} == {ARTICLE}
    assert {name: clicks for name, _shares, clicks in report.by_method}["copy"] == 2


def test_the_command_draws_figures_and_a_tree(out: Path) -> None:
    figures = run(out, "--generations").output
    assert "5 shares with an id were fetched or opened; visits came by 4 (80%)." in figures
    assert "Telegram" in figures and "button of the page" in figures and "Generations" in figures
    drawn = [
        line for line in run(out, "--tree", "ccccc").output.splitlines() if "generation" in line
    ]
    assert [(len(line) - len(line.lstrip()), line.split()[0]) for line in drawn] == [
        (0, "aaaaa"), (2, "bbbbb"), (4, "ccccc"), (0, "eeeee"),
    ]  # fmt: skip
    assert drawn[-1].endswith("(its parent is not in the log)")


def test_what_is_not_there_is_said(out: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No tracked share has the id zzzzz"):
        run(out, "--tree", "zzzzz")
    with pytest.raises(UsageError, match=r"no tracked share in .* is of /nowhere"):
        read_back(out, page="/nowhere")
    with pytest.raises(InputError, match="holds no sessions"):
        run(tmp_path)


@pytest.mark.parametrize(
    ("visitors", "days_later", "is_tagged", "is_of_chatbot"),
    [(12, 3, False, True), (12, 1, False, False), (9, 3, False, False), (1, 0, True, True)],
)
def test_links_of_chatbots_are_no_shares_of_people(
    visitors: int, days_later: int, is_tagged: bool, is_of_chatbot: bool
) -> None:
    """One id for many strangers, with a preview long before; or a tag that says so."""
    [share, other] = tree(("a", None, 0), ("b", "a", 2))
    clicks = [START + timedelta(days=days_later, hours=hour) for hour in range(1, visitors + 1)]
    link = replace(
        share,
        clicks=tuple(clicks),
        new_visitors=visitors,
        previewed_at=START,
        is_tagged_by_chatbot=is_tagged,
    )
    report = report_of([link, other], START + timedelta(days=30))
    assert report.chatbots == ((link,) if is_of_chatbot else ())
    assert (other in report.shares, link in report.shares) == (True, not is_of_chatbot)
    said = " ".join(sentences(report))
    assert ("Chatbots gave 1 link" in said) is is_of_chatbot
    rows = {name: (shares, visits) for name, shares, visits in counts_by_method(report)}
    assert rows.get("(chatbots)") == ((1, visitors) if is_of_chatbot else None)
