"""`make bench`: how fast darksocial is, as ratios within one run.

The logs are made once: one that is mostly assets (log.py), and two in the proportions of a real
site, with few texts of requests and with many (site_log.py). Each contestant then runs `--rounds`
times, in turn, and medians count. GoAccess writes its JSON report and takes part where it is
installed.
"""

import json
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import click
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from tests.bench import DISTINCT
from tests.bench.contest import Command, Result, contest

CACHE = Path(".cache/bench")
LINES_A_VISITOR = 20 / 3
SMALL_AGENTS = 300
LARGE_LINES_AN_AGENT = 100
COPY_BYTES = 1 << 20
REAL, MANY_TEXTS = ", real proportions", ", a third of requests distinct"


@click.command()
@click.option("--lines", default=2_000_000, show_default=True, help="Length of the small log.")
@click.option("--large", default=20_000_000, show_default=True, help="Of the large one; 0: none.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each contestant.")
def main(lines: int, large: int, rounds: int) -> None:
    """Measure, print two tables, and write .cache/bench/result.json."""
    small_log = _log(lines, SMALL_AGENTS)
    large_log = _log(large, large // LARGE_LINES_AN_AGENT) if large else None
    site_logs = {REAL: _site_log(lines, 0.0), MANY_TEXTS: _site_log(lines, DISTINCT)}
    results = contest(_contestants(small_log, large_log, site_logs), rounds)
    ratios = _ratios(results, lines, large)
    ratios |= {f"page views a hit{log}": _page_views_a_hit(log) for log in ("", *site_logs)}
    _show(results, ratios, f"{lines:,} lines, {small_log.stat().st_size / 1e6:,.0f} MB")
    written = {
        "machine": platform.platform(),
        "lines": lines,
        "bytes": small_log.stat().st_size,
        "large_lines": large,
        "rounds": rounds,
        "runs": {name: asdict(result) for name, result in results.items()},
        "ratios": ratios,
    }
    (CACHE / "result.json").write_text(json.dumps(written, indent=1) + "\n")


def _log(lines: int, agents: int) -> Path:
    file = CACHE / f"{lines}-{agents}.log"
    size = (lines, round(lines / LINES_A_VISITOR), agents)
    # In a process of its own: a contestant's peak memory would begin at that of this one.
    subprocess.run([sys.executable, "-m", "tests.bench.log", file, *map(str, size)], check=True)
    return file


def _site_log(lines: int, distinct: float) -> Path:
    file = CACHE / f"{lines}-site-{distinct:.2f}.log"
    size = (str(lines), str(distinct))
    subprocess.run([sys.executable, "-m", "tests.bench.site_log", file, *size], check=True)
    return file


def _contestants(log: Path, large: Path | None, sites: dict[str, Path]) -> dict[str, Command]:
    empty = CACHE / "empty.log"
    empty.touch()
    darksocial = [sys.executable, "-m", "darksocial"]
    hits = str(CACHE / "hits.parquet")

    def analyze(file: Path, name: str = " other") -> Command:
        return [*darksocial, "analyze", str(file), "--out", str(_out(name)), "-q"]

    found: dict[str, Command] = {
        "wc -l": ["wc", "-l", str(log)],
        "parse": [*darksocial, "parse", str(log), "-o", hits, "-q"],
        "analyze": analyze(log, ""),
        "analyze gz": analyze(_compressed(log, "gzip", ".gz")),
        "analyze zst": analyze(_compressed(log, "zstd", ".zst")),
        "analyze, empty log": analyze(empty),
        "--help": [*darksocial, "--help"],
    }
    if large:
        found["analyze, large log"] = analyze(large)
    for name, file in {"": log, **sites}.items():
        found[f"analyze{name}"] = analyze(file, name)
        if shutil.which("goaccess"):
            report = str(CACHE / "goaccess.json")
            found[f"goaccess{name}"] = [
                "goaccess",
                str(file),
                "--log-format=COMBINED",
                "-o",
                report,
            ]
    return found


def _out(log: str) -> Path:
    return CACHE / "results" / (log.strip(", ").replace(" ", "-") or "news")


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
    for name in ("", REAL, MANY_TEXTS):
        if f"goaccess{name}" in results:
            taken = results[f"goaccess{name}"].median / results[f"analyze{name}"].median
            found[f"goaccess, in times of analyze{name}"] = taken
    if large:
        longer = results["analyze, large log"]
        found["large log, time a line"] = longer.median / large / (analyze.median / lines)
        found["large log, peak memory"] = longer.peak_mb / analyze.peak_mb
    return found


def _page_views_a_hit(log: str) -> float:
    """Page views of people in visits, of all hits of a log that was analysed."""
    summary = json.loads((_out(log) / "summary.json").read_text())
    return float(summary["pageviews"] / sum(file["hits"] for file in summary["inputs"]))


def _show(results: dict[str, Result], ratios: dict[str, float], title: str) -> None:
    taken = Table("", title=title, box=None)
    for heading in ("seconds", "CPU s", "peak MB"):
        taken.add_column(heading, justify="right")
    for name, result in results.items():
        of_cores = f"{result.median_of_cores:.2f}"
        taken.add_row(name, f"{result.median:.2f}", of_cores, f"{result.peak_mb:,.0f}")
    compared = Table("", title="ratios", box=None)
    compared.add_column("", justify="right")
    for name, ratio in ratios.items():
        compared.add_row(name, f"{ratio:.2f}")
    Console().print(taken, compared)


main()
