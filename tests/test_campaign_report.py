"""What campaigns brought, on a simulated site whose truth is known: library, command and files."""

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import CampaignReport, InputError, UsageError
from darksocial.campaigns.compared import compared
from darksocial.campaigns.contract import CAMPAIGNS_TABLE as CONTRACT
from darksocial.campaigns.credit import Credit
from darksocial.campaigns.groupings import CAMPAIGN, GROUPINGS, PARTNER
from darksocial.campaigns.mapping import click_id_map
from darksocial.campaigns.stored import Key
from darksocial.campaigns.values import CampaignRow
from darksocial.cli._campaign_options import cost_input_of
from darksocial.cli._main import darksocial as group
from darksocial.simulation.campaigns import ORDER_VALUE
from darksocial.simulation.files import COSTS_NAME
from tests.campaign_site import analysed_site

HEADER = "date,source,medium,campaign,cost,currency\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a simulated site, and the analysis of its log in `out`."""
    return analysed_site(tmp_path_factory.mktemp("campaigns"), days=7, visits=1500, seed=5)


@pytest.fixture(scope="module")
def truth(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "site" / "truth.jsonl").read_text("ascii").splitlines()
    return [row for row in map(json.loads, lines) if row["type"] == "visit"]


@pytest.fixture(scope="module")
def report(folder: Path) -> CampaignReport:
    return darksocial.campaigns(folder / "out", costs=folder / "site" / COSTS_NAME)


@pytest.mark.long
def test_own_and_shared_visits_are_those_of_the_truth(
    report: CampaignReport, truth: list[dict[str, Any]]
) -> None:
    """Own and after: each campaign within 15%, GA4's booking is further off where links echo."""
    clicked = Counter(visit["campaign"] for visit in truth if visit["clicked"])
    began = Counter(visit["campaign"] for visit in truth if visit["campaign"])
    rows = {row.campaign: row for row in report.campaigns if row.campaign}
    assert set(rows) == set(began)
    for name, row in rows.items():
        assert row.visits_own == pytest.approx(clicked[name], rel=0.15)
        assert row.visits_after == pytest.approx(began[name], rel=0.15)
    error_before = sum(abs(rows[name].visits_before - n) for name, n in began.items())
    error_after = sum(abs(rows[name].visits_after - n) for name, n in began.items())
    assert error_after < error_before


def test_rows_add_up_to_the_totals(report: CampaignReport, folder: Path) -> None:
    for by in set(GROUPINGS) - {PARTNER}:
        other = report if by == report.by else darksocial.campaigns(folder / "out", by=by)
        for name in ("visits", "conversions", "revenue"):
            for side in ("before", "after"):
                total = sum(getattr(row, f"{name}_{side}") for row in other.campaigns)
                assert total == pytest.approx(getattr(other, name), abs=0.001)
    assert sum(row.cost or 0 for row in report.campaigns) == pytest.approx(report.cost)


def test_roi_is_what_revenue_leaves_beyond_the_cost(report: CampaignReport, folder: Path) -> None:
    half = darksocial.campaigns(folder / "out", costs=folder / "site" / COSTS_NAME, margin=0.5)
    for row, of_half in zip(report.campaigns, half.campaigns, strict=True):
        if row.cost is None:
            assert row.roi_before is row.roi_after is row.cpc is None
            continue
        assert row.revenue_after is not None
        assert row.roi_after == pytest.approx((row.revenue_after - row.cost) / row.cost)
        assert of_half.roi_after == pytest.approx((row.revenue_after / 2 - row.cost) / row.cost)
        assert row.roi_after_low is not None and row.roi_after_high is not None
        assert row.roi_after_low <= row.roi_after <= row.roi_after_high


def joined_with(folder: Path, *rows: str) -> tuple[dict[str, CampaignRow], tuple[str, ...]]:
    file = folder / "some.csv"
    file.write_text(HEADER + "".join(f"{row}\n" for row in rows), "utf-8")
    report = darksocial.campaigns(folder / "out", costs=file)
    return {row.campaign: row for row in report.campaigns if row.campaign}, report.notes


def test_costs_join_exactly_and_the_rest_is_said(folder: Path) -> None:
    rows, notes = joined_with(
        folder, "2026-03-03,google,cpc,brand,5,EUR", "2026-03-03,Google,cpc,generic,7,EUR"
    )
    assert rows["brand"].cost == 5
    assert rows["story"].cost is None
    text = " ".join(notes)
    assert "Costs without visits, since no visit has exactly these tags: Google / cpc" in text
    assert "Google / cpc / generic of the costs and google / cpc / generic of the visits" in text
    assert "Campaigns without costs:" in text


def test_an_export_without_tags_joins_by_its_campaign(folder: Path) -> None:
    file = folder / "meta.csv"
    file.write_text("Campaign name,Day,Amount spent (EUR)\nstory,2026-03-03,50\n", "utf-8")
    report = darksocial.campaigns(folder / "out", costs=file)
    costs = {(row.source, row.medium, row.campaign): row.cost for row in report.campaigns}
    assert costs["facebook", "paid_social", "story"] == 50


def test_campaigns_are_compared_by_how_often_each_is_the_better_one(report: CampaignReport) -> None:
    rows = [
        replace(row, cost=cost, roi_after=roi, enough_data=enough)
        for row, (cost, roi, enough) in zip(
            report.campaigns,
            [(100.0, 1.0, True), (50.0, 2.0, True), (9.0, 3.0, False)],
            strict=False,
        )
    ]
    keys = [Key(str(row.source), str(row.medium), row.campaign, "") for row in rows]
    # Revenue by cost is 4, 1, 3 and 1 of the first, and 2, 2, 6 and 1 of the second.
    drawn = np.array([[400.0, 100, 1], [100, 100, 1], [300, 300, 1], [100, 50, 1]])
    after = Credit(np.zeros(0), {}, {}, drawn)
    [found] = compared(after, keys, rows, CAMPAIGN)
    names = [f"{row.campaign} ({row.source} / {row.medium})" for row in rows]
    assert (found.better, found.worse) == (names[1], names[0])
    assert found.probability == (2 + 0.5) / 4


def test_rows_with_enough_data_are_compared_with_the_next_one(report: CampaignReport) -> None:
    ranked = [row for row in report.campaigns if row.enough_data and row.roi_after is not None]
    assert len(report.comparisons) == max(0, len(ranked) - 1)
    assert all(0 <= row.probability <= 1 for row in report.comparisons)


def test_no_conversion_has_an_upper_bound(folder: Path) -> None:
    rows, _notes = joined_with(folder, "2026-03-03,nobody,cpc,nothing,120,EUR")
    row = rows["nothing"]
    assert (row.visits_before, row.roi_before, row.roi_after, row.enough_data) == (0, -1, -1, False)
    assert row.roi_after_high == pytest.approx(3 * ORDER_VALUE / 120 - 1)


def test_the_command_writes_what_the_library_returns(folder: Path, report: CampaignReport) -> None:
    costs, files = folder / "site" / COSTS_NAME, {}
    arguments = ["campaigns", str(folder / "out"), "--costs", str(costs)]
    for kind in ("json", "parquet", "csv", "xlsx", "paths"):
        files[kind] = folder / f"written.{kind}"
        arguments.append(f"--output={kind}={files[kind]}")
    shown = CliRunner().invoke(group, arguments)
    assert shown.exit_code == 0, shown.output
    assert "story (facebook" in shown.output
    written = json.loads(files["json"].read_text("utf-8"))["campaigns"]
    assert [list(row) for row in written[:1]] == [list(CONTRACT.names)]
    assert len(written) == len(report.campaigns)
    table = pq.read_table(files["parquet"])
    assert table.schema.equals(CONTRACT.arrow)
    assert table["roi_after"].to_pylist() == [row.roi_after for row in report.campaigns]
    assert "roi_after_low" in (files["csv"] / "campaigns.csv").read_text("utf-8")
    assert files["xlsx"].read_bytes().startswith(b"PK")
    with files["paths"].open(encoding="utf-8", newline="") as file:
        journeys = list(csv.DictReader(file))
    ended = sum(float(row["total_conversions"]) for row in journeys)
    worth = sum(float(row["total_conversion_value"]) for row in journeys)
    assert (ended, worth) == (pytest.approx(report.conversions), pytest.approx(report.revenue))
    assert "story (facebook / paid_social)" in {row["path"] for row in journeys}
    assert any(" > " in row["path"] and row["total_null"] != "0.0" for row in journeys)


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "week"},
        {"credit": "markov"},
        {"lookback": 91},
        {"margin": 0.0},
        {"margin": 1.5},
        {"campaign_map": ["gclid"]},
        {"cost_map": {"price": "x"}},
    ],
    ids=str,
)
def test_values_that_do_not_exist_are_said(folder: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        darksocial.campaigns(folder / "out", **wrong)


@pytest.mark.parametrize(
    "arguments", [("--margin", "0"), ("--lookback", "0"), ("--credit", "x"), ("--by", "week")]
)
def test_wrong_options_end_with_two(folder: Path, arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(group, ["campaigns", str(folder / "out"), *arguments]).exit_code == 2


def test_a_mapping_names_fields_and_columns() -> None:
    columns = cost_input_of((), ("date=Day,cost=Spend", "source='shop'"), ()).cost_map
    assert columns == {"date": "Day", "cost": "Spend", "source": "'shop'"}
    with pytest.raises(UsageError, match="names no field and column"):
        cost_input_of((), ("cost",), ())


def test_a_folder_without_sessions_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        darksocial.campaigns(tmp_path)


def test_click_ids_have_campaigns_by_landing_page() -> None:
    click_ids = click_id_map(["gclid:/offers/*=autumn", "gclid=brand"])
    assert click_ids.campaign_of("gclid", "/offers/3") == "autumn"
    assert click_ids.campaign_of("gclid", "/") == "brand"
    assert click_ids.campaign_of("fbclid", "/offers/3") is None
    assert click_ids.campaign_of(None, "/offers/3") is None
