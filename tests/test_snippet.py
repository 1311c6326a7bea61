"""The script of `darksocial snippet`: its size, what it may name, and what goes with it."""

import base64
import gzip
import hashlib
import re
import socket
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result

from darksocial import UsageError
from darksocial.cli._main import darksocial
from darksocial.inputs.open import open_inputs
from darksocial.settings import ReadSettings
from darksocial.tracking.serving import lines_for
from darksocial.tracking.snippet import EXTRAS, snippet

FORBIDDEN = re.compile(r"(?i)cookie|storage|indexeddb|caches|sendbeacon|eval|function\(|http")
MAX_BYTES, MAX_EXTRA_BYTES = 1024, 400


def run(*arguments: object) -> Result:
    words = ["snippet", *map(str, arguments)]
    return CliRunner().invoke(darksocial, words, catch_exceptions=False)


@pytest.mark.parametrize("level", ["full", "method"])
def test_it_is_small(level: str) -> None:
    plain = snippet(level=level)
    whole = snippet(level=level, extras=EXTRAS)
    assert plain.gzipped_bytes == len(gzip.compress(plain.text.encode())) <= MAX_BYTES
    assert whole.gzipped_bytes - plain.gzipped_bytes <= MAX_EXTRA_BYTES


@pytest.mark.parametrize(
    ("level", "beacon", "extras"),
    list(product(("full", "method"), ("/ds.txt", None), ((), EXTRAS))),
    ids=str,
)
def test_it_names_nothing_that_is_kept(
    level: str, beacon: str | None, extras: tuple[str, ...]
) -> None:
    script = snippet(level=level, beacon=beacon, extras=extras)
    assert not FORBIDDEN.search(script.text)
    assert not re.search(r"\$[a-z]|//|NAME|LETTERS|LEFT|PATHS|STATE|WORDS|BEACON", script.text)
    assert ("/ds.txt" in script.text) == bool(beacon)
    assert ("random" in script.text) == (level == "full")
    assert ("dataset.share" in script.text) == bool(extras)


def test_paths_become_one_pattern() -> None:
    script = snippet(paths=["/news/*", "/a.b+c"]).text
    assert r"!/^(\/news\/.*|\/a\.b\+c)$/.test(" in script


REFUSED = [
    ({"level": "none"}, "`level`: there is no level 'none'"),
    ({"extras": "button"}, "`extras`: there is no part 'button'"),
    ({"beacon": "ds.txt"}, "`beacon`: 'ds.txt' is not a path"),
    ({"beacon": "/*"}, "`beacon`: '/\\*' is not a path"),
    ({"paths": "/a')//"}, '`paths`: "/a\'\\)//" is not a path'),
    ({"share_parameter": ""}, "`share_parameter` is empty"),
    ({"share_parameter": "S"}, "`share_parameter`: 'S' is not the name"),
]


@pytest.mark.parametrize(("arguments", "problem"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_it_refuses(arguments: dict[str, str], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        snippet(**arguments)  # type: ignore[arg-type]


def test_lines_for_servers_have_the_parameter_the_hash_and_the_path() -> None:
    script = snippet(share_parameter="dsh", beacon="/s.txt")
    lines = {each.title: each.text for each in lines_for(script, "/js/ds.js")}
    digest = base64.b64encode(hashlib.sha384(script.text.encode()).digest()).decode()
    [element] = [text for text in lines.values() if text.startswith("<script")]
    assert element == f'<script src="/js/ds.js" integrity="sha384-{digest}"></script>'
    assert "location = /s.txt { return 204; }" in lines["nginx"]
    assert "Redirect 204 /s.txt" in lines["Apache"]
    assert all("dsh" in lines[name] for name in ("nginx", "Apache", "Varnish", "Caches of others"))
    silent = {each.title: each.text for each in lines_for(snippet(beacon=None), "/ds.js")}
    assert "204" not in silent["nginx"] + silent["Apache"]


def test_the_command_writes_the_script_and_says_what_it_means(tmp_path: Path) -> None:
    printed = run()
    assert printed.stdout == snippet().text
    assert "Level full:" in printed.stderr and "integrity=" in printed.stderr
    file = tmp_path / "shares.js"
    written = run("--level", "method", "--with", "buttons", "--no-beacon", "-o", file)
    assert file.read_text() == snippet(level="method", extras="buttons", beacon=None).text
    assert 'src="/shares.js"' in written.stdout and "Level method:" in written.stdout


def test_the_server_of_the_tutorial_writes_a_log_with_browsers(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "tutorial.md").read_text("utf-8")
    [server] = re.findall(r"```py\n(.*?)```", text, re.DOTALL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "serve.py").write_text(server.replace("8000", str(port)), "utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "ds.txt").touch()
    asked = Request(f"http://127.0.0.1:{port}/ds.txt?sh=c", headers={"User-Agent": "Agent/1"})
    with subprocess.Popen([sys.executable, "serve.py"], cwd=tmp_path) as process:
        try:
            assert answered(asked) == b""
        finally:
            process.terminate()
    log = tmp_path / "access.log"
    assert log.read_text("utf-8").endswith('"GET /ds.txt?sh=c HTTP/1.1" 200 0 "-" "Agent/1"\n')
    assert open_inputs([str(log)], ReadSettings()).read[0].format == "combined"


def answered(request: Request) -> bytes:
    """What a server that has just been started answers."""
    for _try in range(200):
        try:
            with urlopen(request) as answer:
                return bytes(answer.read())
        except URLError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")
