"""Folders as registries, and the names in them.

A registry is a folder with one module for each plug-in. Each module defines the same attribute,
whose type is checked when it is loaded.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar

from darksocial.language import gettext as _


class Named(Protocol):
    """Anything with a name: this is what a folder can register."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


def registered(package: ModuleType, attribute: str, kind: type[T]) -> dict[str, T]:
    """Return the `attribute` of each module in `package`, by name, in alphabetical order.

    Folders and modules that start with an underscore are no plug-ins. Raises TypeError, which names
    the file, if a module lacks the attribute, or defines one of another type or name.
    """
    plugins: dict[str, T] = {}
    for name in _plugin_names(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{name}")
        value = getattr(module, attribute, None)
        if not isinstance(value, kind) or value.name != name:
            wanted = f"{module.__file__} must define {attribute}: {kind.__name__} named {name!r}"
            raise TypeError(wanted)
        plugins[name] = value
    return plugins


def names_in(folder: str) -> list[str]:
    """Return the names of the plug-ins in a folder of the package, without loading them."""
    return _plugin_names([str(Path(__file__).parent / folder)])


def _plugin_names(folders: Iterable[str]) -> list[str]:
    modules = pkgutil.iter_modules(folders)
    names = (module.name for module in modules if not module.ispkg)
    return sorted(name for name in names if not name.startswith("_"))


def nearest(name: str, names: Iterable[str], *, likeness: float = 0.5) -> str | None:
    """Return the one of `names` that is most like `name`; None if none is alike enough (0 to 1)."""
    matches = difflib.get_close_matches(name, list(names), n=1, cutoff=likeness)
    return matches[0] if matches else None


def one_of(name: str, names: Iterable[str], *, likeness: float = 0.5) -> str:
    """Return the words for what is expected in place of `name`: all names, and the nearest one."""
    choices = list(names)
    listed = ", ".join(choices)
    if near := nearest(name, choices, likeness=likeness):
        return _("one of {names}; the nearest is {nearest}").format(names=listed, nearest=near)
    return _("one of {names}").format(names=listed)
