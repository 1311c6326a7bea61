"""Exports in Parquet, Avro, XML and archives are read as those in JSON lines are."""

import gzip
import json
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import darksocial
from tests.export_sessions import EXPORTS, rows


def records(name: str) -> list[dict[str, Any]]:
    """The whole records of a sample of JSON lines."""
    lines = (EXPORTS / name).read_text().splitlines()[:-1]
    return [json.loads(line) for line in lines]


@pytest.mark.long
def test_ga4_as_parquet_is_what_it_is_as_json(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    pq.write_table(pa.Table.from_pylist(records("ga4_bigquery.jsonl")), path)
    assert rows(path) == rows(EXPORTS / "ga4_bigquery.jsonl")


@pytest.mark.long
def test_posthog_as_parquet_holds_its_properties_as_text(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    written = [r | {"properties": json.dumps(r["properties"])} for r in records("posthog.jsonl")]
    pq.write_table(pa.Table.from_pylist(written), path)
    assert rows(path) == rows(EXPORTS / "posthog.jsonl")


def test_cloudfront_as_parquet(tmp_path: Path) -> None:
    """The columns have the names of the fields with underscores, and no brackets."""
    lines = (EXPORTS.parent / "cloudfront_json.log").read_text().splitlines()[:-1]
    renamed = [
        {
            re.sub(r"[-(]", "_", key).replace(")", ""): None if value is None else str(value)
            for key, value in json.loads(line).items()
        }
        for line in lines
    ]
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist(renamed), path)
    with (
        darksocial.parse([str(path)]) as found,
        darksocial.parse([str(EXPORTS.parent / "cloudfront_json.log")]) as expected,
    ):
        assert found.tallies[0].format == "cloudfront_json"
        assert found.table().drop_columns(["file"]) == expected.table().drop_columns(["file"])


def test_ga4_as_avro_is_what_it_is_as_json(tmp_path: Path) -> None:
    value = {
        "type": "record",
        "name": "value",
        "fields": [
            {"name": "string_value", "type": ["null", "string"]},
            {"name": "int_value", "type": ["null", "long"]},
        ],
    }
    parameter = {
        "type": "record",
        "name": "event_param",
        "fields": [{"name": "key", "type": "string"}, {"name": "value", "type": value}],
    }
    device = {
        "type": "record",
        "name": "device",
        "fields": [{"name": "category", "type": ["null", "string"]}],
    }
    schema = {
        "type": "record",
        "name": "event",
        "fields": [
            {"name": "event_timestamp", "type": "long"},
            {"name": "event_name", "type": "string"},
            {"name": "event_params", "type": {"type": "array", "items": parameter}},
            {"name": "user_pseudo_id", "type": ["null", "string"]},
            {"name": "device", "type": device},
        ],
    }
    events = records("ga4_bigquery.jsonl")
    for event in events:
        event["event_timestamp"] = int(event["event_timestamp"])
        for held in event["event_params"]:
            number = held["value"].get("int_value")
            held["value"]["int_value"] = int(number) if number else None
    path = tmp_path / "events.avro"
    with path.open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), events, codec="deflate")
    found = rows(path)
    assert [row[:2] for row in found] == [r[:2] for r in rows(EXPORTS / "ga4_bigquery.jsonl")]


@pytest.mark.long
def test_matomo_as_xml_is_what_it_is_as_json(tmp_path: Path) -> None:
    def element(name: str, value: object) -> ElementTree.Element:
        made = ElementTree.Element(name)
        if isinstance(value, dict):
            made.extend(element(key, held) for key, held in value.items())
        elif isinstance(value, list):
            made.extend(element("row", held) for held in value)
        elif value is not None:
            made.text = str(value)
        return made

    visits = json.loads((EXPORTS / "matomo.json").read_text())
    path = tmp_path / "visits.xml"
    ElementTree.ElementTree(element("result", visits)).write(path, "utf-8", xml_declaration=True)
    assert rows(path) == rows(EXPORTS / "matomo.json")


@pytest.mark.long
def test_amplitude_comes_as_gz_files_in_a_zip_archive(tmp_path: Path) -> None:
    lines = (EXPORTS / "amplitude.jsonl").read_bytes().splitlines(keepends=True)
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("42/42_2026-03-02_8#0.json.gz", gzip.compress(b"".join(lines[:3])))
        archive.writestr("42/42_2026-03-02_9#0.json.gz", gzip.compress(b"".join(lines[3:])))
        archive.writestr("__MACOSX/42/._x", b"\0\0")
    assert rows(path) == rows(EXPORTS / "amplitude.jsonl")
    with darksocial.parse([str(path)]) as hits:
        assert [Path(tally.file).name for tally in hits.tallies] == [
            "42_2026-03-02_8#0.json.gz",
            "42_2026-03-02_9#0.json.gz",
        ]
