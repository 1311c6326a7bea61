"""Commands run in turn, with the time and the memory that each takes."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Command = Sequence[str]


@dataclass(slots=True)
class Result:
    """What runs of one command took: time, time of cores, and the most memory (MB, resident)."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    @property
    def median(self) -> float:
        """Seconds of the run in the middle."""
        return statistics.median(self.seconds)

    @property
    def median_of_cores(self) -> float:
        """Seconds of all cores together, of the run in the middle."""
        return statistics.median(self.cpu_seconds)


def contest(commands: Mapping[str, Command], rounds: int) -> dict[str, Result]:
    """Run every command once a round. Raises CalledProcessError where one fails."""
    results = {name: Result() for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            _run(command, results[name])
    return results


def _run(command: Command, result: Result) -> None:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    result.seconds.append(time.perf_counter() - started)
    result.cpu_seconds.append(usage.ru_utime + usage.ru_stime)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    result.peak_mb = max(result.peak_mb, usage.ru_maxrss / 1024)
