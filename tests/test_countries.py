"""Countries: as an input records them, or by addresses and a database of the user's."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

import darksocial
from darksocial import (
    Analysis,
    Breakdown,
    InputError,
    Policy,
    ReadSettings,
    Selection,
    UsageError,
    data,
)
from darksocial.engines import open_engine
from darksocial.formats import registry
from darksocial.grammar.apache import compile_apache
from darksocial.grammar.nginx import compile_nginx
from darksocial.inputs.open import open_inputs
from darksocial.lookups.countries import country_code, country_names
from darksocial.lookups.geoip import check_database, country_of
from darksocial.outputs.page.stored import stored_page
from darksocial.parser.connection import prepare
from darksocial.report.selected import stored_report
from tests.exported import exported_rows
from tests.logs import Hit
from tests.nights import NOW, SECRET
from tests.sparks import SPARK, needs_spark, session

LOGS = Path(__file__).parents[1] / "sample_logs"
NETWORKS = {
    "192.0.2.0/25": {"country": {"iso_code": "DE"}, "registered_country": {"iso_code": "US"}},
    "192.0.2.128/25": {"country": {"iso_code": "FR"}},
    "198.51.100.0/24": {"registered_country": {"iso_code": "US"}},
    "2001:db8::/32": {"country": {"iso_code": "AT"}},
}


def database(
    place: Path, networks: Mapping[str, object], kind: str = "GeoLite2-Country", version: int = 6
) -> str:
    writer = MMDBWriter(version, kind, ipv4_compatible=version == 6)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(place))
    return str(place)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("countries")


@pytest.fixture(scope="module")
def geoip(folder: Path) -> str:
    return database(folder / "countries.mmdb", NETWORKS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("deu", "DE"), ("Germany", "DE"), ("germany", "DE"),
        ("Türkiye", "TR"), ("Turkey", "TR"), ("Bosnia & Herzegovina", "BA"),
        ("Bosnia and Herzegovina", "BA"), ("St. Lucia", "LC"), ("Saint Lucia", "LC"),
        ("Cote d'Ivoire", "CI"), ("Cote d\u2019Ivoire", "CI"), ("Myanmar (Burma)", "MM"),
        ("Congo - Kinshasa", "CD"), ("Hong Kong", "HK"), ("United States", "US"),
        ("(not set)", ""), ("T1", ""), ("XX", ""), ("ZZ", ""), ("Deutschland", ""), ("", ""),
    ],
)  # fmt: skip
def test_codes_and_names_of_countries(text: str, code: str) -> None:
    assert country_code(text) == code


def test_every_spelling_in_the_table_stands_for_one_country() -> None:
    rows = data.read("countries")
    for row in rows:
        for spelling in filter(None, (row["code"], row["code3"], row["name"])):
            assert country_code(spelling) == row["code"]
    assert len(country_names()) == len({row["code"] for row in rows}) == 250


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("192.0.2.7", "DE"), ("192.0.2.200", "FR"), ("2001:db8::7", "AT"),
        ("198.51.100.4", None),  # where a network is registered is not where its users are
        ("203.0.113.9", None), ("client.example.org", None), ("10.0.0.1", None),
    ],
)  # fmt: skip
def test_the_country_of_an_address(geoip: str, address: str, country: str | None) -> None:
    assert country_of(address, geoip) == country


@pytest.mark.parametrize(
    "record",
    [{"country_code": "SE", "country": "Sweden"}, {"country": "SE"}, {"country": "Sweden"}],
)
def test_records_of_other_databases(tmp_path: Path, record: Mapping[str, str]) -> None:
    place = database(tmp_path / "lite.mmdb", {"192.0.2.0/24": record}, "ipinfo lite", version=4)
    check_database(place)
    assert country_of("192.0.2.9", place) == "SE"
    assert country_of("2001:db8::1", place) is None


def test_what_is_no_database_of_countries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        check_database(str(tmp_path / "absent.mmdb"))
    (tmp_path / "text.mmdb").write_text("country,address\n")
    with pytest.raises(InputError, match="cannot be read as a database of addresses"):
        check_database(str(tmp_path / "text.mmdb"))
    providers = {"192.0.2.0/24": {"autonomous_system_number": 64500}}
    place = database(tmp_path / "asn.mmdb", providers, "GeoLite2-ASN")
    with pytest.raises(InputError, match="has no countries"):
        check_database(place)


GA4 = """# Start date: 20260301
Landing page,Country,Sessions
/news,Germany,1204
/news,T\u00fcrkiye,12
/news,(not set),7
"""
SAMPLES = {
    "akamai.log": ["DE", "DE"],
    "cloudflare.log": ["DE", "DE"],
    "cloudfront_json.log": ["DE", "DE"],
    "exports/plausible.csv": ["FR", "FR"],
}
"""Samples whose records have a country, and those of the first."""


@pytest.mark.parametrize("name", SAMPLES)
def test_records_with_a_country(tmp_path: Path, name: str) -> None:
    text = (LOGS / name).read_text("utf-8")
    rows = exported_rows(tmp_path / Path(name).name, text)
    assert [row.get("country") for row in rows[:2]] == SAMPLES[name]


def test_a_report_of_ga4_has_countries_by_name(tmp_path: Path) -> None:
    rows = exported_rows(tmp_path / "ga4.csv", GA4)
    assert [row.get("country") for row in rows] == ["DE", "TR", None]


def test_formats_that_name_the_country() -> None:
    names = {name for name, known in registry().items() if "country" in known.grammar.records}
    assert {"bunny", "fastly", "ga4_bigquery", "matomo", "posthog", "snowplow", "umami"} <= names


def test_directives_name_the_country() -> None:
    nginx = compile_nginx('$remote_addr [$time_local] "$request" $http_cf_ipcountry')
    apache = compile_apache('%h %t "%r" "%{CF-IPCountry}i"')
    geo = compile_nginx('$remote_addr [$time_local] "$request" $geoip2_data_country_code')
    assert all("country" in layout.records for layout in (nginx, apache, geo))


def test_a_text_that_is_no_country_is_null() -> None:
    connection = duckdb.connect()
    prepare(connection)
    query = "SELECT country_code(t) FROM (VALUES ('Germany'), (NULL), ('T1')) AS texts(t)"
    assert connection.execute(query).fetchall() == [("DE",), (None,), (None,)]


def lines(days: Sequence[int]) -> Iterator[str]:
    for day in days:
        for n, ip in enumerate(("192.0.2.1", "192.0.2.2", "192.0.2.129", "198.51.100.4")):
            yield Hit(day * 1440 + n, ip=ip).line + "\n"


@pytest.fixture(scope="module")
def analysis(folder: Path, geoip: str) -> Iterator[Analysis]:
    log = folder / "access.log"
    log.write_text("".join(lines([0])))
    asked = Breakdown("country")
    read = ReadSettings(geoip=geoip)
    with darksocial.analyze(log, read=read, secret="s", breakdown=asked) as done:
        done.write(folder / "out")
        yield done


def test_visits_have_the_country_of_their_address(analysis: Analysis) -> None:
    assert analysis.sessions()["country"].to_pylist() == ["DE", "DE", "FR", None]
    assert "192.0.2.1" not in str(analysis.sessions().to_pydict())


def test_visits_are_counted_and_chosen_by_country(analysis: Analysis, folder: Path) -> None:
    counted = {row.name: row.sessions for row in analysis.report.groups.rows}
    assert counted == {"DE": 2, "FR": 1, None: 1}
    again = stored_report(folder / "out", breakdown=Breakdown("country"))
    assert {row.name: row.sessions for row in again.groups.rows} == counted
    assert stored_report(folder / "out", Selection(only=(("country", "de"),))).sessions == 2
    with pytest.raises(UsageError) as refused:
        Selection(only=(("country", "Germany"),))
    assert refused.value.expected == "the code of the country, DE"


def test_the_page_names_the_countries(analysis: Analysis, folder: Path) -> None:
    sections = {section.id: section for section in stored_page(folder / "out").sections}
    assert "countries" not in sections  # they are the groups that were asked for
    shown = sections["groups"].table
    assert shown is not None
    assert {row[0]["text"] for row in shown.rows} == {"Germany", "France", "not known"}
    by_device = stored_page(folder / "out", breakdown=Breakdown("device"))
    assert "countries" in {section.id for section in by_device.sections}


@needs_spark
def test_page_views_have_countries_on_spark_too(
    analysis: Analysis, folder: Path, geoip: str
) -> None:
    session()
    inputs = open_inputs([str(folder / "access.log")], ReadSettings(geoip=geoip))
    engine = open_engine(SPARK)
    rows = engine.fetch(engine.parse_requests(inputs)).sort_by("line")
    assert rows.column("country").to_pylist() == ["DE", "DE", "FR", None]


@needs_spark
@pytest.mark.long
def test_visits_have_countries_on_spark_too(analysis: Analysis, folder: Path, geoip: str) -> None:
    session()
    read = ReadSettings(geoip=geoip)
    log = folder / "access.log"
    with darksocial.analyze(log, read=read, secret="s", resources=SPARK) as done:
        countries = done.sessions().select(["session_id", "country"]).sort_by("session_id")
    expected = analysis.sessions().select(["session_id", "country"]).sort_by("session_id")
    assert countries.to_pylist() == expected.to_pylist()


@pytest.mark.long
def test_days_stored_before_there_was_a_database_have_no_countries(
    tmp_path: Path, geoip: str
) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    for days, read in (([0], ReadSettings()), ([0, 2], ReadSettings(geoip=geoip))):
        log.write_text("".join(lines(days)))
        darksocial.nightly(log, store, secret=SECRET, now=lambda: NOW, read=read, policy=Policy())
    countries = {
        place.parent.name: pq.ParquetFile(place).read()["country"].to_pylist()
        for place in sorted(store.glob("sessions/*/*.parquet"))
    }
    assert countries == {"date=2026-03-02": [None] * 4, "date=2026-03-04": ["DE", "DE", "FR", None]}
