"""`make bench`: lines a second of parse and analyze, beside `wc -l` and GoAccess.

A simulated log is made once; each contestant then reads it `--rounds` times, in turn, and the
medians are printed. GoAccess writes its JSON report and takes part where it is installed.
"""

import json
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from darksocial import simulate

CACHE = Path(".cache/bench")
LINES_A_VISIT = 13.55


@click.command()
@click.option("--lines", default=2_000_000, show_default=True, help="Length of the log, about.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each contestant.")
def main(lines: int, rounds: int) -> None:
    """Measure and print a table; write it to .cache/bench/result.json."""
    log, count = _log(lines)
    contestants = _contestants(log)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, command in contestants.items():
            times[name].append(_seconds(command))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    _show(medians, count, log.stat().st_size, rounds)
    result = {
        "machine": platform.platform(),
        "lines": count,
        "bytes": log.stat().st_size,
        "rounds": rounds,
        "seconds": times,
        "medians": medians,
    }
    (CACHE / "result.json").write_text(json.dumps(result, indent=1) + "\n")


def _log(lines: int) -> tuple[Path, int]:
    folder = CACHE / str(lines)
    log = folder / "access.log"
    if not log.exists():
        simulate(folder, seed=1, visits=round(lines / LINES_A_VISIT))
    with log.open("rb") as file:
        return log, sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _contestants(log: Path) -> dict[str, Sequence[str]]:
    darksocial = [sys.executable, "-m", "darksocial"]
    hits, out = str(CACHE / "hits.parquet"), str(CACHE / "out")
    found: dict[str, Sequence[str]] = {
        "wc -l": ["wc", "-l", str(log)],
        "darksocial parse": [*darksocial, "parse", str(log), "-o", hits, "-q"],
        "darksocial analyze": [*darksocial, "analyze", str(log), "--out", out, "-q"],
    }
    if shutil.which("goaccess"):
        report = str(CACHE / "goaccess.json")
        found["goaccess"] = ["goaccess", str(log), "--log-format=COMBINED", "-o", report]
    return found


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=3600
    )
    return time.perf_counter() - started


def _show(medians: dict[str, float], lines: int, size: int, rounds: int) -> None:
    table = Table(title=f"{lines:,} lines, {size / 1e6:,.0f} MB, median of {rounds}", box=None)
    table.add_column("")
    for name in ("seconds", "lines/s", "x analyze's time"):
        table.add_column(name, justify="right")
    analyze = medians["darksocial analyze"]
    for name, seconds in medians.items():
        table.add_row(name, f"{seconds:.2f}", f"{lines / seconds:,.0f}", f"{seconds / analyze:.2f}")
    Console().print(table)


main()
