"""Reports in every form: drawing only. Nothing here computes a number.

The folders below are registries of the forms that a result has: one module a form, named as the
command line names it, which defines `OUTPUT`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Output(Generic[T]):
    """One form of a result.

    `text` returns it for a program or a file. `show` draws it on a terminal; a form without it is
    printed as its text. The text of a form with `commands` is meant for the runner of a build.
    """

    name: str
    text: Callable[[T], str] | None = None
    show: Callable[[T], None] | None = None
    commands: bool = False

    def __post_init__(self) -> None:
        if not (self.text or self.show):
            problem = f"output {self.name} has neither a text nor what shows it"
            raise TypeError(problem)
