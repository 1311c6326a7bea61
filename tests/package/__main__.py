"""`python -m tests.package`: build sdist and wheel, and use them as somebody who installs them.

Stops with an error where a file is missing from the sdist, where the wheel brings packages that
only contributors need, or where `darksocial analyze` does not work from it.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".cache" / "package"
FOLDERS = (".ci", "darksocial", "docs", "sample_logs", "tests")
FILES = ("Makefile", "README.md", "pyproject.toml")
SAMPLE = Path("sample_logs") / "publisher" / "access.log"
NOT_NEEDED = {"build", "coverage", "hypothesis", "mypy", "pyspark", "pytest", "ruff"}


def main() -> None:
    """Build, compare, install, analyse."""
    shutil.rmtree(PLACE, ignore_errors=True)
    dist = PLACE / "dist"
    run([sys.executable, "-m", "build", "--quiet", "--outdir", dist, ROOT], ROOT)
    [sdist], [wheel] = dist.glob("*.tar.gz"), dist.glob("*.whl")
    unpacked = _unpacked(sdist)
    missing = sorted(set(_project(ROOT)) - set(_project(unpacked)))
    check(not missing, f"the sdist lacks {', '.join(missing[:5])}")
    python = _installed(wheel)
    with tempfile.TemporaryDirectory() as folder:
        _used(python, unpacked / SAMPLE, Path(folder))
    print(f"{wheel.name} and {sdist.name}: built, installed alone, and used")


def check(holds: bool, problem: str) -> None:
    """Stop with an error where something does not hold."""
    if not holds:
        sys.exit(f"tests.package: {problem}")


def run(
    command: list[str | Path], folder: Path, codes: tuple[int, ...] = (0,)
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends with one of some exit codes."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    words = " ".join(map(str, command))
    check(done.returncode in codes, f"{words} exits with {done.returncode}\n{done.stderr}")
    return done


def _unpacked(sdist: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(PLACE, filter="data")
    return PLACE / sdist.name.removesuffix(".tar.gz")


def _project(root: Path) -> Iterator[str]:
    """The files of the project, by their paths from its top."""
    for name in FOLDERS:
        for path in (root / name).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix()
    yield from (name for name in FILES if (root / name).is_file())


def _installed(wheel: Path) -> Path:
    """Install the wheel into a new environment; return its Python."""
    venv.create(PLACE / "venv")
    python = PLACE / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    constraints = ROOT / ".ci" / "constraints.txt"
    run([*pip, "install", "--quiet", "--no-compile", "-c", constraints, wheel], PLACE)
    run([*pip, "check"], PLACE)
    listed = json.loads(run([*pip, "list", "--format=json"], PLACE).stdout)
    superfluous = NOT_NEEDED & {package["name"].lower() for package in listed}
    check(not superfluous, f"a plain installation brings {', '.join(sorted(superfluous))}")
    return python


def _used(python: Path, sample: Path, folder: Path) -> None:
    """Use what is installed outside the project, as a user does."""
    shutil.copy(sample, folder / "access.log")
    program = python.with_name("darksocial")
    run([program, "analyze", "access.log"], folder)
    summary = json.loads((folder / "darksocial-out" / "summary.json").read_text("utf-8"))
    check(summary["sessions"] > 0, "an analysis of the sample finds no sessions")
    run([python, "-I", "-c", "import darksocial; darksocial.parse('access.log').close()"], folder)
    without = run([program, "analyze", "access.log", "--engine", "spark"], folder, (2,))
    check("Traceback" not in without.stderr, "a missing extra shows a traceback")
    check("darksocial[spark]" in without.stderr, "a missing extra is not named")


main()
