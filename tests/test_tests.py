"""The tests themselves: their size, what they may ask, and that the gate has some of each file."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LONG_FILES, SLOW

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("*.py"))
MAX_LINES = 400
PRIVATE_OF_OTHERS = {
    "ibis._": "how Ibis spells a column that is still to come",
    "frame._jdf": "PySpark shows the plan of a query nowhere else",
    "analysis._repr_html_": "what a notebook asks for",
    "hits._repr_html_": "what a notebook asks for",
    "os._exit": "how Python ends a process that was forked, by its documentation",
}
PRIVATE_OF_OURS = {
    "engine._connection": "which limit of memory DuckDB has, and which tables, shows nowhere else",
    "engine._limit_mb": "how far the default limit of memory gave way shows nowhere else",
}
ALLOWED = {**PRIVATE_OF_OTHERS, **PRIVATE_OF_OURS}
BESIDE_PLUGINS = ("darksocial.cli._", "darksocial.engines._")
"""Modules beside plug-ins, which are none: the public names within them have tests."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_attributes(path: Path) -> Iterator[str]:
    """What a test asks of others although its name begins with an underscore."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            owner = ast.unparse(node.value)
            if owner not in ("self", "cls"):
                yield f"{owner}.{node.attr}"


def private_imports(path: Path) -> Iterator[str]:
    """What a test imports although it is private to a module or a folder."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("darksocial"):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                beside = next((part for part in BESIDE_PLUGINS if name.startswith(part)), "")
                inner = name.removeprefix(beside)
                if any(is_private(word) for word in inner.split(".")):
                    yield name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_file_asks_no_private_member(path: Path) -> None:
    assert set(private_attributes(path)) <= set(ALLOWED)
    assert list(private_imports(path)) == []


def test_every_exception_is_used() -> None:
    asked = {name for path in FILES for name in private_attributes(path)}
    assert asked == set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_file_is_no_longer_than_a_reader_can_bear(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MAX_LINES


def test_files_that_are_marked_exist() -> None:
    assert {path.stem for path in FILES} >= SLOW


def test_every_file_has_a_test_in_the_gate(request: pytest.FixtureRequest) -> None:
    """What is long is left out of the gate and run by `make full`: no file is all of it."""
    assert request.config.stash[LONG_FILES] == set()
