"""How `darksocial check` says what it found: `--output KIND` and `--output KIND=FILE`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from darksocial.cli._forms import print_as
from darksocial.errors import UsageError
from darksocial.plugins import names_in

if TYPE_CHECKING:
    from darksocial.checking.results import Checked

KINDS = names_in("outputs/checks")
BESIDE = {"text", "github"}
"""Kinds that can stand together on standard output."""


@dataclass(frozen=True, slots=True)
class Output:
    """One form of the results, and the file that it goes to (None: standard output)."""

    kind: str
    path: Path | None


def outputs_of(texts: Sequence[str]) -> tuple[Output, ...]:
    """Return what `--output` asks for; text on standard output where nothing goes there.

    Raises UsageError for a kind that does not exist, and for two on standard output that cannot be
    told apart there.
    """
    found = tuple(_output(text) for text in texts)
    printed = [output.kind for output in found if output.path is None]
    if not printed:
        return (Output("text", None), *found)
    if len(printed) > 1 and not set(printed) <= BESIDE:
        raise UsageError(
            f"--output {' and --output '.join(printed)} would mix on standard output",
            expected="one of them, or text and github",
            advice="--output KIND=FILE",
        )
    return found


def _output(text: str) -> Output:
    kind, separator, path = text.partition("=")
    if kind not in KINDS or (separator and not path):
        raise UsageError(
            f"--output has {text!r}", expected=f"KIND or KIND=FILE, {', '.join(KINDS)}"
        )
    return Output(kind, Path(path) if path else None)


def deliver(checked: "Checked", outputs: Sequence[Output], *, quiet: bool) -> None:
    """Write the files, whole or not at all, and print the rest.

    `quiet` leaves the text for the terminal out. Raises OutputError where a file cannot be written.
    """
    from darksocial.outputs.checks import registry

    for output in outputs:
        form = registry()[output.kind]
        if output.path and form.text:
            _write(output.path, form.text(checked))
        elif not (quiet and form.show):
            print_as(form, checked)


def _write(path: Path, text: str) -> None:
    from darksocial.results.directory import write_whole

    write_whole(path, lambda draft: _fill(draft, text))


def _fill(draft: Path, text: str) -> None:
    draft.write_text(text, "utf-8")
