"""The layout: which way imports point, what a folder may hold, who prints."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import click
import pytest

import darksocial
from darksocial.cli._main import darksocial as program
from darksocial.outputs import Output
from darksocial.plugins import names_in
from tests.generate.pages import DOCS

PACKAGE = Path(darksocial.__file__).parent

# From the bottom to the top: a part may import what is in its own layer or in one below. A part is
# a folder of the package, or a module beside these.
LAYERS = (
    {"language"},
    {
        "_version",
        "arguments",
        "data",
        "errors",
        "expressions",
        "plugins",
        "printable",
        "schema",
        "scratch",
    },
    {"grammar", "lookups", "tracking"},
    {"formats", "privacy", "selection", "settings"},
    {"parser", "reading"},
    {"inputs", "results"},
    {"engines", "simulation"},
    {"visits"},
    {"signals"},
    {"model"},
    {"report"},
    {"analysis", "checks"},
    {"pipeline"},
    {"campaigns", "checking", "comparison", "evaluation", "store", "survey"},
    {"outputs"},
    {"cli"},
    {"__main__"},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
WAY_IN = "darksocial.analysis"
"""The only module beside cli/ that may import outputs/, and only within a function: results draw
themselves in a notebook and as a page."""
TERMINAL = tuple(
    f"darksocial.outputs.{name}"
    for name in (
        "analysis._drawn",
        "analysis._sections",
        "analysis.full",
        "analysis.markdown",
        "analysis.terminal",
        "by_ids",
        "campaigns.terminal",
        "catalogue",
        "comparison",
        "checks.text",
        "day.terminal",
        "drawing",
        "evaluation",
        "explanation",
        "learned",
        "links",
        "partners.terminal",
        "proposal",
        "shares",
        "snippet",
        "store",
        "tables",
        "tallies",
    )
)


class Registry(NamedTuple):
    """A folder of plug-ins: its attribute, where a user names one of them, and their page."""

    folder: str
    attribute: str
    kind: str
    command: str
    page: str


FORMS = {
    "outputs.analysis": ["full", "terminal"],
    "outputs.campaigns": ["terminal"],
    "outputs.checks": ["text"],
    "outputs.day": ["terminal"],
    "outputs.partners": ["terminal"],
}
"""The folders of outputs/ that are registries of forms, and the forms that are drawn."""
REGISTRIES = (
    Registry("formats", "FORMAT", "Format", "formats", "formats.md"),
    Registry("signals", "SIGNAL", "Signal", "signals", "signals.md"),
    Registry("checks", "CHECK", "Check", "checks", "checks.md"),
    Registry("engines", "ENGINE", "EngineKind", "analyze --engine", "scaling.md"),
)
STEPS = {
    "attributed",
    "build_report",
    "identified",
    "observed",
    "share_events",
    "visits",
    "visitors",
    "with_clicks",
    "with_context",
}
"""The steps of an analysis. pipeline.py is the only place that puts them together."""


class Import(NamedTuple):
    """One imported name (`darksocial.errors.UsageError`), and whether a function imports it."""

    name: str
    lazy: bool


def top(module: str) -> str:
    """The part of the package that a module belongs to: its folder, or itself."""
    return module.split(".")[1]


@cache
def modules() -> dict[str, Path]:
    """Every module of the package but the facade, by its name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    del found["darksocial"]  # it loads its parts by name, when they are first used
    return found


def code(module: str) -> str:
    """The text of a module."""
    return modules()[module].read_text("utf-8")


@cache
def imports() -> dict[str, frozenset[Import]]:
    """What each module imports, but for type checking."""
    return {
        module: frozenset(_imports(ast.parse(code(module)), lazy=False)) for module in modules()
    }


def _imports(node: ast.AST, *, lazy: bool) -> Iterator[Import]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        children: list[ast.AST] = list(node.orelse)
    else:
        children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, lazy) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"a relative import: {ast.unparse(node)}"
        yield from (Import(f"{node.module}.{alias.name}", lazy) for alias in node.names)
    for child in children:
        yield from _imports(child, lazy=lazy or isinstance(node, ast.FunctionDef))


def names(module: str) -> set[str]:
    """The absolute names that a module imports."""
    return {name for name, _ in imports()[module]}


def parts(module: str) -> set[str]:
    """The other parts of the package that a module imports."""
    found = {top(name) for name in names(module) if name.startswith("darksocial.")}
    if module == WAY_IN:
        found -= {top(name) for name, lazy in imports()[module] if lazy and "outputs" in name}
    return found - {top(module)}


def test_every_part_has_a_layer_and_every_layer_its_parts() -> None:
    assert {top(module) for module in modules()} == set(LEVEL)


def test_imports_point_down() -> None:
    upward = {
        (module, part)
        for module in modules()
        for part in parts(module)
        if LEVEL[part] > LEVEL[top(module)]
    }
    assert not upward


def test_no_part_reaches_itself() -> None:
    graph: dict[str, set[str]] = {}
    for module in modules():
        graph.setdefault(top(module), set()).update(parts(module))
    assert list(TopologicalSorter(graph).static_order())


def test_no_module_reaches_itself() -> None:
    graph: dict[str, set[str]] = {}
    for module, found in imports().items():
        at_once = {name for name, lazy in found if not lazy}
        imported = {_module(name) for name in at_once if name.startswith("darksocial.")}
        graph[module] = imported - {module}
    assert list(TopologicalSorter(graph).static_order())


def _module(name: str) -> str:
    """The module that an imported name is or comes from."""
    return name if name in modules() else name.rpartition(".")[0]


def test_what_is_private_stays_in_its_folder() -> None:
    foreign = {
        (module, name)
        for module in modules()
        for name in names(module)
        if (owner := _owner(name)) and not _is_in(module, owner)
    }
    assert not foreign


def _owner(name: str) -> str | None:
    """The folder or module to which an imported name is private, if it is."""
    words = name.split(".")
    if words[0] != "darksocial" or words[1] == "_version":
        return None
    private = (at for at, word in enumerate(words) if word.startswith("_") and word[:2] != "__")
    return next((".".join(words[:at]) for at in private), None)


def _is_in(module: str, folder: str) -> bool:
    return module == folder or module.startswith(f"{folder}.")


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.folder)
def test_a_registry_has_one_name(registry: Registry) -> None:
    package = import_module(f"darksocial.{registry.folder}")
    kind = getattr(package, registry.kind)
    assert kind.__module__ == package.__name__, "the contract is in the folder's __init__"
    page = (DOCS / registry.page).read_text("utf-8")
    for name, plugin in package.registry().items():
        module = import_module(f"{package.__name__}.{name}")
        assert getattr(module, registry.attribute) is plugin
        assert name in page
    command, _, option = registry.command.partition(" ")
    found = program.get_command(click.Context(program), command)
    assert found is not None
    options = {text for parameter in found.params for text in parameter.opts}
    assert not option or option in options


@pytest.mark.parametrize("folder", FORMS)
def test_forms_of_a_result_are_a_registry(folder: str) -> None:
    forms = import_module(f"darksocial.{folder}").registry()
    assert list(forms) == names_in(folder.replace(".", "/"))
    assert [name for name, form in forms.items() if form.show] == FORMS[folder]
    for name, form in forms.items():
        assert import_module(f"darksocial.{folder}.{name}").OUTPUT is form
    with pytest.raises(TypeError, match="neither a text nor"):
        Output("nothing")


@pytest.mark.parametrize("folder", [*(registry.folder for registry in REGISTRIES), *FORMS])
def test_a_folder_of_plugins_holds_plugins_alone(folder: str) -> None:
    plugins = import_module(f"darksocial.{folder}").registry()
    inside = {path.stem: path for path in (PACKAGE / folder.replace(".", "/")).iterdir()}
    beside = {name for name in set(inside) - set(plugins) if not name.startswith("__")}
    assert all(name.startswith("_") and inside[name].is_file() for name in beside)


def test_outputs_are_drawn_by_commands_alone() -> None:
    drawing = {
        module
        for module, found in imports().items()
        for name, lazy in found
        if name.startswith("darksocial.outputs") and not (module == WAY_IN and lazy)
    }
    assert {top(module) for module in drawing} == {"cli", "outputs"}


def test_expressions_are_noted_by_all_but_engines() -> None:
    using = {
        module for module in modules() if any(n.split(".")[0] == "ibis" for n in names(module))
    }
    by = "expressions are noted first: `from darksocial.expressions import ibis, ir`"
    assert {top(module) for module in using} == {"engines", "expressions"}, by


def test_nothing_within_uses_the_facade() -> None:
    facade = {f"darksocial.{name}" for name in (*darksocial.__all__, "__version__")}
    assert not {module for module in modules() if names(module) & {"darksocial", *facade}}


def test_the_version_is_in_one_place() -> None:
    written = f'"{darksocial.__version__}"'
    assert [module for module in modules() if written in code(module)] == ["darksocial._version"]


def test_the_pipeline_is_put_together_once() -> None:
    above = [module for module in modules() if LEVEL[top(module)] >= LEVEL["pipeline"]]
    taking = {m for m in above if {name.rpartition(".")[2] for name in names(m)} & STEPS}
    assert taking == {"darksocial.pipeline"}


def test_requests_are_read_in_one_place() -> None:
    reading = {top(module) for module in modules() if ".parse_requests(" in code(module)}
    assert reading == {"pipeline"}


def test_only_the_last_layers_print() -> None:
    packages = {module: {name.split(".")[0] for name in names(module)} for module in modules()}
    assert {top(module) for module, found in packages.items() if "click" in found} == {"cli"}
    drawing = {module for module, found in packages.items() if "rich" in found}
    assert {m for m in drawing if top(m) != "cli"} <= set(TERMINAL)


def test_all_is_sorted_and_everything_in_it_is_there() -> None:
    assert darksocial.__all__ == sorted(darksocial.__all__)
    assert all(getattr(darksocial, name) is not None for name in darksocial.__all__)


MAX_PARAMETERS = 9
MAX_LINES = 400
WIDE = {
    "analyze": "the whole of the library: one keyword for each thing that a user decides",
    "check": "takes what analyze takes, and what its numbers are compared with",
    "columns": "the language in which a format is written: one keyword a field",
    "keys": "the language in which a format is written: one keyword a field",
}
"""Functions with more parameters, and why."""


@pytest.mark.parametrize("module", modules())
def test_no_function_takes_too_much_and_no_module_holds_too_much(module: str) -> None:
    assert len(code(module).splitlines()) <= MAX_LINES
    assert not [
        node.name
        for node in ast.walk(ast.parse(code(module)))
        if isinstance(node, ast.FunctionDef)
        and len(_parameters(node.args)) > MAX_PARAMETERS
        and node.name not in WIDE
    ]


def _parameters(arguments: ast.arguments) -> list[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]
