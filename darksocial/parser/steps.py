"""A query that is written as named steps, so that a person can read it from the top.

Each step reads the one before it. An expression that is used twice is evaluated twice unless it is
a column of an earlier step, so what is needed more than once has a step of its own. DuckDB inlines
a step that is read once: the plan is the one that nested selects have.
"""

from dataclasses import dataclass, replace

from darksocial.parser.line_breaks import SQL_INDENT, with_line_breaks


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, its columns as SQL, and the columns by which its rows are grouped."""

    name: str
    columns: tuple[str, ...]
    group_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a query over `table`, in order."""

    table: str
    steps: tuple[Step, ...] = ()

    def then(self, name: str, *columns: str, group_by: tuple[str, ...] = ()) -> "Steps":
        """Return the steps with one more, which selects columns of the last."""
        return replace(self, steps=(*self.steps, Step(name, columns, group_by)))

    def adding(self, name: str, *columns: str) -> "Steps":
        """Return the steps with one more, which adds columns to those of the last."""
        return self.then(name, "*", *columns)

    def sql(self) -> str:
        """Return SQL that selects what the last step gives."""
        sources = [self.table, *(step.name for step in self.steps)]
        written = ",\n".join(map(_sql_of, self.steps, sources))
        head = f"WITH {written}\n" if self.steps else ""
        return f"{head}SELECT * FROM {sources[-1]}"


def _sql_of(step: Step, source: str) -> str:
    lines = [
        f"{step.name} AS (",
        f"{SQL_INDENT}SELECT",
        _listed(step.columns),
        f"{SQL_INDENT}FROM {source}",
    ]
    if step.group_by:
        lines += [f"{SQL_INDENT}GROUP BY", _listed(step.group_by)]
    return "\n".join([*lines, ")"])


def _listed(columns: tuple[str, ...]) -> str:
    return ",\n".join(with_line_breaks(column, 2) for column in columns)
