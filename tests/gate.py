"""How much of a long series of cases runs in the gate."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def series(
    names: str | tuple[str, ...],
    cases: Iterable[Any],
    *,
    in_gate: int,
    ids: Callable[[Any], object] | None = None,
) -> pytest.MarkDecorator:
    """Parametrize a test, and mark all cases but the first `in_gate` as `long`.

    The first cases are of different kinds, so that the gate sees each kind, and `make full` each
    case.
    """
    several = not isinstance(names, str) or "," in names
    marked = [
        _marked(case, several) if place >= in_gate else case for place, case in enumerate(cases)
    ]
    return pytest.mark.parametrize(names, marked, ids=ids)


def _marked(case: Any, several: bool) -> Any:
    if hasattr(case, "values") and hasattr(case, "marks"):
        return pytest.param(*case.values, id=case.id, marks=[*case.marks, pytest.mark.long])
    return pytest.param(*(case if several else [case]), marks=pytest.mark.long)
