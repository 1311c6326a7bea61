"""docs/install.md lists what a plain installation and the extras bring, with licences."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.generate.pages import DOCS, README

PROJECT = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ROW = re.compile(r"^\| ([\w-]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
EXTRAS_OF_USERS = ("pdf", "qr", "spark", "xlsx")
SPELLINGS = {
    # Pyphen has three licences to choose from; its metadata name each by a classifier.
    "GNU General Public License v2 or later (GPLv2+)": (
        "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1"
    ),
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
}
"""Licences as packages name them, by SPDX. py4j's file is that of the three clauses."""


def rows(title: str) -> dict[str, str]:
    """The packages of a section of the page, with their licences."""
    section = (DOCS / "install.md").read_text("utf-8").split(f"\n### {title}\n")[1]
    found = ROW.findall(section.split("\n### ")[0])
    return {name: licence.strip() for name, licence, _ in found if name not in ("package", "---")}


def names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def needed(requirements: Iterable[str], done: set[str]) -> Iterator[str]:
    """Every package that is installed for some requirements."""
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        if str(requirement) in done:
            continue
        done.add(str(requirement))
        yield name
        extras = ("", *requirement.extras)
        further = [
            f"{inner.name}[{','.join(inner.extras)}]"
            for inner in map(Requirement, metadata.requires(name) or [])
            if inner.marker is None or any(inner.marker.evaluate({"extra": e}) for e in extras)
        ]
        yield from needed([text.replace("[]", "") for text in further], done)


def licence(name: str) -> str:
    """The licence of an installed package, as its metadata or else its licence file has it."""
    about = metadata.metadata(name)
    classified = [
        text.rpartition(" :: ")[2].replace("Apache Software License", "Apache-2.0")
        for text in about.get_all("Classifier", [])
        if text.startswith("License :: ")
    ]
    stated = [about.get("License-Expression"), about.get("License"), *classified]
    files = [file for file in metadata.files(name) or [] if "LICENSE" in file.name.upper()]
    texts = [Path(str(file.locate())).read_text("utf-8") for file in files]
    stated += ["MIT" for text in texts if "The MIT License" in text[:60]]
    first = next(text for text in stated if text)
    return SPELLINGS.get(first, first)


def test_each_dependency_has_a_row_in_its_section() -> None:
    assert set(rows("Plain")) == names(PROJECT["dependencies"])
    for extra in EXTRAS_OF_USERS:
        assert set(rows(extra.capitalize())) == names(EXTRAS[extra])


def test_each_package_that_these_bring_has_a_row() -> None:
    sections = ["Plain", *map(str.capitalize, EXTRAS_OF_USERS)]
    direct = {name for title in sections for name in rows(title)}
    extras = [text for extra in EXTRAS_OF_USERS for text in EXTRAS[extra]]
    required = [*PROJECT["dependencies"], *extras]
    brought = set(needed(required, set())) - set(direct)
    assert brought
    assert brought - set(rows("What these need in turn")) == set()


@pytest.mark.parametrize(
    "title", ["Plain", *map(str.capitalize, EXTRAS_OF_USERS), "What these need in turn"]
)
def test_licences_are_those_of_the_installed_packages(title: str) -> None:
    page = rows(title)
    assert page == {name: licence(name) for name in page}


def test_each_extra_is_explained_and_the_readme_leads_there() -> None:
    page = (DOCS / "install.md").read_text("utf-8")
    assert set(re.findall(r"'darksocial\[(\w+)\]'", page)) == set(EXTRAS)
    assert "docs/install.md" in README.read_text("utf-8")
