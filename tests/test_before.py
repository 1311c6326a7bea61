"""`--before last-non-direct`: Direct visits in the channel of an earlier visit, as GA4 counts."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import Goal, Report, Settings, UsageError
from darksocial.cli._main import darksocial as command_line
from darksocial.engines import open_engine
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis.markdown import text as markdown
from darksocial.outputs.day import registry
from darksocial.report.readings import moved, moved_bounds, moves_of
from darksocial.schema import SESSIONS
from darksocial.settings import Resources
from darksocial.visits.conditions import BOTS_LABEL, NOT_LOGGED_LABEL
from darksocial.visits.last_source import COLUMNS_FOR_SOURCE, with_last_source
from tests.logs import BROWSER, SITE, START, Hit
from tests.nights import NOW, night
from tests.sparks import needs_spark

GOOGLE = "https://www.google.com/"
NEWS = "/offer/?utm_source=news&utm_medium=email"
DAY = 24 * 60
OTHER_BROWSER = BROWSER.replace("136.0", "135.0")
Pairs = dict[str, tuple[float, float]]

VISITS = {
    # The latest of two sources; and a visit that goes on after a pause.
    "192.0.2.1": [(0, "/", GOOGLE), (60, NEWS, "-"), (120, "/", "-"), (200, "/a/", f"{SITE}/")],
    # Direct before any source.
    "192.0.2.2": [(0, "/", "-"), (60, "/", GOOGLE)],
    # 90 days later, and a minute more.
    "192.0.2.3": [(10, "/", GOOGLE), (90 * DAY + 10, "/", "-")],
    "192.0.2.4": [(10, "/", GOOGLE), (90 * DAY + 11, "/", "-")],
    # The beginning is not logged: nobody viewed the page that it names.
    "192.0.2.5": [(0, "/a/", f"{SITE}/far/"), (60, "/", GOOGLE)],
    # A tag without a source is a campaign.
    "192.0.2.6": [(0, "/?utm_campaign=spring", "-"), (60, "/", "-")],
}
"""The visits of each address: minutes, landing page and referrer."""


def visit(at: float, ip: str, path: str, referrer: str, agent: str = BROWSER) -> Iterator[str]:
    """The lines of a visit of one page that loads its style sheet."""
    yield Hit(at, path, ip, agent, referrer).line + "\n"
    yield Hit(at + 0.05, "/static/site.css", ip, agent, f"{SITE}{path}").line + "\n"


LINES = [
    *(
        line
        for ip, of_visitor in VISITS.items()
        for at in of_visitor
        for line in visit(at[0], ip, *at[1:])
    ),
    # Another agent at the same address is another visitor.
    *visit(0, "192.0.2.7", "/", GOOGLE),
    *visit(60, "192.0.2.7", "/", "-", OTHER_BROWSER),
]
SETTINGS = Settings(site=("example.org",), goals=(Goal(path="/a/", value=10.0),))


def channels(report: Report) -> Pairs:
    return {row.channel: (row.before, row.after) for row in report.channels}


def test_direct_visits_are_counted_by_the_last_source(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(LINES))
    with darksocial.analyze(log, settings=SETTINGS, secret="tests") as analysis:
        arrived, sessions = analysis.report, analysis.to_pandas()
    reread = darksocial.analyze(log, settings=SETTINGS, secret="tests", before="last-non-direct")
    with reread:
        report, summary = reread.report, reread.summary()
        assert reread.to_pandas().equals(sessions)
    assert (arrived.before.reading, arrived.before.differ) == ("arrival", 0)
    assert (report.before.reading, report.before.differ) == ("last-non-direct", 4)
    assert summary["before"] == {"reading": "last-non-direct", "differ": 4.0}
    before, now = channels(arrived), channels(report)
    more = {"Email": 2, "Organic Search": 1, "Unassigned": 1, "Direct": -4}
    assert {name: pair[0] for name, pair in now.items() if pair[0]} == {
        name: before[name][0] + more.get(name, 0) for name in before if before[name][0]
    }
    assert before["Direct"][0] == arrived.dark_social.direct_sessions == 7
    assert now[NOT_LOGGED_LABEL] == before[NOT_LOGGED_LABEL]
    # What the evidence says of a visit is the same, and both columns still have one sum.
    assert report.dark_social == arrived.dark_social
    assert now["Dark Social"] == before["Dark Social"]
    assert now["Email"][1] > before["Email"][1] + 1  # the visit that went on, and a part
    for column in (0, 1):
        assert sum(pair[column] for pair in now.values()) == pytest.approx(report.sessions)
    assert list(now) == [name for name in before if name in now]
    # The goal was reached in the visit that went on, and in the one that is not logged.
    revenue = {row.channel: (row.before, row.revenue_before) for row in arrived.conversions}
    assert {name: pair for name, pair in revenue.items() if pair[0]} == {
        "Direct": (1, 10),
        NOT_LOGGED_LABEL: (1, 10),
    }
    revenue = {row.channel: (row.before, row.revenue_before) for row in report.conversions}
    assert {name: pair for name, pair in revenue.items() if pair[0]} == {
        "Email": (1, 10),
        NOT_LOGGED_LABEL: (1, 10),
    }
    sentence = (
        "Read as GA4 does, 4 of 7 visits booked as Direct belong to the source of an earlier visit."
    )
    assert sentence in markdown(Saved(report))
    assert "Read as GA4 does" not in markdown(Saved(arrived))
    assert "Booked is how each visit arrived" in markdown(Saved(arrived))


def test_a_reading_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`before` is 'last'") as refused:
        darksocial.analyze(tmp_path, before="last")
    assert "arrival, last-non-direct" in str(refused.value)
    with pytest.raises(UsageError, match="`before` is 'last'"):
        darksocial.day_report(tmp_path, now=lambda: NOW, before="last")


def row(visitor: str, minutes: float, channel: str, **others: object) -> dict[str, object]:
    """A stored session; without `others` an arrival by a person, as the signals left it."""
    plain = {
        "visitor_id": visitor,
        "site": "www.example.org",
        "started_at": START + timedelta(minutes=minutes),
        "weight": 1.0,
        "channel_before": channel,
        "source_before": "(direct)" if channel == "Direct" else "google",
        "p_direct": 0.75,
        "p_bot": 0.0,
    }
    return plain | {"began": "arrival"} | others


ROWS = [
    # From a bot nothing is inherited, and to a bot's visit only what it may be as a person's.
    row("1", 0, "Organic Search", p_bot=0.6),
    row("1", 60, "Direct"),
    row("2", 0, "Email"),
    row("2", 60, "Direct", p_bot=0.6, p_direct=0.4),
    # The subdomains of a site are one site; another site is none, and neither is no host.
    row("3", 0, "Email"),
    row("3", 60, "Direct", site="shop.example.org", began="continued", p_bot=0.25, p_direct=0.0),
    row("3", 120, "Direct", site="www.example.com"),
    row("3", 180, "Direct", site=None),
    # The same moment; a visit that only continues a source; no referrers recorded.
    row("4", 0, "Email"),
    row("4", 0, "Direct"),
    row("5", 0, "Organic Search", began="not_logged"),
    row("5", 60, "Organic Search", began="continued"),
    row("5", 120, "Unassigned", source_before="(not set)"),
    row("5", 180, "Direct"),
    # Stored by an earlier version.
    row("6", 0, "Organic Search", began=None, p_bot=None),
    row("6", 60, "Direct", began=None, p_bot=None),
]
SCHEMA = pa.schema([SESSIONS.arrow.field(name).with_nullable(True) for name in COLUMNS_FOR_SOURCE])


@pytest.mark.parametrize(
    "engine",
    ["duckdb", pytest.param("spark", marks=[pytest.mark.long, pytest.mark.spark, needs_spark])],
)
def test_which_part_of_a_visit_moves(engine: str) -> None:
    found = []
    for rows in (ROWS, ROWS[::-1]):
        opened = open_engine(Resources(engine=engine))
        try:
            loaded = opened.load("sessions", pa.Table.from_pylist(rows, schema=SCHEMA))
            found.append(moves_of(opened, with_last_source(opened, loaded)))
        finally:
            opened.close()
    assert found[0] == found[1]
    email = (1.0, 0.4 + 0.75)
    assert found[0].sessions == {"Email": email, "Organic Search": (1.0, 0.75)}
    assert found[0].before.differ == 2


def test_nothing_is_left_where_all_moves() -> None:
    table = {"Direct": (3.0, 0.1 + 0.2), "Email": (1.0, 1.0), BOTS_LABEL: (0.0, 0.7)}
    now = moved(table, {"Email": (2.0, 0.1), "Referral": (1.0, 0.2)})
    assert now == {"Email": (3.0, 1.1), "Referral": (1.0, 0.2), BOTS_LABEL: (0.0, 0.7)}


ROUNDED = 1e-6
"""The numbers of a stored summary have six decimals."""


def test_the_part_of_direct_that_moves_takes_its_bounds_along() -> None:
    pairs = {"Direct": (4.0, 2.0), "Email": (1.0, 1.0)}
    bounds = {"Direct": (1.0, 4.0), "Email": (0.5, 1.5)}
    half = moved_bounds(bounds, pairs, {"Email": (2.0, 1.0)})
    assert half == {"Direct": (0.5, 2.0), "Email": (1.0, 3.5)}
    everything = moved_bounds(bounds, pairs, {"Referral": (4.0, 2.0)})
    assert everything == {"Direct": (0.0, 0.0), "Email": (0.5, 1.5), "Referral": (1.0, 4.0)}


@pytest.mark.long
def test_days_of_a_store_are_read_as_one_run(tmp_path: Path) -> None:
    """A visit inherits from the days before, and so from more than the week that judges it."""
    visits = {
        "192.0.2.1": [
            (0, "/", GOOGLE),
            (DAY, "/", "-"),
            (DAY + 90, NEWS, "-"),
            (9 * DAY, "/", "-"),
        ],
        "192.0.2.2": [(0, "/", "-"), (DAY, "/", GOOGLE), (9 * DAY, "/", "-")],
    }
    log = tmp_path / "access.log"
    log.write_text(
        "".join(
            line for ip, rows in visits.items() for at in rows for line in visit(at[0], ip, *at[1:])
        )
    )
    with darksocial.analyze(log, secret="tests", before="last-non-direct") as analysis:
        whole = analysis.report
    store = tmp_path / "store"
    night(log, store)
    stored = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    days = [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 11)]
    reports = [
        darksocial.day_report(store, day, now=lambda: NOW, before="last-non-direct") for day in days
    ]
    assert [report.before.differ for report in reports] == [0, 1, 2]
    assert whole.before.differ == 3
    booked: dict[str, float] = {}
    for report in reports:
        for channel in report.channels:
            assert channel.low is not None and channel.high is not None
            assert 0 <= channel.low <= channel.after + ROUNDED <= channel.high + 2 * ROUNDED
            booked[channel.channel] = booked.get(channel.channel, 0.0) + channel.before
        total = sum(channel.after for channel in report.channels)
        assert total == pytest.approx(report.counts.sessions)
    assert {name: n for name, n in booked.items() if n} == {
        row.channel: row.before for row in whole.channels if row.before
    }
    sentence = (
        "Read as GA4 does, 2 of 2 visits booked as Direct belong to the source of an earlier visit."
    )
    forms = registry()
    assert forms["markdown"].text is not None
    assert sentence in forms["markdown"].text(reports[-1])
    assert forms["json"].text is not None
    before = json.loads(forms["json"].text(reports[-1]))["before"]
    assert before == {"reading": "last-non-direct", "differ": 2.0}
    asked = ["report", str(store), "--day", "2026-03-11", "--before", "last-non-direct"]
    shown = CliRunner().invoke(command_line, asked)
    assert sentence in " ".join(shown.output.split())
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == stored
