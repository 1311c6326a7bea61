"""The 560 user agents of site_log.py: browsers, phones, apps, feed readers, crawlers and tools.

Browsers are those that `darksocial simulate` draws most often; the others are the samples of
tests/data, each with what its operator or library sends.
"""

import csv
from collections import Counter
from pathlib import Path
from random import Random

from darksocial.simulation.agents import Agents

AGENTS = 560
DRAWS = 100_000
SEED = 560
SAMPLES = Path("tests/data")
READERS = ("feed", "Feed", "subscribers", "Reader", "RSS")


def people() -> list[str]:
    """Agents of browsers and of apps that show pages, the most frequent first."""
    rng = Random(SEED)
    agents = Agents(rng)
    drawn = Counter(agents.browser(agents.platform(rng), rng) for _ in range(DRAWS))
    rare = [*_samples("agents_people.csv"), *_samples("agents_in_app.csv")]
    frequent = [agent for agent, _ in drawn.most_common() if agent not in rare]
    return [*frequent[: AGENTS - len(machines()) - len(rare)], *rare]


def machines() -> list[str]:
    """Agents of feed readers first, then of crawlers, tools and fetchers of link previews."""
    found = [*_samples("agents_bots.csv"), *_samples("agents_previews.csv")]
    return sorted(found, key=lambda agent: not any(word in agent for word in READERS))


def _samples(name: str) -> list[str]:
    with (SAMPLES / name).open(newline="") as file:
        agents = [row["user_agent"].strip() for row in csv.DictReader(file)]
    return list(dict.fromkeys(agent for agent in agents if agent))
