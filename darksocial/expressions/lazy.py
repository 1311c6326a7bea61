"""What is noted of an expression, how its digest is made, and how it is built."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, cast

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

Value = str | int | float | bool
DIGEST_BYTES = 12
# What may be an argument beside expressions and what holds them: its text says all of it.
PLAIN_TYPES = (str, int, float, bool, bytes, datetime, date, timedelta, type(None))
OPERATORS: dict[str, Callable[..., Any]] = {
    "__add__": operator.add,
    "__sub__": operator.sub,
    "__mul__": operator.mul,
    "__truediv__": operator.truediv,
    "__floordiv__": operator.floordiv,
    "__mod__": operator.mod,
    "__pow__": operator.pow,
    "__and__": operator.and_,
    "__or__": operator.or_,
    "__xor__": operator.xor,
    "__eq__": operator.eq,
    "__ne__": operator.ne,
    "__lt__": operator.lt,
    "__le__": operator.le,
    "__gt__": operator.gt,
    "__ge__": operator.ge,
    "__invert__": operator.invert,
    "__neg__": operator.neg,
}
COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
_given = count()
UNARY = ("__invert__", "__neg__")


class LazyExpression:
    """What was asked of expressions of Ibis: it stands for a table, a column or a function.

    It has the operators, methods and columns of what it stands for; whether they exist shows when
    it is built. Expressions of the same digest are built alike.
    """

    __slots__ = ("_arguments", "_built", "_columns", "_digest", "_operation", "_values")

    def __init__(self, operation: str, *arguments: Any) -> None:
        self._operation = operation
        self._arguments = arguments
        self._built: Any = None
        self._columns: tuple[str, ...] | None = None
        self._values: dict[str, Value] = {}
        text = operation + _text(arguments, self._values)
        self._digest = blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()

    def __getattr__(self, name: str) -> LazyExpression:
        if name.startswith("__"):
            raise AttributeError(name)
        return LazyExpression("attribute", self, name)

    def __getitem__(self, key: Any) -> LazyExpression:
        return LazyExpression("item", self, key)

    def __call__(self, *arguments: Any, **keywords: Any) -> LazyExpression:
        return LazyExpression("call", self, arguments, keywords)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of a table's columns."""
        if self._columns is None:
            from darksocial.expressions.compiled import column_names

            self._columns = column_names(self)
        return self._columns

    def __bool__(self) -> NoReturn:
        raise TypeError("an expression has no value yet, so it is neither true nor false")

    def __iter__(self) -> NoReturn:
        raise TypeError("an expression has no value yet, so it has no items")

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"LazyExpression({self._operation!r}, digest={self._digest!r})"


def _operator(name: str) -> Callable[..., LazyExpression]:
    """Return the method that notes an operator."""

    def noted(self: LazyExpression, *others: object) -> LazyExpression:
        return LazyExpression(name, self, *others)

    return noted


def _reflected(name: str) -> Callable[[LazyExpression, object], LazyExpression]:
    """Return the method that notes an operator whose left side is no expression."""

    def noted(self: LazyExpression, other: object) -> LazyExpression:
        return LazyExpression(name, other, self)

    return noted


for _name in OPERATORS:
    setattr(LazyExpression, _name, _operator(_name))
    if _name not in (*COMPARISONS, *UNARY):
        setattr(LazyExpression, f"__r{_name[2:]}", _reflected(_name))
del _name


def _text(value: object, values: dict[str, Value]) -> str:
    """Return a text of an argument, in which an expression is its digest; add the values of its
    parameters to `values`."""
    # What comes most often is asked first: an analysis notes 6,500 expressions.
    if type(value) is LazyExpression:
        for name, each in value._values.items():
            if values.setdefault(name, each) != each:
                raise ValueError("a parameter has two values", name)
        return f"@{value._digest}"
    if type(value) is str:
        return repr(value)
    if isinstance(value, tuple | list):
        return f"({','.join([_text(each, values) for each in value])})"
    if isinstance(value, dict):
        items = [f"{key!r}:{_text(each, values)}" for key, each in value.items()]
        return f"{{{','.join(items)}}}"
    if isinstance(value, frozenset | set):
        return f"{{{','.join(sorted(map(repr, value)))}}}"
    if isinstance(value, PLAIN_TYPES):
        return repr(value)
    raise TypeError("not an argument of an expression", value)


def digest_of(expression: LazyExpression) -> str:
    """Return a digest of all that was noted, the same in every process."""
    return expression._digest


def values_in(expression: object) -> Mapping[str, Value]:
    """Return the values of the parameters of an expression, by name; none if Ibis made it."""
    return expression._values if isinstance(expression, LazyExpression) else {}


def parameter(name: str, value: Value, kind: str) -> ir.Scalar:
    """Return a constant that differs from log to log: it is no part of digests.

    `kind` is its type as Ibis writes it. In the SQL that Ibis compiles there is a mark, which
    compiled.py fills in.
    """
    noted = LazyExpression("parameter", name, kind)
    noted._values = {name: value}
    return cast("ir.Scalar", noted)


def mark_of(name: str) -> str:
    """Return the text that stands for a parameter in compiled SQL."""
    return f"parameter:{name}"


def table(name: str, columns: Mapping[str, str]) -> ir.Table:
    """Return a table of an engine, from its name and the types of its columns as Ibis writes
    them."""
    noted = LazyExpression("table", name, dict(columns))
    noted._columns = tuple(columns)
    return cast("ir.Table", noted)


def noted(expression: ir.Table) -> ir.Table:
    """Return a lazy expression for one of Ibis, which differs from any other."""
    lazy = LazyExpression("given", next(_given))
    lazy._built, lazy._columns = expression, tuple(expression.columns)
    return cast("ir.Table", lazy)


def built(expression: ir.Table) -> ir.Table:
    """Return the expression of Ibis for one that was noted; any other is returned as it is.

    What several parts share is built once. Raises what Ibis raises.
    """
    if not isinstance(expression, LazyExpression):
        return expression
    waiting = [expression]
    while waiting:
        latest = waiting[-1]
        if latest._built is None:
            missing = [part for part in _parts(latest._arguments) if part._built is None]
            if missing:
                waiting += missing
                continue
            latest._built = _asked(latest._operation, _real(latest._arguments))
        waiting.pop()
    return cast("ir.Table", expression._built)


def _parts(value: object) -> Iterator[LazyExpression]:
    """Yield the expressions in an argument, which may be nested."""
    if isinstance(value, LazyExpression):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _parts(each)


def _real(value: Any) -> Any:
    """Return an argument with the real expressions in place of the noted ones."""
    if isinstance(value, LazyExpression):
        return value._built
    if isinstance(value, tuple | list):
        return type(value)([_real(each) for each in value])
    if isinstance(value, dict):
        return {key: _real(each) for key, each in value.items()}
    return value


def _asked(operation: str, arguments: Sequence[Any]) -> Any:
    """Ask of real expressions what was noted."""
    import ibis

    match operation:
        case "function":
            return getattr(ibis, *arguments)
        case "table":
            name, columns = arguments
            return ibis.table(columns, name)
        case "parameter":
            name, kind = arguments
            return ibis.literal(mark_of(name)).cast(kind)
        case "attribute":
            return getattr(*arguments)
        case "item":
            return operator.getitem(*arguments)
        case "call":
            function, positional, keywords = arguments
            return function(*positional, **keywords)
        case _:
            return OPERATORS[operation](*arguments)


class _Functions:
    """Stands for the module `ibis`: has its functions, lazily."""

    def __getattr__(self, name: str) -> LazyExpression:
        function = LazyExpression("function", name)
        setattr(self, name, function)
        return function


class _Types:
    """Stands for the module `ibis.expr.types` in annotations."""

    def __getattr__(self, name: str) -> type[LazyExpression]:
        return LazyExpression


if not TYPE_CHECKING:
    ibis, ir = _Functions(), _Types()
