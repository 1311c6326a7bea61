"""Files of costs: each export is known by its columns, and read whatever is around its rows."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from openpyxl import Workbook

from darksocial import InputError, UsageError
from darksocial.campaigns.cost_files import CostRow, header_names, read_costs
from darksocial.campaigns.costs import registry
from darksocial.campaigns.spending import Spending, spending_of

DAY = date(2026, 3, 2), date(2026, 3, 2)
WEEK = date(2026, 3, 2), date(2026, 3, 8)


class Sample(NamedTuple):
    """A file of an export, with what its one row means."""

    export: str
    text: str
    source: str | None
    campaign: str
    cost: str
    currency: str | None
    days: tuple[date, date] | None
    encoding: str = "utf-8"


SAMPLES = (
    Sample(
        "ga4",
        "date,source,medium,campaign,clicks,cost\n2026-03-02,shop,email,spring,12,54.5\n",
        "shop",
        "spring",
        "54.5",
        None,
        DAY,
    ),
    Sample(
        "ga4",
        "utm_source;utm_medium;utm_campaign;Date;Coût;Devise\n"
        "shop;email;été;02.03.2026;1 204,5;EUR\n",
        "shop",
        "été",
        "1204.5",
        "EUR",
        DAY,
        "cp1252",
    ),
    Sample(
        "google_ads",
        "Campaign report\nMarch 2, 2026 - March 8, 2026\nDay,Campaign,Currency code,Cost,Clicks\n"
        '2026-03-02,brand,EUR,"1,204.50",310\nTotal: Campaigns, --,EUR,"1,204.50",310\n',
        None,
        "brand",
        "1204.50",
        "EUR",
        DAY,
    ),
    Sample(
        "google_ads",
        "Kampagnenbericht\nTag\tKampagne\tWährungscode\tKosten\n02.03.2026\tMarke\tEUR\t1.204,50\n"
        "Gesamt: Konto\t--\tEUR\t1.204,50\n",
        None,
        "Marke",
        "1204.50",
        "EUR",
        DAY,
        "utf-16",
    ),
    Sample(
        "meta_ads",
        '"Campaign name","Reporting starts","Reporting ends","Amount spent (EUR)"\n'
        '"",2026-03-02,2026-03-08,"540"\n"spring",2026-03-02,2026-03-08,"540"\n',
        None,
        "spring",
        "540",
        "EUR",
        WEEK,
        "utf-8-sig",
    ),
    Sample(
        "linkedin_ads",
        "Campaign Performance Report\nStart Date (in UTC)\tCampaign Name\tCurrency\tTotal Spent\n"
        "3/2/2026\tcareer\tUSD\t54.00\n3/13/2026\tcareer\tUSD\t0.00\n",
        None,
        "career",
        "54.00",
        "USD",
        DAY,
        "utf-16",
    ),
    Sample(
        "tiktok_ads",
        "Campaign name,By Day,Cost,Currency\nspring,2026-03-02,54.00,EUR\n"
        "Total of 1 results,,54.00,EUR\n",
        None,
        "spring",
        "54.00",
        "EUR",
        DAY,
    ),
    Sample(
        "microsoft_ads",
        '"Report Name: Campaigns"\n"Gregorian date","Campaign","Spend","Currency code"\n'
        '"2026-03-02","brand","12.50","EUR"\n"©2026 Microsoft Corporation"\n',
        None,
        "brand",
        "12.50",
        "EUR",
        DAY,
    ),
    Sample(
        "yandex",
        "Date,UTMSource,UTMMedium,UTMCampaign,Expenses,Currency\n"
        "2026-03-02/2026-03-08,vk,cpc,spring,54.00,RUB\n",
        "vk",
        "spring",
        "54.00",
        "RUB",
        WEEK,
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.export}-{sample.encoding}")
def test_an_export_is_known_by_its_columns(tmp_path: Path, sample: Sample) -> None:
    file = tmp_path / "costs.csv"
    file.write_bytes(sample.text.encode(sample.encoding))
    costs = read_costs(file, {})
    assert costs.format.name == sample.export
    row = costs.rows[0]
    assert (row.source, row.campaign, row.cost, row.currency, row.days) == (
        sample.source,
        sample.campaign,
        Decimal(sample.cost),
        sample.currency,
        sample.days,
    )
    assert sum(row.cost for row in costs.rows) == Decimal(sample.cost)


def test_every_export_has_a_sample_and_names_of_what_it_needs() -> None:
    assert {sample.export for sample in SAMPLES} == set(registry())
    for name, export in registry().items():
        assert set(export.needs) <= {field for field, _name in header_names(name)}


def spent(folder: Path, *texts: str, **mapping: str) -> Spending:
    """The costs of files with these texts, in their order."""
    paths = [folder / f"{number}.csv" for number, _text in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, "utf-8")
    return spending_of(paths, mapping)


def ga4(*rows: str) -> str:
    return "\n".join(["date,source,medium,campaign,cost,currency", *rows, ""])


def by_campaign(rows: tuple[CostRow, ...]) -> dict[str | None, str]:
    return {row.campaign: str(row.cost) for row in rows}


def test_a_later_file_replaces_the_rows_of_an_earlier_one(tmp_path: Path) -> None:
    first = ga4("2026-03-02,a,cpc,x,1,EUR", "2026-03-02,a,cpc,x,2,EUR", "2026-03-02,a,cpc,y,3,EUR")
    costs = spent(tmp_path, first, ga4("2026-03-02,a,cpc,x,7,EUR"))
    assert by_campaign(costs.rows) == {"x": "7", "y": "3"}
    assert "replaces 2 rows" in costs.notes[0]


def test_rows_of_one_key_in_one_file_are_added(tmp_path: Path) -> None:
    costs = spent(tmp_path, ga4("2026-03-02,a,cpc,x,1,EUR", "2026-03-02,a,cpc,x,2,EUR"))
    assert [str(row.cost) for row in costs.rows] == ["1", "2"]


def test_days_that_overlap_are_said(tmp_path: Path) -> None:
    week = "Date,UTMSource,UTMMedium,UTMCampaign,Expenses\n2026-03-02/2026-03-08,a,cpc,x,9\n"
    assert "overlap" in spent(tmp_path, ga4("2026-03-04,a,cpc,x,1,"), week).notes[0]


def test_there_is_one_currency(tmp_path: Path) -> None:
    one = ga4("2026-03-02,a,cpc,x,1,EUR")
    costs = spent(tmp_path, one, ga4("2026-03-03,a,cpc,x,1,"))
    assert costs.currency == "EUR"
    assert {row.currency for row in costs.rows} == {"EUR"}
    assert "1.csv names no currency" in costs.notes[0]
    with pytest.raises(InputError, match=r"0\.csv has costs in EUR, .*1\.csv in USD"):
        spent(tmp_path, one, ga4("2026-03-03,a,cpc,x,1,USD"))


def test_columns_can_be_named(tmp_path: Path) -> None:
    text = "Wann;Was;Betrag\n2026-03-02;Sommer;3,50\n"
    names = {"date": "Wann", "campaign": "Was", "cost": "Betrag", "source": "'shop'"}
    (row,) = spent(tmp_path, text, **names, medium="'email'", currency="'eur'").rows
    assert (row.source, row.medium, row.campaign) == ("shop", "email", "Sommer")
    assert (row.cost, row.currency) == (Decimal("3.50"), "EUR")
    with pytest.raises(UsageError, match="price"):
        spent(tmp_path, text, price="Betrag")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ga4("2026-03-02,a,cpc,x,much,EUR"), "'much' where a cost"),
        (ga4("soon,a,cpc,x,1,EUR"), "'soon' where a day"),
        (ga4("3/2/2026,a,cpc,x,1,EUR"), "'3/2/2026' where a day"),
        ("Date,UTMSource,Expenses\n2026-03-02/2026-03,a,5\n", "'2026-03-02/2026-03' where a day"),
        (
            "Date,UTMSource,Expenses\n2026-03-12/2026-03-02,a,5\n",
            "'2026-03-12/2026-03-02' where a day",
        ),
        (ga4("2026-03-02,a,cpc,x,1.204.500,EUR", '2026-03-02,a,cpc,y,"0.5",EUR'), "two ways"),
        ("page,visits\n/,3\n", "no known export"),
        ("", "no known export"),
    ],
)
def test_what_cannot_be_read_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        spent(tmp_path, text)


def test_sums_are_left_out_and_counted(tmp_path: Path) -> None:
    text = "Campaign,Cost\nTotal Recall,5\nTotal,5\nTotal: Account,5\n"
    costs = spent(tmp_path, text)
    assert by_campaign(costs.rows) == {"Total Recall": "5"}
    assert [(rows, sums) for _file, _title, rows, sums in costs.files] == [(1, 2)]


def test_an_excel_file_is_read_as_its_first_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "March"
    sheet.append(["Costs of the shop"])
    sheet.append(["date", "source", "medium", "campaign", "cost", "currency"])
    sheet.append([datetime(2026, 3, 2), "shop", "email", "spring, early", 1204.5, "EUR"])
    sheet.append(["Total", None, None, None, 1204.5])
    book.create_sheet("April")
    file = tmp_path / "costs.xlsx"
    book.save(file)
    costs = read_costs(file, {})
    assert (costs.format.name, costs.sums) == ("ga4", 1)
    [row] = costs.rows
    assert (row.campaign, row.cost, row.currency, row.days) == (
        "spring, early", Decimal("1204.5"), "EUR", DAY,
    )  # fmt: skip
    assert spending_of([file]).notes == (
        f"Of {file} the first sheet was read, March, and not 1 other.",
    )
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(InputError):
        read_costs(file, {})
