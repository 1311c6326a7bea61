"""What a runner of a build would take for a command in a text that was printed."""

import re
from collections.abc import Iterator

STYLE = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
IGNORED = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
COMMAND = re.compile(r"##[\w.-]{0,64}\[")


def commands_in(printed: str) -> list[str]:
    """The lines of a text that hold `##[` or `##name[`, or begin with `::`, blanks aside.

    Escape sequences and characters without width are looked through, since runners do the same.
    """
    bare = IGNORED.sub("", STYLE.sub("", printed))
    lines = re.split(r"\r\n|\r|\n", bare)
    return [line for line in lines if COMMAND.search(line) or line.lstrip().startswith("::")]


def texts_in(value: object) -> Iterator[str]:
    """All texts in a value read from JSON."""
    match value:
        case str():
            yield value
        case dict():
            for key, item in value.items():
                yield key
                yield from texts_in(item)
        case list():
            for item in value:
                yield from texts_in(item)
