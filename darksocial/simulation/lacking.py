"""Logs that lack something: the visits are as in the usual traffic, and their truth is the same."""

from collections.abc import Iterable
from datetime import date

from darksocial.simulation.log import Log
from darksocial.simulation.parameters import Parameters
from darksocial.simulation.sums import SUMS_BY_PAGE, WORLDS_OF_SUMS, SumsOfVisits

COMMON_FORMAT, NO_PREVIEWS, NO_ASSETS = "common-format", "no-previews", "no-assets"
WORLDS_THAT_LACK = (COMMON_FORMAT, NO_PREVIEWS, NO_ASSETS, *WORLDS_OF_SUMS)
ASSET_ENDINGS = (".css", ".js", ".woff2", ".webp", ".png", ".ico", ".svg")
"""How the paths end that the simulated pages load."""


class CommonLog(Log):
    """A log in NCSA common format, which has neither referrers nor user agents."""

    def line(
        self, sender: str, request: str, status: int, size: str, referrer: str, agent: str
    ) -> str:
        """Return a hit as a line."""
        return f'{sender} "{request}" {status} {size}\n'


class LogWithoutAssets(Log):
    """A log without what pages load, as where another host serves that."""

    def records(self, request: str, agent: str) -> bool:
        """Return whether a hit is recorded."""
        target = request.removesuffix(" HTTP/1.1").removesuffix(" HTTP/2.0")
        return not target.partition("?")[0].endswith(ASSET_ENDINGS)


class LogWithoutPreviews(Log):
    """A log without fetches of link previews, as where a cache in front answers them.

    `agents` is how the user agents of the fetchers begin.
    """

    def __init__(self, start: date, days: int, agents: Iterable[str]) -> None:
        super().__init__(start, days)
        self._agents = tuple(agents)

    def records(self, request: str, agent: str) -> bool:
        """Return whether a hit is recorded."""
        return not agent.startswith(self._agents)


def log_that_lacks(params: Parameters, start: date, days: int) -> Log | None:
    """Return the log of the world of the parameters, if that lacks something."""
    if params.world == COMMON_FORMAT:
        return CommonLog(start, days)
    if params.world == NO_ASSETS:
        return LogWithoutAssets(start, days)
    if params.world == NO_PREVIEWS:
        agents = [source.preview_agent.partition("{mark}")[0] for source in params.sources]
        return LogWithoutPreviews(start, days, filter(None, agents))
    if params.world in WORLDS_OF_SUMS:
        return SumsOfVisits(start, days, by_page=params.world == SUMS_BY_PAGE)
    return None
