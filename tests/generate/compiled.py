"""The SQL that comes with the package (darksocial/expressions/compiled.py).

`python -m tests.generate.compiled` prints the file. What is compiled for one of the sites below
alone holds what is particular to it, such as its domain or its secret: nobody else would ask for
it.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast
from unittest.mock import patch

import ibis
import ibis.expr.types as ir

import darksocial
from darksocial.expressions import LazyExpression, compiled
from darksocial.expressions.compiled import Compiled
from darksocial.expressions.lazy import digest_of
from tests.nights import NOW, lines_of

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_logs"
PATH = ROOT / "darksocial" / "data" / compiled.COMPILED_FILE
# An expression must occur in the runs of so many sites.
MIN_SITES = 2
ANALYSED = (
    ("publisher/access.log*",),
    ("combined.log",),
    ("alb.log", "combined.log"),
    ("common.log",),
    ("vhost.log", "w3c.log"),
    ("exports/ga4_csv.csv",),
    ("exports/plausible.csv",),
    ("exports/posthog.jsonl",),
)
# Sites and worlds whose logs ask what the samples do not: which requests are loaded by pages, and
# which parameters name pages.
SIMULATED = (
    ("shop", None),
    ("shop", "bare-assets"),
    ("publisher", "bare-assets"),
    ("shop", "page-in-query"),
    ("publisher", "page-in-query"),
)
SIMULATED_VISITS = 500
# Names of options in sets have the same order with one seed alone.
SEED = "0"


def file_text() -> str:
    """The text of the file, made in a process of its own."""
    command = [sys.executable, "-m", "tests.generate.compiled"]
    environment = os.environ | {"PYTHONHASHSEED": SEED}
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


def runs(folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """The runs whose expressions are compiled, each with the name of its site."""
    for names in ANALYSED:
        yield names[0], partial(_analysed, [str(SAMPLES / name) for name in names], folder)
    for names in ANALYSED[:4]:
        yield names[0], partial(darksocial.check, [str(SAMPLES / name) for name in names])
    # What only a log without visits asks, in two that are no copies of each other.
    for name, text in {"empty.log": "", "blank.log": "\n"}.items():
        (folder / name).write_text(text)
        yield name, partial(_analysed, [str(folder / name)], folder)
    for site, world in SIMULATED:
        log = folder / f"{site}-{world}" / "access.log"
        darksocial.simulate(log.parent, site=site, world=world, visits=SIMULATED_VISITS)
        yield site, partial(_analysed, [str(log)], folder)
        if world == "bare-assets":
            store = folder / "stores" / f"{site}-{world}"
            now = partial(_after, 0)
            yield site, partial(darksocial.nightly, [str(log)], store, secret=site, now=now)
    of_others = (SAMPLES / "combined.log").read_text().splitlines(keepends=True)
    for site, days in {
        "night": [lines_of(0), lines_of(1)],
        "combined.log": [of_others, []],
    }.items():
        log = folder / "night.log"
        log.write_text("")
        for day, lines in enumerate(days):
            with log.open("a") as file:
                file.writelines(lines)
            now = partial(_after, day)
            store = folder / "stores" / site
            yield site, partial(darksocial.nightly, [str(log)], store, secret=site, now=now)


def _after(days: int) -> datetime:
    return NOW + timedelta(days=days)


def _analysed(names: list[str], folder: Path) -> None:
    with darksocial.analyze(names) as analysis, tempfile.TemporaryDirectory(dir=folder) as out:
        analysis.write(Path(out) / "out")


def content() -> dict[str, object]:
    """What is compiled for the runs of at least `MIN_SITES` sites, by digest."""
    recorded: dict[str, Compiled] = {}
    sites: dict[str, set[str]] = {}
    site = ""

    def record(expression: LazyExpression) -> Compiled:
        digest = digest_of(expression)
        sites.setdefault(digest, set()).add(site)
        if digest not in recorded:
            recorded[digest] = compiled.compiled_by_ibis(cast(ir.Table, expression))
        return recorded[digest]

    def columns_recorded(expression: LazyExpression) -> tuple[str, ...]:
        return tuple(record(expression).columns)

    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(compiled, "compiled_before", lambda: compiled.Stored({}, {})),
        patch.object(compiled, "compiled_once", record),
        patch.object(compiled, "column_names", columns_recorded),
    ):
        for run_site, run in runs(Path(folder)):
            site = run_site
            run()
    common = {
        digest: recorded[digest] for digest in sorted(recorded) if len(sites[digest]) >= MIN_SITES
    }
    names = {name for each in common.values() for name in each.columns.values()}
    kinds = {name: compiled.kind_by_ibis(name) for name in sorted(names)}
    return {
        "ibis": ibis.__version__,
        "kinds": {
            name: {"duckdb": kind.duckdb, "arrow": compiled.text_of_field(kind.arrow)}
            for name, kind in kinds.items()
        },
        "expressions": {
            digest: {
                "sql": each.sql,
                "columns": dict(each.columns),
                "emptied_by": each.emptied_by,
            }
            for digest, each in common.items()
        },
    }


if __name__ == "__main__":
    print(json.dumps(content(), indent=0))
