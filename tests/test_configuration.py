"""Broken configurations: each error names the file, the key, the value and what was expected."""

from pathlib import Path

import pytest

from darksocial.cli._configuration import defaults, read_configuration
from darksocial.cli._main import darksocial
from darksocial.cli._prior import model_of
from darksocial.errors import UsageError
from tests.test_docs import GROUP

BROKEN = (
    ("timezone = 5", "timezone is 5", "a text"),
    ('timezone = "Berlin"', "timezone: there is no time zone 'Berlin'", "Europe/Berlin"),
    ('quiet = "maybe"', "quiet is 'maybe'", "true or false"),
    ("keep-identifiers = 1", "keep-identifiers is 1", "true or false"),
    ("keep-identifiers = []", "keep-identifiers is []", "true or false"),
    ("session-timeout = true", "session-timeout is true", "a whole number"),
    ("session-timeout = 30.5", "session-timeout is 30.5", "a whole number"),
    ("session-timeout = [1]", "session-timeout is [1]", "a whole number"),
    ("session-timeout = 0", "session-timeout is 0", "1 to 475"),
    ("threads = 0", "threads is 0", "1 to 256"),
    ('site = "example.org"', "site is 'example.org'", "a list of texts"),
    ("site = [1]", "site is [1]", "a list of texts"),
    ("out = 5", "out is 5", "a text"),
    ("prior-file = 5", "prior-file is 5", "a text"),
    ("visitor-secret = 55555", "visitor-secret is ...", "a text"),
    ('memory-limit = "big"', "memory-limit: a memory limit of 'big'", "2GB"),
    ('trusted-proxy = ["x"]', "trusted-proxy: 'x' is no network", "10.0.0.0/8"),
    ('map = ["a"]', "map", "FIELD=KEY"),
    ('goal = ["paht=/"]', "goal: --goal paht=/ has the key 'paht'", "the nearest is path"),
    ('strip-query = [""]', "strip-query", "the name of a parameter"),
    ('[analyze]\nreport = "jsn"', "[analyze] report is 'jsn'", "the nearest is json"),
    ("[analyze]\nsite = {a = 1}", "[analyze] site is {'a': 1}", "a list of texts"),
    ('[simulate]\nstart = "monday"', "[simulate] start is 'monday'", "2026-03-02"),
    ("analyze = 5", "analyze is 5", "a table [analyze]"),
    ("a-b = 1", "the key a-b", ""),
    ("sesion-timeout = 1", "the key sesion-timeout", "session_timeout"),
    ("[analyse]\nout = 'x'", "the key [analyse]", "[analyze]"),
    ("[goal]\npath = '/'", "the key [goal]", "[goals]"),
    ("session_timeout = 1\nsession-timeout = 2", "has session-timeout and session_timeout", "same"),
    ("goals = 5", "goals are no tables", "[goals.order]"),
    ("[goals.a]\npath = 5", "[goals.a]: path is 5", "a text"),
    ("[goals.a]\npath = '/a'\nstatus = true", "[goals.a]: status is True", "a whole number"),
    ("[goals.a]\npath = '/a'\nvalue = 'x'", "[goals.a]: value is 'x'", "a number"),
    ("[goals.a]\npath = '/a,b'", "[goals.a]: path is '/a,b'", "no comma"),
    ("[goals.a]\npaht = '/a'", "[goals.a] has the key 'paht'", "the nearest is path"),
    ("[goals.a]\nvalue = 1.0", "[goals.a] has neither path nor event", "one of them"),
    ("[model]\napps = ['whatsap']", "apps has 'whatsap'", "the nearest is whatsapp"),
    ("[model]\nnewsletter = 'Tue'", "newsletter is 'Tue'", "a list of texts"),
    ("[model]\ntimezone = 'Berlin'", "[model]: there is no time zone 'Berlin'", "Europe/Berlin"),
    ("[model.rates]\ndark_social = 2", "[model]: the rate of dark_social is 2", "between 0 and 1"),
    ("[model.rates]\ndark = 0.1", "[model.rates] dark", "dark_social"),
    ("[model]\nap = 1", "[model] ap", "[model] apps"),
    ("model = 5", "has no [model]", "a table"),
    ("a = ", "is no TOML", "key = value"),
)


@pytest.mark.parametrize(("content", "seen", "expected"), BROKEN)
def test_broken_configurations(tmp_path: Path, content: str, seen: str, expected: str) -> None:
    path = tmp_path / "darksocial.toml"
    path.write_text(content)
    with pytest.raises(UsageError) as raised:
        found = read_configuration(path)
        defaults(found, path, darksocial, GROUP)
        model_of(path)
    assert str(path) in raised.value.problem
    assert seen in raised.value.problem
    assert expected in raised.value.expected


def test_a_day_may_be_a_date_of_toml(tmp_path: Path) -> None:
    path = tmp_path / "darksocial.toml"
    path.write_text("[simulate]\nstart = 2026-03-02\n")
    found = defaults(read_configuration(path), path, darksocial, GROUP)
    assert found["simulate"] == {"start": "2026-03-02"}
