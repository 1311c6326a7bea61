"""The tables and views of one database, by name: each is made when a statement first reads it.

Whatever a log lacks is empty in many of them. What must be empty then is not asked at all, and what
nothing asks is not made.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from itertools import chain, count

from darksocial.engines._statements import Statements
from darksocial.expressions.compiled import Compiled, column_list

Errors = Callable[[str], AbstractContextManager[None]]


class Names:
    """The names in one database. `errors` translates those of a statement that makes a name."""

    def __init__(self, statements: Statements, errors: Errors) -> None:
        self._statements = statements
        self._errors = errors
        # What each name is in SQL: a TABLE or a VIEW.
        self._kinds: dict[str, str] = {}
        self._empty: set[str] = set()
        # The statements that make what nothing has read yet.
        self._waiting: dict[str, str] = {}

    def new(self, name: str, kind: str = "TABLE") -> str:
        """Return the name, with a number if it is taken: earlier tables remain."""
        free = next(
            other
            for other in chain([name], (f"{name}_{number}" for number in count(2)))
            if other not in self._kinds
        )
        self._kinds[free] = kind
        return free

    def make_later(self, name: str, statement: str) -> None:
        """Keep the statement that makes a name until another one reads it."""
        self._waiting[name] = statement

    def make_empty(self, name: str, columns: Mapping[str, str]) -> None:
        """Let a name stand for a table without rows."""
        self._kinds[name] = "TABLE"
        self._empty.add(name)
        self.make_later(name, f"CREATE TEMP TABLE {name} ({column_list(columns)})")

    def note_rows(self, name: str, rows: int) -> None:
        """Note how many rows a table has, which stays as it is."""
        if not rows:
            self._empty.add(name)

    def has_no_rows(self, query: Compiled) -> bool:
        """Return whether a query cannot have any rows, since its tables have none."""
        return any(self._empty.issuperset(tables) for tables in query.emptied_by)

    def prepare(self, query: Compiled) -> bool:
        """Make what a query is about to read, and return whether it can have any rows: if not,
        nothing is made."""
        if self.has_no_rows(query):
            return False
        self.make_all_in(query.sql)
        return True

    def make_all_in(self, sql: str) -> None:
        """Make what a statement is about to read."""
        for name in [name for name in self._waiting if f'"{name}"' in sql]:
            if statement := self._waiting.pop(name, ""):
                self.make_all_in(statement)
                with self._errors(name):
                    self._statements.run(statement)

    def copy(self) -> dict[str, str]:
        """Return what each name is, as `forget` takes it."""
        return dict(self._kinds)

    def forget(self, before: Mapping[str, str]) -> None:
        """Drop all but the names that are before."""
        for name, kind in reversed([each for each in self._kinds.items() if each[0] not in before]):
            if not self._waiting.pop(name, ""):
                self._statements.run(f"DROP {kind} IF EXISTS {name}")
            self._empty.discard(name)
        self._kinds = dict(before)
