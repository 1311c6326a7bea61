"""The results of checks as annotations of a run of GitHub Actions: workflow commands.

`::error file=...,line=...,title=...::message`; percent signs and line ends are escaped in all
parts, colons and commas in the properties (actions/toolkit, packages/core/src/command.ts). GitHub
shows ten errors and ten warnings of a step.
"""

from darksocial.checking.results import Checked, Result
from darksocial.checks import ERROR, WARNING
from darksocial.outputs import Output
from darksocial.outputs.checks._plain import details, headline
from darksocial.printable import inert, printable


def text(checked: Checked) -> str:
    """Return a line for each failure, errors first."""
    failures = (*checked.with_state(ERROR), *checked.with_state(WARNING))
    return "".join(f"{_command(result)}\n" for result in failures)


def _command(result: Result) -> str:
    place = next((place for place in result.outcome.where if place.file), None)
    properties = {"file": place.file or ""} if place else {}
    if place and place.line is not None:
        properties["line"] = str(place.line)
    properties["title"] = f"darksocial check: {result.label}"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    body = "\n".join((headline(result), *details(result)))
    return f"::{result.level} {written}::{_data(inert(body))}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return inert(_data(printable(value)).replace(":", "%3A").replace(",", "%2C"))


OUTPUT = Output("github", text, commands=True)
