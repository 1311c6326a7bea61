"""Visits of exports: events and tables that come twice, and campaigns that tools keep."""

import json
import zipfile
from typing import Any

import pandas as pd
import pytest

import darksocial

SOURCES = (
    "date,source,referrer,utm_source,utm_medium,pageviews,visitors,visits,visit_duration,bounces\n"
    "2026-03-02,,,,,655,400,412,100,10\n"
    "2026-03-02,WhatsApp,,,,100,60,61,10,2\n"
)
ENTRIES = (
    "date,entry_page,visitors,entrances,visit_duration,bounces,pageviews\n"
    "2026-03-02,/story,460,473,8160,120,755\n"
)
PAGES = (
    "date,hostname,page,visits,visitors,pageviews\n2026-03-02,www.example.org,/story,473,460,755\n"
)
CHANNELS = (
    "# Start date: 20260301\n"
    "Session primary channel group (Default Channel Group),Sessions\nOrganic Search,881\n"
)


def event(uuid: str, name: str, at: str, query: str = "", **properties: Any) -> str:
    return json.dumps(
        {
            "uuid": uuid,
            "event": name,
            "distinct_id": "u1",
            "timestamp": at,
            "properties": {
                "$current_url": f"https://www.example.org/story{query}",
                "$referrer": "$direct",
                "$session_id": at[:10],
                **properties,
            },
        }
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, dict[str, str]]:
    folder = tmp_path_factory.mktemp("exports")
    tags = {"utm_source": "letter", "utm_medium": "email"}
    bought = event("2", "purchase", "2026-03-02T08:20:00Z", revenue=50, **tags)
    viewed = [
        event(
            "1", "$pageview", "2026-03-02T08:14:05Z", "?utm_source=letter&utm_medium=email", **tags
        ),
        event("3", "$pageview", "2026-03-20T08:14:05Z", **tags),
        event("4", "$pageview", "2026-04-20T08:14:05Z", "?utm_source=b&utm_medium=social", **tags),
    ]
    (folder / "events.jsonl").write_text("\n".join([*viewed, bought, bought]))
    (folder / "again.jsonl").write_text("\n".join([bought, viewed[1]]))
    (folder / "channels.csv").write_text(CHANNELS)
    with zipfile.ZipFile(folder / "plausible.zip", "w") as archive:
        for name, text in (("sources", SOURCES), ("entry_pages", ENTRIES), ("pages", PAGES)):
            archive.writestr(f"imported_{name}_20260301_20260331.csv", text)
    with darksocial.analyze([str(folder)], secret="s") as analysis:
        unread = {row.file.rpartition("/")[2]: row.reason for row in analysis.report.unread}
        return analysis.to_pandas().sort_values("started_at"), unread


Run = tuple[pd.DataFrame, dict[str, str]]


@pytest.mark.long
def test_an_event_counts_once_within_a_file_and_across_files(run: Run) -> None:
    visits = run[0][run[0].weight == 1]
    assert len(visits) == 3
    assert visits.conversions.sum() == 1
    assert visits.revenue.sum() == 50


def test_a_campaign_that_the_tool_kept_counts_once(run: Run) -> None:
    visits = run[0][run[0].weight == 1]
    assert visits.channel_before.tolist() == ["Email", "Direct", "Organic Social"]


def test_of_the_tables_of_one_export_one_is_read(run: Run) -> None:
    visits, unread = run
    assert sorted(visits[visits.weight.isin([412, 61, 473])].weight) == [61, 412]
    assert "holds the same visits as" in unread["imported_entry_pages_20260301_20260331.csv"]
    assert "imported_sources" in unread["imported_pages_20260301_20260331.csv"]


def test_rows_of_channels_have_no_source(run: Run) -> None:
    [row] = run[0][run[0].weight == 881].to_dict("records")
    columns = ("channel_before", "source_before", "medium_before")
    assert [row[name] for name in columns] == ["Organic Search", "(not set)", "(not set)"]
