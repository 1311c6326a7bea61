"""Reports in every form: drawing only. Nothing here computes a number.

The folders below are registries of the forms that a result has: one module a form, named as the
command line names it, which defines `OUTPUT`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from darksocial.results.directory import write_text_whole

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Output(Generic[T]):
    """One form of a result.

    `text` returns it for a program or a file. `show` draws it on a terminal; a form without it is
    printed as its text. The text of a form with `commands` is meant for the runner of a build. A
    form that is no text has `write`, which writes it to its place, whole or not at all. `check`
    raises the error of a place that cannot be written, or of a package that is missing, before the
    work begins.
    """

    name: str
    text: Callable[[T], str] | None = None
    show: Callable[[T], None] | None = None
    commands: bool = False
    write: Callable[[T, Path], None] | None = None
    check: Callable[[Path], None] | None = None

    def __post_init__(self) -> None:
        if not (self.text or self.show or self.write):
            problem = f"output {self.name} has neither a text nor what shows or writes it"
            raise TypeError(problem)

    @property
    def is_saved(self) -> bool:
        """Whether the form can be saved to a file or folder."""
        return bool(self.text or self.write)

    def save(self, result: T, path: Path) -> None:
        """Write a result in this form, whole or not at all. Raises OutputError."""
        if self.write:
            self.write(result, path)
            return
        assert self.text is not None, f"{self.name} has no text"
        write_text_whole(path, self.text(result))
