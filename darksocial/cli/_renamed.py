"""Old names of options: each is refused with the name that it has now.

The names of an option on the command line, in darksocial.toml and in the environment follow from
one another, so one table holds all three.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from darksocial.errors import UsageError
from darksocial.language import gettext as _


@dataclass(frozen=True, slots=True)
class Renamed:
    """An old option of a command, and the option with the value to write in its place.

    `old_values`: where not empty, only these values are old, and the option has another meaning.
    """

    command: str
    old: str
    new: str
    value: str
    is_list: bool = False
    old_values: tuple[str, ...] = ()

    def is_old(self, value: object) -> bool:
        """Return whether a value makes this the old option."""
        return not self.old_values or value in self.old_values

    def new_value(self, old: object) -> str:
        """Return what to write in place of an old value: itself, where the value made it old."""
        return str(old) if self.old_values else self.value

    def flag(self, old: object) -> str:
        """Return the new option on the command line."""
        return f"--{self.new} {self.new_value(old)}"

    def setting(self, old: object) -> str:
        """Return the new option in darksocial.toml."""
        text = f'"{self.new_value(old)}"'
        return f"{self.new} = [{text}]" if self.is_list else f"{self.new} = {text}"

    def variable(self, name: str) -> str:
        """Return the environment variable for an option of the command."""
        return f"DARKSOCIAL_{self.command}_{name}".upper().replace("-", "_")


RENAMED = (
    Renamed("nightly", "directive", "log-format", "DIRECTIVE"),
    Renamed("nightly", "log-lines", "log-style", "json"),
    Renamed("nightly", "log-format", "log-style", "json", old_values=("json", "text")),
    Renamed("nightly", "markdown", "output", "markdown=FILE", is_list=True),
    Renamed("nightly", "prometheus", "output", "prometheus=FILE", is_list=True),
    Renamed("report", "format", "report", "KIND"),
    Renamed("report", "report-format", "report", "KIND"),
    Renamed("evaluate", "json", "report", "json"),
)


def refuse_old_flag(command: str, flag: str) -> None:
    """Raise UsageError if an option, such as `--markdown`, is the old name of another."""
    for row in RENAMED:
        if row.command == command and flag == f"--{row.old}" and not row.old_values:
            raise _refused(flag, row.flag(None))


def refuse_old_value(command: str, values: Mapping[str, Any]) -> None:
    """Raise UsageError if a value belongs to the meaning that its option had before."""
    for row in RENAMED:
        value = values.get(row.old.replace("-", "_"))
        if row.command == command and row.old_values and row.is_old(value) and value:
            raise _refused(f"--{row.old} {value}", row.flag(value))


def refuse_old_variables(command: str, variables: Mapping[str, str]) -> None:
    """Raise UsageError if a variable of the environment has an old name."""
    for row in RENAMED:
        old = row.variable(row.old)
        value = variables.get(old)
        if row.command == command and value and row.is_old(value):
            raise _refused(old, f"{row.variable(row.new)}={row.new_value(value)}")


def refuse_old_key(
    commands: Collection[str], key: str, value: object, place: str, *, is_option: bool
) -> None:
    """Raise UsageError if a key of darksocial.toml is old for one of the commands.

    `place` is the file and the key, as errors write them; `is_option`: one of the commands has an
    option of that name.
    """
    for row in RENAMED:
        is_old_name = key.replace("_", "-") == row.old and row.command in commands
        if is_old_name and row.is_old(value) and (row.old_values or not is_option):
            raise _refused(place, f"[{row.command}]\n{row.setting(value)}")


def _refused(old: str, new: str) -> UsageError:
    return UsageError(
        _("{old} is the old name of an option, which has another name now.").format(old=old),
        expected=new,
    )
