"""The recipes of docs/contributing.md, followed in a copy of the project."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from tests.generate import skeleton

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "contributing.md").read_text("utf-8")
FORMAT = "my_server"
NEW = {
    "signal": "small_hours",
    "check": "pageviews",
    "output": "states",
    "engine": "nearby_disk",
}
COUNTED = re.compile(r"^\| an? (\w+) \| (\d) \| (\d)", re.MULTILINE)
BLOCK = re.compile(r"^```python\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RENEW = f"""
import json
from tests.test_formats import GOLDENS, expectation
(GOLDENS / "{FORMAT}.json").write_text(json.dumps(expectation("{FORMAT}"), indent=1))
"""
LISTED = f"""
import darksocial
from tests.generate import pages
print(pages.formats(), pages.signals(), pages.check_page(), pages.commands())
elsewhere = darksocial.Resources(engine="nearby_disk")
with darksocial.parse("sample_logs/{FORMAT}.log", resources=elsewhere) as hits:
    print(hits)
"""


class Copy(NamedTuple):
    """A copy of the project in which every recipe was followed, and the files of each recipe."""

    folder: Path
    files: dict[str, list[str]]

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run Python in the copy, which exits with one of some codes; return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={"PATH": "", "PYTHONPATH": str(self.folder), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in codes, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("project")
    unneeded = shutil.ignore_patterns("publisher", "shop", ".*")
    for name in ("darksocial", "tests", "docs", "sample_logs"):
        shutil.copytree(ROOT / name, folder / name, ignore=unneeded)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    if (ROOT / ".mypy_cache").exists():
        shutil.copytree(ROOT / ".mypy_cache", folder / ".mypy_cache")
    made = Copy(folder, {kind: [] for kind in ("format", *NEW)})
    made.files["format"] = made.run("-m", "tests.generate", "--new-format", FORMAT).split()
    made.run("-c", RENEW)
    for place, code in BLOCK.findall(PAGE):
        [kind] = [kind for kind, name in NEW.items() if name in place or f'"{name}"' in code]
        path = folder / place
        if path.exists():
            before, start, after = path.read_text("utf-8").partition("\nCASES")
            head, first, cases = after.partition("= [\n")
            code = before + start + head + first + code + cases
        path.write_text(code, "utf-8")
        made.files[kind].append(place)
    return made


def test_a_recipe_touches_the_files_that_the_page_counts(copy: Copy) -> None:
    counted = {
        kind: (
            sum(place.startswith("darksocial/") for place in places),
            sum(not place.startswith("darksocial/") for place in places),
        )
        for kind, places in copy.files.items()
    }
    assert counted == {kind: (int(a), int(b)) for kind, a, b in COUNTED.findall(PAGE)}
    assert copy.files["format"] == [
        f"darksocial/formats/{FORMAT}.py",
        f"sample_logs/{FORMAT}.log",
        f"tests/formats/{FORMAT}.json",
    ]


@pytest.mark.long
def test_what_the_recipes_write_passes_lint_and_types(copy: Copy) -> None:
    modules = [place for places in copy.files.values() for place in places if place[-3:] == ".py"]
    ruff = str(Path(sys.executable).with_name("ruff"))
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *arguments, *modules], cwd=copy.folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
    copy.run("-m", "mypy")


@pytest.mark.long
def test_what_the_recipes_write_is_listed_and_documented(copy: Copy) -> None:
    listed = copy.run("-c", LISTED)
    for name in (FORMAT, "small_hours", "pageviews"):
        assert f"\n## {name}\n" in listed
    assert "nearby_disk" in listed
    assert "of which hits: 3, rejects: 1" in listed
    checked = ("darksocial", "check", f"sample_logs/{FORMAT}.log", "--output", "states")
    assert "passed pageviews\n" in copy.run("-m", *checked, codes=(0, 1))


@pytest.mark.long
def test_what_the_recipes_write_passes_the_tests_of_its_kind(copy: Copy) -> None:
    files = [f"tests/test_{name}.py" for name in ("formats", "signals", "checks")]
    chosen = [
        f"(formats and ({FORMAT} or each_format))",
        "(signals and (small_hours or every_finding))",
        "(checks and pageviews)",
    ]
    out = copy.run(
        "-m", "pytest", "-p", "no:cacheprovider", "-q", "-k", " or ".join(chosen), *files
    )
    passed = re.findall(r"\.", out.split("%")[0])
    assert len(passed) >= 9


@pytest.mark.parametrize(
    ("name", "problem"),
    [("My-Server", "cannot name a module"), ("combined", "exists"), ("class", "cannot name")],
)
def test_a_name_that_cannot_be_used_is_refused(name: str, problem: str) -> None:
    before = set((ROOT / "darksocial" / "formats").iterdir())
    with pytest.raises(click.UsageError, match=problem):
        skeleton.write(name)
    assert set((ROOT / "darksocial" / "formats").iterdir()) == before
