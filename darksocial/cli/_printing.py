"""The way out for text: what is printed passes a filter that leaves no command in it.

`guard` puts the filter around standard output and standard error, so that what other libraries
print, such as errors of Click and log lines, passes it as well. Lines that go to a file or a pipe
lose the blanks at their ends, with which tables fill the width of a terminal.
"""

import sys
from typing import Any, TextIO, cast

import click

from darksocial.printable import CommandFilter, inert, printable_lines


def echo(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Print text: safe for a terminal, and no command to the runner of a build.

    Line ends in the text are kept, so values from a log must be `printable` before.
    """
    _print(inert(printable_lines(str(text))), err=err, nl=nl)


def echo_commands(text: str) -> None:
    """Print commands to the runner of a build, which darksocial itself means."""
    stream = sys.stdout
    _print(text, to=stream.unguarded if isinstance(stream, GuardedStream) else stream, nl=False)


def _print(text: str, *, err: bool = False, nl: bool = True, to: TextIO | None = None) -> None:
    click.echo(text, file=to or (sys.stderr if err else sys.stdout), nl=nl)


class GuardedStream:
    """A text stream that passes everything through a `CommandFilter`.

    It has no `buffer`: bytes that are written there would pass no filter.
    """

    def __init__(self, unguarded: TextIO) -> None:
        self.unguarded = unguarded
        self._filter = CommandFilter()
        self._trims = not unguarded.isatty()
        self._held_blanks = ""

    def write(self, text: str) -> int:
        """Write a text; of a line that is not at its end, blanks wait for what follows."""
        safe = self._filter.feed(text)
        if self._trims:
            line = self._held_blanks + safe
            self._held_blanks = line[len(line.rstrip(" ")) :]
            safe = "\n".join(part.rstrip(" ") for part in line.split("\n"))
        self.unguarded.write(safe)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self.unguarded, name)


def guard() -> None:
    """Put the filter around the standard streams that there are, for the rest of the process."""
    sys.stdout, sys.stderr = _guarded(sys.stdout), _guarded(sys.stderr)


def _guarded(stream: TextIO | None) -> TextIO:
    if stream is None or isinstance(stream, GuardedStream):
        return cast(TextIO, stream)
    return cast(TextIO, GuardedStream(stream))
