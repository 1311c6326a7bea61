"""Conduct that names a bot by itself, and the people who come near it: all in one log."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial import Resources, Settings
from darksocial.visits.conduct import (
    CHANGES_AGENT,
    FROM_ITSELF,
    GUESSES_PASSWORDS,
    MIN_AGENTS_OF_A_PROGRAM,
    OLD_BROWSER,
    PROBES,
    REFERRER_SPAM,
)
from tests.logs import ARTICLE, BROWSER, SITE, Hit, addresses, analyzed, asset
from tests.nightly_runs import run
from tests.sparks import SPARK, needs_spark

LOGIN = "/blog/wp-login.php"
TEN_YEARS_OLD = "Mozilla/5.0 (X11; Linux x86_64; rv:44.0) Gecko/20100101 Firefox/44.0"
NINE_YEARS_OLD = TEN_YEARS_OLD.replace("44.0", "52.0")


def reader(ip: str) -> list[Hit]:
    """Somebody who reads a page; the browser loads its style sheet."""
    return [Hit(5, ip=ip), asset(5, ip)]


def sign_in(ip: str, path: str = LOGIN, method: str = "POST") -> list[Hit]:
    """A view of a login page, and what is sent to it."""
    return [Hit(1, path, ip), Hit(2, path, ip, method=method)]


def test_who_asks_for_a_secret_is_a_bot_and_its_page_is_none(tmp_path: Path) -> None:
    bots = [
        Hit(1, "/.env", "198.51.100.1"),
        Hit(1, ip="198.51.100.2"),
        Hit(1, "/.git/config", "198.51.100.2", status=404),
    ]
    curious = [*reader("192.0.2.9"), Hit(6, "/phpinfo", "192.0.2.9")]
    with analyzed(tmp_path, [*bots, *reader("192.0.2.1"), *curious]) as analysis:
        sessions = analysis.to_pandas()
        reasons = {row.name: row.count for row in analysis.report.bots}
    assert dict(zip(sessions.client_ip, sessions.pageviews, strict=True)) == {
        "192.0.2.1": 1,
        "192.0.2.9": 1,
    }
    assert reasons == {PROBES: len(bots)}


@pytest.mark.long
def test_who_views_login_pages_alone_and_sends_passwords_is_a_bot(tmp_path: Path) -> None:
    bots = [
        *sign_in("198.51.100.1"),
        *sign_in("198.51.100.2", "/administrator/index.php"),
        Hit(1, "/wp-login.php", "198.51.100.3"),
        Hit(2, "/shop/xmlrpc.php", "198.51.100.3", method="POST"),
        Hit(1, "/user/login", "198.51.100.4", method="POST"),
    ]
    people = [
        *(hit for n in range(4) for hit in reader(f"192.0.2.{n}")),
        *sign_in("192.0.2.11"),
        asset(1, "192.0.2.11"),
        *sign_in("192.0.2.12"),
        Hit(3, "/blog/wp-admin/", "192.0.2.12"),
        *sign_in("192.0.2.13", method="GET"),
        *sign_in("192.0.2.14", "/my-login-story/"),
    ]
    found, reasons = addresses(tmp_path, [*bots, *people])
    assert found == {hit.ip for hit in people}
    assert reasons == {GUESSES_PASSWORDS: len(bots)}


def from_itself(at: float, ip: str, path: str = "/contact/?lang=en", site: str = SITE) -> Hit:
    return Hit(at, path, ip, referrer=f"{site}{path}")


def test_who_arrives_at_a_page_from_that_page_is_a_bot(tmp_path: Path) -> None:
    bots = [
        from_itself(60, "198.51.100.1"),
        Hit(61, "/contact/?lang=en", "198.51.100.1", method="POST"),
        from_itself(62, "198.51.100.2", "/", "http://example.org"),
    ]
    people = [
        *reader("192.0.2.1"),
        *reader("192.0.2.2"),
        from_itself(10, "192.0.2.11"),  # the visit can have begun before the log
        Hit(60, ip="192.0.2.12"),
        from_itself(61, "192.0.2.12"),  # a link to itself, later
        from_itself(60, "192.0.2.13"),
        asset(60, "192.0.2.13"),
        from_itself(60, "192.0.2.14", "/", "https://www.example.com"),  # another site
        from_itself(60, "192.0.2.18", "/offer?utm_source=news"),  # reloaded by an app
        Hit(60, "/contact/", "192.0.2.15", referrer=f"{SITE}/contact/?lang=en"),
        Hit(60, "/contact/", "192.0.2.16", referrer=f"{SITE}/en/contact/"),
        Hit(60, ARTICLE, "192.0.2.17", referrer=f"{SITE}{ARTICLE}", method="POST"),
        Hit(61, ip="192.0.2.17"),
    ]
    found, reasons = addresses(tmp_path, [*bots, *people])
    assert found == {hit.ip for hit in people}
    assert reasons == {FROM_ITSELF: len(bots)}


@pytest.mark.long
def test_referrers_that_are_no_sites_bring_no_visits_by_referral(tmp_path: Path) -> None:
    spam, bare = "http://www.semalt.com/x", "http://203.0.113.7:80/"
    bots = [
        Hit(60, ip="198.51.100.1", referrer=spam),
        Hit(60, "/", "198.51.100.2", referrer=bare),
    ]
    people = [
        *(hit for n in range(3) for hit in reader(f"192.0.2.{n}")),
        Hit(60, ip="192.0.2.11", referrer=spam),
        asset(60, "192.0.2.11"),
        Hit(60, ip="192.0.2.12", referrer=bare),
        Hit(60, ip="192.0.2.13", referrer="https://blog.example.com/"),
    ]
    with analyzed(tmp_path, [*bots, *people]) as analysis:
        sessions = analysis.to_pandas().set_index("client_ip")
        reasons = {row.name: row.count for row in analysis.report.bots}
    assert set(sessions.index) == {hit.ip for hit in people}
    assert reasons == {FROM_ITSELF: 1, REFERRER_SPAM: 1}
    booked = sessions.loc[["192.0.2.11", "192.0.2.12", "192.0.2.13"]]
    assert list(booked.channel_before) == ["Direct", "Direct", "Referral"]
    assert list(booked.referrer[:2]) == [spam, bare]


@pytest.mark.long
def test_a_line_with_a_whole_address_is_the_site_s_or_a_probe(tmp_path: Path) -> None:
    person = [
        *reader("192.0.2.1"),
        Hit(6, f"{SITE}/sport/", "192.0.2.1"),
        Hit(7, f"http://shop.example.org{ARTICLE}", "192.0.2.1"),
    ]
    probes = [
        Hit(9, "http://proxy-check.example.net/", "198.51.100.1"),
        Hit(9, "proxy-check.example.net:443", "198.51.100.2", method="CONNECT"),
    ]
    others = [hit for n in range(4) for hit in reader(f"192.0.2.{n + 10}")]
    with analyzed(tmp_path, [*person, *probes, *others], Settings(keep_identifiers=True)) as one:
        sessions = one.to_pandas()
        reasons = {row.name: row.count for row in one.report.bots}
    assert reasons == {PROBES: len(probes)}
    assert sessions.site.isna().all()
    assert list(sessions[sessions.client_ip == "192.0.2.1"].pageviews) == [3]
    assert len(sessions) == 5


def mixed(folder: Path) -> str:
    """A log with people and with bots of each kind, and lines with an address; return its name."""
    hits = [
        *(hit for n in range(8) for hit in reader(f"192.0.2.{n}")),
        Hit(6, f"{SITE}/sport/", "192.0.2.1"),
        Hit(9, "http://proxy-check.example.net/", "198.51.100.1"),
        Hit(9, "/.env", "198.51.100.2"),
        *sign_in("198.51.100.3"),
        from_itself(60, "198.51.100.4"),
        Hit(60, ip="198.51.100.5", referrer="http://semalt.com/"),
        Hit(60, ip="198.51.100.6", method="HEAD"),
        Hit(60, ip="192.0.2.12", referrer="http://203.0.113.7/"),
        Hit(60, ip="198.51.100.7", agent=TEN_YEARS_OLD),
        Hit(60, ip="192.0.2.13", agent=NINE_YEARS_OLD),
        Hit(60, ip="192.0.2.14", agent=TEN_YEARS_OLD),
        replace(asset(60, "192.0.2.14"), agent=TEN_YEARS_OLD),
    ]
    log = folder / "access.log"
    log.write_text("".join(hit.line + "\n" for hit in hits))
    return str(log)


VISIT_COLUMNS = ["visitor_id", "started_at", "pageviews", "site", "channel_before", "referrer"]


def judged(log: str, resources: Resources | None = None) -> tuple[list[object], list[object]]:
    """The visits of a log, and its bots by reason."""
    with darksocial.analyze([log], secret="s", resources=resources) as analysis:
        return analysis.sessions().select(VISIT_COLUMNS).to_pylist(), list(analysis.report.bots)


@pytest.mark.long
def test_a_store_judges_conduct_as_one_run_does(tmp_path: Path) -> None:
    log = mixed(tmp_path)
    visits, bots = judged(log)
    assert len(visits) == 8 + len({"192.0.2.12", "192.0.2.13", "192.0.2.14"})
    run([Path(log)], tmp_path / "store")
    [day] = (tmp_path / "store" / "sessions").glob("*/*.parquet")
    assert pq.read_table(day, columns=VISIT_COLUMNS).to_pylist() == visits
    summary = json.loads(next((tmp_path / "store").glob("reports/*/summary.json")).read_text())
    reasons = {row["name"]: row["count"] for row in summary["bots"]}
    assert reasons == {
        PROBES: 2,
        GUESSES_PASSWORDS: 2,
        FROM_ITSELF: 1,
        REFERRER_SPAM: 1,
        OLD_BROWSER: 1,
    }
    assert len(bots) == len(reasons)


@pytest.mark.long
@needs_spark
def test_spark_judges_conduct_alike(tmp_path: Path) -> None:
    log = mixed(tmp_path)
    assert judged(log, SPARK) == judged(log)


@pytest.mark.long
def test_a_log_without_assets_says_nothing_about_who_signs_in(tmp_path: Path) -> None:
    readers = [Hit(5, ip=f"192.0.2.{n}") for n in range(8)]
    stray, probe = asset(5, "192.0.2.99"), Hit(1, "/.env", "198.51.100.1")
    found, reasons = addresses(tmp_path, [*readers, stray, probe, *sign_in("192.0.2.11")])
    assert "192.0.2.11" in found
    assert reasons == {PROBES: 1}


@pytest.mark.long
def test_bots_that_are_most_visitors_do_not_hide_that_the_log_records_assets(
    tmp_path: Path,
) -> None:
    guesses = [hit for n in range(40) for hit in sign_in(f"198.51.100.{n}")]
    with analyzed(tmp_path, [*guesses, *reader("192.0.2.1")]) as analysis:
        assert analysis.report.sessions == 1


@pytest.mark.long
def test_many_agents_of_an_address_that_loads_nothing_are_one_program(tmp_path: Path) -> None:
    def agents(ip: str, count: int) -> list[Hit]:
        return [Hit(n, f"/{n}/", ip, agent=f"{BROWSER} Part/{n}") for n in range(count)]

    bots = agents("198.51.100.1", MIN_AGENTS_OF_A_PROGRAM)
    people = [
        *(hit for n in range(8) for hit in reader(f"192.0.2.{n}")),
        *agents("192.0.2.11", MIN_AGENTS_OF_A_PROGRAM - 1),
        *agents("192.0.2.12", MIN_AGENTS_OF_A_PROGRAM),
        asset(9, "192.0.2.12"),
    ]
    found, reasons = addresses(tmp_path, [*bots, *people])
    assert found == {hit.ip for hit in people}
    assert reasons == {CHANGES_AGENT: len(bots)}


@pytest.mark.long
def test_a_log_with_parts_of_seconds_is_judged_alike(tmp_path: Path) -> None:
    """Its first second is a number of seconds, whatever the log adds to it."""
    rows = [{"time": "2026-03-02T08:00:00.273Z", "url": "/a", "ip": "192.0.2.1"}]
    rows += [{"time": "2026-03-02T09:00:00.9Z", "url": "/.env", "ip": "198.51.100.1"}]
    log = tmp_path / "access.json"
    log.write_text("".join(json.dumps({**row, "user_agent": BROWSER}) + "\n" for row in rows))
    visits, bots = judged(str(log))
    assert len(visits) == 1
    assert [(row.name, row.count) for row in bots] == [(PROBES, 1)]
