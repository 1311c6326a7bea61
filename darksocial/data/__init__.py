"""Read the tables in this folder: facts that change without a change of code."""

import csv
from functools import cache
from importlib import resources


def text_of(file: str) -> str:
    """Return the text of a file in this folder."""
    return resources.files(__name__).joinpath(file).read_text("utf-8")


@cache
def read(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of the table `darksocial/data/NAME.csv`, each keyed by column name.

    Lines that start with `#` are comments: they name the licence and the source of the table.
    An empty cell is the empty string.
    """
    lines = (line for line in text_of(f"{name}.csv").splitlines() if not line.startswith("#"))
    return tuple(csv.DictReader(lines))
