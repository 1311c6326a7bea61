"""What a log format is: a name, a title and the layout of its lines."""

from dataclasses import dataclass

from darksocial.grammar.layout import Layout


@dataclass(frozen=True, slots=True)
class Source:
    """One log format.

    `name` is what `--format` takes and the name of the module; `title` says it in a few words;
    `layout` is the grammar of a line. What the format can tell follows from the layout.
    """

    name: str
    title: str
    layout: Layout

    @property
    def records(self) -> frozenset[str]:
        """The fields that the format records; what it leaves out is never taken as empty."""
        return self.layout.records
