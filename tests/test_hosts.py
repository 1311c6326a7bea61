"""Hosts as people type them: an address is reduced to its host, and the rest is refused."""

from pathlib import Path

import pytest

from darksocial import Settings, UsageError
from darksocial.cli._configuration import defaults
from darksocial.cli._main import darksocial
from tests.test_docs import GROUP
from tests.test_options import refused

HOSTS = {
    "www.example.org": "www.example.org",
    "https://www.example.org/": "www.example.org",
    "HTTP://User@WWW.Example.org:8443/blog?a=b#c": "www.example.org",
    " example.org. ": "example.org",
    "example.org:80": "example.org",
    "example.org/blog": "example.org",
    "//example.org": "example.org",
    "localhost": "localhost",
    "web_1.internal": "web_1.internal",
    "192.0.2.1": "192.0.2.1",
    "[2001:db8::1]:443": "2001:db8::1",
    "https://bücher.example/": "xn--bcher-kva.example",
}


@pytest.mark.parametrize(("text", "host"), HOSTS.items())
def test_an_address_is_reduced_to_its_host(text: str, host: str) -> None:
    assert Settings(site=(text,)).site == (host,)
    assert Settings(exclude_referrer=(text,)).exclude_referrer == (host,)


def test_one_host_in_two_forms_is_one_host() -> None:
    assert Settings(site=("example.org", "https://example.org/")).site == ("example.org",)


NO_HOSTS = ["", " ", "https://", "/blog", "my site", "a.example, b.example", "*.example.org",
            "example..org", "-a.example", "https:/example.org", "a" * 64 + ".example", "[::1",
            "ü" * 70 + ".example"]  # fmt: skip


@pytest.mark.parametrize("text", NO_HOSTS)
def test_what_is_not_a_host_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"`site`: .* is not a host") as raised:
        Settings(site=(text,))
    assert "such as www.example.org" in raised.value.expected


def test_the_command_line_and_the_configuration_refuse_it_too(tmp_path: Path) -> None:
    assert "is not a host" in refused("analyze", "x.log", "--site", "my site")
    for content in ({"site": ["my site"]}, {"check": {"exclude-referrer": ["my site"]}}):
        with pytest.raises(UsageError, match=r"darksocial\.toml, .*: 'my site' is not a host"):
            defaults(content, Path("darksocial.toml"), darksocial, GROUP)
