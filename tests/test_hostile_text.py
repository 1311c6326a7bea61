"""Hostile text in a log: it reaches no terminal as a command, and files keep it as it was."""

import json
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

import darksocial
from darksocial.printable import printable
from darksocial.report import summary_json
from tests.hostile_files import LINE, parsed
from tests.test_cli import process

ATTACKS = (
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "\u200b\u2066\ufeff\u061c\u00ad",
    "[bold red]markup[/][link=x]y[/link]",
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "**bold** `code` | cell",
    "\x7f\x85\u2028",
)


def _unsafe(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl") and c != "\n"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_printable_leaves_no_control(attack: str) -> None:
    assert not _unsafe(printable(attack))


def test_nothing_in_a_log_takes_over_a_terminal(tmp_path: Path) -> None:
    lines = []
    for at, attack in enumerate(ATTACKS):
        line = LINE.replace("192.0.2.1", f"192.0.2.{at}").replace("Firefox", f"Firefox {attack}")
        path = f"/{attack.replace(' ', '%20')}"
        lines.append(line.replace("/a", path).replace('"-"', f'"https://x.example/{attack}"'))
        lines.append(line.replace("/a", "/static/site.css"))
    logs = tmp_path / "logs"
    logs.mkdir()
    log = logs / "\x1b[31m\u202e[bold]evil[bold].log"
    log.write_text("".join(lines) + LINE * 5 + "".join(f"{attack}\n" for attack in ATTACKS))
    out = tmp_path / "out"
    runs = [
        ("analyze", logs, "--out", out),
        ("explain", out, "--top", "50"),
        ("formats", log),
        ("parse", log, "-o", tmp_path / "h"),
        ("analyze", f"{log}.gone", "--out", out),
        ("explain", out, "--page", ATTACKS[0]),
        ("explain", out, "--app", ATTACKS[0]),
    ]
    for run in runs:
        done = process(*run)
        said = (done.stdout + done.stderr).decode()
        assert not _unsafe(said), (run[0], _unsafe(said))
        assert "Traceback" not in said
    shown = " ".join(process("explain", out, "--top", "50").stdout.decode().split())
    assert "[bold red]markup[/]" in shown


def test_summary_json_escapes_what_no_terminal_shows(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINE.replace("/a", "/\x7f\u202e\x9b") * 3)
    with darksocial.analyze([str(tmp_path / "a.log")]) as analysis:
        text = summary_json.text(analysis.report)
        assert json.loads(text) == analysis.summary()
    assert not _unsafe(text)
    assert r"/\u007f\u202e\u009b" in text


def test_parquet_keeps_texts_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINE.replace("/a", "/=cmd|x!A0") * 3)
    assert process("parse", tmp_path / "a.log", "-o", tmp_path / "h.parquet").returncode == 0
    assert set(pd.read_parquet(tmp_path / "h.parquet").path) == {"/=cmd|x!A0"}


def test_damage_does_not_quote_persons(tmp_path: Path) -> None:
    text = '[{"ip": "192.0.2.1"}, 203.0.113.77 - alice@example.org \x1b[31m]'
    (tmp_path / "a.json").write_text(text)
    said = parsed(tmp_path / "a.json", tmp_path)[1]
    assert "203.0.113.77" not in said
    assert "alice" not in said
    assert not _unsafe(said)
