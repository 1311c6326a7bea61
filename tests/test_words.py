"""The words: plain English, names that say what a thing is, one meaning for each constant."""

import ast
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generate.pages import DOCS
from tests.parts import PACKAGE, PARTS, modules

NOT_HELD = "changelog.md"
"""It quotes the words of earlier versions."""
PAGES = ("../README.md", *sorted({path.name for path in DOCS.glob("*.md")} - {NOT_HELD}))
"""The pages of docs/ that are held to the words, and the README above them."""

PHRASES = {
    r"\b(tell|tells|told|telling)\b(?! from chance)": "say, show, identify, infer, distinguish",
    r"\b(stands?|stood)\b(?! for)": "is, appears",
    r"\bpass(es|ed|ing)? (it |them |a link |links? |the link )?on\b": "share, shared privately",
    r"\bpassing-on\b": "a share",
    r"\bprivate apps?\b": "messenger",
    r"\bwhat (tells|identifies) (of )?persons\b": "personal data",
    r"\bby mix\b": "estimated total",
    r"\bbooked as before\b": "booked channel",
    r"\bthe company that\b": "context",
    r"\btenfold\b": "multiplies by ten",
    r"\bno more\b(?! than)": "then stop",
    r"\btoo few to\b": "too few sessions to say",
    r"\bshared out\b": "distributed",
    r"\bnobody (has |had )?(said|says)\b": "a passive, or who",
}
"""Private English, as a pattern, and what to write in its place."""

VAGUE = frozenset(
    {"at", "found", "given", "how", "kept", "known", "made", "named", "of", "seen", "told"}
)
"""Names that say what was done to a thing, not what it is."""

PUBLIC_FIELDS = {
    "evaluation/hiding.py": ("known", "named"),
    "evaluation/run.py": ("found", "named", "of"),
    "report/values.py": ("seen",),
    "store/daily/values.py": ("seen", "told"),
    "store/files/bookmark.py": ("seen",),
}
"""Fields of public results, of their JSON and of state.json, whose names are contracts."""

REGISTERED = frozenset(
    {"CHECK", "COLUMNS", "COSTS", "ENGINE", "FORMAT", "HELP", "OUTPUT", "SIGNAL", "T"}
)
"""Constants that many modules define on purpose: each plug-in its own."""


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Every comment and every string of a module, with its line."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                yield token.start[0], _without_fields(path, token.string)


def public_fields(path: Path) -> tuple[str, ...]:
    """The fields of a module whose names are contracts."""
    return PUBLIC_FIELDS.get(path.relative_to(PACKAGE).as_posix(), ())


def _without_fields(path: Path, text: str) -> str:
    """A docstring without the names of the fields that it explains."""
    names = "|".join(public_fields(path))
    return re.sub(rf"^ +(?:{names}): ", "", text, flags=re.MULTILINE) if names else text


def page_text(page: str) -> str:
    """A page, without the names of public fields that begin the rows of its tables."""
    names = "|".join(name for names in PUBLIC_FIELDS.values() for name in names)
    text = (DOCS / page).read_text("utf-8")
    return re.sub(rf"^\| `(?:{names})` \|", "|", text, flags=re.MULTILINE)


def offences(lines: Iterator[tuple[int, str]]) -> list[str]:
    """The places at which a text holds one of the phrases, and what to write."""
    return [
        f"{line}: {match[0]!r} -> {better}"
        for line, text in lines
        for phrase, better in PHRASES.items()
        for match in re.finditer(phrase, " ".join(text.split()), re.IGNORECASE)
    ]


def bound(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that a module binds: parameters, variables, functions and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every constant of a module, with its value as written."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target: ast.expr = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        else:
            continue
        if isinstance(target, ast.Name) and target.id.isupper() and node.value is not None:
            yield target.id, ast.unparse(node.value)


@pytest.mark.parametrize("part", PARTS)
def test_the_code_is_written_in_plain_english(part: str) -> None:
    assert not {
        str(path.relative_to(PACKAGE)): wrong
        for path in modules(part)
        if (wrong := offences(prose(path)))
    }


@pytest.mark.parametrize("page", PAGES)
def test_the_docs_are_written_in_plain_english(page: str) -> None:
    assert not offences(enumerate([page_text(page)]))


@pytest.mark.parametrize("part", PARTS)
def test_names_say_what_a_thing_is(part: str) -> None:
    assert not [
        f"{path.relative_to(PACKAGE)}:{line}: {name}"
        for path in modules(part)
        for line, name in bound(ast.parse(path.read_text("utf-8")))
        if name in VAGUE and name not in public_fields(path)
    ]


def test_a_constant_has_one_meaning() -> None:
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for part in PARTS:
        for path in modules(part):
            for name, value in constants(ast.parse(path.read_text("utf-8"))):
                values[name][str(path.relative_to(PACKAGE))] = value
    assert not {
        name: sorted(places)
        for name, places in values.items()
        if name not in REGISTERED and len(set(places.values())) > 1
    }
