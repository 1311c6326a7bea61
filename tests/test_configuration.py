"""Broken configurations: each error names the file, the key, the value and what was expected."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from darksocial.cli._configuration import defaults, flag_name, options_of, read_configuration
from darksocial.cli._main import darksocial
from darksocial.cli._prior import model_of
from darksocial.cli._toml import table_lines
from darksocial.cli._values import takes_many
from darksocial.errors import UsageError
from tests.test_docs import GROUP

BROKEN = (
    ("timezone = 5", "timezone is 5", "a text"),
    ('time-format = "%H:%M"', "time-format: The time format", "a pattern such as"),
    ('timezone = "Berlin"', "timezone: 'Berlin' is not a time zone", "Europe/Berlin"),
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
    ('memory-limit = "big"', "memory-limit: 'big' is not a size", "2GB"),
    ('trusted-proxy = ["x"]', "trusted-proxy: 'x' is not a network", "10.0.0.0/8"),
    ('map = ["a"]', "map", "FIELD=KEY"),
    ('goal = ["paht=/"]', "goal: --goal paht=/ has the key 'paht'", "the nearest is path"),
    ('strip-query = [""]', "strip-query", "the name of a parameter"),
    ('[analyze]\nreport = "jsn"', "[analyze] report is 'jsn'", "the nearest is json"),
    ("[analyze]\nsite = {a = 1}", "[analyze] site is {'a': 1}", "a list of texts"),
    ('[simulate]\nstart = "monday"', "[simulate] start is 'monday'", "2026-03-02"),
    ("analyze = 5", "analyze is 5", "a table [analyze]"),
    ("a-b = 1", "the key a-b", ""),
    ("sesion-timeout = 1", "the key sesion-timeout", "session-timeout"),
    ("[analyse]\nout = 'x'", "the key [analyse]", "[analyze]"),
    ("[goal]\npath = '/'", "the key [goal]", "[goals]"),
    ("session_timeout = 1\nsession-timeout = 2", "has session-timeout and session_timeout", "same"),
    ("goals = 5", "goals are not tables", "[goals.order]"),
    ("[goals.a]\npath = 5", "[goals.a]: path is 5", "a text"),
    ("[goals.a]\npath = '/a'\nstatus = true", "[goals.a]: status is True", "a whole number"),
    ("[goals.a]\npath = '/a'\nvalue = 'x'", "[goals.a]: value is 'x'", "a number"),
    ("[goals.a]\npath = '/a,b'", "[goals.a]: path is '/a,b'", "no comma"),
    ("[goals.a]\npaht = '/a'", "[goals.a] has the key 'paht'", "the nearest is path"),
    ("[goals.a]\npath = ''", "[goals.a]: path is ''", "not empty"),
    ("[goals.a]\npath = '/a'\nmethod = ' '", "[goals.a]: method is ' '", "not empty"),
    ("[goals.a]\nevent = 'b'\nstatus = 7", "[goals.a]: The status of a goal is 7", "100 to 999"),
    ("[goals.a]\npath = 'a?b'", "[goals.a]: The path of a goal is 'a?b'", "begins with /"),
    ("[goals.a]\npath = '/a'\nvalue = nan", "[goals.a]: The value of a goal is nan", "finite"),
    ("[goals.a.b]\npath = '/a'", "[goals.a] has the key 'b'", "path"),
    ("[[goals]]\npath = '/a'\n[[goals]]\nevent = ''", "[goals.2]: event is ''", "not empty"),
    ("[goals.a]\nvalue = 1.0", "[goals.a] has neither path nor event", "one of them"),
    ("[model]\napps = ['whatsap']", "apps: 'whatsap' is not", "the nearest is whatsapp"),
    ("[model]\nnewsletter = 'Tue'", "newsletter is 'Tue'", "a list of texts"),
    (
        "[model]\ntimezone = 'Berlin'",
        "[model]: timezone: 'Berlin' is not a time zone",
        "Europe/Berlin",
    ),
    (
        "[model.rates]\ndark_social = 2",
        "[model]: rates: The rate of dark_social is 2",
        "between 0 and 1",
    ),
    ("[model.rates]\ndark = 0.1", "[model.rates] dark", "dark_social"),
    ("[model]\nap = 1", "[model] ap", "[model] apps"),
    ("model = 5", "model is 5", "a table [model]"),
    ("a = ", "is not TOML", "key = value"),
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


VALUES = {
    "before": "2026-01-01",
    "day": "2026-02-01",
    "format": "combined",
    "goal": ["path=/a*,value=2", 'event="odd"'],
    "inputs": ["a.log", "b\\c\n.log"],
    "map": ["time=ts"],
    "memory-limit": "2GB",
    "only": ["path=/a*"],
    "output": ["json=report.json"],
    "report-zone": "Europe/Berlin",
    "since": "2026-01-01",
    "site": ["www.example.org"],
    "start": "2026-01-01",
    "time-format": "%d.%m.%Y %H:%M:%S",
    "timezone": "Europe/Berlin",
    "trusted-proxy": ["10.0.0.0/8"],
    "until": "2026-02-01",
}
"""A value for each key that does not take just any text."""
TABLES = """
[goals.order]
path = "/thanks*"
value = 20.0

[model]
newsletter = ["Tue 07:30"]

[model.rates]
dark_social = 0.15

[checks.reject_rate]
at_most = 0.005

[checks.page."/pricing"]
dark_at_least = 5
"""


def other_value(key: str, option: click.Parameter) -> object:
    """A value that differs from the default of an option."""
    if isinstance(option, click.Option) and option.is_flag:
        return not option.default
    if isinstance(option.type, click.Choice):
        return next(choice for choice in option.type.choices if choice != option.default)
    if key in VALUES and takes_many(option) == isinstance(VALUES[key], list):
        return VALUES[key]
    if isinstance(option.type, click.types.IntParamType):
        return option.default + 1 if isinstance(option.default, int) else 2
    if isinstance(option.type, click.types.FloatParamType):
        highest = option.type.max if isinstance(option.type, click.FloatRange) else None
        return 2.5 if highest is None or highest >= 2.5 else highest / 2
    return [f"x-{key}"] if takes_many(option) else f"x-{key}"


def content_with_every_key() -> dict[str, dict[str, object]]:
    return {
        name: {
            flag_name(key): other_value(flag_name(key), option)
            for key, option in options_of(darksocial.get_command(GROUP, name)).items()
        }
        for name in darksocial.list_commands(GROUP)
    }


def printed_configuration(path: Path) -> str:
    result = CliRunner().invoke(darksocial, ["--config", str(path), "config"])
    assert result.exit_code == 0, result.exception
    return result.stdout


@pytest.mark.parametrize("tables", ["", TABLES], ids=["options", "tables"])
def test_what_config_prints_reads_back(tmp_path: Path, tables: str) -> None:
    path, again = tmp_path / "first.toml", tmp_path / "again.toml"
    content = content_with_every_key()
    for table in content.values():
        if tables:  # these would say the same as the tables
            for key in ("goal", "prior-file", "rules"):
                table.pop(key, None)
    lines = [line for name, table in content.items() if table for line in table_lines(name, table)]
    path.write_text("\n".join(lines) + "\n" + tables)
    expected = defaults(read_configuration(path), path, darksocial, GROUP)
    again.write_text(printed_configuration(path))
    found = defaults(read_configuration(again), again, darksocial, GROUP)
    for name, values in expected.items():
        values.pop("visitor_secret", None)  # is not printed
        for key, value in values.items():
            if value == str(path):  # the tables are in the file that was printed
                assert found[name][key] == str(again)
                values[key] = str(again)
    assert found == expected
    if tables:
        assert model_of(again) == model_of(path)
    assert read_configuration(again).get("checks") == read_configuration(path).get("checks")
    assert "x-visitor-secret" not in again.read_text()


def test_the_defaults_read_back(tmp_path: Path) -> None:
    path, again = tmp_path / "empty.toml", tmp_path / "again.toml"
    path.write_text("")
    again.write_text(printed_configuration(path))
    for name, values in defaults(read_configuration(again), again, darksocial, GROUP).items():
        options = options_of(darksocial.get_command(GROUP, name))
        for key, value in values.items():
            context = click.Context(click.Command(name))
            default = options[key].get_default(context)
            assert value == ([] if takes_many(options[key]) else default)


@pytest.mark.parametrize(
    ("content", "seen", "expected"),
    [
        ("schema-version = 99", "schema-version 99, which a newer darksocial wrote", "at most 2"),
        ("schema-version = 0", "schema-version is 0", "from 1 to 2"),
        ("schema-version = '2'", "schema-version is '2'", "from 1 to 2"),
        ("schema-version = true", "schema-version is True", "from 1 to 2"),
        ("schema-version = 1\n[nightly]\nlog-lines = 'json'", "log-lines", 'log-style = "json"'),
    ],
)
def test_a_file_of_another_version(tmp_path: Path, content: str, seen: str, expected: str) -> None:
    path = tmp_path / "darksocial.toml"
    path.write_text(content)
    with pytest.raises(UsageError, match=seen) as raised:
        defaults(read_configuration(path), path, darksocial, GROUP)
    assert expected in raised.value.expected


@pytest.mark.parametrize("head", ["", "schema-version = 1", "schema_version = 2"])
def test_a_file_of_this_version_or_an_older_one_is_read(tmp_path: Path, head: str) -> None:
    path = tmp_path / "darksocial.toml"
    path.write_text(f"{head}\nquiet = true\n")
    found = defaults(read_configuration(path), path, darksocial, GROUP)
    assert found["analyze"] == {"quiet": True}
