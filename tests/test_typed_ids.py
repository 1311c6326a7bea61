"""Ids are typed by strangers: what is forged, repeated or posted is counted, and breaks no tree."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from darksocial import Analysis
from darksocial import shares as shares_report
from darksocial.cli._main import darksocial as command
from darksocial.outputs.share_words import sentences
from darksocial.tracking.share_id import MANY_CLICKS
from darksocial.tracking.trees import SharesReport
from tests.logs import ARTICLE, BROWSER, SITE, Hit, analyzed

OTHER_BROWSER = BROWSER.replace("Firefox/136", "Firefox/133")
TELEGRAM, TELEGRAM_SERVER = "TelegramBot (like TwitterBot)", "149.154.161.1"
FORGED, LOOP, JUMP, POSTED, OWN, SCANNED = (
    f"/news/2026/03/02/{word}-48213/"
    for word in ("budget", "bridge", "garden", "museum", "river", "school")
)
FRIENDS = 5
NO_IDS = ("", "news", "abcde.1.abcde", "ABCDE.1.ABCDE.a", "abcde.100.abcde.a", "%00", "a" * 2000)


def reader(number: int) -> str:
    return f"198.51.{100 + number // 250}.{number % 250}"


def beacon(at: float, value: str, ip: str, page: str, source: str = "") -> Hit:
    made_from = f"&from={source}" if source else ""
    return Hit(at, f"/ds.txt?sh={value}{made_from}", ip, OTHER_BROWSER, SITE + page)


def preview(at: float, page: str, value: str) -> Hit:
    return Hit(at, f"{page}?sh={value}", TELEGRAM_SERVER, TELEGRAM)


HITS = [
    # A real share, whose id others change: another key, other generations, another method.
    preview(0, FORGED, "forge.1.forge.c"),
    Hit(5, f"{FORGED}?sh=forge.1.forge.c", reader(1)),
    Hit(6, f"{FORGED}?sh=forge.1.xxxxx.c", reader(2)),
    Hit(7, f"{FORGED}?sh=forge.99.forge.a", reader(3)),
    Hit(8, f"{FORGED}?sh=forge.2.forge.c", reader(4)),
    # Two ids of which each claims to be the other's child.
    Hit(0, f"{LOOP}?sh=looop.2.bbbbb.b", reader(10), OTHER_BROWSER),
    beacon(0.1, "looop.2.aaaaa.b", reader(10), LOOP, "bbbbb"),
    Hit(2, f"{LOOP}?sh=looop.2.aaaaa.b", reader(11)),
    beacon(2.1, "looop.2.bbbbb.b", reader(11), LOOP, "aaaaa"),
    preview(3, LOOP, "looop.2.aaaaa.b"),
    preview(4, LOOP, "looop.2.bbbbb.b"),
    # A generation that jumps.
    preview(0, JUMP, "jumpp.1.jumpp.c"),
    Hit(5, f"{JUMP}?sh=jumpp.1.jumpp.c", reader(20), OTHER_BROWSER),
    beacon(5.1, "jumpp.7.seven.c", reader(20), JUMP, "jumpp"),
    preview(6, JUMP, "jumpp.7.seven.c"),
    Hit(9, f"{JUMP}?sh=jumpp.7.seven.c", reader(21)),
    # An id that was posted: two of three of its visits come from another site.
    *(
        Hit(100 + n, f"{POSTED}?sh=poste.1.poste.a", reader(100 + n),
            referrer="https://www.reddit.com/r/news/" if n % 3 else "-")
        for n in range(MANY_CLICKS)
    ),
    # A reader of the post sends it on to friends in private.
    preview(250, POSTED, "poste.1.poste.a"),
    *(Hit(251 + n, f"{POSTED}?sh=poste.1.poste.a", reader(300 + n)) for n in range(FRIENDS)),
    # An own id comes back again and again.
    Hit(0, OWN, reader(30)),
    Hit(0.1, "/ds.txt?sh=owner.1.owner.a", reader(30), referrer=SITE + OWN),
    *(Hit(hours * 60, f"{OWN}?sh=owner.1.owner.a", reader(30)) for hours in (2, 4, 6)),
    # A scanner opens a link as soon as the address bar has its id, and a person much later.
    Hit(0, SCANNED, reader(32)),
    Hit(0.1, "/ds.txt?sh=scann.1.scann.a", reader(32), referrer=SITE + SCANNED),
    Hit(0.15, f"{SCANNED}?sh=scann.1.scann.a", "40.94.20.8", OTHER_BROWSER),
    Hit(30, f"{SCANNED}?sh=scann.1.scann.a", reader(33), OTHER_BROWSER),
    # Values of another form.
    *(Hit(50 + n, f"{ARTICLE}?sh={value}", reader(40 + n)) for n, value in enumerate(NO_IDS)),
]  # fmt: skip


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysis]:
    hits = sorted(HITS, key=lambda hit: hit.at)
    with analyzed(tmp_path_factory.mktemp("typed"), hits) as done:
        yield done


@pytest.fixture(scope="module")
def visits(analysis: Analysis) -> list[dict[str, Any]]:
    return analysis.sessions().to_pylist()


@pytest.fixture(scope="module")
def out(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "out"
    analysis.write(folder)
    return folder


@pytest.fixture(scope="module")
def report(out: Path) -> SharesReport:
    return shares_report(out)


def on(visits: list[dict[str, Any]], page: str) -> list[dict[str, Any]]:
    return [row for row in visits if row["landing_path"] == page]


def drawn(out: Path, root: str) -> str:
    """A tree as the terminal shows it."""
    return CliRunner().invoke(command, ["shares", str(out), "--tree", root]).output


def test_a_repeated_id_is_one_share_of_the_generation_that_came_first(
    report: SharesReport,
) -> None:
    shares = {share.key: share for share in report.shares if share.root == "forge"}
    assert {key: (share.generation, len(share.clicks)) for key, share in shares.items()} == {
        "forge": (1, 3), "xxxxx": (1, 1),
    }  # fmt: skip
    assert report.repeated == 1


def test_a_loop_is_none(report: SharesReport) -> None:
    """What the ids say stands against it: both are of generation 2, below a root without a line."""
    shares = [share for share in report.shares if share.root == "looop"]
    assert [(share.key, share.parent) for share in shares] == [
        ("bbbbb", "looop"), ("aaaaa", "looop"),
    ]  # fmt: skip
    [tree] = [tree for tree in report.trees if tree.root == "looop"]
    assert (tree.depth, tree.virality, tree.orphans) == (2, None, 2)


def test_a_generation_that_jumps_is_counted_and_deepens_no_tree(report: SharesReport) -> None:
    [tree] = [tree for tree in report.trees if tree.root == "jumpp"]
    assert (tree.shares, tree.clicks, tree.depth, tree.orphans) == (2, 2, 1, 1)
    assert report.jumps == 1
    assert [row.generation for row in report.generations] == [1, 2]
    assert sum(row.shares for row in report.generations) == len(report.shares) - 1


def test_an_id_that_was_posted_is_said_and_is_not_dark(
    visits: list[dict[str, Any]], report: SharesReport
) -> None:
    came = on(visits, POSTED)
    assert len(came) == MANY_CLICKS + FRIENDS
    assert max(row["p_dark_social"] for row in came[:MANY_CLICKS]) < 0.01
    friends = came[MANY_CLICKS:]
    assert min(row["p_dark_social"] for row in friends) > 0.9
    assert {row["app"] for row in friends} == {"telegram"}
    [share] = [share for share in report.shares if share.is_public]
    assert (share.key, share.public_clicks) == ("poste", sum(n % 3 > 0 for n in range(MANY_CLICKS)))
    assert report.clicks_per_share is not None and report.clicks_per_share.value < 2


def test_an_own_id_is_history_and_a_value_of_another_form_is_no_id(
    visits: list[dict[str, Any]],
) -> None:
    assert [row["share_id"] for row in on(visits, OWN)] == [None] * 4
    others = on(visits, ARTICLE)
    assert [row["share_method"] for row in others] == [None] * len(NO_IDS)
    assert [row["landing_query"] for row in others] == [f"sh={value}" for value in NO_IDS]


def test_who_opens_a_link_within_seconds_of_its_making_is_no_person(
    visits: list[dict[str, Any]],
) -> None:
    assert [row["p_bot"] == 1 for row in on(visits, SCANNED)] == [False, True, False]


def test_what_does_not_fit_is_said(report: SharesReport, out: Path) -> None:
    said = " ".join(sentences(report))
    assert "! 1 id was posted in public" in said
    assert "! 1 id is of a generation before which its tree has none" in said
    assert "! 1 id came with more than one generation" in said
    shown = CliRunner().invoke(command, ["shares", str(out), "--top", "1"]).output
    assert shown.endswith(f"darksocial shares {out} --tree poste\n")
    assert "visits (posted in public)" in drawn(out, "poste")
    person = {"FORCE_COLOR": "1", "COLUMNS": "60"}
    wrapped = CliRunner().invoke(command, ["shares", str(out), "--tree", "looop"], env=person)
    assert max(map(len, wrapped.output.splitlines())) <= 60
    assert drawn(out, "looop").count("(its parent is not in the log)") == 2
