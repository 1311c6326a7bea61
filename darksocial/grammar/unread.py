"""Which fields of a file hold something and are not read: what `darksocial formats FILE` names."""

from collections.abc import Iterator, Mapping, Sequence

from darksocial.grammar.keys import Keys
from darksocial.grammar.values import Step

Path = tuple[Step, ...]
EMPTY: tuple[object, ...] = (None, "", "-", [], {})


def unread_names(grammar: Keys, lines: Sequence[str]) -> tuple[str, ...]:
    """Return the names of fields that some record fills and the grammar does not look at.

    Of an object of which some fields are read, the others are named, as `context.locale`. Comments
    before the records are no fields.
    """
    read = set(_paths_read(grammar))
    records = [record for line in lines if (record := grammar.record(line)) is not None]
    names = (name for record in records for name in _names(record, read))
    return tuple(dict.fromkeys(names))


def _paths_read(grammar: Keys) -> Iterator[Path]:
    for value in grammar.values:
        for template in value.templates:
            yield from template.paths
    yield from (steps for steps in (*grammar.needs, *grammar.requests_have) if len(steps) > 1)
    yield from grammar.paths_of_rules


def _names(record: Mapping[str, object], read: set[Path]) -> Iterator[str]:
    first_steps = {steps[0] for steps in read}
    pairs = {steps[:2] for steps in read if len(steps) > 1}
    for name, content in record.items():
        if name.startswith("#") or content in EMPTY:
            continue
        if name not in first_steps:
            yield name
        elif isinstance(content, dict) and (name,) not in read:
            inner = ((key, held) for key, held in content.items() if held not in EMPTY)
            yield from (f"{name}.{key}" for key, _held in inner if (name, key) not in pairs)
