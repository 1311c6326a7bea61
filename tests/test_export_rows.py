"""Single rows of exports: what each column means, and what must not be taken for evidence."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import darksocial
from darksocial import InputError, ReadSettings
from darksocial.cli._main import darksocial as command
from darksocial.formats.ga4_csv import header_names
from darksocial.inputs.open import open_inputs
from darksocial.inputs.recognise import recognise
from darksocial.inputs.refused import refusal
from tests.exported import exported_rows

SITE = "https://www.example.org"
PERIOD = "# Start date: 20260301\n# End date: 20260331\n\n"
TOTALS = "excluded by the export"

# Downloads of Google Analytics 4: the file, and date, page, source, visits and key events of rows.
REPORTS = {
    "German": (
        "# Startdatum: 20260301\n# Enddatum: 20260331\n"
        "Landingpage + Abfragestring,Sitzung \u2013 Quelle/Medium,Sitzungen,Umsatz €,"
        "Schlüsselereignisse\n"
        '/a,(direct) / (none),"1.204","12,5",3\n',
        ("2026-03-01", "/a", "(direct)", 1204, 3),
    ),
    "French": (
        "# Date de début: 20260301\n"
        "Page de destination,Source/Support de la session,Sessions,Taux d'engagement,"
        "Événements clés\n"
        '/a,google / organic,"1\u202f204","0,68",3\n',
        ("2026-03-01", "/a", "google", 1204, 3),
    ),
    "Spanish": (
        "# Fecha de inicio: 20260301\n"
        "Fuente/medio de la sesión,Sesiones,Eventos clave\n(direct) / (none),8,0\n",
        ("2026-03-01", None, "(direct)", 8, 0),
    ),
    "Italian": (
        "Data,Sorgente/mezzo della sessione,Sessioni\n20260305,t.co / referral,8\n",
        ("2026-03-05", None, "t.co", 8, None),
    ),
    "Portuguese": (
        "# Data de início: 20260301\nOrigem / mídia da sessão,Sessões\n(direct) / (none),8\n",
        ("2026-03-01", None, "(direct)", 8, None),
    ),
    "Dutch": (
        "# Startdatum: 20260301\nSessiebron/-medium,Sessies,A & B,\n(direct) / (none),8,1,\n",
        ("2026-03-01", None, "(direct)", 8, None),
    ),
    "Data API": (
        "date,landingPagePlusQueryString,sessionSourceMedium,sessions,keyEvents\n"
        "20260305,/a?b=1,(direct) / (none),8,2\n",
        ("2026-03-05", "/a", "(direct)", 8, 2),
    ),
    "day of a spreadsheet": (
        "Date,Session source / medium,Sessions\n05.03.2026,(direct) / (none),8\n",
        ("2026-03-05", None, "(direct)", 8, None),
    ),
    "hour": (
        "Date + hour (YYYYMMDDHH),Session source / medium,Sessions\n"
        "2026030507,(direct) / (none),8\n",
        ("2026-03-05", None, "(direct)", 8, None),
    ),
    "hour beside the day": (
        "Date,Hour,Session source / medium,Sessions\n20260305,07,(direct) / (none),8\n",
        ("2026-03-05 07", None, "(direct)", 8, None),
    ),
    "day in words, French": (
        "Source/Support de la session,Fecha,Sesiones\n(direct) / (none),1er août 2026,8\n",
        ("2026-08-01", None, "(direct)", 8, None),
    ),
    "day in words with its hour": (
        'Date,Hour,Session source / medium,Sessions\n"Mar 12, 2026",7,(direct) / (none),8\n',
        ("2026-03-12 07", None, "(direct)", 8, None),
    ),
    "exploration": (
        "# --------\n# Example\n# Free form 1\n# 20260723-20260922\n# --------\n\n"
        "Landing page,Session source / medium,Sessions\n,,8,Grand total\n/a,(direct) / (none),8\n",
        ("2026-07-23", "/a", "(direct)", 8, None),
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_downloads_of_google_analytics(name: str, tmp_path: Path) -> None:
    text, (day, *expected) = REPORTS[name]
    rows = exported_rows(tmp_path / "report.csv", text)
    [row] = [row for row in rows if row.get("reason") != TOTALS]
    assert f"{row['time']:%Y-%m-%d %H}".startswith(day)
    columns = ("path", "source", "weight", "conversions")
    assert [row.get(column) for column in columns] == expected
    [found] = recognise([str(tmp_path / "report.csv")])
    assert found.detection.best and found.detection.best.format.name == "ga4_csv"


TWO_PERIODS = (
    "sessionSourceMedium,dateRange,sessions\n(direct) / (none),date_range_0,8\n"
    "(direct) / (none),date_range_1,9\n",
    "Session source / medium,Sessions,Sessions\n(direct) / (none),8,9\n",
    "# Start date: 20260301\n# End date: 20260331\n# Start date: 20260201\n# End date: 20260228\n"
    "Session source / medium,Sessions\n(direct) / (none),8\n",
    "# 20260301-20260331\n# 20260201-20260228\nLandingpage;Sitzungen\n/a;8\n",
)


@pytest.mark.parametrize("text", TWO_PERIODS)
def test_a_report_of_two_periods_is_refused_with_the_way_out(text: str, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"compares two periods.*each period alone"):
        open_inputs([str(path)], ReadSettings())


def test_tables_that_follow_each_other_have_their_own_periods(tmp_path: Path) -> None:
    table = "# Start date: {}\n# End date: {}\nSession source / medium,Sessions\nt.co / x,8\n"
    text = table.format(20260301, 20260331) + "\n" + table.format(20260201, 20260228)
    rows = exported_rows(tmp_path / "report.csv", text)
    assert [f"{row['time']:%m-%d}" for row in rows if row.get("weight")] == ["03-01", "02-01"]


def test_days_in_words_are_read_in_other_exports(tmp_path: Path) -> None:
    """In an export with a format of its own, and where the user names the columns."""
    columns = "date,source,referrer,utm_source,visits,bounces"
    text = f'{columns}\n"3. März 2026",Google,,,8,1\n"4. März 2026",,,,3,1\n'
    rows = exported_rows(tmp_path / "sources.csv", text)
    assert [(f"{row['time']:%Y-%m-%d}", row["weight"]) for row in rows] == [
        ("2026-03-03", 8),
        ("2026-03-04", 3),
    ]
    text = "Jour,Page,Visites\n1er août 2026,/a,30\n2 août 2026,/a,8\nhier,/b,20\n"
    first, _second, last = exported_rows(
        tmp_path / "pages.csv", text, date="Jour", url="Page", weight="Visites"
    )
    assert (first.get("reason"), last["reason"]) == (None, "the time cannot be read")
    assert f"{first['time']:%Y-%m-%d}" == "2026-08-01"


def test_days_with_numbers_for_months_need_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("Date,Session source / medium,Sessions\n03/12/2026,(direct) / (none),8\n")
    with pytest.raises(InputError, match="no known format"):
        open_inputs([str(path)], ReadSettings())
    read = ReadSettings(time_format="%m/%d/%Y")
    with darksocial.parse(path, read=read) as parsed:
        [day] = [row["time"] for batch in parsed.batches() for row in batch.to_pylist()]
    assert f"{day:%Y-%m-%d}" == "2026-03-12"


def test_each_name_of_a_column_belongs_to_one_field() -> None:
    names = [name for _field, name in header_names()]
    assert len(names) == len(set(names))


def ga4(parameters: dict[str, str], **record: Any) -> str:
    pairs = {"page_location": f"{SITE}/a", **parameters}
    return json.dumps(
        {
            "event_timestamp": "1772439245123456",
            "event_name": "page_view",
            "event_params": [{"key": k, "value": {"string_value": v}} for k, v in pairs.items()],
            "user_pseudo_id": "7.1",
            **record,
        }
    )


def test_what_google_derived_from_a_referrer_is_no_tag(tmp_path: Path) -> None:
    derived = {"manual_source": "web.telegram.org", "manual_medium": "referral"}
    tagged = {"manual_source": "spring", "manual_medium": "email"}
    events = [
        ga4({"page_referrer": "https://web.telegram.org/"}, collected_traffic_source=derived),
        ga4({}, collected_traffic_source=tagged),
        ga4({}, collected_traffic_source={**derived, "manual_medium": "organic", "gclid": "x"}),
        ga4({"page_referrer": "https://www.paypal.com/", "ignore_referrer": "true"}),
    ]
    rows = exported_rows(tmp_path / "e.jsonl", "\n".join(events))
    assert [row.get("campaign") for row in rows] == [
        None,
        "utm_source=spring&utm_medium=email",
        "gclid=x",
        None,
    ]
    assert [row.get("referrer") for row in rows] == ["https://web.telegram.org/", None, None, None]


def test_a_transaction_is_an_event_with_an_identity(tmp_path: Path) -> None:
    bought = [{"transaction_id": value, "purchase_revenue": 5} for value in ("T1", "(not set)")]
    events = [ga4({}, event_name="purchase", ecommerce=order) for order in bought]
    rows = exported_rows(tmp_path / "e.jsonl", "\n".join([*events, ga4({})]))
    assert [row.get("event_key") for row in rows] == ["T1|purchase", None, None]


def matomo(**visit: Any) -> str:
    actions = [
        {"type": "action", "url": f"{SITE}/a", "timestamp": 1772439245},
        {"type": "ecommerceAbandonedCart", "timestamp": 1772439246, "revenue": 99},
        {"type": "ecommerceOrder", "timestamp": 1772439247, "revenue": 12},
    ]
    return json.dumps([{"idVisit": 1, "visitorId": "v", "actionDetails": actions, **visit}])


def test_a_cart_that_was_left_has_no_revenue(tmp_path: Path) -> None:
    rows = exported_rows(tmp_path / "m.json", matomo(referrerType="direct"))
    assert [row.get("revenue") for row in rows] == [None, None, 12]
    assert [row["conversions"] for row in rows] == [0, 0, 1]


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        ({"referrerType": "search", "referrerName": "Startpage"}, ("Startpage", "organic")),
        ({"referrerType": "website", "referrerName": "a.example"}, ("a.example", "referral")),
        ({"referrerType": "social", "referrerName": "Facebook"}, ("Facebook", "social")),
        (
            {
                "referrerType": "campaign",
                "referrerName": "spring",
                "campaignSource": "letter",
                "campaignMedium": "email",
            },
            ("letter", "email"),
        ),
    ],
)
def test_sources_of_matomo(
    visit: dict[str, str], expected: tuple[str, str], tmp_path: Path
) -> None:
    row = exported_rows(tmp_path / "m.json", matomo(**visit))[0]
    assert (row["source"], row["medium"]) == expected


def test_the_null_of_a_database_is_no_text(tmp_path: Path) -> None:
    text = (
        "session_id,visit_id,created_at,url_path,referrer_domain,event_type,utm_source\n"
        "s,v,2026-03-02 08:14:05,/a,\\N,1,\\N\n"
    )
    [row] = exported_rows(tmp_path / "u.csv", text)
    assert "referrer" not in row
    assert "campaign" not in row


def test_posthog_as_a_table_of_a_query(tmp_path: Path) -> None:
    names = ("$current_url", "$referrer", "$session_id", "utm_source")
    values = (f"{SITE}/a", "$direct", "s1", "letter")
    for form in ("properties.{}", "{}"):
        header = ["uuid", "event", "distinct_id", "timestamp", *map(form.format, names)]
        row = ["1", "$pageview", "u", "2026-03-02T08:14:05Z", *values]
        [found] = exported_rows(tmp_path / "p.csv", ",".join(header) + "\n" + ",".join(row) + "\n")
        assert (found["path"], found["session_key"], found["campaign"]) == (
            "/a",
            "s1",
            "kept&utm_source=letter",
        )


@pytest.mark.parametrize(
    ("header", "advice"),
    [
        ('"date","hostname","page","visits","visitors","pageviews"', "imported_sources"),
        ("date,exit_page,visitors,visits,exits,pageviews", "imported_sources"),
        ("name,visitors,bounce_rate,visit_duration", "CSV export"),
        ("date,label,nb_visits,nb_actions", "getReferrerType"),
        ("# Start date: 20260301\nPage path and screen class,Views", "Landing page"),
        ("First user source / medium,Sessions", "Landing page"),
        ("Day,Referrer source,Referrer name,Sessions", "weight=Sessions"),
        ('{"export_version": "1.0", "goatcounter_version": "v2.7"}', "Download the CSV"),
        ('{"data":{"viewer":{"rumPageloadEventsAdaptiveGroups":[]}}}', "Logpush"),
        ('{"e":"[CLY]_session","did":"a","ts":1772439245000}', "access log"),
    ],
)
def test_tables_without_sources_are_refused_by_name(header: str, advice: str) -> None:
    reason = refusal(header.splitlines())
    assert reason and advice in reason


def test_formats_says_what_an_analysis_would_refuse(tmp_path: Path) -> None:
    path = tmp_path / "sessions.csv"
    path.write_text("Day,Referrer name,Sessions\n2026-03-02,Google,80\n2026-03-02,,120\n")
    said = CliRunner().invoke(command, ["formats", str(path)]).output
    assert "is not read: a report of Shopify" in said
    with pytest.raises(InputError, match="a report of Shopify"):
        open_inputs([str(path)], ReadSettings())


def test_sums_without_a_page_are_read_where_their_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "sessions.csv"
    text = "Day,Referrer name,Sessions\n2026-03-02,Google,80\n2026-03-02,,120\n"
    rows = exported_rows(path, text, date="Day", source="Referrer name", weight="Sessions")
    assert [(row.get("source"), row["weight"]) for row in rows] == [("Google", 80), (None, 120)]


def test_what_is_not_read_is_named(tmp_path: Path) -> None:
    """Fields that are filled, and of objects those beside the ones that are read."""
    path = tmp_path / "calls.jsonl"
    call = {
        "type": "page",
        "anonymousId": "a",
        "messageId": "m",
        "timestamp": "2026-03-02T08:14:05Z",
        "context": {"page": {"url": f"{SITE}/a"}, "locale": "de", "empty": ""},
        "sentAt": "2026-03-02T08:14:06Z",
        "nothing": None,
    }
    path.write_text(json.dumps(call) + "\n")
    done = CliRunner().invoke(command, ["formats", str(path)])
    assert "does not read context.locale, sentAt" in done.output
    assert "nothing" not in done.output
