"""The signals: one module each, and this folder is the registry.

A module here that does not start with an underscore defines `SIGNAL`; its docstring is the
signal's documentation, as `darksocial signals NAME` prints it.
"""

import importlib
import inspect
import pkgutil
from functools import cache

from darksocial.errors import UsageError
from darksocial.evidence._signal import Signal


@cache
def registry() -> dict[str, Signal]:
    """Return every signal by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `SIGNAL` or its name is not its own.
    """
    found: dict[str, Signal] = {}
    for module_info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        signal = getattr(module, "SIGNAL", None)
        if not isinstance(signal, Signal) or signal.name != module_info.name:
            raise TypeError(f"{module.__file__} must define SIGNAL: Signal named after the file")
        found[signal.name] = signal
    return found


def documentation(name: str) -> str:
    """Return the documentation of the signal called `name`.

    Raises UsageError where there is none.
    """
    if name not in registry():
        raise UsageError(f"there is no signal {name!r}", expected=", ".join(registry()))
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""
