"""The script of `darksocial snippet` on the simulated site: the ids it gives, and who keeps them.

In the browsers of some visitors no script runs. Where one does and the pointer moves, the page gets
an id, which is in the address from then on: the next request names it as its referrer, reload and
back ask for it, the browser's history and bookmarks hold it. Who opens a page from the history
gets an id of the next generation, as the state of the page is lost, though nobody shared it.
"""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from darksocial.simulation.log import Fact, Log
from darksocial.simulation.routes import PageView
from darksocial.simulation.site import ORIGIN, with_query
from darksocial.simulation.visits import Visit
from darksocial.tracking.links import KEY_DIGITS, KEY_LENGTH
from darksocial.tracking.share_id import (
    DEFAULT_PARAMETER,
    MAX_GENERATION,
    SHARE_METHODS,
    ShareId,
    id_in_query,
)
from darksocial.tracking.snippet import DEFAULT_BEACON

TRACKED_PAGES = frozenset({"article", "section"})
"""The kinds of pages on which the script gives ids; home, search and account pages get none."""
RETURNING = frozenset({"typed", "bookmark", "history"})
POINTER_SECONDS = (1, 9)
"""How long after the request of a page the pointer moves, at least and at most. Assumed."""
LATER_SECONDS = (20, 20_000)
"""When a page is asked for again by reload or back: some within the visit, some long after it.
Assumed."""
ID_FACTS = ("share_id", "share_root", "share_generation", "share_method")


def id_facts(share: ShareId | None) -> dict[str, Fact]:
    """Return what the truth says of an id; null where there is none."""
    values = (share.key, share.root, share.generation, share.method) if share else (None,) * 4
    return dict(zip(ID_FACTS, values, strict=True))


def with_id(query: str, share: ShareId | None) -> str:
    """Return a query with this id, or none, in place of the one that it has."""
    pairs = [pair for pair in query.split("&") if not pair.startswith(f"{DEFAULT_PARAMETER}=")]
    return "&".join([*filter(None, pairs), *([f"{DEFAULT_PARAMETER}={share}"] if share else [])])


class Scripts:
    """No page has a script."""

    def arriving(self, visit: Visit) -> Visit:
        """Return a visit with the address that it asks for."""
        return visit

    def after(self, visit: Visit, view: PageView) -> PageView:
        """Return a page view with the address that the page has when the visitor leaves it."""
        return view

    def truth(self, visit: Visit) -> Mapping[str, Fact]:
        """Return what the truth says of a visit beside the usual."""
        return {}


class ShareIdScripts(Scripts):
    """Pages have the script, and write its requests to the log."""

    def __init__(self, rng: Random, rates: Mapping[str, float], log: Log) -> None:
        self._rng = rng
        self._rates = rates
        self._log = log
        self.parents: dict[str, str] = {}
        """By the key of a share, that of the share by which its maker came, if there is one."""

    def arriving(self, visit: Visit) -> Visit:
        """Return a visit with the address that it asks for: that of a tab or of the history may
        hold an id."""
        held = visit.visitor.held.get((visit.agent, visit.page.path), "")
        if visit.restored:
            return replace(visit, query=held)
        returns = visit.group.name in RETURNING and not visit.query
        if returns and id_in_query(held) and self._happens("history_keeps_id"):
            return replace(visit, query=held)
        return visit

    def after(self, visit: Visit, view: PageView) -> PageView:
        """Return a page view with the address that the page has when the visitor leaves it."""
        if view.page.kind not in TRACKED_PAGES:
            return view
        path, query = view.page.path, _query_of(view)
        held, place = visit.visitor.held, (visit.agent, path)
        is_landing = view.time == visit.time
        if path == visit.page.path and view.target == path and not is_landing:
            # The landing page again, by a link of the site: who shares it shares the landing.
            return replace(view, target=with_query(path, held[place]))
        is_reopened = visit.restored and is_landing
        if not is_reopened:
            _note_share(visit, place)
        if self.runs_for(visit) and not is_reopened and self._happens("pointer_moves"):
            arrived = id_in_query(query)
            share = self._next(arrived)
            source = arrived.key if arrived else None
            if share.key and source and visit.visitor.brought.get(place) == source:
                self.parents[share.key] = source
            self.send(visit, view.time + self._within(POINTER_SECONDS), share, arrived, view.url)
            query = with_id(query, share)
        held[place] = query
        view = replace(view, target=with_query(path, query))
        if id_in_query(query) and self._happens("reloaded"):
            self._reload(view)
        return view

    def runs_for(self, visit: Visit) -> bool:
        """Return whether the script runs in the visitor's browser, now and at any other time."""
        visitor = visit.visitor
        if visitor.runs_script is None:
            visitor.runs_script = self._happens("script_runs")
        return visitor.runs_script

    def send(
        self, visit: Visit, time: int, share: ShareId, arrived: ShareId | None, referrer: str
    ) -> None:
        """Write the request by which the script says that an id was made."""
        source = f"&from={arrived.key}" if arrived and arrived.key else ""
        line = f"GET {DEFAULT_BEACON}?{DEFAULT_PARAMETER}={share}{source} HTTP/2.0"
        self._log.add(time, visit.visitor.address, line, 200, "-", referrer, visit.agent)

    def truth(self, visit: Visit) -> Mapping[str, Fact]:
        """Return what the truth says of a visit beside the usual: the share by which it came, and
        whether the id in the address is the visitor's own or an earlier one of the visitor."""
        carried = id_in_query(visit.query)
        came = visit.share is not None or visit.group.name not in RETURNING
        return {
            **id_facts(carried if came and not visit.restored else None),
            "own_id": carried is not None and (not came or visit.restored),
        }

    def new_key(self) -> str:
        """Return five of `0-9a-z`."""
        return "".join(self._rng.choice(KEY_DIGITS) for _ in range(KEY_LENGTH))

    def _next(self, arrived: ShareId | None) -> ShareId:
        key = self.new_key()
        generation = min(MAX_GENERATION, (arrived.generation or 0) + 1) if arrived else 1
        root = arrived.root if arrived and arrived.root else key
        return ShareId(SHARE_METHODS["a"], root, generation, key)

    def _reload(self, view: PageView) -> None:
        first, last = LATER_SECONDS
        time = view.time + int(first * (last / first) ** self._rng.random())
        add, address, agent = self._log.add, view.route.address, view.route.agent
        request = f"GET {view.target} {view.protocol}"
        add(time, address, request, 200, str(view.page.size), view.referrer, agent)
        for path, _size in view.page.images:
            add(time, address, f"GET {path} {view.protocol}", 304, "-", view.url, agent)

    def _within(self, bounds: tuple[int, int]) -> int:
        first, last = bounds
        return first + int(self._rng.random() * (last - first))

    def _happens(self, rate: str) -> bool:
        return self._rng.random() < self._rates[rate]


def _note_share(visit: Visit, place: tuple[str, str]) -> None:
    """Remember which share brought a page; a browser that loads it again brings it no other, unless
    the address is still that of the share."""
    brought = visit.visitor.brought
    is_landing = place == (visit.agent, visit.page.path)
    carried = id_in_query(visit.query) if is_landing else None
    if visit.share and carried and carried.key:
        brought[place] = carried.key
    elif not carried or carried.key != brought.get(place):
        brought.pop(place, None)


def _query_of(view: PageView) -> str:
    return view.target.removeprefix(view.page.path).lstrip("?&")


def url_of(path: str, query: str) -> str:
    """Return the address of a page, as a referrer has it."""
    return ORIGIN + with_query(path, query)
