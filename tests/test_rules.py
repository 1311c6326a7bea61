"""Rules files: what they set, and errors that name file, key, value and the nearest key."""

import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from darksocial.checking.baseline import MEASURES
from darksocial.checking.rules import Rules, rules_of
from darksocial.checks import registry
from darksocial.cli._configuration import defaults
from darksocial.cli._main import darksocial
from darksocial.errors import UsageError


def rules(text: str) -> Rules:
    return rules_of(tomllib.loads(text), "checks.toml")


def given(text: str) -> dict[str, Any]:
    """Level and values of the rules that a text sets, by check and subject."""
    found = rules(f"defaults = false\n{text}").rules
    return {
        f"{rule.check.name} {rule.given.subject}".strip(): (rule.level, dict(rule.given.values))
        for rule in found
    }


def test_no_rules_are_the_defaults_of_all_checks_without_subject() -> None:
    found = {rule.check.name: rule for rule in rules("").rules}
    assert set(found) == {name for name, check in registry().items() if not check.subject}
    for name, rule in found.items():
        assert rule.level == registry()[name].level
        assert rule.given.values == registry()[name].defaults


def test_a_rule_changes_what_it_names_and_nothing_else() -> None:
    changed = given("[missing_hours]\nchance = 0.01\nlevel = 'error'")
    assert changed == {"missing_hours": ("error", {"at_most": 0.0, "chance": 0.01})}


def test_subjects_have_a_rule_each() -> None:
    text = "[app.whatsapp]\nat_least = 1\n[app.telegram]\nat_most = 5\nlevel = 'warning'"
    assert given(text) == {
        "app whatsapp": ("error", {"at_least": 1.0, "at_most": None}),
        "app telegram": ("warning", {"at_least": None, "at_most": 5.0}),
    }


def test_a_check_that_is_off_does_not_run() -> None:
    names = [rule.check.name for rule in rules("[reject_rate]\nlevel = 'off'").rules]
    assert "reject_rate" not in names
    assert "sessions" in names


def test_rules_stand_in_a_table_of_a_configuration_too() -> None:
    content = tomllib.loads("[analyze]\nout = 'x'\n[checks.reject_rate]\nat_most = 0.5")
    found = {rule.check.name: rule.given for rule in rules_of(content, "darksocial.toml").rules}
    assert found["reject_rate"]["at_most"] == 0.5


def test_a_configuration_with_checks_is_the_default_of_rules() -> None:
    ctx = click.Context(darksocial, info_name="darksocial")
    path = Path("darksocial.toml")
    found = defaults({"checks": {"reject_rate": {"at_most": 0.5}}}, path, darksocial, ctx)
    assert found["check"] == {"rules": "darksocial.toml"}
    named = defaults({"checks": {}, "check": {"rules": "x.toml"}}, path, darksocial, ctx)
    assert named["check"] == {"rules": "x.toml"}


def test_tolerances_hold_for_every_measure_but_those_with_their_own() -> None:
    found = rules("[baseline]\ntolerance = 0.5\n[baseline.page]\nchance = 0.1\nlevel = 'off'")
    assert set(found.baseline) == set(MEASURES)
    assert found.baseline["app"].tolerance == found.baseline["page"].tolerance == 0.5
    assert (found.baseline["app"].level, found.baseline["page"].level) == ("error", "off")
    assert (found.baseline["app"].chance, found.baseline["page"].chance) == (0.01, 0.1)


WRONG = [
    ("[reject_rat]\nat_most = 0.1", "[reject_rat]", "[reject_rate]"),
    ("[reject_rate]\nat_mots = 0.1", "[reject_rate] at_mots = 0.1", "at_most, the nearest of"),
    ("[reject_rate]\nat_most = 2", "[reject_rate] at_most is 2", "a share between 0 and 1"),
    ("[reject_rate]\nat_most = '1%'", "at_most is '1%'", "a share between 0 and 1"),
    ("[reject_rate]\nat_most = true", "at_most is True", "a share between 0 and 1"),
    ("[reject_rate]\nat_most = nan", "at_most is nan", "a share between 0 and 1"),
    ("[missing_days]\nat_most = 1.5", "at_most is 1.5", "a whole number"),
    ("[missing_days]\nat_most = inf", "at_most is inf", "a whole number"),
    ("[missing_days]\nat_most = -1", "at_most is -1", "0 or more"),
    ("[sessions]\nlevel = 'warn'", "[sessions] level is 'warn'", "warning, the nearest of"),
    ("[sessions]\nlevel = 3", "[sessions] level is 3", "error, warning, off"),
    ("[sessions]\nat_least = 5\nat_most = 3", "at_least is 5, and at_most 3", "no larger"),
    ("[app]\nat_least = 5", "[app] at_least is 5", 'a table for each app, as in [app."..."]'),
    ("[app.whatsap]\nat_least = 5", "[app] whatsap", "whatsapp, the nearest of"),
    ("[app.whatsapp]\nlevel = 'error'", '[app."whatsapp"] sets no bound', "at_least, at_most"),
    ("[page.'/x']\ndark = 5", '[page."/x"] dark = 5', "dark_at"),
    ("reject_rate = 0.1", "reject_rate is 0.1", "a table, as in [reject_rate]"),
    ("default = true", "default = True does not exist", "defaults, the nearest of"),
    ("defaults = 1", "defaults is 1", "true or false"),
    ("[baseline]\ntolerence = 1", "[baseline] tolerence = 1", "tolerance, the nearest of"),
    ("[baseline.pages]\ntolerance = 1", "[baseline] pages", "page, the nearest of"),
    ("[baseline.page]\ntolerance = 'x'", "[baseline.page] tolerance is 'x'", "a number"),
    ("[checks.sesions]\nat_least = 1", "[checks.sesions]", "[checks.sessions]"),
    ("checks = 3", "[checks] is 3", "tables named after checks"),
]


@pytest.mark.parametrize(("text", "seen", "expected"), WRONG)
def test_an_error_names_file_key_value_and_what_was_expected(
    text: str, seen: str, expected: str
) -> None:
    with pytest.raises(UsageError) as raised:
        rules(text)
    assert raised.value.problem.startswith("checks.toml: ")
    assert seen in raised.value.problem
    assert expected in raised.value.expected
