"""A directive as the analyst has it: typed on the command line, or in a server's configuration."""

import re
import shlex
from pathlib import Path

from darksocial.errors import InputError, UsageError
from darksocial.grammar.apache import compile_apache
from darksocial.grammar.layout import Layout
from darksocial.grammar.nginx import VARIABLE, compile_nginx

APACHE_LINE = re.compile(r"^\s*(LogFormat|CustomLog)\s+(.*)$", re.IGNORECASE)
NGINX_WORD = re.compile(
    r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|((?:[^\s;'\"\\]|\\.)+)", re.DOTALL
)
NGINX_STATEMENT = re.compile(
    rf"\blog_format\s+(\S+)((?:\s+(?:{NGINX_WORD.pattern}))+)\s*;", re.DOTALL
)
NGINX_ESCAPE = re.compile(r"\\([\"'\\tnr])")
NGINX_LETTERS = {"t": "\t", "n": "\n", "r": "\r"}


def compile_directive(directive: str) -> Layout:
    """Return the layout of an Apache LogFormat or an nginx log_format, told apart by `%` and `$`.

    A whole configuration line (`LogFormat "..." name`, `log_format name '...';`) works as well.
    Raises UsageError where the text is neither, or holds no time.
    """
    found = directives_in(directive)
    text = next(iter(found.values())) if found else directive
    if VARIABLE.search(text) and not re.search(r"%[>{a-zA-Z]", text):
        return compile_nginx(text)
    if "%" in text:
        return compile_apache(text)
    raise UsageError(
        f"{directive!r} is no log format directive",
        expected="Apache's LogFormat (%h %l %u %t ...) or nginx's log_format ($remote_addr ...)",
        advice="for a format by its name use `format`; `darksocial formats` lists the names",
    )


def directives_in(text: str) -> dict[str, str]:
    """Return the directives that a server configuration defines, keyed by name ('' without one)."""
    return nginx_directives(text) | apache_directives(text)


def nginx_directives(text: str) -> dict[str, str]:
    """Return nginx's log_format statements by name; parts in quotes are joined as nginx does."""
    uncommented = re.sub(r"(?m)^\s*#.*$", "", text)
    found = {}
    for match in NGINX_STATEMENT.finditer(uncommented):
        words = ["".join(quoted) for quoted in NGINX_WORD.findall(match[2])]
        parts = [word for word in words if not word.startswith("escape=")]
        found[match[1]] = NGINX_ESCAPE.sub(
            lambda escape: NGINX_LETTERS.get(escape[1], escape[1]), "".join(parts)
        )
    return found


def apache_directives(text: str) -> dict[str, str]:
    """Return Apache's LogFormat directives by nickname ('' for the one that has none)."""
    found = {}
    for line in text.replace("\\\n", "").splitlines():
        match = APACHE_LINE.match(line)
        if not match:
            continue
        words = _apache_words(match[2])
        if match[1].lower() == "logformat":
            found[words[1] if len(words) > 1 else ""] = words[0]
        elif len(words) > 1 and "%" in words[1]:
            found[""] = words[1]
    return found


def _apache_words(arguments: str) -> list[str]:
    try:
        return shlex.split(arguments)
    except ValueError as error:
        raise UsageError(
            f"a quote is not closed in {arguments!r}", expected="Apache's LogFormat or CustomLog"
        ) from error


def directive_from(location: str) -> str:
    """Return the directive in a configuration file, given as `FILE` or `FILE:NAME`.

    Raises InputError where the file cannot be read and UsageError where it has no such directive,
    or several and none was named.
    """
    path, name = _split_location(location)
    try:
        found = directives_in(Path(path).read_text("utf-8", errors="replace"))
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", expected="a server configuration file"
        ) from error
    if name is None and len(found) == 1:
        return next(iter(found.values()))
    if name is not None and name in found:
        return found[name]
    names = ", ".join(repr(known) for known in found) or "none"
    raise UsageError(
        f"{path} defines these log formats: {names}" + (f"; not {name!r}" if name else ""),
        expected="the name of one of them, as FILE:NAME" if found else "LogFormat or log_format",
        advice=f"`log_format_from` {path}:{next(iter(found))}" if found else "`log_format`",
    )


def _split_location(location: str) -> tuple[str, str | None]:
    if Path(location).exists():
        return location, None
    path, colon, name = location.rpartition(":")
    return (path, name) if colon else (location, None)
