"""Lines that could not be read, without what tells of persons: still good enough to mend a format.

| in the line | stands as |
| --- | --- |
| IPv4 and IPv6 addresses, and client names where a log has them | `<address>` |
| user agents outside of quotes | `<agent>` |
| quoted text that is no key, request, URL, path, time or number | `"<text>"` |
| headers between braces, as HAProxy writes them | `{<text>}` |
| e-mail addresses | `<email>` |
| user names before the time of a log in CLF, and in URLs | `<user>` |
| values of keys that end in id; of parameters of persons, in URLs and in free text | `<value>` |
| long strings of letters and digits | `<token>` |
| the rest of a line behind the place from where its quotes do not pair | `"<text>"` |

The rules are regular expressions that RE2 (in the engine) and Python understand alike. Each is
applied to the whole line, in this order. Where a rule cannot tell, it takes too much.
"""

import re
from collections.abc import Iterator
from functools import cache

from darksocial import data

LONGEST = 4000
"""Characters of a line that `redacted` looks at; messages show far fewer."""

END, MARK, ESCAPED = "\ue000", "\ue001", "\ue002"
"""Characters for private use, which stand for the end of the line, a string, and `\\"`."""
RESERVED = f"[{END}-{ESCAPED}\v]"
"""What a line may not hold by itself (RE2 takes no vertical tab for a space, Python does)."""

METHODS = "GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND"
KEPT = "|".join(
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
    rf'("(?:{KEPT})["{END}]|"[^"{END}]*"\s*:|"")|"[^"{END}]*["{END}]',
    rf"\1{MARK}",
)
BEFORE = r"\s,;:=|(\[{<>/'"
"""What stands before a quote that begins a string."""
BEHIND = r"\s,;:=|)\]}<>/.'"
"""What stands behind a quote that ends one."""
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
"""A line from the place on where its quotes pair no more: a quote stands where none can begin a
string (kept are a request or the time of a log in CLF in front of it), a string begins as text
between two others does, or something follows on a string directly."""
UNCLOSED = (
    rf'("(?:{METHODS}) [^"{END}]*HTTP/[\d.]+(?: (?:\d+|-))*) [^{END}]*',
    rf"\1 {MARK}",
)
"""A request whose quote is not closed: its status and size are kept."""
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
"""Ends of longer names, as in `db_password`, whose values are taken wherever they are."""
SCHEME = r"(?:(?:Bearer|Basic|Digest|Token)\s)?"
QUOTED = rf"'[^'{END}]*'?|{ESCAPED}[^{ESCAPED}{END}]*{ESCAPED}?"
COOKIE = (rf"(?i)\b((?:set-)?cookie['{ESCAPED}]?\s?[:=]\s?)[^\"{END}]+", r"\1<value>")


@cache
def rules() -> tuple[tuple[str, str], ...]:
    r"""Return (pattern, replacement) pairs, to be applied one after the other, everywhere.

    `\1` in a replacement is the pattern's group. What is `RESERVED` has to be replaced by
    spaces first, and `END` appended.
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
    """Rules for the values of names: in JSON up to the next comma or bracket, elsewhere up to the
    next blank, quote or `&`."""
    name = rf"(?:[\w.-]{{0,40}}[_.-](?:{SECRETS})|{names})[\]_.-]*"
    value = rf"{SCHEME}(?:{QUOTED}|[^&\s\"{END}]+)"
    free = rf"(?i)(^|[^\w]|%3F|%26|%3B)({name}['{ESCAPED}]?\s?(?:[:=]|%3D)\s?){value}"
    yield rf'(?i)("{name}"\s?:\s?)[^,\s\]}}"{END}]+', r"\1<value>"
    yield free, r"\1\2<value>"


def _spelled(row: dict[str, str]) -> str:
    """The name of a parameter with `_`, `-`, `.` and brackets between any of its letters."""
    return r"[\[\]_.-]*".join(map(re.escape, row["parameter"].replace("-", "")))


def redacted(text: str) -> str:
    """Return a line with placeholders for addresses, agents and the like."""
    told = re.sub(RESERVED, " ", text[:LONGEST]) + END
    for pattern, replacement in _compiled():
        told = pattern.sub(replacement, told)
    return told


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.ASCII), replacement) for pattern, replacement in rules())
