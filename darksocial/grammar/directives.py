"""Directives as an analyst has them: typed on the command line, or in a server's configuration."""

import re
import shlex
from pathlib import Path

from darksocial.errors import InputError, UsageError
from darksocial.grammar.apache import compile_apache
from darksocial.grammar.layout import Layout
from darksocial.grammar.nginx import VARIABLE, compile_nginx
from darksocial.language import gettext as _

APACHE_LINE = re.compile(r"^\s*(LogFormat|CustomLog)\s+(.*)$", re.IGNORECASE)
NGINX_WORD = re.compile(
    r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|((?:[^\s;'\"\\]|\\.)+)", re.DOTALL
)
NGINX_STATEMENT = re.compile(
    rf"\blog_format\s+(\S+)((?:\s+(?:{NGINX_WORD.pattern}))+)\s*;", re.DOTALL
)
# A comment begins at a word: `#` within a word or in quotes is none.
NGINX_COMMENT = re.compile(
    r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s'\"#][^\s'\";{}]*)|#[^\n]*", re.DOTALL
)
NGINX_ESCAPE = re.compile(r"\\([\"'\\tnr])")
NGINX_LETTERS = {"t": "\t", "n": "\n", "r": "\r"}


def compile_directive(directive: str) -> Layout:
    """Return the layout of an Apache LogFormat or an nginx log_format.

    The two are distinguished by `%` and `$`. A whole configuration line (`LogFormat "..." name`,
    `log_format name '...';`) works as well. Raises UsageError where the text is neither, or holds
    no time.
    """
    by_name = directives_in(directive)
    text = next(iter(by_name.values())) if by_name else directive
    if VARIABLE.search(text) and not re.search(r"%[>{a-zA-Z]", text):
        return compile_nginx(text)
    if "%" in text:
        return compile_apache(text)
    raise UsageError(
        _("{directive!r} is not a log format directive.").format(directive=directive),
        expected=_("Apache's LogFormat (%h %l %u %t ...) or nginx's log_format ($remote_addr ...)"),
        advice=_("to name a format use `format`; `darksocial formats` lists the names"),
    )


def directives_in(text: str) -> dict[str, str]:
    """Return the directives that a server configuration defines, keyed by name ('' without one)."""
    return nginx_directives(text) | apache_directives(text)


def nginx_directives(text: str) -> dict[str, str]:
    """Return nginx's log_format statements by name; parts in quotes are joined as nginx does."""
    uncommented = NGINX_COMMENT.sub(lambda match: match[1] or "", text)
    by_name = {}
    for match in NGINX_STATEMENT.finditer(uncommented):
        words = ["".join(quoted) for quoted in NGINX_WORD.findall(match[2])]
        parts = [word for word in words if not word.startswith("escape=")]
        by_name[match[1]] = NGINX_ESCAPE.sub(
            lambda escape: NGINX_LETTERS.get(escape[1], escape[1]), "".join(parts)
        )
    return by_name


def apache_directives(text: str) -> dict[str, str]:
    """Return Apache's LogFormat directives by nickname ('' for the one that has none)."""
    by_name = {}
    for line in text.replace("\\\n", "").splitlines():
        match = APACHE_LINE.match(line)
        if not match:
            continue
        words = _apache_words(match[2])
        if match[1].lower() == "logformat":
            by_name[words[1] if len(words) > 1 else ""] = words[0]
        elif len(words) > 1 and "%" in words[1]:
            by_name[""] = words[1]
    return by_name


def _apache_words(arguments: str) -> list[str]:
    try:
        return shlex.split(arguments)
    except ValueError as error:
        raise UsageError(
            _("A quote is not closed in {arguments!r}.").format(arguments=arguments),
            expected=_("Apache's LogFormat or CustomLog"),
        ) from error


def directive_from(location: str) -> str:
    """Return the directive in a configuration file, given as `FILE` or `FILE:NAME`.

    Raises InputError if the file cannot be read, and UsageError if it has no such directive, or
    has several and `location` names none.
    """
    path, name = _split_location(location)
    try:
        by_name = directives_in(Path(path).read_text("utf-8", errors="replace"))
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", expected=_("a server configuration file")
        ) from error
    if name is None and len(by_name) == 1:
        return next(iter(by_name.values()))
    if name is not None and name in by_name:
        return by_name[name]
    raise _no_directive(path, name, list(by_name))


def _no_directive(path: str, name: str | None, defined: list[str]) -> UsageError:
    """Return the error for a configuration in which no directive is meant."""
    if not defined:
        return UsageError(
            _("{path} defines no log format.").format(path=path),
            expected=_("LogFormat or log_format"),
            advice=_("write the directive itself, with `log_format`"),
        )
    names = ", ".join(map(repr, defined))
    if name:
        problem = _("{path} defines no log format {name!r}; it defines {names}.")
    else:
        problem = _("{path} defines several log formats: {names}.")
    return UsageError(
        problem.format(path=path, name=name, names=names),
        expected=_("the name of one of them, as FILE:NAME"),
        advice=_("name it with `log_format_from` {location}").format(
            location=f"{path}:{defined[0]}"
        ),
    )


def _split_location(location: str) -> tuple[str, str | None]:
    if Path(location).exists():
        return location, None
    path, colon, name = location.rpartition(":")
    return (path, name) if colon else (location, None)
