"""Runs over a few days of visits, for tests of the nightly store, and what they left."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

import darksocial
from darksocial import Policy
from darksocial.store.files.runs import Run
from darksocial.store.files.state import load
from darksocial.store.upkeep import verify
from tests.logs import ARTICLE, Hit, asset

NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
PREVIEW = "WhatsApp/2.23.20.0 A"


def run(
    logs: Sequence[Path], store: Path, *, now: datetime = NOW, policy: Policy | None = None
) -> Run:
    names = [str(log) for log in logs]
    return darksocial.nightly(names, store, secret="s", now=lambda: now, policy=policy)


def tables(store: Path) -> dict[str, pd.DataFrame]:
    """All rows of the store's sessions and shares, and what each day's report says."""
    found = {}
    for name in ("sessions", "shares"):
        files = sorted((store / name).glob("date=*/*.parquet"))
        frames = [pq.ParquetFile(file).read().to_pandas() for file in files]
        found[name] = pd.concat(frames).reset_index(drop=True)
    reports = sorted((store / "reports").glob("date=*/summary.json"))
    told = [(file.parent.name, file.read_text()) for file in reports]
    found["reports"] = pd.DataFrame(told)
    return found


def assert_same(store: Path, other: Path) -> None:
    left, right = tables(store), tables(other)
    assert len(left["sessions"])
    for name, frame in left.items():
        pd.testing.assert_frame_equal(frame, right[name])
    assert verify(store, load(store)) == []


def hits_of_days() -> list[str]:
    """Four days: sessions over midnight, one that goes on, previews, and people who come back."""
    minutes = [
        (0, "192.0.2.1"),
        (5, "192.0.2.2"),
        (15 * 60 + 50, "192.0.2.3"),
        (16 * 60 + 5, "192.0.2.3"),
        (24 * 60, "192.0.2.1"),
        (24 * 60 + 20, "192.0.2.4"),
        (39 * 60 + 59, "192.0.2.5"),
        (40 * 60 + 10, "192.0.2.5"),
        (72 * 60, "192.0.2.2"),
    ]
    hits = [Hit(at, ARTICLE if n % 3 else "/", ip=ip) for n, (at, ip) in enumerate(minutes)]
    hits += [asset(hit.at + 0.1, hit.ip) for hit in hits]
    hits += [Hit(24 * 60 - 2, ip="192.0.2.1", agent=PREVIEW), Hit(40 * 60, agent=PREVIEW)]
    return [hit.line + "\n" for hit in sorted(hits, key=lambda hit: hit.at)]


LINES = hits_of_days()
