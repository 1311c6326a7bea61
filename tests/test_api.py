"""The library's page: every public name, parameter, field and error is described."""

import ast
import re

import pytest

import darksocial
from tests.generate import api

NAMES = api.public()
FUNCTIONS = [name for name, one in NAMES.items() if isinstance(one.node, ast.FunctionDef)]
VALUES = [name for name, one in NAMES.items() if one.fields]
METHODS = {
    f"{name}.{member.name}": member
    for name, one in NAMES.items()
    if name not in FUNCTIONS
    for member in one.members()
}
BORROWED = re.compile(r"[Pp]arameters (and errors )?are those of `analyze`")
ERRORS = re.compile(r"\b([A-Z]\w+Error)\b")


def parameters(one: api.Documented) -> list[str]:
    return [re.split(r"[:=]", text)[0].strip() for text in one.arguments if text != "*"]


def undescribed(one: api.Documented) -> list[str]:
    """The parameters of which a docstring says nothing."""
    borrowed = NAMES["analyze"].doc if BORROWED.search(one.doc) else ""
    names = [name.lstrip("*") for name in parameters(one)]
    return [name for name in names if not re.search(rf"`{name}`", one.doc + borrowed)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_and_error_of_a_function_is_described(name: str) -> None:
    one = NAMES[name]
    assert undescribed(one) == []
    assert "Raises" in one.doc or "errors are those of `analyze`" in one.doc
    assert one.returns


@pytest.mark.parametrize("name", METHODS)
def test_every_parameter_of_a_method_is_described(name: str) -> None:
    assert METHODS[name].doc
    assert undescribed(METHODS[name]) == []


@pytest.mark.parametrize("name", VALUES)
def test_every_field_is_described(name: str) -> None:
    assert NAMES[name].described.keys() == NAMES[name].fields.keys()


@pytest.mark.parametrize("name", NAMES)
def test_errors_that_a_docstring_names_can_be_caught(name: str) -> None:
    builtin = {"TypeError"}
    assert set(ERRORS.findall(NAMES[name].doc)) <= {*darksocial.__all__, *builtin}


def test_the_page_has_a_section_for_every_name_and_every_value_in_a_result() -> None:
    page = api.page()
    sections = re.findall(r"^### (\w+)$", page, re.MULTILINE)
    reached = api.reached(NAMES.values())
    assert {"ChannelRow", "DarkSocial", "ExplainedVisit", "Evaluation", "Run"} <= set(reached)
    assert sorted(sections) == sorted([*NAMES, *reached])
    assert "start: date = datetime.date(2026, 3, 2)" in page
    assert "| `session_timeout` | `int` | `30` | minutes without a hit" in page


def test_every_value_has_a_docstring() -> None:
    assert [one.name for one in api.reached(NAMES.values()).values() if not one.doc] == []
