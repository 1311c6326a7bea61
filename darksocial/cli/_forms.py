"""Printing a result in one of its forms."""

from typing import TYPE_CHECKING, TypeVar

from darksocial.cli._printing import echo, echo_commands

if TYPE_CHECKING:
    from darksocial.outputs import Output

T = TypeVar("T")


def print_as(form: "Output[T]", result: T) -> None:
    """Draw the result where the form has a drawing, else print its text."""
    if form.show:
        form.show(result)
    elif form.text and form.commands:
        echo_commands(form.text(result))
    elif form.text:
        echo(form.text(result), nl=False)
