"""Hostile places: archives that climb out, links in circles, pipes, devices, files that vanish."""

import gzip
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import darksocial
from darksocial.errors import InputError
from darksocial.inputs.open import open_inputs
from darksocial.reading import ByteStream, discover, line_batches
from darksocial.settings import ReadSettings
from tests.hostile_files import LINE, LOG, RECORD, parquet, parsed


def test_paths_that_climb_out_of_an_archive_are_only_shown(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x/../../../up.log", LINE * 5)
        archive.writestr("/abs\x1b[31m\u202e.log", LINE * 4 + LINE.replace("/a", "/b"))
    before = sorted(tmp_path.parent.rglob("*.log"))
    code, said = parsed(tmp_path / "a.zip", tmp_path)
    assert (code, said.count("hits: 5")) == (0, 2)
    assert "\x1b" not in said and "\u202e" not in said
    assert sorted(tmp_path.parent.rglob("*.log")) == before


def test_links_that_go_round_in_circles(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "x.log").write_text(LINE)
    assert [Path(file.path).name for file in discover([str(tmp_path)])] == ["x.log"]
    with pytest.raises(InputError):
        discover([str(tmp_path / "a")])


@pytest.mark.long
@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_pipes_are_read_where_they_are_named(tmp_path: Path, packed: Callable[..., bytes]) -> None:
    os.mkfifo(tmp_path / "pipe")
    data = packed(LOG.read_bytes())
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writer.start()
    code, said = parsed(tmp_path / "pipe", tmp_path)
    writer.join()
    assert (code, "lines: 12, of which hits: 11, rejects: 1" in said) == (0, True)


def test_pipes_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x.log").write_text(LINE)
    assert [Path(f.path).name for f in discover([str(tmp_path), f"{tmp_path}/*"])] == ["x.log"]


@pytest.mark.long
def test_process_substitution(tmp_path: Path) -> None:
    command = f"{sys.executable} -m darksocial parse <(cat {LOG}) -o {tmp_path / 'h'}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert b"hits: 11, rejects: 1" in done.stderr


def test_devices_are_refused() -> None:
    with pytest.raises(InputError, match="is not a regular file"):
        discover(["/dev/zero"])


def test_of_a_file_that_grows_as_much_is_read_as_it_had(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(LINE * 5)
    [file] = discover([str(path)])
    with path.open("a") as more:
        more.write(LINE * 5)
    with ByteStream(file) as stream:
        assert sum(batch.num_rows for batch in line_batches(stream, 0)) == 5


def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(LINE * 50_000)
    [file] = discover([str(path)])
    with ByteStream(file) as stream:
        batches = line_batches(stream, 0, block_bytes=1 << 16)
        first = next(batches).num_rows
        os.truncate(path, 10)
        assert 0 < first + sum(batch.num_rows for batch in batches) < 50_000


@pytest.mark.parametrize("name", ["a.log", "a.zip", "a.parquet"])
def test_a_file_that_vanishes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.log", LINE * 5)
    else:
        path.write_bytes(parquet(*[RECORD] * 5) if name == "a.parquet" else LINE.encode() * 5)
    inputs = open_inputs([str(path)], ReadSettings())
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        list(inputs.read[0].sections(None))


def test_a_file_that_vanishes_while_lines_are_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_text(LINE * 5)

    def vanishing(*names: Any, **options: Any) -> object:
        inputs = open_inputs(*names, **options)
        (tmp_path / "a.log").unlink()
        return inputs

    monkeypatch.setattr("darksocial.pipeline.open_inputs", vanishing)
    with pytest.raises(InputError, match=r"a\.log cannot be read: No such file"):
        darksocial.analyze([str(tmp_path / "a.log")])
