"""The signals: one module each, and this folder is the registry.

A module here that does not start with an underscore defines `SIGNAL`; its docstring is the
signal's documentation, as `darksocial signals NAME` prints it.
"""

import importlib
import inspect
import sys
from functools import cache

from darksocial.errors import UsageError
from darksocial.evidence._signal import Signal
from darksocial.plugins import registered


@cache
def registry() -> dict[str, Signal]:
    """Return every signal by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `SIGNAL` or its name is not its own.
    """
    return registered(sys.modules[__name__], "SIGNAL", Signal)


def documentation(name: str) -> str:
    """Return the documentation of the signal called `name`.

    Raises UsageError where there is none.
    """
    if name not in registry():
        raise UsageError(f"there is no signal {name!r}", expected=", ".join(registry()))
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""
