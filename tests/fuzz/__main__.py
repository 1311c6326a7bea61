"""`python -m tests.fuzz TARGET [libFuzzer options]`: fuzz one target, guided by coverage."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["darksocial"]):
    from tests.fuzz.targets import TARGETS, seeds

name, *options = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    for number, seed in enumerate(seeds(name)):
        (Path(folder) / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], *options, "-max_len=8192", folder], TARGETS[name])
    atheris.Fuzz()
