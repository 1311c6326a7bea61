"""Text from a log, made safe for a terminal and for the log of a build.

`printable` is for one value, before it is laid out in a line or a table. `CommandFilter` is for
lines as they are printed, after wrapping: every output passes one (`outputs/drawing.display` and
`cli/_printing`). Formats that have escapes of their own keep the text: `inert_json`, `inert_xml`
and the strings of
`outputs/proposal_toml`.
"""

import json
import re

UNSHOWN = "\N{REPLACEMENT CHARACTER}"
"""What is shown for a character that must not be printed."""

STYLE = r"\x1b\[[\d;?]*[A-Za-z]"
IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
"""Characters without a width of their own, which comparisons of .NET can pass over (Unicode's
Default_Ignorable_Code_Point): a zero-width space between two signs would not part them."""
BETWEEN = f"(?:{STYLE}|[{IGNORED}])*"
COMMAND = re.compile(
    rf"((?<![^\r\n])(?:[^\S\r\n]|{STYLE}|[{IGNORED}])*:{BETWEEN}):"
    rf"|(#{BETWEEN}#(?:{STYLE}|[{IGNORED}\w.-]){{0,64}})\["
)
"""The beginning of a command up to the character that completes it: `::` at the beginning of a
line, blanks aside, and `##[` and `##name[` anywhere.

https://github.com/actions/runner (ActionCommand.cs), and
https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands; TeamCity writes
`##teamcity[`.
"""
LINE_KEPT = 160
"""Characters of an unfinished line that a filter looks at again: more than a command needs."""
DOUBLED = re.compile(f"#(?=[{IGNORED}]*#)")


def printable(text: str) -> str:
    """Return `text` with control and other invisible characters as U+FFFD.

    What comes out of a log can hold escape sequences that would take over the terminal.
    """
    return "".join(c if c.isprintable() else UNSHOWN for c in text)


def printable_lines(text: str) -> str:
    """Return `text` with its line ends as they are, and each line `printable`."""
    return "\n".join(map(printable, text.split("\n")))


class CommandFilter:
    """Breaks commands to the runner of a build in text that is printed piece by piece.

    Of each command the character that completes it becomes U+FFFD: `##[error]` is printed as
    `##\N{REPLACEMENT CHARACTER}error]`, and `::error` at the beginning of a line as
    `:\N{REPLACEMENT CHARACTER}error`. Widths stay, and what a program printed before needs no
    change: only the last character of a command decides.
    """

    def __init__(self) -> None:
        self._line = ""

    def feed(self, text: str) -> str:
        """Return the next piece of text without commands, as long as it was."""
        safe = COMMAND.sub(_broken, self._line + text)
        piece = safe[len(self._line) :]
        unfinished = re.split(r"[\r\n]", safe)[-1]
        self._line = unfinished.lstrip()[-LINE_KEPT:]
        return piece


def _broken(command: re.Match[str]) -> str:
    return command[0][:-1] + UNSHOWN


def inert(text: str) -> str:
    """Return whole lines of text without commands to the runner of a build (CommandFilter)."""
    return CommandFilter().feed(text)


def inert_json(text: str) -> str:
    """Return JSON that parses to the same values, with escapes for what must not be printed.

    Lines of JSON never begin with a colon, so `::` needs no escape. Strings of TOML know the
    escape of the number sign as well.
    """
    return "".join(map(_json_character, DOUBLED.sub(r"\\u0023", text)))


def _json_character(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return json.dumps(character)[1:-1].replace("\x7f", r"\u007f")


def inert_xml(text: str) -> str:
    """Return XML that parses to the same text, in which no two number signs stand together."""
    return DOUBLED.sub("&#35;", text)
