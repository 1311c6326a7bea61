"""The script that gives the addresses of pages their share ids: `darksocial snippet`.

It is data/snippet.js, with the parts that were asked for. After the first movement of a pointer or
the first key it puts the id of the page view into the address bar and into rel=canonical, so a
search engine that renders the page sees neither. It keeps the id in history.state over back and
reload, and nothing on the device beyond that. Its sizes: 1,024 bytes compressed at most, and 400
with all extras.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_letters
from types import NoneType

from darksocial import arguments, data
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.tracking.share_id import DEFAULT_PARAMETER, SHARE_METHODS, Level, check_name

DEFAULT_BEACON = "/ds.txt"
EXTRAS = ("buttons", "share")
MIN_COPIED_WORDS = 7
"""Copies with fewer words are quotations. Po.st counted a copy as a share from seven words on."""
PART = re.compile(r" *//: (\w+)\n")
END_OF_PART = re.compile(r" *//:\n")
BLANKS_BESIDE_SIGNS = re.compile(r"\s*([=+{}(),:?<>&|!;])\s*")
LOCAL_NAME = re.compile(r"\$[a-z]\w*")
PATH = re.compile(r"/[\w/.~*%+-]*")
HISTORY_STATES = {Level.FULL: "{...$state, sh: {[$here]: $own}}", Level.METHOD: "$state"}
"""What history.state becomes: with ids, it holds that of the page beside what a router keeps."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A script, ready to be served.

    text: the script, one line.
    level: how much an address says of a share: `full` or `method`.
    parameter: the name of the query parameter.
    beacon: the path that it asks for when it gives an id. None: it asks for nothing.
    integrity: the value of the attribute of that name of a script element (Subresource Integrity).
    gzipped_bytes: the size of the script, compressed.
    """

    text: str
    level: str
    parameter: str
    beacon: str | None
    integrity: str
    gzipped_bytes: int


def snippet(
    *,
    level: str = "full",
    paths: str | Sequence[str] = (),
    beacon: str | None = DEFAULT_BEACON,
    extras: str | Sequence[str] = (),
    share_parameter: str = DEFAULT_PARAMETER,
) -> Snippet:
    """Return the script that puts share ids into the addresses of a site's pages.

    `level` is `full` (an address says which share it is) or `method` (only how it was shared).
    `paths` are those of the pages that get ids, where `*` is any number of characters; without them
    every page does but home, account, checkout, search and pages with tokens. `beacon` is the path
    of a static file that the script asks for when it gives an id; None: none. `extras` are
    `buttons` (elements with data-share) and `share` (the site's calls of navigator.share).
    `share_parameter` is the name of the parameter.

    Raises UsageError for a value of another kind.
    """
    globs = arguments.texts_of("paths", paths)
    chosen = arguments.texts_of("extras", extras)
    arguments.check("beacon", beacon, str, NoneType)
    _check(level, globs, beacon, chosen)
    check_name(share_parameter)
    if not share_parameter:
        raise UsageError(_("`share_parameter` is empty."), expected=_("a name, such as sh"))
    parts = {level, *chosen, *(["beacon"] if beacon else [])}
    values = {
        "NAME": share_parameter,
        "LETTERS": "".join(SHARE_METHODS),
        "LEFT": _untracked(),
        "PATHS": _other_paths(globs),
        "STATE": HISTORY_STATES[Level(level)],
        "WORDS": str(MIN_COPIED_WORDS),
        "BEACON": beacon or "",
    }
    filled = re.sub("|".join(values), lambda match: values[match[0]], _with(parts))
    text = _shortened(filled) + "\n"
    return Snippet(text, level, share_parameter, beacon, _integrity(text), _gzipped_bytes(text))


def _check(level: str, paths: Sequence[str], beacon: str | None, extras: Sequence[str]) -> None:
    if level not in list(Level):
        problem = _("`level`: there is no level {level!r}.").format(level=level)
        raise UsageError(problem, expected=one_of(str(level), list(Level)))
    for extra in extras:
        if extra not in EXTRAS:
            problem = _("`extras`: there is no part {extra!r}.").format(extra=extra)
            raise UsageError(problem, expected=one_of(extra, EXTRAS))
    fields = [("beacon", beacon), *(("paths", path) for path in paths)]
    for field, path in fields:
        if path is not None and (not PATH.fullmatch(path) or (field == "beacon" and "*" in path)):
            problem = _("`{field}`: {path!r} is not a path.").format(field=field, path=path)
            raise UsageError(problem, expected=_("a path that begins with /, such as /ds.txt"))


def _with(parts: set[str]) -> str:
    """Return the lines of the script that belong to the parts, without its comments."""
    lines: list[str] = []
    around: list[str] = []
    for line in data.text_of("snippet.js").splitlines(keepends=True):
        if begins := PART.fullmatch(line):
            around.append(begins[1])
        elif END_OF_PART.fullmatch(line):
            around.pop()
        elif parts.issuperset(around) and not line.lstrip().startswith("//"):
            lines.append(line)
    return "".join(lines)


def _shortened(script: str) -> str:
    """Return a script without blanks that mean nothing, its own names as letters.

    The most frequent names have the first letters. No text and no pattern in the script has a blank
    beside a sign (the head of data/snippet.js says so, and browsers run the result in tests).
    """
    script = BLANKS_BESIDE_SIGNS.sub(r"\1", script.strip())
    script = re.sub(r"\s+", " ", script).replace(";}", "}")
    names = LOCAL_NAME.findall(script)
    by_frequency = sorted(dict.fromkeys(names), key=lambda name: -names.count(name))
    letters = dict(zip(by_frequency, ascii_letters, strict=False))
    return LOCAL_NAME.sub(lambda match: letters[match[0]], script)


@cache
def _untracked() -> str:
    """Return the pages that get no id, as a pattern of JavaScript over path and query."""
    rows = data.read("untracked_pages")
    by_part = {
        part: "|".join(row["pattern"] for row in rows if row["part"] == part)
        for part in ("address", "segment", "parameter")
    }
    segments = rf"/({by_part['segment']})s?([/.?]|$)"
    pattern = rf"{by_part['address']}|{segments}|[?&]({by_part['parameter']})="
    return f"/{pattern.replace('/', chr(92) + '/')}/i"


def _other_paths(paths: Sequence[str]) -> str:
    """Return the condition, in JavaScript, that a path is none of these."""
    if not paths:
        return ""
    patterns = (".*".join(map(_escaped, path.split("*"))) for path in paths)
    return f" || !/^({'|'.join(patterns)})$/.test($place.pathname)"


def _escaped(text: str) -> str:
    return re.sub(r"[/.+]", lambda match: f"\\{match[0]}", text)


def _integrity(text: str) -> str:
    digest = hashlib.sha384(text.encode()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def _gzipped_bytes(text: str) -> int:
    return len(gzip.compress(text.encode(), mtime=0))
