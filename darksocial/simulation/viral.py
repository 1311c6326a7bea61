"""A day on which one shared link goes through groups and channels."""

from collections.abc import Iterator
from random import Random

from darksocial.simulation.addresses import Addresses
from darksocial.simulation.arrivals import Arrivals
from darksocial.simulation.log import Log
from darksocial.simulation.parameters import Parameters
from darksocial.simulation.shares import Shares
from darksocial.simulation.visits import Share


class ViralShares(Shares):
    """Private shares; the first one after the second `begins` brings `clicks` clicks."""

    def __init__(
        self,
        rng: Random,
        params: Parameters,
        addresses: Addresses,
        log: Log,
        arrivals: Arrivals,
        *,
        begins: int,
        clicks: int,
    ) -> None:
        super().__init__(rng, params, addresses, log, arrivals)
        self._begins = begins
        self._viral_clicks = clicks

    def clicks(self, share: Share) -> Iterator[int]:
        """Return the times of the clicks on a shared link."""
        if share.time < self._begins or not self._viral_clicks:
            yield from super().clicks(share)
            return
        count, self._viral_clicks = self._viral_clicks, 0
        for _ in range(count):
            yield self.click_time(share)
