"""Texts that people read: whole sentences that a translator can find and turn around."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from tests.parts import PACKAGE, PARTS, modules

SPEAKERS = frozenset(
    {"echo", "secho", "display", "Text", "append", "assemble", "add_row", "wrapped", "title"}
)
"""What prints or draws a text. What raises an error is known by its name's end."""
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a module, with the last part of the name of what it calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield getattr(called, "attr", getattr(called, "id", "")), node


def texts(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def with_words(text: ast.JoinedStr) -> bool:
    """Whether an f-string says something itself: a word of three letters or more."""
    said = " ".join(str(part.value) for part in text.values if isinstance(part, ast.Constant))
    return any(word.isalpha() and len(word) > 2 for word in said.split())


@pytest.mark.parametrize("part", PARTS)
def test_no_message_is_put_together(part: str) -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{text.lineno}"
        for path in modules(part)
        for name, call in calls(ast.parse(path.read_text("utf-8")))
        if name in SPEAKERS or name.endswith("Error")
        for text in texts(call)
        if isinstance(text, ast.JoinedStr) and with_words(text)
    ]
    assert not found


@pytest.mark.parametrize("part", PARTS)
def test_every_translated_text_is_one_literal_without_positions(part: str) -> None:
    for path in modules(part):
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name not in {"_", "gettext", "ngettext"}:
                continue
            sentences = call.args[: 2 if name == "ngettext" else 1]
            for sentence in sentences:
                where = f"{path.relative_to(PACKAGE)}:{sentence.lineno}"
                assert isinstance(sentence, ast.Constant), where
                assert "{}" not in str(sentence.value), where


def test_a_catalogue_of_another_language_is_used(tmp_path: Path) -> None:
    copy = tmp_path / "darksocial"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "spoken.py").write_text(
        "from darksocial.language import gettext as _, ngettext\n"
        "print(_('{n} of {all} visits').format(n=1, all=3))\n"
        "print(ngettext('{n} visit', '{n} visits', 2).format(n=2))\n"
    )
    catalogue = Catalog("de", domain="darksocial")
    catalogue.add("{n} of {all} visits", "von {all} Besuchen {n}")
    catalogue.add(("{n} visit", "{n} visits"), ("{n} Besuch", "{n} Besuche"))
    folder = copy / "data" / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "darksocial.mo").open("wb") as file:
        write_mo(file, catalogue)
    spoken = [sys.executable, "-m", "darksocial.spoken"]
    for language, said in (
        ("de", "von 3 Besuchen 1\n2 Besuche\n"),
        ("C", "1 of 3 visits\n2 visits\n"),
    ):
        done = subprocess.run(
            spoken,
            cwd=tmp_path,
            env={**os.environ, "LANGUAGE": language, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == said


def test_the_tools_of_translators_find_every_text(tmp_path: Path) -> None:
    found = {
        message
        for _file, _line, message, *_rest in extract_from_dir(str(PACKAGE), keywords=KEYWORDS)
    }
    written = {
        str(call.args[0].value)
        for path in PACKAGE.rglob("*.py")
        for name, call in calls(ast.parse(path.read_text("utf-8")))
        if name in KEYWORDS and isinstance(call.args[0], ast.Constant)
    }
    assert written == {text if isinstance(text, str) else text[0] for text in found}
