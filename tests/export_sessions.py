"""The sessions that an export brings, analysed once for each sample."""

from functools import cache
from pathlib import Path

import pandas as pd

import darksocial
from darksocial import Settings

EXPORTS = Path(__file__).parent.parent / "sample_logs" / "exports"

Expected = tuple[str | None, int, str]


def sessions(*paths: Path, settings: Settings | None = None) -> pd.DataFrame:
    names = [str(path) for path in paths]
    with darksocial.analyze(names, settings=settings or Settings(), secret="s") as analysis:
        found = analysis.to_pandas()
    return found.sort_values(["started_at", "landing_path"], na_position="first")


@cache
def usual_sessions(path: Path) -> pd.DataFrame:
    """The sessions of an export with the usual settings: tests look at them and change nothing."""
    return sessions(path)


def rows(path: Path) -> list[Expected]:
    found = usual_sessions(path)[["landing_path", "pageviews", "channel_before"]]
    found = found.astype(object).where(found.notna(), None)
    return [tuple(row) for row in found.itertuples(index=False)]
