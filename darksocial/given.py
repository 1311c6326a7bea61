"""What callers pass to the public functions: brought into one form, or refused in words.

People type a name as a text or as a Path, and one name where a list is possible. What cannot be
meant raises a UsageError that says which argument it is and what is wanted.
"""

import io
import os
import re
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, get_args, get_origin, get_type_hints

from darksocial.errors import UsageError
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
Place = str | os.PathLike[str]
Names = Place | Iterable[Place]

# A URI, also after a Path has made one slash of two. A single letter would be a drive of Windows.
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")

A_PLACE = "a name, as a text or a Path"
NAMES = f"{A_PLACE}, or a list of such names"
WORDS = {
    bool: "True or False",
    date: "a datetime.date",
    datetime: "a datetime.datetime",
    float: "a number",
    int: "a whole number",
    Mapping: "a dictionary",
    str: "a text",
}


def refuse(field: str, value: object, expected: str) -> NoReturn:
    """Raise a UsageError: the argument or field `field` cannot be `value`."""
    kind = "" if value is None else f" ({type(value).__name__})"
    raise UsageError(f"{field} is {reprlib.repr(value)}{kind}", expected=expected)


def place(field: str, value: object) -> str:
    """Return the one name that is meant: a file, a folder or a URI."""
    name = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(name, str) or not name or "\0" in name:
        refuse(field, value, A_PLACE)
    return name


def folder(field: str, value: object) -> Path:
    """Return the folder or file of this machine that is meant."""
    name = place(field, value)
    if URI.match(name) and not Path(Path(name).parts[0]).exists():
        raise UsageError(
            _("`{field}` is a URI: {name}").format(field=field, name=name),
            expected=_("a folder or file of this machine"),
        )
    return Path(name)


def names_of(value: object) -> list[str]:
    """Return the names that are meant by one of them or by several."""
    if isinstance(value, str | os.PathLike):
        value = [value]
    no_names = bytes | bytearray | memoryview | io.IOBase
    if isinstance(value, Sequence | Set | Iterator) and not isinstance(value, no_names):
        return [_name(name) for name in value]
    refuse("names", value, NAMES)


def _name(value: object) -> str:
    """One name among several; the empty one is left to whoever looks for the file."""
    return "" if value == "" else place("one of names", value)


def or_default(field: str, value: T | None, kind: type[T]) -> T:
    """Return `value`, or what `kind` is by default where it is None."""
    if value is None:
        return kind()
    check(field, value, kind)
    return value


def check(field: str, value: object, *kinds: type) -> None:
    """Refuse a value that is of none of `kinds`. A whole number passes for a number."""
    if not any(_is_of(value, kind) for kind in kinds):
        refuse(field, value, " or ".join(map(_words, kinds)))


def check_clock(value: object) -> None:
    """Refuse a `now` that is no function."""
    if not callable(value):
        refuse("now", value, "a function that returns the time in UTC")


def check_optional_functions(**functions: object) -> None:
    """Refuse arguments that are neither functions nor None."""
    for field, value in functions.items():
        if value is not None and not callable(value):
            refuse(field, value, "a function")


def _is_of(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if isinstance(value, datetime):
        return kind is datetime
    return isinstance(value, (int, float) if kind is float else kind)


def _words(kind: type) -> str:
    return "None" if kind is NoneType else WORDS.get(kind, f"a {kind.__name__} of darksocial")


def check_fields(value: "DataclassInstance") -> None:
    """Bring the fields of a frozen value into the types of their annotations, or refuse them.

    Where several values are possible, one stands for itself and a list for a tuple.
    """
    for field, kind in get_type_hints(type(value)).items():
        given = getattr(value, field)
        if get_origin(kind) is tuple:
            object.__setattr__(value, field, _several(field, given, get_args(kind)[0]))
        else:
            check(field, given, *(get_args(kind) or (kind,)))


def _several(field: str, value: Any, kind: Any) -> tuple[Any, ...]:
    """Values of one kind; a dictionary stands for pairs."""
    if get_origin(kind) is tuple:
        return _pairs(field, value, get_args(kind))
    items = (value,) if isinstance(value, kind) else value
    if not isinstance(items, list | tuple | Set):
        refuse(field, value, f"{_words(kind)}, or a list of such values")
    for item in items:
        check(f"one of {field}", item, kind)
    return tuple(items)


def _pairs(field: str, value: Any, kinds: tuple[type, ...]) -> tuple[Any, ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    if not isinstance(pairs, list | tuple | Set):
        refuse(field, value, "a dictionary")
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != len(kinds):
            refuse(f"one of {field}", pair, "a pair of " + " and ".join(map(_words, kinds)))
        for part, kind in zip(pair, kinds, strict=True):
            check(f"one of {field}", part, kind)
    return tuple(map(tuple, pairs))
