"""Text from a log, made safe for a terminal."""

import re

COMMAND = re.compile(r"([#:])\1")


def printable(text: str) -> str:
    """Return `text` with control and other invisible characters as U+FFFD.

    What comes out of a log can hold escape sequences that would take over the terminal.
    """
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def inert(text: str) -> str:
    """Return `text` without what the runner of a build takes for a command.

    GitHub Actions and Azure Pipelines read commands from what a step prints: `::name::` at the
    beginning of a line, `##[name]` and `##vso[name]` anywhere in it. A zero-width space parts the
    two signs.
    """
    return COMMAND.sub("\\1\N{ZERO WIDTH SPACE}\\1", text)
