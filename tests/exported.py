"""What the parser makes of a small export: each column of its rows, without an analysis."""

from pathlib import Path
from typing import Any

import duckdb

from darksocial.grammar.keys import Keys
from darksocial.grammar.mapping import mapped
from darksocial.inputs.recognise import data_files, look_at
from darksocial.parser import Parsing
from darksocial.parser.connection import prepare
from darksocial.parser.hits import parser_sql
from darksocial.reading.lines import LINES
from darksocial.reading.records import batches, container_of, exploded, records_of
from darksocial.reading.streams import ByteStream


def exported_rows(path: Path, text: str, **assigned: str) -> list[dict[str, Any]]:
    """The rows of an export that are hits or rejects, without what is null.

    The format is the one that the file would be read in, unless keys are `assigned` to fields.
    """
    path.write_text(text, "utf-8")
    [file] = data_files([str(path)])
    with ByteStream(file) as stream:
        claim = None if assigned else look_at(stream).detection.best
    with ByteStream(file) as stream:
        container = container_of(text.encode())
        is_lines = container == "lines"
        texts = text.splitlines() if is_lines else list(records_of(container, stream))
    grammar = claim.grammar if claim else mapped(texts, assigned)
    name = claim.format.name if claim else "map"
    assert isinstance(grammar, Keys), texts
    texts = list(exploded(texts, grammar.each)) if grammar.each else texts
    with duckdb.connect() as connection:
        prepare(connection)
        connection.register("lines", next(batches(texts, 0))[1].select(LINES.names))
        result = connection.sql(parser_sql(Parsing(name, grammar))).to_arrow_table()
    rows = [row for row in result.to_pylist() if row["reason"] not in ("blank", "comment")]
    return [{key: value for key, value in row.items() if value is not None} for row in rows]
