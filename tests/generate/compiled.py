"""The SQL that comes with the package (darksocial/engines/_compiled.py).

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
from unittest.mock import patch

import ibis
import ibis.expr.operations as ops

import darksocial
from darksocial.engines import _compiled
from tests.nights import NOW, lines_of

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_logs"
PATH = ROOT / "darksocial" / "data" / _compiled.COMPILED_FILE
# An expression must occur in the runs of so many sites.
MIN_SITES = 2
ANALYSED = (
    ("publisher/access.log*",),
    ("combined.log",),
    ("common.log",),
    ("vhost.log", "w3c.log"),
    ("exports/ga4_csv.csv",),
    ("exports/plausible.csv",),
    ("exports/posthog.jsonl",),
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
    darksocial.simulate(folder / "shop", site="shop", visits=SIMULATED_VISITS)
    yield "shop", partial(_analysed, [str(folder / "shop" / "access.log")], folder)
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


def compiled_sql() -> dict[str, str]:
    """The SQL that the runs of at least `MIN_SITES` sites compile, by digest."""
    sql: dict[str, str] = {}
    sites: dict[str, set[str]] = {}
    compile_it = _compiled.compiled
    site = ""

    def recorded(operation: ops.Node) -> str:
        digest = _compiled.digest_of(operation)
        sites.setdefault(digest, set()).add(site)
        sql[digest] = compile_it(operation)
        return sql[digest]

    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(_compiled, "compiled_before", dict),
        patch.object(_compiled, "compiled", recorded),
    ):
        for run_site, run in runs(Path(folder)):
            site = run_site
            _compiled.sql_of.cache_clear()
            run()
    return {digest: sql[digest] for digest in sorted(sql) if len(sites[digest]) >= MIN_SITES}


if __name__ == "__main__":
    print(json.dumps({"ibis": ibis.__version__, "sql": compiled_sql()}, indent=0))
