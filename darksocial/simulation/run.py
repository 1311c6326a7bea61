"""The story of a simulation: day by day, organic visits and clicks in the order of time."""

from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush
from itertools import chain, pairwise
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import BinaryIO

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.simulation.addresses import Addresses
from darksocial.simulation.agents import Agents
from darksocial.simulation.bots import Bots
from darksocial.simulation.browsing import Browsing
from darksocial.simulation.files import NAMES_OF_CAMPAIGNS, TRUTH_NAME, log_names, written_whole
from darksocial.simulation.log import Fact, Log
from darksocial.simulation.parameters import Choice, Group, Parameters
from darksocial.simulation.routes import Route
from darksocial.simulation.site import DAY_SECONDS, HOUR_SECONDS, Site
from darksocial.simulation.sites import PUBLISHER, parameters_of, varied
from darksocial.simulation.visitors import People
from darksocial.simulation.visits import Share, Visit, Visits
from darksocial.simulation.worlds import (
    Making,
    advertising_in,
    arrivals_in,
    customs_in,
    in_world,
    log_in,
    routes_in,
    scripts_in,
    shares_in,
)

FIRST_DAY = date(2026, 3, 2)
EARLIEST, LATEST = date(1971, 1, 1), date(2037, 12, 31)
"""An analysis counts times in this range."""
MAX_VARY_FACTOR = 100


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a simulation wrote: its files, newest log first, and the number of things in them."""

    out: Path
    logs: tuple[Path, ...]
    truth: Path
    seed: int
    lines: int
    visits: int
    shares: int
    bots: int


class Traffic:
    """The state of a simulation; all of it draws from one generator of random numbers."""

    def __init__(self, seed: int, days: int, visits: int, start: date, params: Parameters) -> None:
        self.rng = rng = Random(seed)
        self.params = params
        self.log = log = log_in(params, start, days)
        self.site = site = Site(rng, start, days, params)
        addresses = Addresses(rng, params.rates["v4_share"])
        self.people = people = People(rng, Agents(rng), addresses, params.rates)
        people.add_known(1 + int(params.rates["known_before"] * visits), site)
        self.visits = Visits(rng, params, site, people, start)
        # What a world does to the requests of people draws from a generator of its own, so that
        # their visits are those of the usual traffic.
        rng_of_world = Random(f"world {seed}")
        self.routes = routes_in(params, rng_of_world)
        arrivals = arrivals_in(params, rng, rng_of_world)
        self.scripts = scripts_in(params, rng_of_world, log)
        making = Making(params, rng, rng_of_world, addresses, log, arrivals, self.scripts)
        self.shares = shares_in(making, visits)
        customs = customs_in(making)
        self.browsing = Browsing(rng, params.rates, site, log, customs)
        self.bots = Bots(rng, params, addresses, site, people, log)
        # So do the codes of orders, which the log does not show.
        rng_of_partners = Random(f"partners {seed}")
        self.advertising = advertising_in(params, rng_of_world, rng_of_partners, log, start, days)
        self.pending: list[tuple[int, int, Share]] = []
        self.clicks = 0
        self.visit_count = 0

    def live(self, day: int, count: int) -> None:
        """Write a day with about `count` human visits."""
        self.bots.day(day, count)
        organic = _organic(day, count, self.params, self.rng)
        for time, group in organic:
            self._clicks_until(time)
            self._visit(self.visits.organic(time, group))
        self._clicks_until((day + 1) * DAY_SECONDS)

    def _clicks_until(self, time: int) -> None:
        while self.pending and self.pending[0][0] < time:
            click_time, _order, share = heappop(self.pending)
            self._visit(self.visits.click(click_time, share))

    def _visit(self, visit: Visit) -> None:
        visit = self.scripts.arriving(visit)
        if not self.routes.reaches_site(visit):
            return
        self.visit_count += 1
        self.bots.asked(visit)
        routes = self.routes.by_view(visit)
        first = next(routes)
        of_world = self.advertising.truth(visit, first) if self.advertising else {}
        of_world = {**of_world, **self.scripts.truth(visit)}
        self.log.note(visit.time, {**visit_truth(visit, first, self.log), **of_world})
        for article in self.browsing.run(visit, chain((first,), routes)):
            visit.visitor.read(article)
        if visit.article:
            visit.visitor.query = visit.query
        self.bots.repost(visit)
        shared = self.shares.after(visit)
        if not visit.is_returning and visit.visitor.reads:
            self.people.remember(visit.visitor)
        if shared:
            share, times = shared
            for time in times:
                self.clicks += 1
                heappush(self.pending, (time, self.clicks, share))


def visit_truth(visit: Visit, first: Route, log: Log) -> dict[str, Fact]:
    """Return the truth about a visit whose first page view has the route `first`; its fields are
    described in sample_logs/README.md."""
    return {
        "type": "visit",
        "visit": visit.id,
        "time": log.utc(visit.time),
        "client_ip": first.address,
        "user_agent": first.agent,
        "path": visit.page.path,
        "query": visit.query or None,
        "referrer": visit.referrer,
        "cause": visit.cause,
        "app": visit.source.name if visit.private else None,
        "dark": visit.dark,
        "shared_from": visit.share.id if visit.private and visit.share else None,
    }


def _organic(day: int, count: int, params: Parameters, rng: Random) -> list[tuple[int, Group]]:
    """Return time and group of a day's visits that no private share brings, in order."""
    groups = Choice((g, g.share) for g in params.groups.values() if g.name != "private")
    drawn = []
    for _visit in range(round(count * (1 - params.groups["private"].share))):
        group = groups.pick(rng)
        if group.landing == "issue":
            second = params.newsletter.draw(rng)
        else:
            second = params.hours.pick(rng) * HOUR_SECONDS + int(rng.random() * HOUR_SECONDS)
        drawn.append((day * DAY_SECONDS + second, group))
    return sorted(drawn, key=itemgetter(0))


def _per_day(visits: int, days: int, start: date, weekdays: tuple[float, ...]) -> list[int]:
    """Spread the visits over the days by weekday, so that they add up."""
    weights = [weekdays[(start.weekday() + day) % 7] for day in range(days)]
    bounds = [round(visits * sum(weights[:day]) / sum(weights)) for day in range(days + 1)]
    return [after - before for before, after in pairwise(bounds)]


def _write_day(traffic: Traffic, day: int, count: int, log: BinaryIO, truth: BinaryIO) -> int:
    """Write a day with about `count` visits and return the number of its log lines."""
    traffic.live(day, count)
    lines, facts = traffic.log.take(day)
    log.write("".join(lines).encode())
    truth.write("".join(facts).encode("ascii"))
    return len(lines)


def _check(days: int, visits: int, start: date, vary: float) -> None:
    arguments.check("start", start, date)
    arguments.check("vary", vary, float)
    for name, value in (("days", days), ("visits", visits)):
        arguments.check(name, value, int)
        if value < 1:
            raise UsageError(
                _("{field} is {value}.").format(field=name, value=value),
                expected=_("1 or more"),
            )
    # A comparison with nan is false, so that nan is refused as well.
    if not 1 <= vary <= MAX_VARY_FACTOR:
        raise UsageError(
            _("{field} is {value}.").format(field="vary", value=vary),
            expected=_("a factor from 1 to {highest}").format(highest=MAX_VARY_FACTOR),
        )
    if start < EARLIEST or days > (LATEST - start).days:
        raise UsageError(
            ngettext(
                "{n} day from {start} on goes beyond what can be simulated.",
                "{n} days from {start} on go beyond what can be simulated.",
                days,
            ).format(n=days, start=start),
            expected=_("days from {first} to {last}").format(first=EARLIEST, last=LATEST),
        )


def simulate(
    out: arguments.Place,
    *,
    seed: int = 1,
    days: int = 14,
    visits: int = 6000,
    start: date = FIRST_DAY,
    rotate: bool = False,
    site: str = PUBLISHER,
    vary: float = 1.0,
    world: str | None = None,
) -> Simulation:
    """Write a simulated access log and the truth about it into the folder `out`.

    Writes `access.log` (NCSA combined, times with +0100), or with `rotate` the set `access.log`,
    `access.log.1`, `access.log.2.gz`; and `truth.jsonl`, one object a line: every visit with its
    cause, every private share, every machine. The same arguments give the same bytes.

    `seed` decides every random choice. The log begins on the day `start` and has `days` days.
    `visits` is the expected number of human visits, about 11 hits each. `site` is the type of the
    site: publisher, shop, documentation, saas or blog. With `vary` each of its rates is multiplied
    by a factor between 1/`vary` and `vary` that follows from the seed. `world` adds one trouble of
    real logs: of machines stealth-bots, changing-agents, password-guessing, probes-answered,
    form-spam, referrer-spam or monitors; of how people reach the site few-addresses, carrier-nat,
    rotating-addresses, open-tabs, readers or bare-assets; of the site and its links page-in-query,
    encoded-paths, forum, login-wall, short-links, payment-returns, slow-clicks, newsletter,
    viral-day, campaigns, with whose log come costs.csv, partners.csv and orders.csv, tracked-shares
    or few-tracked, whose pages give ids to shares, or assistants, where AI assistants fetch pages
    for people who ask; of what the log lacks common-format, no-previews
    or no-assets; sums and sums-by-page write a report of GA4 in place of the log. An earlier
    simulation in the folder is replaced. Rates and their references:
    darksocial/data/simulation_*.csv.

    Raises UsageError if `days` or `visits` is not positive, a day is before 1971 or after 2037,
    `vary` is not from 1 to 100 or there is no such site or world; OutputError if `out` cannot be
    written or holds an access.log that is not a simulated one.
    """
    out = arguments.folder("out", out)
    arguments.check("seed", seed, int)
    arguments.check("rotate", rotate, bool)
    arguments.check("site", site, str)
    _check(days, visits, start, vary)
    params = parameters_of(site)
    if vary > 1:
        params = varied(params, vary, Random(f"vary {seed}"))
    if world is not None:
        arguments.check("world", world, str)
        params = in_world(params, world)
    traffic = Traffic(seed, days, visits, start, params)
    names = log_names(days, rotate)
    parts = sorted(set(names))
    others = [TRUTH_NAME, *NAMES_OF_CAMPAIGNS] if traffic.advertising else [TRUTH_NAME]
    with written_whole(out, [*parts, *others]) as files:
        counts = _per_day(visits, days, start, traffic.params.weekdays)
        lines = sum(
            _write_day(traffic, day, count, files[names[day]], files[TRUTH_NAME])
            for day, count in enumerate(counts)
        )
        bots = traffic.bots.summary()
        for day in range(days):
            files[TRUTH_NAME].write("".join(traffic.log.take(day)[1]).encode("ascii"))
        if traffic.advertising:
            for name, text in zip(NAMES_OF_CAMPAIGNS, traffic.advertising.tables(), strict=True):
                files[name].write(text.encode("ascii"))
    logs = tuple(out / name for name in parts)
    counted = traffic.visit_count, traffic.shares.count, bots
    return Simulation(out, logs, out / TRUTH_NAME, seed, lines, *counted)
