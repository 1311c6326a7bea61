"""Records with keys of one's own: told by their names, or by --map."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial import InputError, ReadSettings, UsageError

ROW = {"wann": "2026-03-02T08:14:05Z", "wo": "/a?b=1", "woher": "https://t.co/x", "wer": "UA/1"}
MAP = ("time=wann,url=wo", "referrer=woher,user_agent=wer")


def hits(path: Path, read: ReadSettings | None = None) -> list[dict[str, object]]:
    with darksocial.parse([str(path)], read=read) as found:
        rows = found.table().drop_columns(["file", "line"]).to_pylist()
    return [{k: v for k, v in row.items() if v is not None} for row in rows]


def written(folder: Path, kind: str) -> Path:
    path = folder / f"own.{kind}"
    rows = [ROW, ROW | {"wo": "/c", "woher": None}]
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif kind == "json":
        path.write_text(json.dumps({"results": rows}, indent=2))
    else:
        separator = {"csv": ",", "tsv": "\t", "ssv": ";"}[kind]
        lines = [separator.join(str(v or "") for v in row.values()) for row in rows]
        path.write_text("\n".join([separator.join(ROW), *lines]) + "\n")
    return path


@pytest.mark.parametrize("kind", ["csv", "tsv", "ssv", "jsonl", "json", "parquet"])
def test_map_reads_any_container(tmp_path: Path, kind: str) -> None:
    first, second = hits(written(tmp_path, kind), ReadSettings(map=MAP))
    assert (first["path"], first["query"], first["referrer"]) == ("/a", "b=1", "https://t.co/x")
    assert (second["path"], second["user_agent"]) == ("/c", "UA/1")
    assert "referrer" not in second


@pytest.mark.parametrize(
    "keys",
    [
        ("time", "uri", "referer", "agent"),
        ("@timestamp", "url.original", "http.request.referrer", "user_agent.original"),
        ("Time_Local", "REQUEST_URI", "HTTP-Referer", "userAgent"),
    ],
)
def test_names_tell_without_map(tmp_path: Path, keys: tuple[str, ...]) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(dict(zip(keys, ROW.values(), strict=True))) + "\n")
    [found] = hits(path)
    assert (found["path"], found["referrer"], found["user_agent"]) == (
        "/a",
        "https://t.co/x",
        "UA/1",
    )


def test_map_wins_over_names(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"time": "2026-03-02T08:14:05Z", "url": "/asked", "real": "/b"}))
    [found] = hits(path, ReadSettings(map=("url=real",)))
    assert found["path"] == "/b"


def test_nested_keys_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    record = {"t": 1772439245, "req": {"u": "/a", "h": {"User-Agent": ["UA/1"]}}}
    path.write_text(json.dumps(record) + "\n")
    read = ReadSettings(map=("time=t,url=req.u,user_agent=req.h.User-Agent[0]",))
    [found] = hits(path, read)
    assert (found["path"], found["user_agent"]) == ("/a", "UA/1")


def test_names_with_quotation_marks_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({'of "us"': 1, 'of."them"': {"x": 2}} | ROW) + "\n")
    [hit] = hits(path, ReadSettings(map=MAP))
    assert (hit["path"], hit["referrer"]) == ("/a", "https://t.co/x")


def test_times_without_a_zone_are_in_that_of_the_option(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"time": "2026-07-02 08:14:05", "url": "/a"}) + "\n")
    for zone, hour in (("UTC", 8), ("Europe/Berlin", 6), ("-05:00", 13)):
        [found] = hits(path, ReadSettings(timezone=zone))
        assert getattr(found["time"], "hour", None) == hour


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ({"map": ("nosuch=x",)}, "no field 'nosuch'"),
        ({"map": ("time",)}, "`map`: 'time' does not say"),
        ({"timezone": "Mars/Olympus"}, "is not a time zone"),
        ({"trusted_proxies": ("10.0.0.0/40",)}, "is not a network"),
        ({"map": ("time=t",), "format": "combined"}, "`format` and `map` are given together"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, read: dict[str, object], said: str) -> None:
    path = written(tmp_path, "jsonl")
    with pytest.raises(UsageError, match=said):
        hits(path, ReadSettings(**read))  # type: ignore[arg-type]


def test_an_unknown_format_shows_three_lines_and_two_ways_out(tmp_path: Path) -> None:
    path = tmp_path / "odd.log"
    path.write_text("".join(f"entry {n} of no format\x1b[31m\n" for n in range(9)))
    with pytest.raises(InputError) as raised:
        hits(path)
    said = str(raised.value)
    assert [f"entry {n}" in said for n in range(5)] == [True, True, True, False, False]
    assert "\x1b" not in said
    assert "`log_format`" in said
    assert "`map` with time=KEY" in said


def test_the_router_of_heroku_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "router.log"
    path.write_text(
        '2026-03-02T08:14:05.1+00:00 heroku[router]: at=info method=GET path="/a" '
        'host=example.org fwd="203.0.113.7" dyno=web.1 status=200 bytes=5\n'
    )
    with pytest.raises(InputError, match="neither referrer nor user agent"):
        hits(path)


def test_a_path_may_hold_the_query(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"date": "2026-03-02T08:14:05Z", "path": "/a?b=1"}) + "\n")
    [found] = hits(path)
    assert (found["path"], found["query"]) == ("/a", "b=1")


W3C = (
    "#Version: 1.0\n#Date: 2026-03-02 08:00:00\n"
    "#Fields: date time c-ip cs-uri-stem cs(User-Agent)\n"
    "2026-03-02 08:14:05 192.0.2.1 /a Mozilla/5.0+(X11)\n"
    "#Fields: time cs-uri-stem cs(Referer)\n"
    "08:15:05 /b https://t.co/x\n"
    "#Date: 2026-03-03 00:00:00\n"
    "00:01:00 /c -\n"
)


def test_w3c_fields_and_day_change_in_mid_file(tmp_path: Path) -> None:
    path = tmp_path / "u_ex.log"
    path.write_text(W3C)
    first, second, third = hits(path)
    assert first["user_agent"] == "Mozilla/5.0 (X11)"
    assert (second["path"], second["referrer"]) == ("/b", "https://t.co/x")
    assert [f"{hit['time']:%d %H:%M}" for hit in (first, second, third)] == [
        "02 08:14",
        "02 08:15",
        "03 00:01",
    ]
