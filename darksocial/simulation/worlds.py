"""Worlds: the usual traffic, and one trouble of real logs in it.

Simulated people and machines are better behaved than real ones. A world adds what a real log was
seen to have. Machines that pass for people:

    stealth-bots         six visits of ten are one page, each from an address of its own
    changing-agents      new articles, from eight addresses and with another agent each time
    password-guessing    a login page: one GET and one POST
    probes-answered      paths of other software, all answered 200
    form-spam            a page that names itself as its referrer, then a POST
    referrer-spam        one page, with a spammer's host as referrer
    monitors             pages at equal pauses, by GET and by HEAD, from several addresses

Or how the requests of people reach the site; the visits are as in the usual traffic:

    few-addresses        all have IPv4, of which there is so little that some ten people share each
    carrier-nat          most phones are behind eight addresses of a carrier, hundreds behind each
    rotating-addresses   half of the mobile visits change their address while they last
    open-tabs            tabs stay open for days and reload at equal distances
    readers              Instant View, Opera Mini, prefetch proxy, Private Relay (`readers.py`)
    bare-assets          images, a frame and a script's requests have no ending (`loads.py`)

Or what the site is, and how its links travel:

    page-in-query        the page is a parameter: /?p=12345
    encoded-paths        headlines in Russian and Persian; one server of two logs paths decoded
    forum                the page is a parameter, and members come back to it
    login-wall           half of the visits are sent to a login first (`arrivals.py`)
    short-links          links shared privately are short ones, which lead to the page
    payment-returns      people pay or log in elsewhere and come back (`detours.py`)
    slow-clicks          people open what they were sent days later
    newsletter           most visits come by a newsletter whose links have no tag
    viral-day            one shared link brings hundreds of clicks in a day
    campaigns            it advertises and sells: costs, partners, orders (`campaigns.py`)
    tracked-shares       pages give ids to shares in most browsers (`scripts.py`, `tracked.py`)
    few-tracked          the same, in so few that a tenth of the shares have one
    assistants           AI assistants fetch pages when people ask (`assistants.py`)

Or what the log lacks (`lacking.py`):

    common-format        referrers and user agents
    no-previews          fetches of link previews
    no-assets            images, styles and scripts

Or there is no log, but a report of GA4 (`sums.py`):

    sums                 visits by day and source
    sums-by-page         visits by day, landing page and source
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from random import Random

from darksocial import data
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.simulation.addresses import Addresses
from darksocial.simulation.arrivals import Arrivals, LoginWall, ShortLinks
from darksocial.simulation.browsing import Customs
from darksocial.simulation.campaigns import EURO, Advertising, with_campaigns
from darksocial.simulation.detours import Detours, ToProviders
from darksocial.simulation.lacking import WORLDS_THAT_LACK, log_that_lacks
from darksocial.simulation.loads import BareLoads, Loads
from darksocial.simulation.log import Log
from darksocial.simulation.open_tabs import OpenTabs
from darksocial.simulation.parameters import Bot, Parameters
from darksocial.simulation.partners import Partners
from darksocial.simulation.readers import Readers
from darksocial.simulation.rotating import RotatingAddresses
from darksocial.simulation.routes import Routes
from darksocial.simulation.scripts import Scripts, ShareIdScripts
from darksocial.simulation.shares import Shares
from darksocial.simulation.sites import with_rows
from darksocial.simulation.spelling import SpellingsLog
from darksocial.simulation.tracked import TrackedShares, with_handed_out
from darksocial.simulation.viral import ViralShares

FEW_ADDRESSES, CARRIER_NAT = "few-addresses", "carrier-nat"
ROTATING_ADDRESSES, OPEN_TABS, READERS = "rotating-addresses", "open-tabs", "readers"
BARE_ASSETS, ENCODED_PATHS = "bare-assets", "encoded-paths"
LOGIN_WALL, SHORT_LINKS, PAYMENT_RETURNS = "login-wall", "short-links", "payment-returns"
VIRAL_DAY, CAMPAIGNS = "viral-day", "campaigns"
TRACKED_SHARES, FEW_TRACKED = "tracked-shares", "few-tracked"
WORLDS_WITH_IDS = frozenset({TRACKED_SHARES, FEW_TRACKED})


@cache
def _rows() -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """Return what a world replaces of the parameters of its site, by its name."""
    rows: dict[str, tuple[Mapping[str, str], ...]] = {}
    for row in data.read("simulation_world_parameters"):
        rows[row["world"]] = (*rows.get(row["world"], ()), row)
    return rows


@cache
def worlds() -> dict[str, tuple[Bot, ...]]:
    """Return the machines that each world adds, by its name."""
    machines: dict[str, tuple[Bot, ...]] = dict.fromkeys(
        [*_rows(), BARE_ASSETS, *WORLDS_THAT_LACK], ()
    )
    for row in data.read("simulation_worlds"):
        bot = Bot(row["world"], row["kind"], float(row["bursts"]), 1.0, "")
        machines[row["world"]] = (*machines.get(row["world"], ()), bot)
    return machines


def check_world(name: str) -> None:
    """Raise UsageError if there is no world of this name."""
    if name not in worlds():
        raise UsageError(
            _("There is no world {name!r}.").format(name=name), expected=one_of(name, worlds())
        )


def in_world(params: Parameters, name: str) -> Parameters:
    """Return the parameters with the trouble of a world. Raises UsageError if there is none of this
    name."""
    check_world(name)
    params = with_rows(params, _rows().get(name, ()))
    params = with_campaigns(params) if name == CAMPAIGNS else params
    params = with_handed_out(params) if name in WORLDS_WITH_IDS else params
    return replace(params, bots=(*params.bots, *worlds()[name]), world=name)


def routes_in(params: Parameters, rng: Random) -> Routes:
    """Return how the requests of visits reach the site in the world of the parameters, if any."""
    if params.world == ROTATING_ADDRESSES:
        return RotatingAddresses(rng, params.rates)
    return Readers(rng, params.rates) if params.world == READERS else Routes()


def log_in(params: Parameters, start: date, days: int) -> Log:
    """Return the log of the world of the parameters: one that lacks something, one of servers that
    spell paths in their own ways, or else a usual one."""
    if params.world == ENCODED_PATHS:
        return SpellingsLog(start, days)
    return log_that_lacks(params, start, days) or Log(start, days)


def arrivals_in(params: Parameters, rng: Random, rng_of_world: Random) -> Arrivals:
    """Return how links lead to their pages in the world of the parameters, if any."""
    of_world: dict[str | None, type[Arrivals]] = {LOGIN_WALL: LoginWall, SHORT_LINKS: ShortLinks}
    return of_world.get(params.world, Arrivals)(rng, params.rates, rng_of_world)


@dataclass(frozen=True, slots=True)
class Making:
    """What the traffic of a world is made with; a world's own troubles draw from `rng_of_world`."""

    params: Parameters
    rng: Random
    rng_of_world: Random
    addresses: Addresses
    log: Log
    arrivals: Arrivals
    scripts: Scripts


def scripts_in(params: Parameters, rng: Random, log: Log) -> Scripts:
    """Return what scripts of pages do in the world of the parameters, if any."""
    return ShareIdScripts(rng, params.rates, log) if params.world in WORLDS_WITH_IDS else Scripts()


def customs_in(making: Making) -> Customs:
    """Return how people browse in the world of the parameters, if any."""
    params, rng = making.params, making.rng_of_world
    return Customs(
        making.arrivals,
        ToProviders(rng, params.rates) if params.world == PAYMENT_RETURNS else Detours(),
        BareLoads() if params.world == BARE_ASSETS else Loads(),
        OpenTabs(rng, params.rates, making.log) if params.world == OPEN_TABS else None,
        making.scripts,
    )


def shares_in(making: Making, visits: int) -> Shares:
    """Return the private shares in the world of the parameters, if any; `visits` are expected."""
    params = making.params
    usual = making.rng, params, making.addresses, making.log, making.arrivals
    if isinstance(making.scripts, ShareIdScripts):
        clicks = round(params.rates["public_clicks"] * visits)
        return TrackedShares(
            *usual, rng_of_world=making.rng_of_world, scripts=making.scripts, public_clicks=clicks
        )
    if params.world == VIRAL_DAY:
        clicks = round(params.rates["viral_clicks"] * visits)
        return ViralShares(*usual, begins=making.log.middle, clicks=clicks)
    return Shares(*usual)


def advertising_in(
    params: Parameters, rng: Random, rng_of_partners: Random, log: Log, start: date, days: int
) -> Advertising | None:
    """Return the campaigns of the site in the world of the parameters, if it has any."""
    if params.world != CAMPAIGNS:
        return None
    return Advertising(rng, log, start, days, Partners(rng_of_partners, start, days, EURO))
