"""A simulated site that advertises and sells, and the analysis of its log."""

from pathlib import Path
from typing import Any

import darksocial
from darksocial import Goal
from darksocial.simulation.campaigns import ORDER_PATH, ORDER_VALUE
from darksocial.simulation.worlds import CAMPAIGNS

GOALS = (Goal(path=ORDER_PATH, value=ORDER_VALUE),)


def analysed_site(folder: Path, **simulation: Any) -> Path:
    """Write a site into `site` and the analysis of its log into `out`, and return the folder."""
    made = darksocial.simulate(folder / "site", world=CAMPAIGNS, **simulation)
    settings = darksocial.Settings(goals=GOALS)
    with darksocial.analyze(list(made.logs), secret="s", settings=settings) as analysis:
        analysis.write(folder / "out")
    return folder
