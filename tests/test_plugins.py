"""A new plug-in is one file: nothing else has to be changed for it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

import darksocial
from darksocial.signals import FACT_OF_GROUP, Level, Signal
from darksocial.signals import nearby as counted
from darksocial.signals import registry as all_signals
from tests.logs import Hit, analyzed

COUNTED_SIGNAL = '''
"""Evening readers: others opened the page at the same hour."""

from darksocial.expressions import ibis, ir

from darksocial.signals import Level, Signal
from darksocial.visits.nearby import Nearby


def on_a_phone(visits: ir.Table) -> ir.BooleanValue:
    return visits.device == "mobile"


def observe(visits: ir.Table) -> ir.StringValue:
    return ibis.cases(
        (visits.phones_near >= 2, "several"),
        (visits.phones_near_recorded & (visits.phones_near_expected < 1), "none"),
    )


SIGNAL = Signal(
    "evening_readers",
    "page_habit",
    {
        "several": Level({"dark_social": 0.1}, "two phones came within a minute", "assumed"),
        "none": Level({"direct": 0.1}, "no phone came within a minute", "assumed"),
    },
    observe,
    {"phones_near": Nearby(on_a_phone, 60, others=True, expected=True)},
)
'''
DRAIN = '''
"""A log drain: requests, and beside them what the program prints."""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "parcel_drain",
    "A log drain",
    keys(
        needs=("parcel_time", "parcel.target"),
        requests_have=("parcel",),
        time="parcel_time",
        client_ip="parcel.address",
        url="parcel.target",
    ),
)
'''
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/133.0.0.0 Mobile Safari/537.36"
)


@contextmanager
def installed(folder: str, name: str, code: str, place: Path) -> Iterator[None]:
    """Add a file to a folder of plug-ins, as long as the block lasts."""
    package = import_module(f"darksocial.{folder}")
    (place / f"{name}.py").write_text(code, "utf-8")
    caches = [getattr(package, f) for f in ("registry", "nearby") if hasattr(package, f)]
    package.__path__.append(str(place))
    for cached in caches:
        cached.cache_clear()
    try:
        yield
    finally:
        package.__path__.remove(str(place))
        sys.modules.pop(f"{package.__name__}.{name}", None)
        for cached in caches:
            cached.cache_clear()


def test_a_signal_that_counts_visits_is_one_file(tmp_path: Path) -> None:
    hits = [Hit(n / 10, ip=f"192.0.2.{n}", agent=PHONE) for n in range(3)]
    with (
        installed("signals", "evening_readers", COUNTED_SIGNAL, tmp_path),
        analyzed(tmp_path, [*hits, Hit(500, ip="192.0.2.9")]) as analysis,
    ):
        found = [
            [item["note"] for item in row if item["signal"] == "evening_readers"]
            for row in analysis.sessions().column("evidence").to_pylist()
        ]
    assert found == [["two phones came within a minute"]] * 3 + [["no phone came within a minute"]]


def test_a_format_of_a_log_drain_is_one_file(tmp_path: Path) -> None:
    log = tmp_path / "drain.json"
    times = [f"2026-03-02T08:14:0{second}Z" for second in range(3)]
    request = '{{"parcel_time": "{}", "parcel": {{"address": "192.0.2.1", "target": "/a"}}}}\n'
    printed = '{{"parcel_time": "{}", "message": "started"}}\n'
    log.write_text(request.format(times[0]) + printed.format(times[1]) + request.format(times[2]))
    place = tmp_path / "plugins"
    place.mkdir()
    with (
        installed("formats", "parcel_drain", DRAIN, place),
        darksocial.parse(log) as hits,
    ):
        [tally] = hits.tallies
        counts = tally.counts
        assert hits.table().column("path").to_pylist() == ["/a", "/a"]
    assert tally.format == "parcel_drain"
    assert (counts.lines, counts.hits, counts.rejects, counts.blanks) == (3, 2, 0, 1)


def test_signals_that_count_other_visits_under_one_name_are_refused(tmp_path: Path) -> None:
    code = COUNTED_SIGNAL.replace("phones_near", "direct_long")
    with (
        installed("signals", "evening_readers", code, tmp_path),
        pytest.raises(TypeError, match="'direct_long' counts other visits elsewhere"),
    ):
        counted()


def test_groups_are_a_list() -> None:
    assert {signal.group for signal in all_signals().values()} == set(FACT_OF_GROUP)
    with pytest.raises(TypeError, match="signal made_up: no group 'weather'"):
        Signal("made_up", "weather", {"sun": Level({}, "the sun shone", "assumed")}, lambda v: v)
