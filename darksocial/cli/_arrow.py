"""Arrow without pandas, which commands hand to nobody.

With its first array pyarrow imports pandas, to recognise what pandas makes: half a second of a
core, in each command that reads a log. Where pandas cannot be imported it does without, and tries
again when it is asked for a data frame, as `darksocial evaluate` does.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:  # importlib.abc would load archives and more, for `--help` too
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

ARROW, PANDAS = "pyarrow", "pandas"


class _Refused:
    """Refuses pandas as if it were not installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        if fullname == PANDAS:
            raise ModuleNotFoundError(fullname, name=fullname)


class _WithFirstArray:
    """Loads pyarrow and makes its first array."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        refused = _Refused()
        sys.meta_path.insert(0, refused)
        try:
            module.array([])
        finally:
            sys.meta_path.remove(refused)


class _ArrowFinder:
    """Finds pyarrow where the other finders find it, and steps aside."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != ARROW:
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target)
            if spec and spec.loader:
                spec.loader = cast("Loader", _WithFirstArray(spec.loader))
                return spec
        return None


def arrow_without_pandas() -> None:
    """Let pyarrow be imported without pandas, if neither has been."""
    if not {ARROW, PANDAS} & sys.modules.keys():
        sys.meta_path.insert(0, _ArrowFinder())
