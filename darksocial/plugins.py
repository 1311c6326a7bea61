"""Folders as registries, and the names in them.

A registry is a folder with one module for each plug-in. Each module defines the same attribute,
whose type is checked when it is loaded.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar

from darksocial.language import gettext as _


class Named(Protocol):
    """Anything with a name: this is what a folder can register."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class OnDemand(Mapping[str, T]):
    """A registry in alphabetical order, each plug-in of which is loaded when it is asked for.

    Folders and modules that start with an underscore are no plug-ins. Raises KeyError for a name
    that is not there, and TypeError, which names the file, if a module lacks the `attribute`, or
    defines one of another type or name.
    """

    def __init__(self, package: ModuleType, attribute: str, kind: type[T]) -> None:
        self._package, self._attribute, self._kind = package.__name__, attribute, kind
        self._names = _plugin_names(package.__path__)

    def __getitem__(self, name: str) -> T:
        if name not in self._names:
            raise KeyError(name)
        module = importlib.import_module(f"{self._package}.{name}")
        value = getattr(module, self._attribute, None)
        if not isinstance(value, self._kind) or value.name != name:
            defined = f"{self._attribute}: {self._kind.__name__} named {name!r}"
            wanted = f"{module.__file__} must define {defined}"
            raise TypeError(wanted)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def registered(package: ModuleType, attribute: str, kind: type[T]) -> dict[str, T]:
    """Return the `attribute` of each module in `package`, by name, in alphabetical order.

    Raises TypeError as `OnDemand` does.
    """
    return dict(OnDemand(package, attribute, kind))


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
