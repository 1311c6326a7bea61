"""The log formats: one module each, and this folder is the registry.

A module here that does not start with an underscore defines `SOURCE`; its docstring is the
format's documentation. Nothing else has to be told of a new format.
"""

import sys
from functools import cache

from darksocial.errors import UsageError
from darksocial.plugins import registered
from darksocial.sources._source import Source


@cache
def registry() -> dict[str, Source]:
    """Return every source by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `SOURCE` or its name is not its own.
    """
    return registered(sys.modules[__name__], "SOURCE", Source)


def source_named(name: str) -> Source:
    """Return the source called `name`. Raises UsageError where there is none."""
    sources = registry()
    if name not in sources:
        raise UsageError(
            f"there is no format {name!r}",
            expected="one of " + ", ".join(sources),
            advice="`darksocial formats FILE` says what a file would be read as",
        )
    return sources[name]
