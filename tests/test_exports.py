"""Analytics exports: the sessions that they bring, what holds them, and what they cannot give."""

import json
import re
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import Goal, Settings
from darksocial.cli._main import darksocial as command
from tests.export_sessions import EXPORTS, Expected, rows, sessions, usual_sessions
from tests.gate import series

ARTICLE, HELP, SHOP = "/politics/2026/03/02/council-budget-48213/", "/help/returns", "/shop/tent"
THREE: list[Expected] = [(ARTICLE, 2, "Direct"), (HELP, 1, "Organic Search"), (SHOP, 1, "Email")]


@series(
    ("name", "expected"),
    [
        ("adobe/hit_data.tsv", [(ARTICLE, 2, "Direct"), (SHOP, 2, "Email")]),
        ("amplitude.jsonl", THREE),
        ("ga4_bigquery.jsonl", [(ARTICLE, 2, "Direct"), (SHOP, 1, "Email")]),
        ("matomo.json", [(ARTICLE, 2, "Direct"), (HELP, 1, "Organic Search")]),
        ("mixpanel.jsonl", THREE),
        ("piano.csv", THREE),
        ("plausible.csv", THREE),
        ("plausible_sessions.csv", [*THREE[:2], (SHOP, 4, "Email")]),
        ("posthog.jsonl", THREE),
        ("segment.jsonl", THREE),
        ("simple_analytics.csv", THREE),
        ("snowplow.tsv", THREE),
        ("snowplow_json.jsonl", THREE),
        ("ua_bigquery.jsonl", [THREE[0], THREE[1], (SHOP, 2, "Email"), (HELP, 1, "Direct")]),
        ("umami.csv", [*THREE, ("/shop/lamp", 1, "Organic Social")]),
    ],
    in_gate=1,
)
def test_sessions_of_an_export(name: str, expected: list[Expected]) -> None:
    assert rows(EXPORTS / name)[: len(expected)] == expected


@series(
    ("name", "revenue"),
    [
        ("adobe/hit_data.tsv", 144.9),
        ("amplitude.jsonl", 129.9),
        ("ga4_bigquery.jsonl", 129.9),
        ("matomo.json", 129.9),
        ("mixpanel.jsonl", 129.9),
        ("posthog.jsonl", 129.9),
        ("segment.jsonl", 129.9),
        ("snowplow.tsv", 129.9),
        ("snowplow_json.jsonl", 129.9),
        ("ua_bigquery.jsonl", 129.9),
    ],
    in_gate=1,
)
def test_conversions_come_from_the_export(name: str, revenue: float) -> None:
    found = usual_sessions(EXPORTS / name)
    [bought] = found[found.landing_path == SHOP].to_dict("records")
    assert (bought["conversions"], bought["revenue"]) == (1, pytest.approx(revenue))
    others = found[~found.landing_path.isin([SHOP, "/contact"])]
    assert others.conversions.sum() == 0


@pytest.mark.long
def test_goals_name_other_events() -> None:
    settings = Settings(goals=(Goal(event="Purchase", value=5),))
    found = sessions(EXPORTS / "plausible.csv", settings=settings)
    assert found.conversions.tolist() == [0, 0, 1]
    assert found.revenue.fillna(0).tolist() == [0, 0, 129.9]  # what the export says wins


def test_the_channel_of_the_export_is_shown_beside_ours() -> None:
    with darksocial.analyze([str(EXPORTS / "matomo.json")], secret="s") as analysis:
        recorded = {row.channel: row.sessions for row in analysis.report.channels_recorded}
        found = analysis.to_pandas()
    assert recorded == {"Direct Entry": 1, "Search Engines": 1, "Campaigns": 1, "Websites": 1}
    pairs = set(zip(found.channel_recorded, found.channel_before, strict=True))
    assert ("Websites", "Referral") in pairs


@pytest.mark.long
def test_universal_analytics_repeats_the_source_of_an_earlier_visit() -> None:
    """isTrueDirect says that the source beside it is that of the last visit that had one."""
    last = usual_sessions(EXPORTS / "ua_bigquery.jsonl").iloc[-1]
    assert (last.channel_recorded, last.channel_before) == ("Organic Search", "Direct")


def ga4(*events: tuple[int, str, int | None, str]) -> str:
    """Events of GA4: minute, user, session, path."""
    lines = []
    for minute, user, session, path in events:
        parameters = [
            {"key": "page_location", "value": {"string_value": f"https://example.org{path}"}}
        ]
        if session:
            parameters.append({"key": "ga_session_id", "value": {"int_value": str(session)}})
        record = {
            "event_timestamp": str((1772439245 + minute * 60) * 1_000_000),
            "event_name": "page_view",
            "event_params": parameters,
            "user_pseudo_id": user or None,
        }
        lines.append(json.dumps(record))
    return "\n".join(lines) + "\n"


@series(
    ("events", "pageviews"),
    [
        # GA4 keeps a session over a pause of more than 30 minutes where it is set so.
        ([(0, "a", 1, "/one"), (50, "a", 1, "/two")], [2]),
        # Two sessions within a minute stay two.
        ([(0, "a", 1, "/one"), (1, "a", 2, "/two")], [1, 1]),
        # So do two that begin at once, of which one is the visitor's first.
        ([(0, "a", 1, "/one"), (0, "a", 2, "/two")], [1, 1]),
        # ga_session_id is unique with the user alone.
        ([(0, "a", 1, "/one"), (1, "b", 1, "/two")], [1, 1]),
        # Without a session id, sessions are built.
        ([(0, "a", None, "/one"), (20, "a", None, "/two"), (80, "a", None, "/three")], [2, 1]),
        # Without consent there is no user: whose events these are is not known.
        ([(0, "", None, "/one"), (1, "", None, "/two")], [1, 1]),
    ],
    in_gate=1,
)
def test_sessions_of_the_export_are_kept(
    tmp_path: Path, events: list[tuple[int, str, int | None, str]], pageviews: list[int]
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(ga4(*events))
    found = sessions(path)
    assert found.pageviews.tolist() == pageviews
    assert (found.groupby("visitor_id").new_visitor.sum() == 1).all()


@pytest.mark.long
def test_a_feed_of_adobe_in_a_zip_archive_finds_its_column_names(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (EXPORTS / "adobe").iterdir():
            archive.write(file, f"feed/{file.name}")
    assert rows(path) == rows(EXPORTS / "adobe" / "hit_data.tsv")


def test_column_names_beside_the_data_are_no_input(tmp_path: Path) -> None:
    shutil.copytree(EXPORTS / "adobe", tmp_path / "feed")
    with darksocial.parse([str(tmp_path / "feed")]) as hits:
        assert [Path(tally.file).name for tally in hits.tallies] == ["hit_data.tsv"]
        assert not hits.unread


@series(
    ("name", "expected"),
    [
        ("fathom.json", {("Direct", ARTICLE): 204, ("Organic Search", "/"): 61}),
        ("ga4_csv.csv", {("Direct", "/"): 860, ("Email", SHOP): 95, ("Direct", None): 12}),
        ("matomo_csv.csv", {("Unassigned", ARTICLE): 204, ("Unassigned", "/"): 151}),
        ("plausible_sources.csv", {("Direct", None): 412 + 305, ("Email", None): 95}),
        ("plausible_entry_pages.csv", {("Unassigned", ARTICLE): 204, ("Unassigned", SHOP): 66}),
    ],
    in_gate=1,
)
def test_rows_that_stand_for_many_sessions(
    name: str, expected: dict[tuple[str, str | None], float]
) -> None:
    found = usual_sessions(EXPORTS / name)
    weights = found.groupby(["channel_before", "landing_path"], dropna=False).weight.sum()
    told = {(c, p if isinstance(p, str) else None): w for (c, p), w in weights.items()}
    assert expected.items() <= told.items()


def test_rows_without_sessions_weigh_nothing() -> None:
    """Fathom's row of 0 visits is a hit and no session."""
    found = usual_sessions(EXPORTS / "fathom.json")
    assert SHOP not in set(found.landing_path)
    assert found.weight.sum() == 204 + 61 + 12


CHANNELS = "date,label,nb_visits,nb_actions\n2026-03-02,Direct Entry,40,90\n2026-03-02,Search,2,2\n"


@series("encoding", ["utf-8", "utf-8-sig", "utf-16"], in_gate=1)
def test_channels_of_matomo_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "channels.csv"
    path.write_text(CHANNELS, encoding)
    found = sessions(path)
    assert dict(zip(found.channel_recorded, found.weight, strict=True)) == {
        "Direct Entry": 40,
        "Search": 2,
    }


@pytest.mark.long
def test_a_download_of_ga4_with_two_tables(tmp_path: Path) -> None:
    path = tmp_path / "download.csv"
    path.write_text(
        "# Start date: 20260301\n"
        "Landing page,Session source / medium,Sessions\n/a,(direct) / (none),10\n\n"
        "# Start date: 20260401\n"
        "Session source / medium,Landing page,Sessions\ngoogle / organic,/b,7\n"
    )
    found = sessions(path)
    assert [tuple(row) for row in found[["landing_path", "source_before", "weight"]].values] == [
        ("/a", "(direct)", 10.0),
        ("/b", "google", 7.0),
    ]
    assert [f"{day:%Y-%m-%d}" for day in found.started_at] == ["2026-03-01", "2026-04-01"]


@pytest.mark.long
def test_the_interval_of_sums_is_wider(tmp_path: Path) -> None:
    """The same visits, once as events and once as their sum by page."""
    events = tmp_path / "events.jsonl"
    events.write_text(ga4(*((n * 60, f"user{n}", n + 1, ARTICLE) for n in range(60))))
    sums = tmp_path / "sums.csv"
    sums.write_text(
        "# Start date: 20260302\nLanding page,Session source / medium,Sessions\n"
        f"{ARTICLE},(direct) / (none),60\n"
    )

    def width(path: Path) -> float:
        with darksocial.analyze([str(path)], secret="s") as analysis:
            dark = analysis.report.dark_social
        return (dark.high - dark.low) / dark.expected

    assert width(sums) > 1.2 * width(events)


def test_the_report_says_what_an_input_cannot_give(tmp_path: Path) -> None:
    paths = [EXPORTS / "plausible_sources.csv", EXPORTS / "plausible_entry_pages.csv"]
    with darksocial.analyze([str(path) for path in paths], secret="s") as analysis:
        notes = "\n".join(analysis.report.notes)
    assert "plausible_entry_pages: No referrer is recorded" in notes
    assert "plausible_sources: Each row represents many sessions" in notes
    assert "plausible_entry_pages, plausible_sources: Each row is the sum of many sessions" in notes
    assert "read only one of them" in notes


@series("path", sorted(EXPORTS.glob("*")), ids=lambda path: path.name, in_gate=1)
def test_every_export_makes_a_report(tmp_path: Path, path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(command, ["analyze", str(path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert re.match("How many visits|Of .* booked as Direct", result.output)
    summary = json.loads((out / "summary.json").read_text())
    assert summary["sessions"] == pd.read_parquet(out / "sessions").weight.sum() > 0


@pytest.mark.long
def test_a_folder_of_logs_and_exports_is_read_in_one_go(tmp_path: Path) -> None:
    samples = EXPORTS.parent
    for path in [*samples.glob("*.log"), *EXPORTS.glob("*.*")]:
        shutil.copy(path, tmp_path)
    directives = {"nginx_directive.log", "apache_directive.log"}
    with darksocial.parse([str(tmp_path)]) as hits:
        formats = {Path(tally.file).stem: tally.format for tally in hits.tallies}
        left_out = {Path(name).name for name, _ in hits.unread}
    assert left_out == directives
    assert all(found.split(" ")[0] == stem for stem, found in formats.items())
