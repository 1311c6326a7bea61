"""Clients behind proxies: X-Forwarded-For as far as trusted proxies wrote it."""

from pathlib import Path

import pytest

import darksocial
from darksocial import ReadSettings, Settings
from darksocial.parser.clients import client
from tests.gate import series
from tests.logs import BROWSER, Hit, analyzed

NETWORKS = "10.0.0.0/8,2001:db8:ffff::/48"
DIRECTIVE = (
    '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
    '"$http_user_agent" "$http_x_forwarded_for"'
)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.4, 203.0.113.7", "203.0.113.7"),  # the first is made up
        ("10.0.0.1", "203.0.113.7, 10.2.3.4", "203.0.113.7"),
        ("10.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9"),  # all are proxies: the farthest
        ("203.0.113.9", "198.51.100.4", "203.0.113.9"),  # the peer is no proxy of ours
        ("10.0.0.1", "203.0.113.7:5120", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::7]:5120", "2001:db8::7"),
        ("2001:db8:ffff::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "fe80::1%3, 2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6:5120", "2001:db8:1:2:3:4:5:6"),
        ("10.0.0.1", "for=203.0.113.7;proto=https, for=10.2.3.4", "203.0.113.7"),
        ("10.0.0.1", 'For="[2001:db8::7]:5120";by=10.0.0.1', "2001:db8::7"),
        ("10.0.0.1", "proto=https", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        (None, "203.0.113.7", None),
    ],
)
def test_who_is_behind(peer: str | None, forwarded: str | None, expected: str | None) -> None:
    assert client(peer, forwarded, NETWORKS) == expected


def log(folder: Path, forwarded: bool) -> Path:
    """Two hundred hits of twenty browsers, all from the address of one proxy."""
    path = folder / "access.log"
    lines = []
    for n in range(200):
        agent = BROWSER.replace("136", str(100 + n % 20))
        tail = f' "203.0.113.{n % 50}"' if forwarded else ""
        lines.append(
            f"10.0.0.1 - - [02/Mar/2026:08:{n // 60:02}:{n % 60:02} +0000] "
            f'"GET /a HTTP/1.1" 200 5 "-" "{agent}"{tail}\n'
        )
    path.write_text("".join(lines))
    return path


def test_a_log_behind_a_proxy_says_what_is_missing(tmp_path: Path) -> None:
    with darksocial.analyze([str(log(tmp_path, forwarded=False))], secret="s") as analysis:
        [note] = analysis.report.notes
        visitors = analysis.report.visitors
    assert "as behind a proxy" in note
    assert "$http_x_forwarded_for" in note
    assert visitors == 20  # what is left to tell them apart: the browser


@pytest.mark.long
def test_with_the_list_the_option_is_named_and_visitors_are_told(tmp_path: Path) -> None:
    read = ReadSettings(log_format=DIRECTIVE)
    path = str(log(tmp_path, forwarded=True))
    with darksocial.analyze([path], read=read, secret="s") as analysis:
        [note] = analysis.report.notes
        assert analysis.report.visitors == 100
    assert "--trusted-proxy" in note


@pytest.mark.long
def test_trusted_proxies_give_the_address_of_the_client(tmp_path: Path) -> None:
    read = ReadSettings(log_format=DIRECTIVE, trusted_proxies=("10.0.0.0/8",))
    path = str(log(tmp_path, forwarded=True))
    settings = Settings(keep_identifiers=True)
    with darksocial.analyze([path], read=read, settings=settings, secret="s") as analysis:
        assert analysis.report.notes == ()
        addresses = set(analysis.to_pandas().client_ip)
    assert addresses == {f"203.0.113.{n}" for n in range(50)}


@pytest.mark.long
@series("address", ["127.0.0.1", "10.1.2.3", "172.20.0.5", "fd12:3456::7", "::1"], in_gate=1)
def test_hits_from_within_are_noted(tmp_path: Path, address: str) -> None:
    with analyzed(tmp_path, [Hit(ip=address), Hit(5), Hit(7, ip="172.32.0.1")]) as analysis:
        [note] = analysis.report.notes
    assert "combined: 1 hit of people comes from a private network" in note
