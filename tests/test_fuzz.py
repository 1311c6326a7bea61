"""The fuzz targets on what hypothesis thinks of, in every test run."""

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, counted, grammars, seeds
from tests.gate import series
from tests.test_formats import sample

QUICK = {name: target for name, target in TARGETS.items() if name not in ("lines", "detection")}
PIECES = st.sampled_from(
    (b"[", b"{", b'"', b"\\", b"=", b"&", b"%", b"\n", b"\t", b",", b"<", b"203.0.113.7",
     b"a@b.example", b"token=", b"[model]\n", b"[goals.a]\npath=", b"timezone=", b"\x1f\x8b", b"-1",
     b"PAR1", b"Obj\x01", b"\xff\xfe", b"2026-03-02T08:15:01Z", b"\xe2\x80\xae", b"[analyze]\n")
)  # fmt: skip
BYTES = st.lists(PIECES | st.binary(max_size=8), max_size=20).map(b"".join)


@pytest.mark.long
@pytest.mark.parametrize("target", QUICK.values(), ids=QUICK)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=BYTES)
def test_promises_hold_for_any_bytes(target: Callable[[bytes], None], data: bytes) -> None:
    target(data)


@settings(max_examples=30, deadline=None)
@given(data=BYTES)
def test_any_lines_can_be_claimed(data: bytes) -> None:
    TARGETS["detection"](data)


@pytest.mark.parametrize("name", ["containers", "compression", "configuration"])
def test_promises_hold_for_changed_samples(name: str) -> None:
    chance = random.Random(3)
    for seed in seeds(name):
        for _ in range(4):
            TARGETS[name](changed(seed, chance))


def changed(data: bytes, chance: random.Random) -> bytes:
    """Data with a few bytes changed, a piece doubled or left out."""
    made = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(3):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at : at + chance.randrange(50)]
            case _:
                made[at:at] = made[at : at + chance.randrange(50)]
    return bytes(made)


@series("name", [n for n in sorted(grammars()) if "bigquery" not in n], in_gate=20)
def test_changed_lines_of_every_format_are_accounted_for(name: str) -> None:
    chance = random.Random(name)
    data = sample(name).read_bytes()[:20_000]
    texts = []
    for _ in range(8):
        text = changed(data, chance).decode("utf-8", errors="backslashreplace")
        texts += text.replace("\0", r"\x00").split("\n")
    assert counted(name, texts).lines == len(texts)
