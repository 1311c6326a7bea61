"""SQL of DuckDB that was compiled beforehand, since compiling takes longer than a small log does.

`data/compiled_sql.json` holds what `python -m tests.generate --compiled` compiled when it analysed
logs of several sites: for each expression, by a digest of its structure, the SQL. Any other
expression is compiled when it is needed. The digest covers all that an expression is made of, so
that the file can be out of date but never wrong. It names the version of Ibis that compiled it, and
is not used with another one.

A number or a name that differs from site to site makes an expression one of its own. Where it is
part of a large one, a view holds it (`Engine.view`), so that the rest is the same for every site.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

import ibis
import ibis.expr.operations as ops
from ibis.common.collections import FrozenDict

from darksocial import data

COMPILED_FILE = "compiled_sql.json"
DIGEST_BYTES = 12
MAX_COMPILED_EXPRESSIONS = 1024


@lru_cache(maxsize=MAX_COMPILED_EXPRESSIONS)
def sql_of(operation: ops.Node) -> str:
    """Return the SQL of an expression. Equal operations share it within the process."""
    return compiled_before().get(digest_of(operation)) or compiled(operation)


def compiled(operation: ops.Node) -> str:
    """Compile an expression to the SQL of DuckDB."""
    return str(ibis.to_sql(operation.to_expr(), dialect="duckdb", pretty=False))


@cache
def compiled_before() -> Mapping[str, str]:
    """Return the SQL that comes with the package, by digest; nothing for another Ibis."""
    stored = json.loads(data.text_of(COMPILED_FILE))
    sql: dict[str, str] = stored["sql"] if stored["ibis"] == ibis.__version__ else {}
    return sql


def digest_of(operation: ops.Node) -> str:
    """Return a digest of all that an expression is made of, the same in every process.

    What several parts of an expression share is looked at once.
    """
    digests: dict[int, str] = {}
    waiting = [operation]
    while waiting:
        node = waiting[-1]
        if id(node) in digests:
            waiting.pop()
            continue
        missing = [part for part in _parts(node.__args__) if id(part) not in digests]
        if missing:
            waiting.extend(missing)
            continue
        waiting.pop()
        text = f"{type(node).__qualname__}({_text(node.__args__, digests)})"
        digests[id(node)] = hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()
    return digests[id(operation)]


def _parts(value: object) -> Iterator[ops.Node]:
    """Yield the operations in an argument, which may be nested."""
    if isinstance(value, ops.Node):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, FrozenDict):
        for each in value.values():
            yield from _parts(each)


def _text(value: object, digests: Mapping[int, str]) -> str:
    """Return an argument as a text, in which an operation is its digest."""
    if isinstance(value, ops.Node):
        return digests[id(value)]
    if isinstance(value, tuple):
        return f"({','.join([_text(each, digests) for each in value])})"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(repr, value)))}}}"
    if isinstance(value, FrozenDict):
        return f"{{{','.join([f'{key!r}:{_text(each, digests)}' for key, each in value.items()])}}}"
    return repr(value)
