"""Private shares of links with ids: which id a link has, and what else opens it.

A link has the id of the page on which it was shared, with the letter of the method. Phones' share
menus take rel=canonical: it has an id only if the script put it there. Some links lose their id on
the way. Who shares without the script shares the id of the link by which the visit came.

A scanner of mails opens a link within seconds. One link is posted in public, and clicks on it have
a referrer. A poster and a chatbot of the site have links with ids of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from darksocial.simulation.addresses import Addresses
from darksocial.simulation.agents import PHONES
from darksocial.simulation.arrivals import Arrivals
from darksocial.simulation.log import Fact, Log
from darksocial.simulation.parameters import Choice, Group, Parameters, Source
from darksocial.simulation.scripts import (
    ShareIdScripts,
    id_facts,
    url_of,
    with_id,
)
from darksocial.simulation.shares import Shares
from darksocial.simulation.site import Article, assets, with_query
from darksocial.simulation.visits import Share, Visit
from darksocial.tracking.share_id import OWN_METHODS, SHARE_METHODS, ShareId, id_in_query

OF_SITE = "handed_out"
CHOSEN_METHODS = Choice((("a", 0.5), ("c", 0.15), ("b", 0.2), ("n", 0.15)))
"""How links are shared that are not taken from a phone's share menu. Assumed."""
SCANNER_SECONDS = (1, 8)
"""How long after a mail a scanner opens its links. Assumed after suped.com: within seconds."""
SCANNER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
"""Scanners have the agent of a plain Chrome (suped.com)."""
SCANNERS_THAT_LOAD = 0.5
"""The proportion of scans that load what the page needs. Assumed."""
MAIL, PUBLIC_SOURCE, SCANNER = "email_fwd", "reddit", "mail_scanner"
POSTER_QUERY = "utm_source=qr&utm_medium=offline&sh=pos7r.1.pos7r.q"
CHATBOT_QUERY = "utm_source=telegram&utm_medium=social&utm_term=chatbot&sh=b0t5x.1.b0t5x.l"
"""As `darksocial link --bot` makes it."""
HANDED_OUT_QUERIES = (("poster", 0.7, POSTER_QUERY), ("chatbot", 0.3, CHATBOT_QUERY))


def with_handed_out(params: Parameters) -> Parameters:
    """Return the parameters of a site that hands out links with ids, on a poster and by a bot."""
    group = Group(OF_SITE, params.rates[OF_SITE], 0.15, 1.4, "offer")
    sources = (
        Source(OF_SITE, name, weight, 1.0, "", "", query, "", 0.0, None, "", "")
        for name, weight, query in HANDED_OUT_QUERIES
    )
    groups = {**params.groups, OF_SITE: group}
    return replace(params, groups=groups, sources=(*params.sources, *sources))


class TrackedShares(Shares):
    """Private shares whose links may have ids; `public_clicks` come by one that is posted."""

    def __init__(
        self,
        rng: Random,
        params: Parameters,
        addresses: Addresses,
        log: Log,
        arrivals: Arrivals,
        *,
        rng_of_world: Random,
        scripts: ShareIdScripts,
        public_clicks: int,
    ) -> None:
        super().__init__(rng, params, addresses, log, arrivals)
        self._world = rng_of_world
        self._rates = params.rates
        self._scripts = scripts
        self._lines = log
        self._scanner = addresses.server()
        self._public = next(s for s in params.sources if s.name == PUBLIC_SOURCE)
        self._public_clicks = public_clicks
        self._is_posted = False

    def clicks(self, share: Share) -> Iterator[int]:
        """Return the times of the clicks on a link."""
        if not share.is_public:
            yield from super().clicks(share)
            return
        for _ in range(self._public_clicks):
            yield self.click_time(share)

    def _share(self, visit: Visit, article: Article) -> Share:
        share = super()._share(visit, article)
        by_menu = visit.visitor.platform in PHONES and self._happens("share_menu")
        held = visit.visitor.held.get((visit.agent, article.page.path), "")
        shared = self._id(held, visit, by_menu=by_menu)
        if shared and shared.method in OWN_METHODS:
            url = url_of(article.page.path, held)
            self._scripts.send(visit, share.time, shared, id_in_query(visit.query), url)
        carried = None if self._happens("ids_stripped") else shared
        query = with_id("" if by_menu else share.query, carried)
        share = replace(share, query=query, tracked=carried, parent=self._parent(carried))
        if carried and self._public_clicks and not self._is_posted:
            self._is_posted = share.time >= self._lines.middle
            if self._is_posted:
                return replace(share, source=self._public, is_public=True)
        return share

    def _id(self, held: str, visit: Visit, *, by_menu: bool) -> ShareId | None:
        """Return the id with which a link is shared, given the address that the browser holds."""
        share, arrived = id_in_query(held), id_in_query(visit.query)
        is_own = share is not None and (arrived is None or arrived.key != share.key)
        if by_menu:
            if not (share and is_own and self._happens("canonical_mended")):
                return None
            return replace(share, method=SHARE_METHODS["m"])
        if share and is_own:
            return replace(share, method=SHARE_METHODS[CHOSEN_METHODS.pick(self._world)])
        return share

    def _parent(self, carried: ShareId | None) -> str | None:
        """Return the key of the share by which came who made an id."""
        return self._scripts.parents.get(carried.key) if carried and carried.key else None

    def _facts(self, share: Share) -> Mapping[str, Fact]:
        parent = {"share_parent": share.parent, "public": share.is_public}
        return {**id_facts(share.tracked), **parent}

    def _write(self, share: Share, visit: Visit) -> bool:
        is_inside = super()._write(share, visit)
        scanned = share.source.name == MAIL and share.tracked is not None
        if is_inside and scanned and self._happens("mail_scanned"):
            self._scan(share)
        return is_inside

    def _preview(self, share: Share, visit: Visit) -> tuple[str, str] | None:
        return None if share.is_public else super()._preview(share, visit)

    def _scan(self, share: Share) -> None:
        """Open a link as a scanner does, half of the time with what the page loads."""
        first, last = SCANNER_SECONDS
        time = share.time + first + int(self._world.random() * (last - first))
        page = share.article.page
        url = url_of(page.path, share.query)
        asked = [(with_query(page.path, share.query), page.size, "-")]
        if self._world.random() < SCANNERS_THAT_LOAD:
            asked += [(path, size, url) for path, size in (*assets(), *page.images)]
        for target, size, referrer in asked:
            line = f"GET {target} HTTP/1.1"
            self._lines.add(time, self._scanner, line, 200, str(size), referrer, SCANNER_AGENT)
        what: dict[str, Fact] = {"type": "bot", "name": SCANNER, "kind": SCANNER}
        who: dict[str, Fact] = {
            "client_ip": self._scanner,
            "user_agent": SCANNER_AGENT,
            "hits": len(asked),
        }
        self._lines.note(time, {**what, "time": self._lines.utc(time), **who})

    def _happens(self, rate: str) -> bool:
        return self._world.random() < self._rates[rate]
