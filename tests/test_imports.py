"""The way that imports point, who may print, and what `--help` loads."""

import ast
import json
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import darksocial

PACKAGE = Path(darksocial.__file__).parent

# From the bottom to the top: a module may import what stands in its own layer or in one below.
LAYERS = (
    {"errors", "ownership", "plugins", "printable", "stopping", "tables"},
    {"redaction", "secret", "temporary"},
    {"scratch"},
    {"schema", "apps", "report", "runs", "proposal", "limits"},
    {"settings"},
    {"grammar", "reading"},
    {"sources"},
    {"recognition"},
    {"agents", "campaigns", "landings", "referrers", "requests"},
    {"channels", "queries"},
    {"lookups", "priors", "surroundings"},
    {"engines"},
    {"inputs"},
    {"visitors", "sessions", "shares"},
    {"evidence"},
    {"context", "learning", "losses"},
    {"attribution"},
    {"clicks", "received"},
    {"summary"},
    {"explanations", "simulation", "evaluation"},
    {"tempo", "daily"},
    {"checks"},
    {"outputs"},
    {"analysis"},
    {"pipeline"},
    {"masking", "checking", "store", "surveying"},
    {"cli"},
    {"__main__"},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
TERMINAL = tuple(
    f"darksocial.outputs.{name}"
    for name in (
        "terminal",
        "catalogue",
        "explanation",
        "evaluation",
        "checks_text",
        "store",
        "day_terminal",
        "drawing",
        "proposal",
    )
)
HEAVY = {"pandas", "pyarrow", "ibis", "duckdb", "numpy", "user_agents", "ua_parser"}


def top(module: str) -> str:
    """The part of the package that a module belongs to: its folder, or itself."""
    return module.split(".")[1]


@cache
def imports() -> dict[str, frozenset[str]]:
    """The absolute names that each module imports, those for type checking left out."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts)] = frozenset(_names(ast.parse(path.read_text("utf-8"))))
    del found["darksocial.__init__"]  # the facade loads its parts by name, when first used
    return found


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return [name for child in node.orelse for name in _names(child)]
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"a relative import: {ast.unparse(node)}"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for child in ast.iter_child_nodes(node) for name in _names(child)]


def own(names: frozenset[str]) -> set[str]:
    """The parts of the package among the names; `from darksocial import x` names x."""
    parts = {name.split(".")[1] for name in names if name.startswith("darksocial.")}
    return {part for part in parts if part in LEVEL}


def test_every_part_has_a_layer_and_every_layer_its_parts() -> None:
    assert {top(module) for module in imports()} == set(LEVEL)


@pytest.mark.parametrize("module", imports())
def test_imports_point_down(module: str) -> None:
    level = LEVEL[top(module)]
    upward = {part for part in own(imports()[module]) if LEVEL[part] > level}
    assert not upward, f"{module} imports {sorted(upward)}, which stand above it"


def test_parts_of_a_layer_import_each_other_in_one_direction() -> None:
    graph: dict[str, set[str]] = {}
    for module, names in imports().items():
        graph.setdefault(top(module), set()).update(own(names) - {top(module)})
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("module", imports())
def test_only_the_last_layers_print(module: str) -> None:
    packages = {name.split(".")[0] for name in imports()[module]}
    if top(module) != "cli":
        assert "click" not in packages
        assert "rich" not in packages or module.startswith(TERMINAL)


def test_all_is_sorted_and_everything_in_it_is_there() -> None:
    assert darksocial.__all__ == sorted(darksocial.__all__)
    assert all(getattr(darksocial, name) is not None for name in darksocial.__all__)


def loaded_by(code: str) -> set[str]:
    """The packages that a fresh interpreter holds after running the code."""
    script = f"import json, sys\n{code}\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


HELP = """
from darksocial.cli import main
sys.argv = ["darksocial", "--help"]
try:
    main()
except SystemExit:
    pass
"""


@pytest.mark.parametrize("code", ["import darksocial", "import darksocial.cli", HELP])
def test_help_loads_nothing_heavy(code: str) -> None:
    loaded = loaded_by(code)
    assert "darksocial" in loaded
    assert not loaded & HEAVY
