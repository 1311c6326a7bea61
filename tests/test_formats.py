"""Each format has one sample and one expectation, and exactly one format claims each sample."""

import datetime
import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import darksocial
from darksocial.formats import Format, format_named, registry
from darksocial.inputs.accounts import LineCounts
from darksocial.inputs.detect import detect, rank
from darksocial.inputs.recognise import recognise

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_logs"
GOLDENS = Path(__file__).parent / "formats"
DIRECTIVES = {"nginx_directive": "nginx.conf:main", "apache_directive": "apache.conf:publisher"}
NAMES = sorted([*registry(), *DIRECTIVES])
BESIDE = {
    *("README.md", "nginx.conf", "apache.conf", "truth.jsonl", "column_headers.tsv"),
    *("costs.csv", "partners.csv", "orders.csv"),
}
"""What is no log and no export of visits."""
LOGS = sorted(p for p in SAMPLES.rglob("*") if p.is_file() and p.name not in BESIDE)
WRITTEN = datetime.datetime(2026, 3, 31, tzinfo=datetime.UTC).timestamp()
"""When samples were last written, as far as a format without years asks for it."""


def sample(name: str) -> Path:
    """The sample of a format: a log, an export, or the data file in the folder of an export."""
    folder = SAMPLES / "exports" / name
    found = [*SAMPLES.glob(f"{name}.log"), *SAMPLES.glob(f"exports/{name}.*")]
    found += [path for path in folder.glob("*") if path.name not in BESIDE]
    [path] = found
    os.utime(path, (WRITTEN, WRITTEN))
    return path


class Parsed(NamedTuple):
    """What `parse` makes of a file."""

    counts: LineCounts
    hits: list[dict[str, Any]]
    rejects: list[dict[str, Any]]


@cache
def parsed(path: Path) -> Parsed:
    location = DIRECTIVES.get(path.stem)
    read = darksocial.ReadSettings(log_format_from=str(SAMPLES / location) if location else None)
    with darksocial.parse([str(path)], read=read) as hits:
        [tally] = hits.tallies
        return Parsed(tally.counts, hits.table().to_pylist(), hits.rejects().to_pylist())


def expectation(name: str) -> dict[str, Any]:
    """What `parse` makes of the sample of format `name`: its hits and its rejects as rows."""
    found = parsed(sample(name))
    return {"hits": [*map(_plain, found.hits)], "rejects": [*map(_plain, found.rejects)]}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    values = {
        key: value.isoformat() if isinstance(value, datetime.datetime) else value
        for key, value in row.items()
        if value is not None
    }
    return values | {"file": Path(values["file"]).name}


def golden(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((GOLDENS / f"{name}.json").read_text("utf-8"))
    return expected


@pytest.mark.parametrize("name", NAMES)
def test_sample_against_expectation(name: str) -> None:
    assert expectation(name) == golden(name)


def test_each_format_has_a_sample_and_an_expectation_and_nothing_else_has() -> None:
    exports = (SAMPLES / "exports").glob("*")
    assert sorted([path.stem for path in [*SAMPLES.glob("*.log"), *exports]]) == NAMES
    assert sorted(path.stem for path in GOLDENS.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", sorted(registry()))
def test_exactly_one_format_claims_a_sample(name: str) -> None:
    [found] = recognise([str(sample(name))])
    best, *others = found.detection.claims
    assert best.format.name == name
    assert found.detection.best == best
    most = max(claim.matched for claim in found.detection.claims)
    assert all(rank(best, most)[:-1] < rank(other, most)[:-1] for other in others)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: str(path.relative_to(SAMPLES)))
def test_every_line_is_accounted_for(path: Path) -> None:
    found = parsed(path)
    counted, rejected = len(found.hits), len(found.rejects)
    assert (counted, rejected) == (found.counts.hits, found.counts.rejects)
    assert counted + rejected + found.counts.blanks == found.counts.lines
    holds_batches = path.stem.startswith("azure")  # a line there can hold several records
    if "exports" not in path.parts and not holds_batches:
        assert found.counts.lines == _line_count(path)
    assert counted > 0


def _line_count(path: Path) -> int:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return len(data.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_samples_end_with_their_only_reject(name: str) -> None:
    expected = golden(name)
    [reject] = expected["rejects"]
    assert all(hit["line"] < reject["line"] for hit in expected["hits"])


def test_a_line_made_to_mislead_the_matcher_is_not_matched() -> None:
    misleading = 'a - [02/Mar/2026:08:15:01 +0100] "' * 8000
    whole = '192.0.2.1 - - [02/Mar/2026:08:15:01 +0100] "GET / HTTP/1.1" 200 5'
    best = detect([misleading, whole], registry().values()).best
    assert best is not None
    assert (best.format.name, best.matched, best.lines) == ("common", 1, 1)


def test_registry_is_named_after_its_files() -> None:
    files = {path.stem for path in (Path(darksocial.__file__).parent / "formats").glob("[a-z]*.py")}
    assert set(registry()) == files
    assert all(isinstance(source, Format) and source.title for source in registry().values())


def test_unknown_format() -> None:
    with pytest.raises(darksocial.UsageError, match="There is no format 'iis9'") as raised:
        format_named("iis9")
    assert "combined_extra" in raised.value.expected
