"""Redact lines that could not be read: personal data goes, enough stays to correct a format.

| in the line | in its place |
| --- | --- |
| IPv4 and IPv6 addresses, and client names where a log has them | `<address>` |
| user agents outside of quotes | `<agent>` |
| quoted text that is not a key, request, URL, path, time or number | `"<text>"` |
| headers between braces, as HAProxy writes them | `{<text>}` |
| e-mail addresses | `<email>` |
| user names before the time of a log in CLF, and in URLs | `<user>` |
| values of keys that end in id, and of personal parameters in URLs and free text | `<value>` |
| long strings of letters and digits | `<token>` |
| the rest of a line after the place from which its quotes do not pair | `"<text>"` |

The rules are regular expressions that RE2 (in the engine) and Python understand alike. Each is
applied to the whole line, in this order. In doubt, a rule redacts too much rather than too little.
"""

import re
from collections.abc import Iterator
from functools import cache

from darksocial import data

MAX_CHARACTERS = 4000
"""How many characters of a line `redacted` reads; messages show far fewer."""

END, MARK, ESCAPED = "\ue000", "\ue001", "\ue002"
"""Private-use characters in the place of the end of the line, of a string, and of `\\"`."""
RESERVED = f"[{END}-{ESCAPED}\v]"
"""Characters that are removed from a line first. The vertical tab is among them because it is a
space for Python, and not for RE2."""

PLAIN = re.compile(
    r"(?:[a-z_ ./]*[a-z_ ])?(?:(?:\.\d{1,2}|-\d{8}|-\d{4}-\d\d-\d\d)(?:\.[a-z]{1,4})?)?",
    re.ASCII,
)
"""Words and names of files, also of rotated ones, in which no rule finds anything. To compile the
rules takes 0.07 seconds, which is much for a run that has nothing else to say."""

METHODS = "GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND"
SAFE_STRING = "|".join(
    (
        "-",
        r"[\[\d][-\d.,:+TZ/ \[\]]*",
        rf"(?:{METHODS})(?: [^\"{END}]*)?",
        r"HTTP/[\d.]+",
        rf"[a-z][a-z\d+.-]*://[^\"{END}]*",
        rf"/[^\"{END}]*",
        rf"\[?\d\d/[A-Z][a-z]{{2}}/\d{{4}}:[^\"{END}]*",
    )
)
STRING = (
    rf'("(?:{SAFE_STRING})["{END}]|"[^"{END}]*"\s*:|"")|"[^"{END}]*["{END}]',
    rf"\1{MARK}",
)
BEFORE = r"\s,;:=|(\[{<>/'"
"""Characters that precede a quote that begins a string."""
BEHIND = r"\s,;:=|)\]}<>/.'"
"""Characters that follow a quote that ends a string."""
OUTSIDE = rf'(?:[^"{END}]*[{BEFORE}])?'
SOUND = rf'"(?:[^\s,;|"{END}](?:[^"{END}]|"")*)?"'
"""A string that begins with no blank or separator, which would be text between two others."""
UNPAIRED = (
    rf"^((?:{OUTSIDE}{SOUND}[{BEHIND}])*)"
    rf'(?:([^"{END}]*HTTP/[\d.]+)"'
    rf'|({OUTSIDE})"[\s,;|]'
    rf'|({OUTSIDE}{SOUND})[^"{BEHIND}{END}]'
    rf'|([^"{END}]*\[\d\d/[^\]"{END}]*\])?[^"{END}]*[^"{BEFORE}{END}]")[^{END}]*{END}',
    rf"\1\2\3\4\5 {MARK}{END}",
)
"""A line from the place where its quotes no longer pair: a quote is where no string can begin (a
request, or the time of a log in CLF, before it is kept), a string begins like text between two
others, or something follows directly after a string."""
UNCLOSED = (
    rf'("(?:{METHODS}) [^"{END}]*HTTP/[\d.]+(?: (?:\d+|-))*) [^{END}]*',
    rf"\1 {MARK}",
)
"""A request whose quote is not closed; its status and size are kept."""
PRODUCT = r"[A-Za-z][\w.!-]*/v?\d+\.\w"
COMMENT = r"\([^()]*(?:\([^()]*\)[^()]*)*(?:\)|$)"
ENCODED = r"[A-Za-z][\w./-]*(?:\+|%20|%2520)[^\s\t|\"]*\([^\s\t|\"]*"
HEX, COLON = "[0-9A-Fa-f]{1,4}", "(?::|%3[Aa])"
BYTE = r"\d{1,3}"
IPV4 = rf"\b{BYTE}(?:\.{BYTE}){{3}}\b|\b{BYTE}(?:-{BYTE}){{3}}\b"
IPV6 = (
    rf"\b(?:{HEX}{COLON}){{7}}{HEX}\b"
    rf"|\b(?:{HEX}{COLON}){{1,7}}{COLON}(?:{HEX}(?:{COLON}{HEX}){{0,6}}\b)?"
    rf"|::{HEX}(?:{COLON}{HEX}){{0,6}}\b"
)
CUT = rf"\b{BYTE}\.{BYTE}\.\d{{0,3}}\.?$|(^|[\s\"',|\[])(?:{HEX}:){{2,7}}[0-9A-Fa-f]{{0,4}}$"
CLF_TIME = r"\[\d\d/[A-Z][a-z]{2}/"
EMAIL = r"[\w.+'-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+"
TOKEN = (
    r"\b(?:[A-Za-z_]{1,13}\d|\d{1,13}[A-Za-z_])\w{14,}\b"
    r"|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"
)
AGENTS = (
    (rf"(^|\t){PRODUCT}[^\t{END}]*", r"\1<agent>"),
    (rf"(^|\|){PRODUCT}[^|{END}]*", r"\1<agent>"),
    (
        rf"(^|[\s,;=\[(]){PRODUCT}[^\s\"{END}]*"
        rf"(?: (?:{COMMENT}|{PRODUCT}|Mobile|like|Gecko)[^\s\"{END}]*)*",
        r"\1<agent>",
    ),
    (rf"([\"']){PRODUCT}[^\"{END}]*", r"\1<agent>"),
    (rf"(^|[\s|,;=\[(])(?:[A-Za-z][\w.!-]*/\d*\.?|Mozilla){END}", rf"\1<agent>{END}"),
    (rf"<agent> [A-Za-z][\w.!-]*{END}", f"<agent>{END}"),
    (rf"(^|[\s|,;=]){ENCODED}", r"\1<agent>"),
)


SECRETS = "token|secret|password|passwd|pwd|passphrase|api_?key|auth|session|e-?mail"
"""Ends of longer names, as in `db_password`, whose values are redacted everywhere."""
SCHEME = r"(?:(?:Bearer|Basic|Digest|Token)\s)?"
QUOTED = rf"'[^'{END}]*'?|{ESCAPED}[^{ESCAPED}{END}]*{ESCAPED}?"
COOKIE = (rf"(?i)\b((?:set-)?cookie['{ESCAPED}]?\s?[:=]\s?)[^\"{END}]+", r"\1<value>")


@cache
def rules() -> tuple[tuple[str, str], ...]:
    r"""Return (pattern, replacement) pairs, to be applied one after the other, to the whole line.

    `\1` in a replacement is the pattern's group. Before that, spaces replace the `RESERVED`
    characters, and `END` is appended.
    """
    return (
        (r"\\\\", "/"),
        (r'\\"', ESCAPED),
        (r'("[^"]*(?:id|ID|Id)"\s*:\s*)(?:"[^"]*"?|-?\d[\d.]*)', r"\1<value>"),
        (rf"\{{[^\"{{}}\s{END}][^\"{{}}{END}]*([}}{END}])", r"{<text>\1"),
        UNCLOSED,
        UNPAIRED,
        STRING,
        (rf'(["{END}]\s*:?){MARK}', r"\1"),
        (MARK, '"<text>"'),
        (r"\bHTTP/(\d)", rf"HTTP{MARK}\1"),
        *AGENTS,
        (MARK, "/"),
        (rf"(?i){COLON}{COLON}ffff{COLON}{BYTE}(?:\.{BYTE}){{3}}", "<address>"),
        (IPV4, "<address>"),
        (IPV6, "<address>"),
        (rf"(?:{CUT})".replace("$", END), rf"\1<address>{END}"),
        (rf"^((?:\S+ )?)[^\s<\"-]\S*( \S+ \S+ {CLF_TIME})", r"\1<address>\2"),
        (rf"(<address> \S+ )[^\s\[\"-][^\[\"]*( {CLF_TIME})", r"\1<user>\2"),
        (rf"( )[^\s<\"-]\S*( {CLF_TIME})", r"\1<user>\2"),
        (r"^((?:\S+ )?<address> - )[^\s<\"\[-]\S*(?: [A-Za-z][\w.-]*)*", r"\1<user>"),
        (r"(://)[^/\s\"@]*@", r"\1<user>@"),
        (EMAIL, "<email>"),
        COOKIE,
        *_values("|".join(map(_spelled, data.read("person_parameters")))),
        (TOKEN, "<token>"),
        (ESCAPED, r"\\\\" + '"'),
        (END, ""),
    )


def _values(names: str) -> Iterator[tuple[str, str]]:
    """Yield rules for the values of names: in JSON up to the next comma or bracket, elsewhere up to
    the next blank, quote or `&`."""
    name = rf"(?:[\w.-]{{0,40}}[_.-](?:{SECRETS})|{names})[\]_.-]*"
    value = rf"{SCHEME}(?:{QUOTED}|[^&\s\"{END}]+)"
    free = rf"(?i)(^|[^\w]|%3F|%26|%3B)({name}['{ESCAPED}]?\s?(?:[:=]|%3D)\s?){value}"
    yield rf'(?i)("{name}"\s?:\s?)[^,\s\]}}"{END}]+', r"\1<value>"
    yield free, r"\1\2<value>"


def _spelled(row: dict[str, str]) -> str:
    """Return a pattern for a parameter with `_`, `-`, `.` and brackets between any letters."""
    return r"[\[\]_.-]*".join(map(re.escape, row["parameter"].replace("-", "")))


def redacted(text: str) -> str:
    """Return a line with placeholders for addresses, agents and other personal data."""
    text = text[:MAX_CHARACTERS]
    if PLAIN.fullmatch(text):
        return text
    line = re.sub(RESERVED, " ", text) + END
    for pattern, replacement in _compiled():
        line = pattern.sub(replacement, line)
    return line


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.ASCII), replacement) for pattern, replacement in rules())
