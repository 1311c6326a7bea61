"""Percent-encoding of paths, decoded once: RFC 3986, sections 2.1, 2.4 and 6.2.2.

Servers log the same page in several spellings: Apache and nginx as the browser sent it
(`/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8`, with hexadecimal digits in either case), IIS decoded
(`/новости`). A decoded path is the readable one of them, and means the same:

- letters, digits, `-`, `.`, `_` and `~` are decoded (6.2.2.2), and characters of UTF-8 that can be
  seen, as in RFC 3987, 3.2;
- all other ASCII stays encoded, `%2F` and `%25` as well: they would say something else (2.2);
- control characters, those that change the direction of text, blanks and code points without a
  character stay encoded: who reads the path must see what it says. The two joiners, which Persian
  and the scripts of India need to spell words, are decoded;
- bytes that are not UTF-8 stay encoded;
- what stays encoded has upper-case digits (6.2.2.1).

What was decoded is not changed by another round.
"""

import re
from string import ascii_letters, digits

PERCENT_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
UNRESERVED = frozenset(ascii_letters + digits + "-._~")
JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
REFERRED_PATH = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*([^?#]*)")


def decoded_path(path: str) -> str:
    """Return a path with its percent-encoding undone where its meaning stays the same."""
    return PERCENT_ENCODED.sub(_decoded, path)


def decoded_referrer(referrer: str) -> str:
    """Return a referrer with its path decoded; host, query and fragment stay as they were sent."""
    match = REFERRED_PATH.match(referrer)
    if match is None:
        return referrer
    begin, end = match.span(1)
    return f"{referrer[:begin]}{decoded_path(match[1])}{referrer[end:]}"


def _decoded(run: re.Match[str]) -> str:
    raw = bytes.fromhex(run[0].replace("%", ""))
    # A byte that is not UTF-8 becomes half a surrogate pair, which is encoded again.
    return "".join(map(_readable, raw.decode("utf-8", "surrogateescape")))


def _readable(character: str) -> str:
    if character.isascii():
        is_shown = character in UNRESERVED
    else:
        is_shown = character.isprintable() or character in JOINERS
    if is_shown:
        return character
    encoded = character.encode("utf-8", "surrogateescape")
    return "".join(f"%{byte:02X}" for byte in encoded)
