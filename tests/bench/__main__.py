"""`make bench`: how fast darksocial is, as ratios within one run.

Two logs are made once (log.py). Each contestant then runs `--rounds` times, in turn, and medians
count. GoAccess writes its JSON report and takes part where it is installed.
"""

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from tests.bench.contest import Command, Result, contest

CACHE = Path(".cache/bench")
LINES_A_VISITOR = 20 / 3
SMALL_AGENTS = 300
LARGE_LINES_AN_AGENT = 100
COPY_BYTES = 1 << 20


@click.command()
@click.option("--lines", default=2_000_000, show_default=True, help="Length of the small log.")
@click.option("--large", default=20_000_000, show_default=True, help="Of the large one; 0: none.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each contestant.")
def main(lines: int, large: int, rounds: int) -> None:
    """Measure, print two tables, and write .cache/bench/result.json."""
    small_log = _log(lines, SMALL_AGENTS)
    large_log = _log(large, large // LARGE_LINES_AN_AGENT) if large else None
    results = contest(_contestants(small_log, large_log), rounds)
    ratios = _ratios(results, lines, large)
    _show(results, ratios, f"{lines:,} lines, {small_log.stat().st_size / 1e6:,.0f} MB")
    written = {
        "machine": platform.platform(),
        "lines": lines,
        "bytes": small_log.stat().st_size,
        "large_lines": large,
        "rounds": rounds,
        "runs": {name: {"seconds": r.seconds, "peak_mb": r.peak_mb} for name, r in results.items()},
        "ratios": ratios,
    }
    (CACHE / "result.json").write_text(json.dumps(written, indent=1) + "\n")


def _log(lines: int, agents: int) -> Path:
    file = CACHE / f"{lines}-{agents}.log"
    size = (lines, round(lines / LINES_A_VISITOR), agents)
    # In a process of its own: a contestant's peak memory would begin at that of this one.
    subprocess.run([sys.executable, "-m", "tests.bench.log", file, *map(str, size)], check=True)
    return file


def _contestants(log: Path, large: Path | None) -> dict[str, Command]:
    empty = CACHE / "empty.log"
    empty.touch()
    darksocial = [sys.executable, "-m", "darksocial"]
    hits, out = str(CACHE / "hits.parquet"), str(CACHE / "out")

    def analyze(file: Path) -> Command:
        return [*darksocial, "analyze", str(file), "--out", out, "-q"]

    found: dict[str, Command] = {
        "wc -l": ["wc", "-l", str(log)],
        "parse": [*darksocial, "parse", str(log), "-o", hits, "-q"],
        "analyze": analyze(log),
        "analyze gz": analyze(_compressed(log, "gzip", ".gz")),
        "analyze zst": analyze(_compressed(log, "zstd", ".zst")),
        "analyze, empty log": analyze(empty),
        "--help": [*darksocial, "--help"],
    }
    if large:
        found["analyze, large log"] = analyze(large)
    if shutil.which("goaccess"):
        report = str(CACHE / "goaccess.json")
        found["goaccess"] = ["goaccess", str(log), "--log-format=COMBINED", "-o", report]
    return found


def _compressed(log: Path, codec: str, suffix: str) -> Path:
    file = log.with_name(log.name + suffix)
    if not file.exists():
        draft = file.with_suffix(".draft")
        with log.open("rb") as plain, pa.CompressedOutputStream(str(draft), codec) as packed:
            while block := plain.read(COPY_BYTES):
                packed.write(block)
        draft.replace(file)
    return file


def _ratios(results: dict[str, Result], lines: int, large: int) -> dict[str, float]:
    """What is compared: each against `analyze` of the small log, in time or in peak memory."""
    analyze = results["analyze"]
    found = {
        "analyze's time, in times of wc -l": analyze.median / results["wc -l"].median,
        "gz, in times of plain": results["analyze gz"].median / analyze.median,
        "zst, in times of plain": results["analyze zst"].median / analyze.median,
    }
    if "goaccess" in results:
        found["goaccess, in times of analyze"] = results["goaccess"].median / analyze.median
    if large:
        longer = results["analyze, large log"]
        found["large log, time a line"] = longer.median / large / (analyze.median / lines)
        found["large log, peak memory"] = longer.peak_mb / analyze.peak_mb
    return found


def _show(results: dict[str, Result], ratios: dict[str, float], title: str) -> None:
    taken = Table("", title=title, box=None)
    for heading in ("seconds", "peak MB"):
        taken.add_column(heading, justify="right")
    for name, result in results.items():
        taken.add_row(name, f"{result.median:.2f}", f"{result.peak_mb:,.0f}")
    compared = Table("", title="ratios", box=None)
    compared.add_column("", justify="right")
    for name, ratio in ratios.items():
        compared.add_row(name, f"{ratio:.2f}")
    Console().print(taken, compared)


main()
