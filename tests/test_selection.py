"""Which visits a report is about: spans, patterns, zones; judged with all, and then chosen."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import darksocial
from darksocial import Analysis, Breakdown, Selection, UsageError
from darksocial.cli._main import darksocial as program
from darksocial.report.groups import section_of, time_group
from darksocial.selection import regex_of, zone_of
from tests.logs import ARTICLE, SETTINGS, START, Hit

LAST = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BOUNDS = [
    ({"since": "2026-03-02"}, (datetime(2026, 3, 2, tzinfo=UTC), None)),
    ({"until": "2026-03-02"}, (None, datetime(2026, 3, 3, tzinfo=UTC))),
    ({"until": date(2026, 3, 2)}, (None, datetime(2026, 3, 3, tzinfo=UTC))),
    ({"since": "7d"}, (LAST - timedelta(days=7), None)),
    ({"since": "2w", "until": "12h"}, (LAST - timedelta(14), LAST - timedelta(hours=12))),
    ({"since": "2026-03-02T08:00+01:00"}, (datetime(2026, 3, 2, 7, tzinfo=UTC), None)),
    ({"until": datetime(2026, 3, 2, 8, tzinfo=UTC)}, (None, datetime(2026, 3, 2, 8, tzinfo=UTC))),
    (
        {"since": "2026-03-29", "until": "2026-03-29", "zone": "Europe/Berlin"},
        (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    ),
    (
        {"since": "2026-03-02", "zone": "-03:30"},
        (datetime(2026, 3, 2, 3, 30, tzinfo=UTC), None),
    ),
]


@pytest.mark.parametrize(("values", "expected"), BOUNDS, ids=lambda value: str(value)[:60])
def test_bounds_are_moments(
    values: dict[str, Any], expected: tuple[datetime | None, datetime | None]
) -> None:
    period = Selection(**values).period(LAST)
    assert (period.since, period.until) == expected


REFUSED = [
    ({"since": "yesterday"}, "`since` is 'yesterday'", "a day (2026-03-02)"),
    ({"since": "2026-02-30"}, "`since` is '2026-02-30'", "a day (2026-03-02)"),
    ({"since": "2026-03-02T08:00"}, "`since` is", "a moment with its zone"),
    ({"until": datetime(2026, 3, 2)}, "`until` is", "a moment with its zone"),
    ({"until": "9999-12-31"}, "`until` is '9999-12-31'", "a day"),
    ({"since": "2026-03-05", "until": "2026-03-04"}, "before `since`", "an end after"),
    ({"since": 7}, "since is 7", "a text"),
    ({"only": {"pth": "/a"}}, "`only` is 'pth=/a'", "the nearest is path"),
    ({"only": {"path": ""}}, "`only` is 'path='", "a value"),
    ({"only": {"app": "whatsap"}}, "`only` is 'app=whatsap'", "the nearest is whatsapp"),
    ({"only": {"device": "phone"}}, "`only` is 'device=phone'", "mobile, tablet"),
    ({"zone": "Mars"}, "'Mars' is not a time zone", "Europe/Berlin"),
    ({"zone": "+25:00"}, "'+25:00' is not a time zone", "Europe/Berlin"),
]


@pytest.mark.parametrize(("values", "problem", "expected"), REFUSED)
def test_what_chooses_nothing_is_refused(
    values: dict[str, Any], problem: str, expected: str
) -> None:
    with pytest.raises(UsageError) as refused:
        Selection(**values)
    assert problem in str(refused.value)
    assert expected in (refused.value.expected or "")


PATTERNS = [
    ("path", "/politics/*", ["/politics/", "/politics/a"], ["/politics", "/x/politics/a"]),
    ("path", "/a.b", ["/a.b"], ["/axb", "/a.b\n", "/a.bc"]),
    ("path", "/caf%C3%A9*", ["/café", "/café (1)"], ["/cafe"]),
    ("path", "*[x]+*", ["/[x]+"], ["/x"]),
    ("path", "/\u2014 a", ["/\u2014 a"], ["/- a"]),
    ("site", "WWW.*", ["www.example.org"], ["wwwexample.org"]),
    ("campaign", "Spring*", ["Spring 26"], ["spring 26"]),
]


@pytest.mark.parametrize(("key", "pattern", "fitting", "others"), PATTERNS)
def test_a_star_is_for_any_characters_and_nothing_else_means_more_than_itself(
    key: str, pattern: str, fitting: list[str], others: list[str]
) -> None:
    import duckdb

    regex = regex_of(key, pattern)
    texts = [*fitting, *others]
    found = duckdb.execute("SELECT [regexp_matches(t, ?) FOR t IN ?]", [regex, texts]).fetchall()
    assert found == [([True] * len(fitting) + [False] * len(others),)]
    assert [bool(re.search(regex.replace("\\z", "\\Z"), text)) for text in texts] == found[0][0]


def hits() -> list[Hit]:
    """Two days: previews, visits to two pages, and a visitor with a source who comes back."""
    day = 24 * 60
    return [
        Hit(0, ip="192.0.2.50", referrer="https://www.google.com/"),
        *(Hit(10 + n, ip=f"192.0.2.{n}") for n in range(1, 6)),
        *(Hit(day + n, ip=f"192.0.2.{100 + n}") for n in range(1, 6)),
        *(Hit(day + n, "/culture/2026/03/03/museum-48300/", f"198.51.100.{n}") for n in (1, 2)),
        Hit(day, agent="WhatsApp/2.25.31.77 A", ip="203.0.113.9"),
        Hit(day + 60, ip="192.0.2.50"),
    ]


@pytest.fixture(scope="module")
def analyses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Analysis, Analysis]]:
    """The analysis of all visits, and that of those of the second day on one page."""
    log = tmp_path_factory.mktemp("log") / "access.log"
    log.write_text("".join(f"{hit.line}\n" for hit in hits()))
    second = START + timedelta(days=1)
    chosen = Selection(since=second.date(), only={"path": "/politics/*"}, zone="Europe/Berlin")
    with (
        darksocial.analyze(
            log, settings=SETTINGS, secret="tests", breakdown=Breakdown("section", 1)
        ) as whole,
        darksocial.analyze(
            log,
            settings=SETTINGS,
            secret="tests",
            selection=chosen,
            before="last-non-direct",
            breakdown=Breakdown("hour"),
        ) as part,
    ):
        yield whole, part


def test_visits_are_judged_with_all_and_then_chosen(analyses: tuple[Analysis, Analysis]) -> None:
    whole, part = analyses
    expected = whole.to_pandas()
    expected = expected[(expected.started_at.dt.day == 3) & (expected.landing_path == ARTICLE)]
    assert len(expected) == 6
    columns = ["session_id", "p_dark_social", "p_direct", "new_visitor", "channel_before"]
    assert part.to_pandas()[columns].values.tolist() == expected[columns].values.tolist()
    assert part.report.sessions == 6
    assert part.report.inputs == whole.report.inputs
    assert part.report.dark_social.expected == pytest.approx(expected.p_dark_social.sum())
    assert part.report.dark_social.prior_share == whole.report.dark_social.prior_share
    assert part.shares().num_rows == 1


def test_the_source_of_a_chosen_visit_may_be_that_of_another(
    analyses: tuple[Analysis, Analysis],
) -> None:
    _whole, part = analyses
    before = {row.channel: row.before for row in part.report.channels}
    assert (before["Organic Search"], before["Direct"]) == (1, 5)


def test_the_report_states_what_was_asked_for(analyses: tuple[Analysis, Analysis]) -> None:
    whole, part = analyses
    assert whole.report.filter is None
    stated = part.summary()["filter"]
    assert stated == {
        "since": "2026-03-02T23:00:00+00:00",
        "until": None,
        "only": [{"key": "path", "pattern": "/politics/*"}],
        "sessions": 14.0,
    }
    assert (part.report.zone, whole.report.zone) == ("Europe/Berlin", "UTC")
    zone = timezone(timedelta(hours=1))
    from darksocial.outputs.analysis import Saved, registry

    text = (registry()["full"].text or str)(Saved(part.report))
    assert "This is about 6 of the 14 visits that were judged." in text
    assert f"{START.astimezone(zone) + timedelta(days=1):%Y-%m-%d %H:}" in text
    assert "path=/politics/*" in text


def test_explain_chooses_alike(analyses: tuple[Analysis, Analysis], tmp_path: Path) -> None:
    whole, part = analyses
    whole.write(tmp_path / "out")
    chosen = Selection(since="2026-03-03", only=[("path", "/politics/*")])
    visits = darksocial.explain(tmp_path / "out", selection=chosen, top=20)
    assert {v.session_id for v in visits} == set(part.to_pandas().session_id)
    last = darksocial.explain(tmp_path / "out", selection=Selection(since="0h"))
    assert [v.started_at for v in last] == [START + timedelta(days=1, hours=1)]
    nothing = Selection(until="2020-01-01")
    with pytest.raises(UsageError, match="fits what was asked for"):
        darksocial.explain(tmp_path / "out", selection=nothing)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--since", "3x"], "`since` is '3x'"),
        (["--only", "path"], "`only` is 'path', which is not KEY=PATTERN"),
        (["--report-zone", "Mars"], "`zone`: 'Mars'"),
    ],
)
@pytest.mark.parametrize("command", ["analyze", "explain"])
def test_a_wrong_option_is_one_sentence(command: str, option: list[str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        CliRunner().invoke(program, [command, "x", *option], catch_exceptions=False)
    assert said in str(refused.value)
    assert refused.value.exit_code == 2


def test_top_without_a_table_is_refused() -> None:
    with pytest.raises(UsageError, match="no table to which it applies"):
        CliRunner().invoke(program, ["analyze", "x", "--top", "3"], catch_exceptions=False)
    with pytest.raises(UsageError, match="`by` is 'dya'") as refused:
        Breakdown("dya")
    assert "the nearest is day" in (refused.value.expected or "")
    with pytest.raises(UsageError, match="`top` is 0"):
        Breakdown("day", 0)


def test_groups_add_up_to_the_report(analyses: tuple[Analysis, Analysis]) -> None:
    for analysis in analyses:
        report = analysis.report
        rows = report.frame("groups.rows")
        direct = next(row for row in report.channels if row.channel == "Direct")
        assert rows.sessions.sum() == report.sessions
        assert rows.dark.sum() == pytest.approx(report.dark_social.expected)
        assert ((rows.low <= rows.dark) & (rows.dark <= rows.high)).all()
        assert (rows.high <= rows.sessions).all()
        if analysis is analyses[0]:
            assert rows.direct_before.sum() == direct.before
            assert rows.direct_after.sum() == pytest.approx(direct.after)
        by_channel = report.frame("groups.channels").groupby("name", dropna=False).after.sum()
        assert by_channel.sum() == pytest.approx(report.sessions)


def test_groups_have_their_names_and_order(analyses: tuple[Analysis, Analysis]) -> None:
    whole, part = analyses
    assert [(r.name, r.others) for r in whole.report.groups.rows] == [("/politics/", 0), (None, 1)]
    assert [(r.name, r.sessions) for r in part.report.groups.rows] == [("09:00", 5), ("10:00", 1)]
    from darksocial.outputs.analysis import Saved, registry

    text = (registry()["markdown"].text or str)(Saved(whole.report))
    assert "## Visits by section" in text
    assert "| 1 other |" in text


SECTIONS = {
    "/": "/", "/about": "/", "/news/": "/news/", "/news/a/b": "/news/", "/shop?id=7": "/",
    "/shop/x?back=/a/": "/shop/",
}  # fmt: skip
TIMES = [
    ("day", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "2026-03-29"),
    ("week", datetime(2026, 3, 29, 21, 45, tzinfo=UTC), "2026-03-23"),
    ("week", datetime(2026, 3, 29, 22, 0, tzinfo=UTC), "2026-03-30"),
    ("hour", datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "03:00"),
]


def test_a_section_is_the_first_part_of_a_path() -> None:
    assert {path: section_of(path) for path in SECTIONS} == SECTIONS


@pytest.mark.parametrize(("by", "moment", "name"), TIMES)
def test_times_are_those_of_the_zone_also_when_clocks_change(
    by: str, moment: datetime, name: str
) -> None:
    quarter = int(moment.timestamp()) // 900
    assert time_group(by, quarter, zone_of("Europe/Berlin")) == name
