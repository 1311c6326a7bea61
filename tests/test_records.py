"""Files whose records are no lines: what is damaged in them is said, and nothing is lost."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial.inputs.accounts import Tally
from darksocial.reading.records import container_of

ROWS = [
    {"time": "2026-03-02T08:14:05Z", "url": f"/{n}", "referrer": "", "user_agent": 'UA, "x"'}
    for n in range(500)
]


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"time,url,referrer\n2026", "csv"),
        (b"# Start date: 20260301\n\ntime\turl\n", "csv"),
        (b'[{"time": 1}]', "json"),
        (b'[\n {"time": 1}]', "json"),
        (b'{\n  "time": 1\n}', "json"),
        (b'{"data": [\n {"time": 1}]}', "json"),
        (b'{"time": 1}\n{"time": 2}\n', "lines"),
        (b"<result><row/></result>", "xml"),
        (b'<?xml version="1.0"?><result/>', "xml"),
        (b"<134>Mar  2 09:15:01 web nginx: x", "lines"),
        (b"PAR1\x15\x04", "parquet"),
        (b"Obj\x01\x04", "avro"),
        (b'192.0.2.1 - - [02/Mar/2026:08:15:01 +0100] "GET /a,b HTTP/1.1" 200 5', "lines"),
        (b"", "lines"),
    ],
)
def test_what_holds_the_records(head: bytes, container: str) -> None:
    assert container_of(head) == container


def read(path: Path) -> tuple[list[str], Tally]:
    with darksocial.parse([str(path)]) as hits:
        [tally] = hits.tallies
        return hits.table().column("path").to_pylist(), tally


def csv_of(rows: list[dict[str, str]], newline: str = "\n") -> str:
    def cell(value: str) -> str:
        return '"' + value.replace('"', '""') + '"'

    lines = [",".join(ROWS[0]), *(",".join(map(cell, row.values())) for row in rows)]
    return newline.join(lines) + newline


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_with_quotes_and_newlines_in_cells(tmp_path: Path, newline: str) -> None:
    rows = [ROWS[0] | {"user_agent": 'one\ntwo, "three"'}, ROWS[1]]
    path = tmp_path / "own.csv"
    path.write_bytes(csv_of(rows, newline).encode())
    with darksocial.parse([str(path)]) as hits:
        agents = hits.table().column("user_agent").to_pylist()
    assert agents == ['one\ntwo, "three"', 'UA, "x"']


def test_csv_rows_of_another_length_are_rejects(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(csv_of(ROWS[:3]) + "2026-03-02T08:14:05Z,/short\n" + csv_of(ROWS[3:5])[32:])
    paths, tally = read(path)
    assert paths[:3] == ["/0", "/1", "/2"]
    assert tally.counts.rejects >= 1
    assert tally.counts.lines == tally.counts.hits + tally.counts.rejects + tally.counts.blanks


@pytest.mark.parametrize("kind", ["json", "xml", "parquet", "csv"])
def test_what_is_cut_off_gives_what_came_before_and_a_warning(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"own.{kind}"
    if kind == "json":
        path.write_text(json.dumps(ROWS)[:-200])
    elif kind == "xml":
        visit = "<row><idVisit>1</idVisit><visitorId>a</visitorId><actionDetails><row><type>action"
        visit += "</type><url>https://e.org/x</url><timestamp>1772439245</timestamp></row>"
        path.write_text("<result>" + (visit + "</actionDetails></row>") * 400 + visit[:40])
    elif kind == "csv":
        path.write_text(csv_of(ROWS)[:-20])
    else:
        pq.write_table(pa.Table.from_pylist(ROWS), path)
        path.write_bytes(path.read_bytes()[:-40])
    if kind == "parquet":  # its directory stands at the end: nothing can be found without
        with pytest.raises(darksocial.InputError, match="the parquet data is damaged"):
            read(path)
        return
    paths, tally = read(path)
    assert len(paths) >= 399
    if kind == "csv":
        assert tally.counts.rejects == 1
    else:
        assert tally.warning is not None
        assert f"the {kind} data is damaged or ends early" in tally.warning


def test_xml_bombs_are_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "'
    bomb += "&a;" * 1000 + '"><!ENTITY c "' + "&b;" * 1000 + '"><!ENTITY d "' + "&c;" * 1000
    path = tmp_path / "bomb.xml"
    path.write_text(bomb + '">]><result><row><idVisit>&d;</idVisit></row></result>')
    with pytest.raises(darksocial.InputError, match="the xml data is damaged"):
        read(path)


@pytest.mark.parametrize("text", ["[]", "<result></result>", ""])
def test_no_records_are_no_hits(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own"
    path.write_text(text)
    paths, tally = read(path)
    assert paths == []
    assert tally.counts.rejects == 0
    assert tally.warning is None
