"""What is asked for before the page of a link is shown: redirects and logins."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple
from urllib.parse import quote

from darksocial.simulation.site import ORIGIN, Article, with_query
from darksocial.simulation.visits import Share, Visit

LOGIN_PAGE = "/accounts/login/"
LOGIN_SECONDS = (8, 40)
"""How long somebody takes to log in, at least and at most. Assumed."""


class Step(NamedTuple):
    """A request and its answer; `second` counts from the first request of the link."""

    second: int
    request: str
    status: int
    size: str
    referrer: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """The steps before the page, and when and with which referrer the page itself is asked for."""

    steps: tuple[Step, ...]
    second: int
    referrer: str


class Arrivals:
    """Links lead straight to their page; now and then one has the old short address of it.

    What a world adds draws from `rng_of_world`, so that the visits are those of the usual traffic.
    """

    def __init__(self, rng: Random, rates: Mapping[str, float], rng_of_world: Random) -> None:
        self._rng = rng
        self._rates = rates
        self._rng_of_world = rng_of_world

    def of_visit(self, visit: Visit) -> Arrival:
        """Return how a visit comes to its landing page."""
        if visit.article and self._rng.random() < self._rates["landing_redirect"]:
            return _by_short_address(visit, visit.article)
        return Arrival((), 0, visit.referrer or "-")

    def of_preview(self, share: Share) -> tuple[Step, ...]:
        """Return what the fetch of a link's preview asks for; the last answer is the page."""
        return (_page(share),)


class ShortLinks(Arrivals):
    """Links that are shared privately are short ones."""

    def of_visit(self, visit: Visit) -> Arrival:
        """Return how a visit comes to its landing page."""
        arrival = super().of_visit(visit)
        if visit.share and self._rng_of_world.random() < self._rates["short_links"]:
            return _by_short_address(visit, visit.share.article)
        return arrival

    def of_preview(self, share: Share) -> tuple[Step, ...]:
        """Return what the fetch of a link's preview asks for; the last answer is the page."""
        target = with_query(share.article.short, share.query)
        return Step(0, f"GET {target}", 301, "239", "-"), _page(share)


class LoginWall(Arrivals):
    """Who has no cookie is sent to a login and from there to the page; fetchers never have one."""

    def of_visit(self, visit: Visit) -> Arrival:
        """Return how a visit comes to its landing page."""
        arrival = super().of_visit(visit)
        if not visit.article or self._rng_of_world.random() >= self._rates["login_wall"]:
            return arrival
        target = with_query(visit.page.path, visit.query)
        login = _login(target)
        first, last = LOGIN_SECONDS
        second = first + int(self._rng_of_world.random() * (last - first))
        steps = (
            *_sent_to_login(target, arrival.referrer),
            Step(second, f"POST {login}", 302, "-", ORIGIN + login),
        )
        return Arrival((*arrival.steps, *steps), second, ORIGIN + login)

    def of_preview(self, share: Share) -> tuple[Step, ...]:
        """Return what the fetch of a link's preview asks for; the last answer is the login."""
        return _sent_to_login(with_query(share.article.page.path, share.query), "-")


def _by_short_address(visit: Visit, article: Article) -> Arrival:
    referrer = visit.referrer or "-"
    request = f"GET {with_query(article.short, visit.query)}"
    return Arrival((Step(0, request, 301, "239", referrer),), 0, referrer)


def _sent_to_login(target: str, referrer: str) -> tuple[Step, ...]:
    return (
        Step(0, f"GET {target}", 302, "-", referrer),
        Step(0, f"GET {_login(target)}", 200, "5120", referrer),
    )


def _login(target: str) -> str:
    return with_query(LOGIN_PAGE, f"next={quote(target, safe='/')}")


def _page(share: Share) -> Step:
    page = share.article.page
    return Step(0, f"GET {with_query(page.path, share.query)}", 200, str(page.size), "-")
