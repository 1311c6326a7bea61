"""Make text from a log safe for a terminal and for the log of a build.

`printable` is for one value, before it is laid out in a line or a table. `CommandFilter` is for
lines as they are printed, after wrapping: every output passes one (`outputs/drawing.display` and
`cli/_printing`). Formats that have escapes keep the text: `inert_json`, `inert_xml` and the strings
of `outputs/proposal_toml`.
"""

import json
import re

UNSHOWN = "\N{REPLACEMENT CHARACTER}"
"""Printed in place of a character that must not be printed."""

STYLE = r"\x1b\[[\d;?]*[A-Za-z]"
IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
"""Characters without a width, which comparisons in .NET can ignore (Unicode's
Default_Ignorable_Code_Point): a zero-width space between two signs would not separate them."""
INVISIBLE = f"(?:{STYLE}|[{IGNORED}])*"
COMMAND = re.compile(
    rf"((?<![^\r\n])(?:[^\S\r\n]|{STYLE}|[{IGNORED}])*:{INVISIBLE}):"
    rf"|(#{INVISIBLE}#(?:{STYLE}|[{IGNORED}\w.-]){{0,64}})\["
)
"""The beginning of a command up to the character that completes it: `::` at the beginning of a
line, blanks aside, and `##[` and `##name[` anywhere.

https://github.com/actions/runner (ActionCommand.cs), and
https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands; TeamCity writes
`##teamcity[`.
"""
LINE_CHARACTERS = 160
"""How many characters of an unfinished line a filter reads again: more than a command needs."""
DOUBLED = re.compile(f"#(?=[{IGNORED}]*#)")

PLAIN_SIGNS = {
    "━": "-",
    "─": "-",
    "╸": "-",
    "╺": " ",
    "…": ".",
    "·": ".",
    "•": "*",
    "\N{EN DASH}": "-",
    "—": "-",
    "\N{MINUS SIGN}": "-",
    "±": "~",
    "\N{MULTIPLICATION SIGN}": "x",
    "→": ">",
    "≤": "<",
    "≥": ">",
    "°": "o",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "“": '"',
    "”": '"',
    "⚠": "!",
    "✅": "+",
    "❌": "x",
    "⏭": ">",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
    "\N{REPLACEMENT CHARACTER}": "?",
}
"""Signs in reports and messages, and what replaces them where an encoding lacks them: one character
each, so that columns stay columns. None may become a part of a command, because text is encoded
after the filter has seen it."""


def printable(text: str) -> str:
    """Return `text` with U+FFFD in place of control and other invisible characters.

    Text from a log can hold escape sequences that would take over the terminal.
    """
    return "".join(c if c.isprintable() else UNSHOWN for c in text)


def printable_lines(text: str) -> str:
    """Return `text` with its line ends unchanged, and each line `printable`."""
    return "\n".join(map(printable, text.split("\n")))


class CommandFilter:
    """Break commands to the runner of a build, in text that is printed piece by piece.

    The character that completes a command becomes U+FFFD: `##[error]` is printed as
    `##\N{REPLACEMENT CHARACTER}error]`, and `::error` at the beginning of a line as
    `:\N{REPLACEMENT CHARACTER}error`. The width stays the same, and text that was printed before
    needs no change, since only the last character of a command is replaced.
    """

    def __init__(self) -> None:
        self._line = ""

    def feed(self, text: str) -> str:
        """Return the next piece of text, of the same length, without commands."""
        safe = COMMAND.sub(_broken, self._line + text)
        piece = safe[len(self._line) :]
        unfinished = re.split(r"[\r\n]", safe)[-1]
        self._line = unfinished.lstrip()[-LINE_CHARACTERS:]
        return piece


def _broken(command: re.Match[str]) -> str:
    return command[0][:-1] + UNSHOWN


def inert(text: str) -> str:
    """Return whole lines of text without commands to the runner of a build (CommandFilter)."""
    return CommandFilter().feed(text)


def inert_json(text: str) -> str:
    """Return JSON with the same values, with escapes for characters that must not be printed.

    Lines of JSON never begin with a colon, so `::` needs no escape. TOML strings have the same
    escape for the number sign.
    """
    return "".join(map(_json_character, DOUBLED.sub(r"\\u0023", text)))


def _json_character(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return json.dumps(character)[1:-1].replace("\x7f", r"\u007f")


def inert_xml(text: str) -> str:
    """Return XML that parses to the same text, in which no two number signs follow each other."""
    return DOUBLED.sub("&#35;", text)
