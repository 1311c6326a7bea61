"""darksocial init: logs that are found, goals that are proposed, and the file that is written."""

import gzip
import json
import os
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from darksocial import survey as library
from darksocial.cli._configuration import defaults
from darksocial.cli._goals import goals_of
from darksocial.cli._main import darksocial
from darksocial.errors import InputError, OutputError
from darksocial.outputs.proposal_toml import quoted, text
from darksocial.survey import FoundGoal, FoundLog, LeftOut, Proposal, family, goals_in, survey

SAMPLES = Path(__file__).parents[1] / "sample_logs"
LINE = (
    '192.0.2.{n} - - [02/Mar/2026:10:00:{n:02} +0000] "{method} {path} HTTP/1.1" {status} 99 '
    '"-" "Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0"\n'
)
GROUP = click.Context(darksocial, info_name="darksocial")


def log(*requests: str) -> str:
    """Lines of a log in the format `combined`, each request as `METHOD PATH` or with a status."""
    parts = [request.split() for request in requests]
    return "".join(
        LINE.format(n=n, method=part[0], path=part[1], status=(part[2:] or ["200"])[0])
        for n, part in enumerate(parts)
    )


def init(*arguments: object) -> Result:
    return CliRunner().invoke(darksocial, ["init", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with no logs in the places of servers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        sys.modules["darksocial.survey"], "PLACES", ("nowhere/nginx", "logs", "*.log")
    )
    return tmp_path


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["access.log", "access.log.1", "access.log.2.gz", "access.log.10.zst"], "access.log*"),
        (["access.log", "access.log-20260301", "access.log-20260228.gz"], "access.log*"),
        (["access.log-2026-03-01.xz", "access.log.2026-02-28"], "access.log*"),
        (["u_ex260301.log", "u_ex260302.log"], "u_ex*.log*"),
        (["site-2026-03-01.log", "site-2026-02-28.log.gz"], "site-*.log*"),
        (["a[1].log"], "a[[]1].log*"),
    ],
)
def test_logs_that_belong_together_have_one_glob(
    tmp_path: Path, names: Sequence[str], pattern: str
) -> None:
    assert {family(Path("/var/log") / name) for name in names} == {f"/var/log/{pattern}"}
    found = {path.name for path in _written(tmp_path, names).glob(pattern)}
    assert found == set(names)


def _written(folder: Path, names: Sequence[str]) -> Path:
    for name in names:
        (folder / name).write_text("x\n")
    return folder


GOALS = [
    ("nothing", ["GET /", "GET /about"], []),
    ("a page of thanks", ["GET /thank-you", "GET /thank-you/"],
     [("thanks", "/thank-you*", None, 2)]),
    ("in German", ["GET /de/danke.html"], [("thanks", "/de/danke*", None, 1)]),
    ("in two languages", ["GET /a/danke", "GET /b/danke"], [("thanks", "*/danke*", None, 2)]),
    ("an order with a number", ["GET /checkout/order-received/17/"],
     [("order", "/checkout/order-received*", None, 1)]),
    ("the most special row wins", ["GET /checkout/thank-you"],
     [("order", "/checkout/thank-you*", None, 1)]),
    ("a form that was sent", ["POST /subscribe"], [("subscribe", "/subscribe*", "POST", 1)]),
    ("a form that was looked at", ["GET /subscribe"], []),
    ("an answer that failed", ["GET /thank-you 404", "POST /subscribe 500"], []),
    ("a part of a word", ["GET /thank-you-notes", "GET /dankeschoen"], []),
    ("a path that is no plain one", ['GET /x"],y=1/thank-you', "GET /a,b/thank-you"], []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "requests", "goals"), GOALS)
def test_goals_are_proposed_from_what_was_asked_for(
    name: str, requests: Sequence[str], goals: Sequence[tuple[str, str, str | None, int]]
) -> None:
    parts = [request.split() for request in requests if len(request.split()) == 2]
    found = goals_in(Counter((method, path) for method, path in parts))
    assert [(g.name, g.path, g.method, g.requests) for g in found] == list(goals), name


def test_failed_answers_are_no_goals(folder: Path) -> None:
    (folder / "access.log").write_text(log("GET /thank-you 404", "POST /subscribe 500", "GET /"))
    assert survey().goals == ()


def configuration(path: Path) -> dict[str, dict[str, object]]:
    """What the file sets, read as the command line reads it."""
    content = tomllib.loads(path.read_text("utf-8"))
    return defaults(content, path, darksocial, GROUP)


def test_the_file_is_read_back_and_says_why(folder: Path) -> None:
    logs = folder / "logs"
    logs.mkdir()
    (logs / "access.log.1.gz").write_bytes(gzip.compress(log("GET /").encode()))
    (logs / "access.log").write_text(log("GET /", "GET /thank-you", "POST /subscribe") * 20)
    (logs / "error.log").write_text("something went wrong\n" * 20)
    result = init()
    assert result.exit_code == 0, result.output
    set_values = configuration(folder / "darksocial.toml")
    nightly = set_values["nightly"]
    assert nightly["inputs"] == [f"{logs}/access.log*"]
    assert (nightly["store"], nightly["retention_days"]) == ("darksocial-store", 400)
    assert nightly["rotate_key"] == "never"
    goals = goals_of(tuple(set_values["analyze"]["goal"]))  # type: ignore[arg-type]
    assert [(goal.path, goal.method) for goal in goals] == [
        ("/subscribe*", "POST"),
        ("/thank-you*", None),
    ]
    written = (folder / "darksocial.toml").read_text()
    assert "# 2 files, read as combined: 60 of the first 60 lines" in written
    assert f"# left out: {logs}/error.log* (no known format)" in written
    assert "Requested 20 times" in written
    assert "  darksocial --config darksocial.toml nightly" in result.output
    assert "error.log*isleftout:noknownformat" in "".join(result.output.split())


def test_hosts_are_the_sites_own(folder: Path) -> None:
    line = log("GET /").rstrip()
    hosts = ["example.org"] * 60 + ["www.example.org"] * 30 + ["192.0.2.1"] * 20 + ["odd.test"]
    lines = [f"{host}:443 {line}\n" for host in hosts]
    (folder / "vhosts.log").write_text("".join(lines))
    proposal = survey()
    assert proposal.hosts == ("example.org", "www.example.org")
    assert 'site = ["example.org", "www.example.org"]' in text(proposal)


def test_what_is_there_is_not_overwritten(folder: Path) -> None:
    (folder / "access.log").write_text(log("GET /"))
    mine = folder / "darksocial.toml"
    mine.write_text("quiet = true\n")
    with pytest.raises(OutputError, match="exists already"):
        init()
    assert mine.read_text() == "quiet = true\n"
    assert init("--force").exit_code == 0
    assert mine.read_text().startswith("# Written by")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, r"no log was found in nowhere/nginx, logs, \*\.log"),
        ({"error.log": "oh no\n" * 9}, r"error.log\*: no known format"),
        ({"access.log": ""}, "access.log: empty"),
    ],
)
def test_nothing_is_told_with_what_was_looked_at(
    folder: Path, files: dict[str, str], told: str
) -> None:
    for name, content in files.items():
        (folder / name).write_text(content)
    with pytest.raises(InputError, match=told) as caught:
        init()
    assert caught.value.exit_code == 3
    assert not (folder / "darksocial.toml").exists()


def test_a_place_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.log does not exist"):
        init("missing.log")


def test_named_files_stand_for_what_they_are_rotated_to(folder: Path) -> None:
    (folder / "access.log").write_text(log("GET /"))
    init("access.log")
    inputs = configuration(folder / "darksocial.toml")["nightly"]["inputs"]
    assert inputs == [f"{folder}/access.log*"]


def test_json_with_keys_of_its_own_is_left_out_beside_logs(folder: Path) -> None:
    """Its hosts, paths and hits are then left out as well."""
    one = {"url": "/checkout/thanks", "user_agent": "x", "host": "other.example.org"}
    rows = [{"time": f"2026-03-02T10:00:{n:02}Z", **one} for n in range(20)]
    (folder / "other.log").write_text("".join(json.dumps(row) + "\n" for row in rows))
    alone = survey()
    assert [row.format for row in alone.logs] == ["mapped"]
    assert (alone.hits, alone.hosts, len(alone.goals)) == (20, ("other.example.org",), 1)
    (folder / "access.log").write_text(log("GET /"))
    both = survey()
    assert [row.format for row in both.logs] == ["combined"]
    assert (both.hits, both.hosts, both.goals) == (1, (), ())
    assert "its keys are its own" in both.left_out[0].reason


def test_a_name_that_is_no_text_is_left_out(folder: Path) -> None:
    (folder / "access.log").write_text(log("GET /"))
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\x1b.log")).write_text(log("GET /"))
    proposal = survey()
    assert [row.reason for row in proposal.left_out] == ["its name is not plain text"]
    assert tomllib.loads(text(proposal))["nightly"]["inputs"] == [f"{folder}/access.log*"]


def test_nothing_that_was_found_breaks_the_file() -> None:
    hostile = 'a"\n[evil]\x1b[31m\\u0041\x7f\u202e'
    proposal = Proposal(
        (FoundLog(hostile, 1, "combined", "NCSA combined", 1, 1),),
        (
            FoundGoal("order", "/a*", None, 1, "known"),
            FoundGoal("order", "/b*", "POST", 1, "known"),
        ),
        (hostile,),
        1,
        (LeftOut(hostile, hostile),),
    )
    content = tomllib.loads(text(proposal))
    assert content["nightly"]["inputs"] == [hostile]
    assert content["nightly"]["site"] == [hostile]
    assert content["goals"] == {
        "order": {"path": "/a*"},
        "order_2": {"path": "/b*", "method": "POST"},
    }
    assert "evil" not in content
    assert quoted("ä\t") == '"ä\\U00000009"'


def test_the_library_finds_the_sample(folder: Path) -> None:
    proposal = library([str(SAMPLES / "publisher")])
    assert [(row.format, row.files) for row in proposal.logs] == [("combined", 3)]
    first_week = library([str(SAMPLES / "publisher" / "access.log.2.gz")])
    assert [goal.name for goal in first_week.goals] == ["order"]
