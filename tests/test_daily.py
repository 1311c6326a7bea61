"""The report of a day: against the week before, and each kind of standout, seen and not seen."""

import json
import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from darksocial.errors import InputError, UsageError
from darksocial.store.daily import DayReport, day_report
from darksocial.store.daily.chances import at_least, fewer, incomplete_beta, none_at_all
from darksocial.store.daily.stored import runs_of
from tests.stores import (
    DAY,
    Visits,
    days_before,
    more,
    night_after,
    write_day,
    write_run,
    write_usual,
)

USUAL = (Visits("/a", 20, 0.1), Visits("/b", 4, 0.5, "whatsapp"), Visits("/", 30, 0.0))
NEXT_DAY = night_after(DAY)


def reported(
    store: Path, visits: Sequence[Visits], days: int = 28, now: datetime = NEXT_DAY
) -> DayReport:
    """The report of a day after `days` usual ones."""
    write_usual(store, days, USUAL)
    write_day(store, DAY, visits)
    return day_report(store, now=lambda: now)


def kinds(report: DayReport) -> list[str]:
    return [row.kind for row in report.standouts]


def test_the_day_stands_beside_the_same_weekday_before(tmp_path: Path) -> None:
    report = reported(tmp_path, [*USUAL, Visits("/c", 6, 0.5, "whatsapp", conversions=1)])
    assert (report.day, report.earlier_day, report.days_before) == (DAY, date(2026, 3, 23), 28)
    assert report.earlier is not None
    assert (report.counts.sessions, report.earlier.sessions) == (60.0, 54.0)
    assert (report.counts.dark, report.earlier.dark) == (7.0, 4.0)
    assert (report.counts.conversions, report.counts.revenue) == (6.0, 120.0)
    assert report.earlier.conversions is None
    channels = {row.channel: row for row in report.channels}
    assert channels["Dark Social"].earlier_after == 4.0
    assert channels["Direct"].before == 60.0
    apps = {row.app: (row.expected, row.earlier) for row in report.apps}
    assert apps == {"whatsapp": (5.0, 2.0), None: (2.0, 2.0)}
    pages = {row.path: row.usual for row in report.pages}
    assert pages == {"/a": pytest.approx(2.0), "/b": 2.0, "/": 0.0, "/c": 0.0}
    assert kinds(report) == []


def test_a_day_like_all_days_has_no_standouts_and_no_notes(tmp_path: Path) -> None:
    report = reported(tmp_path, USUAL)
    assert (report.standouts, report.notes) == ((), ())


PAGES = [
    ("far above its usual", [Visits("/a", 30, 0.9)], 28, ["/a"]),
    ("twice the usual, but few", [Visits("/a", 4, 1.0)], 28, []),
    ("above by chance", [Visits("/a", 5, 1.0)], 28, []),
    ("many visits, none dark", [Visits("/", 500, 0.0)], 28, []),
    ("a new page, where new pages are rare", [Visits("/new", 8, 1.0)], 28, ["/new"]),
    ("a new page, after too few days to call it new", [Visits("/new", 8, 1.0)], 5, []),
    ("few days before, but no doubt", [Visits("/a", 40, 1.0)], 3, ["/a"]),
    ("few days before, and some doubt", [Visits("/a", 7, 1.0)], 3, []),
    ("nothing is usual yet", [Visits("/a", 40, 1.0)], 2, []),
]


@pytest.mark.parametrize(("name", "visits", "days", "found"), PAGES)
def test_pages_stand_out(
    tmp_path: Path, name: str, visits: Sequence[Visits], days: int, found: list[str]
) -> None:
    report = reported(tmp_path, visits, days)
    pages = [row for row in report.standouts if row.kind == "page"]
    assert [row.subject for row in pages] == found, name
    for row in pages:
        assert row.look == f"darksocial explain {tmp_path} --page {row.subject}"
        assert row.chance <= 0.01
        assert row.subject in row.told


def test_a_new_page_is_held_to_other_new_pages(tmp_path: Path) -> None:
    for number, day in enumerate(days_before(28)):
        write_day(tmp_path, day, [*USUAL, Visits(f"/news/{number}", 4 + number % 9, 1.0)])
    write_day(tmp_path, DAY, [*USUAL, Visits("/news/usual", 12, 1.0), Visits("/news/big", 90, 1.0)])
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert [row.subject for row in report.standouts if row.kind == "page"] == ["/news/big"]
    assert "new pages have 8" in report.standouts[0].told


def test_a_page_of_bursts_is_held_to_its_own_spread(tmp_path: Path) -> None:
    for number, day in enumerate(days_before(28)):
        write_day(
            tmp_path, day, [Visits("/steady", 5), Visits("/bursts", 35 if number % 7 == 0 else 1)]
        )
    write_day(tmp_path, DAY, [Visits("/steady", 22), Visits("/bursts", 22)])
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert [row.subject for row in report.standouts if row.kind == "page"] == ["/steady"]


def test_pages_of_chance_seldom_stand_out(tmp_path: Path) -> None:
    chosen = random.Random(4)
    rates = {f"/{n}": chosen.uniform(0.5, 8) for n in range(200)}
    for day in [*days_before(28), DAY]:
        counts = {page: _poisson(chosen, rate) for page, rate in rates.items()}
        write_day(tmp_path, day, [Visits(page, count) for page, count in counts.items() if count])
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert "page" not in kinds(report)


def _poisson(chosen: random.Random, mean: float) -> int:
    count, product = 0, chosen.random()
    while product > math.exp(-mean):
        count, product = count + 1, product * chosen.random()
    return count


APPS = [
    ("named for the first time", [Visits("/a", 4, 0.9, "telegram")], 28, ["telegram"]),
    ("named before", [Visits("/b", 4, 0.9, "whatsapp")], 28, []),
    ("named once", [Visits("/a", 1, 0.9, "telegram")], 28, []),
    ("named by visits that are hardly dark", [Visits("/a", 20, 0.05, "telegram")], 28, []),
    ("too few days before", [Visits("/a", 4, 0.9, "telegram")], 2, []),
]


@pytest.mark.parametrize(("name", "visits", "days", "found"), APPS)
def test_new_apps_stand_out(
    tmp_path: Path, name: str, visits: Sequence[Visits], days: int, found: list[str]
) -> None:
    report = reported(tmp_path, visits, days)
    apps = [row for row in report.standouts if row.kind == "app"]
    assert [row.subject for row in apps] == found, name
    assert all(row.look.endswith(f" --app {row.subject}") for row in apps)


RUNS = [
    ("as usual", 990, 10, False),
    ("a fall", 900, 100, True),
    ("a fall by less than one percent point", 98_500, 1_500, False),
    ("a fall that may be chance", 97, 4, False),
    ("too few lines", 20, 30, False),
    ("better than usual", 1000, 0, False),
    ("nothing new", 0, 0, False),
    ("all rejected", 0, 500, True),
]


@pytest.mark.parametrize(("name", "hits", "rejects", "falls"), RUNS)
def test_a_fall_of_the_parse_rate_stands_out(
    tmp_path: Path, name: str, hits: int, rejects: int, falls: bool
) -> None:
    write_usual(tmp_path, 10, USUAL)
    write_day(tmp_path, DAY, USUAL)
    write_run(tmp_path, NEXT_DAY, [DAY], hits=hits, rejects=rejects, file="new format.log")
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert kinds(report) == (["parse"] if falls else []), name
    if falls:
        assert report.standouts[0].look == "darksocial formats 'new format.log'"
        assert "usual are 99%" in report.standouts[0].told


ALL_DAY = [Visits("/", 4, 0.0, hour=hour, every=1) for hour in range(24)]
HOURS = [
    ("every hour has visits", ALL_DAY, []),
    ("three silent hours", ALL_DAY[:10] + ALL_DAY[13:], ["10:00 to 13:00 UTC"]),
    ("one silent hour may be chance", ALL_DAY[:10] + ALL_DAY[11:], []),
    ("the last hours", ALL_DAY[:20], ["20:00 to 24:00 UTC"]),
    ("two stretches", ALL_DAY[4:10] + ALL_DAY[14:],
     ["00:00 to 04:00 UTC", "10:00 to 14:00 UTC"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "visits", "found"), HOURS)
def test_silent_hours_stand_out(
    tmp_path: Path, name: str, visits: Sequence[Visits], found: list[str]
) -> None:
    write_usual(tmp_path, 14, ALL_DAY)
    write_day(tmp_path, DAY, visits)
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert [row.subject for row in report.standouts] == found, name


def test_hours_that_are_still_to_come_are_not_silent(tmp_path: Path) -> None:
    write_usual(tmp_path, 14, ALL_DAY)
    write_day(tmp_path, DAY, ALL_DAY[:6])
    at_six = datetime(2026, 3, 30, 6, tzinfo=UTC)
    report = day_report(tmp_path, DAY, now=lambda: at_six)
    assert not report.is_over
    assert day_report(tmp_path, now=lambda: at_six).day == DAY - timedelta(days=1)
    assert report.standouts == ()
    assert report.notes[0].startswith("The day is not over")


TOTALS = [
    ("beyond both intervals", 60, 1.0, True),
    ("less, beyond both intervals", 0, 1.0, True),
    ("intervals that overlap", 22, 0.5, False),
]


@pytest.mark.parametrize(("name", "count", "p", "changed"), TOTALS)
def test_a_change_of_dark_social_stands_out(
    tmp_path: Path, name: str, count: int, p: float, changed: bool
) -> None:
    usual = [Visits("/a", 20, 0.5), Visits("/b", 40, 0.1)]
    write_usual(tmp_path, 7, usual)
    write_day(tmp_path, DAY, [more(usual[0], count) if p == 0.5 else Visits("/a", count, p)])
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert ("total" in kinds(report)) == changed, name


def test_a_store_without_days_before_says_so(tmp_path: Path) -> None:
    write_day(tmp_path, DAY, USUAL)
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert (report.earlier, report.earlier_day, report.days_before) == (None, None, 0)
    assert report.standouts == ()
    assert [row.usual for row in report.pages] == [None] * 3
    assert any("none of the 28 days before" in note for note in report.notes)
    assert any("2026-03-23" in note for note in report.notes)


@pytest.mark.parametrize(
    ("days_later", "note"),
    [(1, ""), (2, "no hits of the day since"), (5, "no hits of any of the 4 days since")],
)
def test_days_without_hits_are_told_of(tmp_path: Path, days_later: int, note: str) -> None:
    write_usual(tmp_path, 7, USUAL)
    write_day(tmp_path, DAY, USUAL)
    now = datetime(2026, 3, 30, 3, tzinfo=UTC) + timedelta(days=days_later)
    notes = " ".join(day_report(tmp_path, now=lambda: now).notes)
    assert note in notes
    assert ("no hits" in notes) == bool(note)


def test_a_day_can_be_chosen(tmp_path: Path) -> None:
    write_usual(tmp_path, 3, USUAL)
    chosen = DAY - timedelta(days=2)
    report = day_report(tmp_path, chosen, now=lambda: NEXT_DAY)
    assert (report.day, report.days_before) == (chosen, 1)
    assert report.run is not None
    assert report.run.started_at == night_after(chosen)
    with pytest.raises(UsageError, match="no report of 2026-01-01"):
        day_report(tmp_path, date(2026, 1, 1), now=lambda: NEXT_DAY)


def test_of_an_earlier_day_the_run_is_the_first_after_it(tmp_path: Path) -> None:
    write_day(tmp_path, DAY, USUAL)
    write_day(tmp_path, DAY + timedelta(days=1), USUAL)
    noon = NEXT_DAY - timedelta(hours=15)
    harmless = [["a.log.2.gz", "was read before"], ["a.log.1", "holds the same lines as b"]]
    for number, moment in enumerate([noon, NEXT_DAY, NEXT_DAY + timedelta(days=1)]):
        unread = [["x.log", "no known format"], *harmless]
        write_run(tmp_path, moment, [DAY], hits=1000 + number, unread=unread)
    run = day_report(tmp_path, DAY, now=lambda: NEXT_DAY + timedelta(days=2)).run
    assert run is not None
    assert (run.started_at, run.read.hits, run.seconds) == (NEXT_DAY, 1001, 42.0)
    assert (run.total.hits, run.total.blanks, run.unread) == (2001, 4, 1)


def test_a_night_in_which_nothing_could_be_read_shows(tmp_path: Path) -> None:
    write_usual(tmp_path, 10, USUAL)
    failed = night_after(DAY)
    write_run(tmp_path, failed, [], hits=0, rejects=900)
    report = day_report(tmp_path, now=lambda: failed)
    assert report.day == DAY - timedelta(days=1)
    assert report.run is not None
    assert report.run.started_at == failed
    assert kinds(report) == ["parse"]


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("reports/date=2026-03-30/summary.json", "{", "cannot be read"),
        ("reports/date=2026-03-30/summary.json", "[]", "holds no object"),
        ("reports/date=2026-03-30/summary.json", "{}", "'dark_social'"),
        ("reports/date=yesterday/summary.json", "{}", "'yesterday'"),
        ("runs/20260331T030000Z.json", '{"started_at": "now"}', "runs/2026"),
        ("sessions/date=2026-03-30/sessions-0.parquet", "no Parquet", "the sessions in"),
    ],
)
def test_a_damaged_store_is_told_of(tmp_path: Path, path: str, content: str, told: str) -> None:
    write_day(tmp_path, DAY, USUAL)
    write_run(tmp_path, NEXT_DAY, [DAY])
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(content)
    with pytest.raises(InputError, match=told):
        day_report(tmp_path, now=lambda: NEXT_DAY)


def test_a_day_without_its_sessions_counts_as_a_day_without_any(tmp_path: Path) -> None:
    write_usual(tmp_path, 7, USUAL)
    write_day(tmp_path, DAY, USUAL)
    (tmp_path / "sessions" / f"date={DAY - timedelta(days=1)}" / "sessions-0.parquet").unlink()
    report = day_report(tmp_path, now=lambda: NEXT_DAY)
    assert {row.path: row.usual for row in report.pages}["/b"] == pytest.approx(2 * 6 / 7)


def test_an_empty_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no report of a day"):
        day_report(tmp_path, now=lambda: NEXT_DAY)


def test_a_run_that_was_killed_counts_for_nothing(tmp_path: Path) -> None:
    write_run(tmp_path, NEXT_DAY, [DAY])
    [path] = (tmp_path / "runs").iterdir()
    told = {**json.loads(path.read_text()), "ended_at": ""}
    path.write_text(json.dumps(told))
    assert runs_of(tmp_path) == []


def test_the_incomplete_beta_function_is_the_tail_of_the_binomial() -> None:
    for n, k, p in ((10, 4, 0.3), (50, 45, 0.5), (200, 3, 0.1), (1, 1, 0.2)):
        tail = sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
        assert incomplete_beta(k, n - k + 1, p) == pytest.approx(tail, rel=1e-9)
    assert (incomplete_beta(2, 3, 0.0), incomplete_beta(2, 3, 1.0)) == (0.0, 1.0)


def test_many_days_make_the_chance_that_of_poisson() -> None:
    poisson = 1 - sum(math.exp(-3) * 3**i / math.factorial(i) for i in range(9))
    assert at_least(9, [3.0] * 100_000) == pytest.approx(poisson, rel=1e-3)
    assert none_at_all([3.0] * 100_000) == pytest.approx(math.exp(-3), rel=1e-3)
    assert at_least(9, [3.0] * 3) > 3 * poisson
    assert at_least(0, [3.0]) == 1.0


def test_a_fall_of_a_share_has_the_chance_of_a_normal_number() -> None:
    assert fewer(450, 500, 480, 500) == pytest.approx(0.000163, rel=0.01)
    assert fewer(500, 500, 500, 500) == 1.0
