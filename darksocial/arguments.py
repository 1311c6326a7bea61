"""Check the arguments of the public functions, and convert them to one form.

People write a name as a str or a Path, and one name where a list is possible. Any other value
raises a UsageError that names the argument and says what is expected.
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

TYPE_WORDS = {
    bool: _("True or False"),
    date: _("a datetime.date"),
    datetime: _("a datetime.datetime"),
    float: _("a number"),
    int: _("a whole number"),
    Mapping: _("a dictionary"),
    str: _("a text"),
}


def refuse(field: str, value: object, expected: str) -> NoReturn:
    """Raise the UsageError for an argument or field that cannot have this value."""
    shown = reprlib.repr(value)
    if value is None:
        problem = _("{field} is {value}").format(field=field, value=shown)
    else:
        problem = _("{field} is {value} ({type})").format(
            field=field, value=shown, type=type(value).__name__
        )
    raise UsageError(problem, expected=expected)


def place(field: str, value: object) -> str:
    """Return the name of one file, folder or URI."""
    name = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(name, str) or not name or "\0" in name:
        refuse(field, value, _("a name, as a text or a Path"))
    return name


def folder(field: str, value: object) -> Path:
    """Return the path of one folder or file of this machine."""
    name = place(field, value)
    if URI.match(name) and not Path(Path(name).parts[0]).exists():
        raise UsageError(
            _("`{field}` is a URI: {name}").format(field=field, name=name),
            expected=_("a folder or file of this machine"),
        )
    return Path(name)


def names_of(value: object) -> list[str]:
    """Return the names in an argument that holds one name or several."""
    if isinstance(value, str | os.PathLike):
        value = [value]
    no_names = bytes | bytearray | memoryview | io.IOBase
    if isinstance(value, Sequence | Set | Iterator) and not isinstance(value, no_names):
        return [_one_name(name) for name in value]
    refuse("names", value, _("a name, as a text or a Path, or a list of such names"))


def _one_name(value: object) -> str:
    """Return one of several names; an empty one is refused when its file is looked for."""
    return "" if value == "" else place(_("one of names"), value)


def or_default(field: str, value: T | None, kind: type[T]) -> T:
    """Return `value`, or the default value of its type if it is None."""
    if value is None:
        return kind()
    check(field, value, kind)
    return value


def check(field: str, value: object, *kinds: type) -> None:
    """Refuse a value that has none of these types. An int is accepted as a float."""
    if not any(_is_of_type(value, kind) for kind in kinds):
        refuse(field, value, _type_words(*kinds))


def texts_of(field: str, value: object) -> tuple[str, ...]:
    """Return the texts in an argument that holds one text or several."""
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, Sequence | Set | Iterator) or isinstance(texts, bytes):
        refuse(field, value, _("a text, or a list of texts"))
    texts = tuple(texts)
    for text in texts:
        check(field, text, str)
    return texts


def check_clock(value: object) -> None:
    """Refuse a `now` that is not a function."""
    if not callable(value):
        refuse("now", value, _("a function that returns the time in UTC"))


def check_optional_functions(**functions: object) -> None:
    """Refuse arguments that are neither functions nor None."""
    for field, value in functions.items():
        if value is not None and not callable(value):
            refuse(field, value, _("a function"))


def _is_of_type(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if isinstance(value, datetime):
        return kind is datetime
    return isinstance(value, (int, float) if kind is float else kind)


def _type_words(*kinds: type) -> str:
    """Return the words for a value of one of several types."""
    words = [_one_type_words(kind) for kind in kinds]
    if len(words) == 1:
        return words[0]
    *others, last = words
    return _("{types} or {last_type}").format(types=", ".join(others), last_type=last)


def _one_type_words(kind: type) -> str:
    if kind is NoneType:
        return "None"
    return TYPE_WORDS.get(kind) or _("a {type} of darksocial").format(type=kind.__name__)


def check_fields(value: "DataclassInstance") -> None:
    """Convert the fields of a frozen value to the types of their annotations, or refuse them.

    A single value is accepted in place of a tuple with one item, and a list in place of a tuple.
    """
    for field, kind in get_type_hints(type(value)).items():
        content = getattr(value, field)
        if get_origin(kind) is tuple:
            object.__setattr__(value, field, _several(field, content, get_args(kind)[0]))
        else:
            check(field, content, *(get_args(kind) or (kind,)))


def _several(field: str, value: Any, kind: Any) -> tuple[Any, ...]:
    """Return the values of one type in a field; a dictionary is accepted for pairs."""
    if get_origin(kind) is tuple:
        return _pairs(field, value, get_args(kind))
    items = (value,) if isinstance(value, kind) else value
    if not isinstance(items, list | tuple | Set):
        one = _type_words(kind)
        refuse(field, value, _("{value}, or a list of such values").format(value=one))
    for item in items:
        check(_("one of {field}").format(field=field), item, kind)
    return tuple(items)


def _pairs(field: str, value: Any, kinds: tuple[type, ...]) -> tuple[Any, ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    if not isinstance(pairs, list | tuple | Set):
        refuse(field, value, TYPE_WORDS[Mapping])
    item = _("one of {field}").format(field=field)
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != len(kinds):
            first, second = map(_one_type_words, kinds)
            expected = _("a pair of {first} and {second}").format(first=first, second=second)
            refuse(item, pair, expected)
        for part, kind in zip(pair, kinds, strict=True):
            check(item, part, kind)
    return tuple(map(tuple, pairs))
