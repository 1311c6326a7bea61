"""The log formats: one module each, and this folder is the registry.

A module here that does not start with an underscore defines `SOURCE`; its docstring is the
format's documentation. Nothing else has to be told of a new format.
"""

import importlib
import pkgutil
from functools import cache

from darksocial.errors import UsageError
from darksocial.sources._source import Source


@cache
def registry() -> dict[str, Source]:
    """Return every source by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `SOURCE` or its name is not its own.
    """
    found: dict[str, Source] = {}
    for module_info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        source = getattr(module, "SOURCE", None)
        if not isinstance(source, Source) or source.name != module_info.name:
            raise TypeError(f"{module.__file__} must define SOURCE: Source named after the file")
        found[source.name] = source
    return found


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
