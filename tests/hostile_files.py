"""Lines, records and files for tests of hostile input, and `parse` in a measured process."""

import io
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[1]


LOG = ROOT / "sample_logs" / "combined.log"


MIB = 1 << 20


MEMORY = 700 * MIB


MEASURED = """
import atexit, re, sys
from darksocial.cli import main
status = open("/proc/self/status")
peak = re.compile(r"VmHWM:\\s*(\\d+)")
atexit.register(lambda: print("PEAK", peak.search(status.read())[1], file=sys.stderr))
main()
"""


LINE = (
    '192.0.2.1 - - [02/Mar/2026:08:15:01 +0100] "GET /a HTTP/1.1" 200 12 "-" '
    '"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"\n'
)


RECORD = {
    "time": "2026-03-02T08:15:01Z",
    "url": "/a",
    "ip": "192.0.2.1",
    "user_agent": "Mozilla/5.0",
    "referrer": "-",
}


def parsed(path: object, folder: Path, *, memory: int = MEMORY) -> tuple[int, str]:
    """The exit code and what was said of parsing a file, in a process that may not take more."""
    command = [sys.executable, "-c", MEASURED, "parse", str(path), "-o", str(folder / "h")]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)
    said, _, peak = done.stderr.decode().rpartition("PEAK ")
    assert "Traceback" not in said
    assert int(peak) * 1024 < memory, f"{int(peak) >> 10} MiB"
    return done.returncode, " ".join(said.split())


def parquet(*records: dict[str, str]) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(records)), written, compression="zstd")
    return written.getvalue()
