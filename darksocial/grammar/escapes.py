r"""Undo the escapes that servers write into a log line.

Apache writes `\"`, `\\`, `\n`, `\t` and the like, and `\xHH` for other bytes
(https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#format-notes); nginx writes `\xHH`
for `"`, `\` and every byte outside 32 to 126, or JSON's escapes with `escape=json`
(https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format).
"""

import re

ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(["\\/bfnrtv]))')
ESCAPED_BYTES = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+")
CHARACTER_OF_LETTER = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescape(text: str) -> str:
    r"""Return `text` with its escapes undone; bytes that are not UTF-8 stay as `\xHH`."""
    if "\\" not in text:
        return text
    parts: list[str] = []
    end = 0
    while match := ESCAPE.search(text, end):
        parts.append(text[end : match.start()])
        if match[1]:
            run = ESCAPED_BYTES.match(text, match.start())
            assert run is not None
            parts.append(_decoded(run[0]))
            end = run.end()
        else:
            parts.append(_character(match))
            end = match.end()
    return "".join((*parts, text[end:]))


def _decoded(run: str) -> str:
    # A character of UTF-8 is written as several escapes, so a run of them is decoded at once.
    raw = bytes.fromhex(run.replace("\\x", ""))
    return raw.decode("utf-8", errors="backslashreplace")


def _character(match: re.Match[str]) -> str:
    if match[2]:
        # Half a surrogate pair is no character, and cannot be written as UTF-8.
        character = chr(int(match[2], 16))
        return character if not 0xD800 <= ord(character) <= 0xDFFF else match[0]
    return CHARACTER_OF_LETTER.get(match[3], match[3])
