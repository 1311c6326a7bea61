"""Errors of the library name fields, and those of the command line options."""

from pathlib import Path

import pytest

from darksocial import Policy, ReadSettings, Resources, UsageError, parse
from tests.test_cli import process


def test_the_library_names_fields(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`format` and `log_format` are given together"):
        ReadSettings(format="combined", log_format="%h")
    with pytest.raises(UsageError, match="Expected: `master` with `engine` spark only"):
        Resources(master="local")
    with pytest.raises(UsageError, match="`map`: 'time' does not say"):
        _ = ReadSettings(map=("time",)).mapping
    with pytest.raises(UsageError, match="one of never, monthly, daily; the nearest is monthly"):
        Policy(rotate_key="month")
    with pytest.raises(UsageError, match="Try: to name a format use `format`;"):
        parse(tmp_path, read=ReadSettings(log_format="combined"))


def test_the_command_line_names_options(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("", "utf-8")
    both = process("analyze", log, "--format", "combined", "--log-format", "%h")
    assert both.returncode == 2
    assert "--format and --log-format are given together" in both.stderr.decode()
    wrong = process("analyze", log, "--log-format", "combined")
    assert wrong.returncode == 2
    assert "use --format; `darksocial formats` lists the names" in wrong.stderr.decode()
