"""A folder as a registry: one module each, one fixed attribute, type-checked when it is loaded."""

import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar


class Named(Protocol):
    """What a folder can register: anything with a name."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


def registered(package: ModuleType, attribute: str, kind: type[T]) -> dict[str, T]:
    """Return the `attribute` of each module in `package`, by name, in alphabetical order.

    Folders, and modules that start with an underscore, are none of them. Raises TypeError, naming
    the file, where a module lacks the attribute, or where it is of another kind or name.
    """
    found: dict[str, T] = {}
    for name in _names(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{name}")
        value = getattr(module, attribute, None)
        if not isinstance(value, kind) or value.name != name:
            expected = f"{attribute}: {kind.__name__} named {name!r}"
            raise TypeError(f"{module.__file__} must define {expected}")
        found[name] = value
    return found


def names_in(folder: str) -> list[str]:
    """Return the names of the plug-ins in a folder of the package, without loading one."""
    return _names([str(Path(__file__).parent / folder)])


def _names(places: Iterable[str]) -> list[str]:
    modules = pkgutil.iter_modules(places)
    names = (module.name for module in modules if not module.ispkg)
    return sorted(name for name in names if not name.startswith("_"))
