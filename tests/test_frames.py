"""Tables of reports as pandas frames, and the categories of sessions."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

import darksocial
from darksocial import Analysis, UsageError
from tests.logs import Hit, analyzed

TABLES = [
    "inputs",
    "unread",
    "channels",
    "channels_recorded",
    "conversions",
    "groups.rows",
    "groups.channels",
    "apps",
    "pages",
    "shares.apps",
    "shares.pages",
    "evidence",
    "rejects",
    "bots",
    "previews",
    "cannot_tell",
    "masked_origins",
    "model",
    "counted_twice",
]


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysis]:
    hits = [Hit(n, ip=f"192.0.2.{n}") for n in range(1, 4)]
    hits += [Hit(9, ip="192.0.2.9", referrer="https://www.google.com/"), Hit(9, agent="curl/8.5.0")]
    with analyzed(tmp_path_factory.mktemp("frames"), hits) as made:
        yield made


def test_the_tables_are_known(analysis: Analysis) -> None:
    with pytest.raises(UsageError, match="The report has no table 'chanels'") as refused:
        analysis.report.frame("chanels")
    assert refused.value.expected == f"one of {', '.join(TABLES)}; the nearest is channels"


@pytest.mark.parametrize("table", [name for name in TABLES if "." not in name])
def test_a_frame_has_the_rows_of_its_table(table: str, analysis: Analysis) -> None:
    rows = getattr(analysis.report, table)
    frame = analysis.report.frame(table)
    assert len(frame) == len(rows)
    assert len(frame.columns) > 1
    for row, made in zip(rows, frame.to_dict("records"), strict=True):
        assert {k: None if pd.isna(v) else v for k, v in made.items()} == asdict(row)


def test_the_tables_of_shares_have_columns_without_rows(analysis: Analysis) -> None:
    apps, pages = analysis.report.frame("shares.apps"), analysis.report.frame("shares.pages")
    assert apps.empty and pages.empty
    assert list(apps) == ["app", "label", "shares", "clicks"]
    assert list(pages) == ["site", "path", "shares", "sharers", "apps", "clicks"]
    assert (apps.shares.dtype, apps.clicks.dtype) == ("int64", "float64")


def test_numbers_are_numbers(analysis: Analysis) -> None:
    channels = analysis.report.frame("channels").set_index("channel")
    assert channels.before.sum() == pytest.approx(analysis.report.sessions)
    assert channels.loc["Organic Search", "before"] == 1
    apps = analysis.report.frame("apps")
    assert apps.by_mix.dtype == "float64"


def test_few_values_are_categories_in_alphabetical_order(analysis: Analysis) -> None:
    frame = analysis.to_pandas()
    for name in ("device", "os", "browser", "channel_before", "channel_after", "app"):
        assert isinstance(frame[name].dtype, pd.CategoricalDtype), name
        assert list(frame[name].cat.categories) == sorted(frame[name].dropna().unique()), name
    assert frame.channel_before.value_counts().to_dict() == {"Direct": 3, "Organic Search": 1}
    assert list(frame.groupby("channel_before").size()) == [3, 1]
    expected = analysis.sessions().column("channel_before").to_pylist()
    assert frame.channel_before.to_list() == expected


@pytest.mark.long
def test_an_analysis_without_sessions_has_categories_too(tmp_path: Path) -> None:
    with analyzed(tmp_path, [Hit(agent="curl/8.5.0")]) as empty:
        frame = empty.to_pandas()
        assert empty.report.frame("channels").empty
    assert frame.empty
    assert isinstance(frame.channel_before.dtype, pd.CategoricalDtype)


@pytest.mark.long
def test_tables_of_a_day_are_frames(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(f"{Hit().line}\n", "utf-8")
    now = lambda: datetime(2026, 3, 4, tzinfo=UTC)  # noqa: E731 - a clock
    darksocial.nightly(tmp_path / "a.log", tmp_path / "store", secret="s", now=now)
    report = darksocial.day_report(tmp_path / "store", now=now)
    channels = report.frame("channels").set_index("channel")
    assert channels.loc["Direct", "before"] == 1
    assert channels.earlier_before.isna().all()
    with pytest.raises(UsageError, match="no table 'inputs'"):
        report.frame("inputs")
