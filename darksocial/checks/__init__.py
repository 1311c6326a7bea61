"""The checks: one module each, and this folder is the registry.

A module here that does not start with an underscore defines `CHECK`; the first line of its
docstring is the message of a failure, and all of it the documentation that
`darksocial checks NAME` prints.
"""

import importlib
import inspect
import sys
from functools import cache

from darksocial.checks._check import Check
from darksocial.errors import UsageError
from darksocial.plugins import registered


@cache
def registry() -> dict[str, Check]:
    """Return every check by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `CHECK` or its name is not its own.
    """
    return registered(sys.modules[__name__], "CHECK", Check)


def documentation(name: str) -> str:
    """Return the documentation of the check called `name`.

    Raises UsageError where there is none.
    """
    if name not in registry():
        raise UsageError(f"there is no check {name!r}", expected=", ".join(registry()))
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""


def message(name: str) -> str:
    """Return what a failure of the check says: the first line of its documentation."""
    return documentation(name).partition("\n")[0]
