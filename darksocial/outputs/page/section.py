"""A section of the page: a question and its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from darksocial.outputs.page.cells import Table
from darksocial.outputs.page.charts import Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A question and its answer: what it `says`, a chart and a table.

    folded: what the table is called where it is folded under the chart that shows it.
    """

    id: str
    heading: str
    says: str = ""
    key: Sequence[Mapping[str, str]] = ()
    bar: Chart | None = None
    periods: Chart | None = None
    stories: Sequence[Chart] = ()
    examples: Sequence[Chart] = ()
    table: Table | None = None
    folded: str = ""
    notes: Sequence[str] = field(default_factory=tuple)
