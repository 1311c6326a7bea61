"""What a plain installation lacks, and what cannot be read from here: said in words, with a way."""

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from darksocial import InputError, UsageError, nightly, parse, simulate
from darksocial.reading.uris import advice_for
from tests.processes import environment

LOG = Path(__file__).parents[1] / "sample_logs" / "combined.log"
WITHOUT = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        hidden = {"maxminddb", "openpyxl", "pyspark", "weasyprint", "xlsxwriter"}
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
from darksocial.cli import main
main()
"""
"""The program in a process in which no package of an extra can be imported."""


def without_extras(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, arguments)],
        env=environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_missing_engine_is_one_line(tmp_path: Path) -> None:
    done = without_extras("analyze", LOG, "--engine", "spark", "--out", tmp_path / "out")
    assert done.stderr == (
        "darksocial: The engine spark needs PySpark: pip install 'darksocial[spark]'\n"
    )
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.long
def test_countries_of_addresses_need_their_extra(tmp_path: Path) -> None:
    done = without_extras("analyze", LOG, "--geoip", "a.mmdb", "--out", tmp_path / "out")
    assert done.stderr == (
        "darksocial: Countries of addresses need maxminddb: pip install 'darksocial[geoip]'\n"
    )
    assert (done.returncode, done.stdout, (tmp_path / "out").exists()) == (2, "", False)


@pytest.mark.long
def test_a_missing_form_is_one_line_before_the_work(tmp_path: Path) -> None:
    place = f"xlsx={tmp_path / 'report.xlsx'}"
    done = without_extras("analyze", LOG, "--output", place, "--out", tmp_path / "out")
    assert done.stderr == (
        "darksocial: A workbook needs XlsxWriter: pip install 'darksocial[xlsx]'\n"
    )
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])


@pytest.mark.long
def test_an_excel_file_as_input_needs_its_extra(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    Workbook().save(path)
    done = without_extras("parse", path, "--out", tmp_path / "hits.parquet")
    assert f"{path}: this is an Excel file. Save it as CSV (UTF-8)" in done.stderr
    assert "pip install 'darksocial[xlsx]'" in done.stderr
    assert done.returncode == 3


def test_a_page_as_a_pdf_needs_its_extra(tmp_path: Path) -> None:
    done = without_extras("page", tmp_path, "-o", tmp_path / "report.pdf")
    assert done.stderr == (
        "darksocial: A PDF needs WeasyPrint and Pango: pip install 'darksocial[pdf]', and on "
        "Debian apt install libpango-1.0-0 libpangoft2-1.0-0\n"
    )
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])


ADVICE = {
    "file:///var/log/a b.log": "name it by its path: '/var/log/a b.log'",
    "http://localhost:8765/c.log": "copy it to this machine: curl -L -O http://localhost:8765/c.log",
    "s3a://bucket/logs/": "aws s3 cp --recursive s3://bucket/logs/ logs\nor read it on a cluster",
    "s3://bucket/a.log.gz": "aws s3 cp s3://bucket/a.log.gz logs\nor read it on a cluster",
    "gs://bucket/logs": "gcloud storage cp --recursive gs://bucket/logs logs\nor read",
    "hdfs://name/logs/*": "hdfs dfs -get 'hdfs://name/logs/*' logs\nor read it on a cluster",
    "abfss://c@acme/logs": "copy it to this machine, or read it on a cluster with `engine`",
}


@pytest.mark.parametrize("uri", ADVICE)
def test_a_uri_is_answered_with_a_way_to_read_it(uri: str) -> None:
    with pytest.raises(InputError, match="is a URI, which cannot be read from here") as raised:
        parse(uri)
    assert raised.value.advice == advice_for(uri)
    assert ADVICE[uri] in raised.value.advice


def test_a_uri_is_no_folder_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    from datetime import UTC, datetime

    with pytest.raises(UsageError, match="`out` is a URI: gs://bucket/made"):
        simulate("gs://bucket/made", visits=10, days=1)
    with pytest.raises(UsageError, match="`store` is a URI"):
        nightly(LOG, Path("s3://b/store"), secret="x" * 20, now=lambda: datetime.now(UTC))
    with parse(LOG) as hits, pytest.raises(UsageError, match="`hits` is a URI"):
        hits.write("s3://bucket/hits.parquet")
    assert not list(tmp_path.iterdir())
    with parse(LOG) as hits:
        Path("s3:").mkdir()
        hits.write("s3:/hits.parquet")
    assert Path("s3:/hits.parquet").exists()


@pytest.mark.parametrize(
    "command", ["parse {log} -o s3://b/x", "nightly {log} --store s3://b/x", "simulate -o s3://b/x"]
)
def test_the_command_line_makes_no_folder_of_a_uri(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    from click.testing import CliRunner

    from darksocial.cli._main import darksocial

    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is a URI: s3:/b/x"):
        CliRunner().invoke(darksocial, command.format(log=LOG).split(), catch_exceptions=False)
    assert not list(tmp_path.iterdir())
