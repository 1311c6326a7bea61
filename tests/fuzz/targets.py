"""Fuzz targets: functions of bytes that raise where a promise is broken.

`tests/test_fuzz.py` runs them with hypothesis, `python -m tests.fuzz TARGET` with atheris.
"""

import functools
import io
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import click
import pyarrow as pa

from darksocial.cli._configuration import defaults
from darksocial.cli._goals import goals_of
from darksocial.cli._main import darksocial
from darksocial.cli._prior import model_of
from darksocial.engines import count_lines
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.errors import DarkSocialError
from darksocial.expressions import built
from darksocial.formats import registry
from darksocial.grammar import Grammar
from darksocial.grammar.columns import Columns
from darksocial.inputs.accounts import LineCounts, LineStream
from darksocial.inputs.detect import detect
from darksocial.parser import Parsing
from darksocial.printable import printable
from darksocial.privacy.lines import redacted
from darksocial.privacy.urls import Parameters, bare_queries, bare_referrers
from darksocial.reading import LINES, ByteStream, InputFile, line_batches, records
from tests.logs import OneStream

ADDRESS = "203.0.113.77"
TOML = Path(tempfile.gettempdir()) / "darksocial-fuzz.toml"
GROUP = click.Context(darksocial, info_name="darksocial")


@functools.cache
def grammars() -> dict[str, Grammar]:
    """Every format that can be read without names from another file."""
    found = {name: source.grammar for name, source in registry().items()}
    return {n: g for n, g in found.items() if not (isinstance(g, Columns) and not g.names)}


@functools.cache
def _engine() -> DuckDBEngine:
    return DuckDBEngine()


def lines(data: bytes) -> None:
    """Lines are hits, rejects or blanks, in every format."""
    names = sorted(grammars())
    name = names[data[0] % len(names)] if data else names[0]
    texts = _texts(data[1:])
    counts = counted(name, texts)
    assert counts.lines == len(texts), (name, counts)


def counted(name: str, texts: list[str]) -> LineCounts:
    """What became of lines that are read as one format."""
    engine = _engine()
    rows = [
        {"file": 0, "line": number, "text": text, "overlong": False}
        for number, text in enumerate(texts, start=1)
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=LINES)
    how = Parsing(name, grammars()[name], latest="2026-03-31")
    parsed = engine.parse_hits(OneStream(LineStream(how, [batch])))
    counts = count_lines(engine, parsed.mutate(lines=1)).get(0, LineCounts())
    engine._connection.execute(f"DROP TABLE {built(parsed).get_name()}")
    return counts


def _texts(data: bytes) -> list[str]:
    text = data.decode("utf-8", errors="backslashreplace").replace("\0", r"\x00")
    return text.split("\n")


def detection(data: bytes) -> None:
    """Any lines are claimed by formats, or by none."""
    found = detect(_texts(data)[:20], registry().values())
    assert len(found.claims) == len(registry())


def containers(data: bytes) -> None:
    """Any bytes are records until they are damaged, and each is a text."""
    container = records.container_of(data)
    names = [container] if container != "lines" else list(records.READERS)
    for name in names:
        with suppress(*records.DAMAGES):
            for record in records.READERS[name](io.BytesIO(data)):
                assert record.encode() is not None


def compression(data: bytes) -> None:
    """Any bytes of a file are lines, numbered from 1, whatever they are compressed by."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with ByteStream(InputFile(file.name, len(data))) as stream, suppress(DarkSocialError):
            numbers = [n for b in line_batches(stream, 0) for n in b.column("line").to_pylist()]
            assert numbers == list(range(1, len(numbers) + 1))


def queries(data: bytes) -> None:
    """A personal parameter is dropped wherever it stands, and a referrer stays one text."""
    text = data.decode("utf-8", errors="replace")
    column = pa.array([f"{text}&email=hush-hush&x=1"], pa.string())
    for function in (bare_queries, bare_referrers):
        [bare] = function(column, Parameters().is_personal).to_pylist()
        assert "&x=1" in f"&{bare}" or "#" in text
        assert "email=hush-hush" not in bare or ("?" not in text and function is bare_referrers)


def redaction(data: bytes) -> None:
    """An address is found wherever it stands, and what is shown has no controls."""
    text = data.decode("utf-8", errors="replace")
    shown = redacted(f"{text[:1000]} {ADDRESS} {text[1000:2000]}")
    assert ADDRESS not in shown.replace(text, "")
    assert printable(shown).isprintable()


def configuration(data: bytes) -> None:
    """Any TOML is a configuration, or an error that says what is wrong."""
    text = data.decode("utf-8", errors="ignore")
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    with suppress(DarkSocialError):
        _configured(content, text)


def _configured(content: dict[str, object], text: str) -> None:
    for name, values in defaults(content, Path("x.toml"), darksocial, GROUP).items():
        command = darksocial.get_command(GROUP, name)
        assert command is not None
        with suppress(click.ClickException):
            arguments = ["x"] if any(isinstance(p, click.Argument) for p in command.params) else []
            ctx = command.make_context(name, arguments, parent=GROUP, default_map=values)
            if "goal" in ctx.params:
                goals_of(ctx.params["goal"])
    if "model" in content:
        TOML.write_text(text, "utf-8")
        model_of(TOML)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        lines,
        detection,
        containers,
        compression,
        queries,
        redaction,
        configuration,
    )
}


def seeds(target: str) -> Iterator[bytes]:
    """Samples to start from."""
    root = Path(__file__).parents[2]
    if target == "configuration":
        page = (root / "docs" / "tutorial.md").read_text("utf-8")
        yield from (block.split("```")[0].encode() for block in page.split("```toml\n")[1:])
        return
    for path in sorted((root / "sample_logs").rglob("*")):
        if path.is_file() and path.stat().st_size < 200_000:
            yield path.read_bytes()[:8000]
