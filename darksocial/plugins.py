"""A folder as a registry: one module each, one fixed attribute, type-checked when it is loaded."""

import importlib
import pkgutil
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
    modules = pkgutil.iter_modules(package.__path__)
    names = (module.name for module in modules if not module.ispkg)
    for name in sorted(name for name in names if not name.startswith("_")):
        module = importlib.import_module(f"{package.__name__}.{name}")
        value = getattr(module, attribute, None)
        if not isinstance(value, kind) or value.name != name:
            expected = f"{attribute}: {kind.__name__} named {name!r}"
            raise TypeError(f"{module.__file__} must define {expected}")
        found[name] = value
    return found
