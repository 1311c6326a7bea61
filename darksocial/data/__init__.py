"""Read the tables in this folder: facts that change without a change of code."""

import csv
from functools import cache
from importlib import resources


@cache
def read(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of the table `darksocial/data/NAME.csv`, each keyed by column name.

    Lines that start with `#` are comments: they name the licence and the source of the table.
    An empty cell is the empty string.
    """
    text = resources.files(__name__).joinpath(f"{name}.csv").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(csv.DictReader(lines))
