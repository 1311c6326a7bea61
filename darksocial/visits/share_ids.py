"""Share ids in the addresses that people asked for: which share a visit, or a preview, came from.

- A visit belongs to the share whose id its landing page was asked for with, unless the id is the
  visitor's own (reload, back, bookmark, history). Whose an id is, the script says by the request
  that it sends when it gives one (kind `beacon`). An id whose maker has another address today comes
  back with the maker's browser from the address bar, though no preview was fetched of an address
  bar. Without that request an id is the visitor's own if the visitor had viewed the page before the
  id was in the log: who did made it, or had read it already.
- An id that comes back with the same visitor counts once; later it is history. Such a visit, and
  one with an own id, has no share.
- A preview that carries an id is of that share. The parent of a share is what the visitor came with
  on whose page it was made: the script's request, or the referrer of the visitor's next one, says
  so. Where neither is in the log, that of a share of generation 2 is its root. Who opens the own
  bookmark gets an id of the next generation, and it has no parent.

Ids are typed by strangers. A parent is always one generation above its child, so no loop can be.
"""

from functools import partial
from urllib.parse import urlsplit

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups.pages import parameters
from darksocial.tracking.share_id import OWN_METHODS, SHARE_METHODS, SOURCE_OF_BEACON, parse
from darksocial.visits.hits import PLACE_KEY
from darksocial.visits.posted_ids import ID_KEY, posted_ids

ID_COLUMNS = {
    "share_id": "string",
    "share_root": "string",
    "share_generation": "int16",
    "share_method": "string",
}
"""The columns of an id, with their types in Ibis."""
LOOKED_UP = (
    ("share_id", pa.string()),
    ("share_root", pa.string()),
    ("share_generation", pa.int16()),
    ("share_method", pa.string()),
)
SHARE_PARENT = "share_parent"
BOT_COLUMNS = ("p_bot", "p_bot_low", "p_bot_high")
MAX_SCAN_SECONDS = 10
"""Scanners of mails open a link within seconds (suped.com says so of Safe Links); people take
longer to send it, to look and to press. The limit is assumed."""
MIN_SCANNED_TREES = 4
"""Who opens links of so many trees, one page each, and does nothing else, is no person. Assumed."""


class ShareIds:
    """The share ids of an input: by the queries that hold them.

    `has_any` is whether there are any; without one nothing is joined.
    """

    def __init__(
        self, engine: Engine, requests: ir.Table, people: ir.Table, parameter: str
    ) -> None:
        self._engine = engine
        self._requests = requests
        self._people = people
        self._parameter = parameter
        self._sent: ir.Table | None = None
        sent = requests.filter(
            requests.kind.isin(("page", "beacon")), requests.asked_query.notnull()
        )
        held = sent.filter(sent.asked_query.contains(f"{parameter}="))
        self.has_any = bool(parameter) and bool(
            engine.fetch(held.select("asked_query").limit(1), "share ids").num_rows
        )
        if self.has_any:
            keys = held.select(query=held.asked_query).distinct()
            look_up = partial(_look_up, name=parameter, of_referrers=False)
            self._by_query = engine.look_up("share_ids", keys, look_up)

    def joined(self, table: ir.Table, query: str) -> ir.Table:
        """Return a table with the columns of the id in its column `query`; null: none."""
        if not self.has_any:
            return table.mutate(**{name: ibis.null(kind) for name, kind in ID_COLUMNS.items()})
        ids = self._by_query.rename(id_query="query")
        return table.left_join(ids, table[query] == ids.id_query).drop("id_query")

    def of_visits(self, visits: ir.Table) -> ir.Table:
        """Return the visits with the id of the share that each came from, and that of the share
        before it."""
        with_ids = self.joined(visits, "landing_query")
        if not self.has_any:
            without = with_ids.mutate(**{SHARE_PARENT: ibis.null("string")})
            return self._engine.view("visits_by_share", without)
        with_ids = self._engine.stage("visits_with_ids", with_ids)
        own = self._engine.stage("own_ids", self._own_ids(with_ids))
        joined = with_ids.left_join(own.select(*PLACE_KEY, "is_own"), PLACE_KEY)
        is_own = ibis.ifelse(
            joined.share_id.isnull(), joined.seen_before, joined.is_own.fill_null(False)
        )
        came = {
            name: ibis.ifelse(is_own, ibis.null(kind), joined[name])
            for name, kind in ID_COLUMNS.items()
        }
        came_by = self._engine.stage(
            "shares_of_visits", joined.mutate(**came).select(*visits.columns, *ID_COLUMNS)
        )
        self._shown = self._engine.stage("parents", self._parents(came_by, own))
        return self._engine.stage("visits_by_share", self.with_parents(came_by))

    def _own_ids(self, visits: ir.Table) -> ir.Table:
        """Return the visits whose address has an id of a share, each with `is_own`: whether the id
        was the visitor's before."""
        carried = visits.filter(visits.share_id.notnull()).select(
            *PLACE_KEY, "visitor", "started_at", "landing_path", *ID_COLUMNS
        )
        agents = self._people.select("visitor", agent="user_agent")
        carried = carried.left_join(agents, "visitor").drop("visitor_right")
        makers = self._engine.stage("id_makers", self._makers(carried))
        mentions = self._engine.stage("first_mentions", self._first_mentions(carried))
        views = self._requests.filter(self._requests.kind == "page")
        own = views.semi_join(carried.select("visitor").distinct(), "visitor")
        first = own.group_by("visitor", landing_path="page").agg(first_view=own.time.min())
        first = self._engine.stage("first_views_with_ids", first)
        joined = (
            self._engine.stage("carried_ids", carried)
            .left_join(first, ["visitor", "landing_path"], rname="{name}_first")
            .left_join(mentions, ID_KEY, rname="{name}_mention")
            .left_join(makers, ID_KEY, rname="{name}_maker")
        )
        joined = self._engine.view("judged_ids", joined)
        came_before = (
            ibis.row_number().over(
                ibis.window(
                    group_by=["visitor", *ID_KEY], order_by=[joined.started_at, joined.line]
                )
            )
            > 0
        )
        same_browser = (
            (joined.agent == joined.maker_agent)
            & (joined.share_method == SHARE_METHODS["a"])
            & ~joined.previewed.fill_null(False)
        )
        is_own = ibis.cases(
            (came_before, True),
            (joined.maker.notnull(), (joined.maker == joined.visitor) | same_browser),
            else_=joined.first_view < joined.first_mention,
        )
        return joined.select(*PLACE_KEY, "visitor", *ID_COLUMNS, is_own=is_own.fill_null(False))

    def _makers(self, carried: ir.Table) -> ir.Table:
        """Return who made the ids of `carried`, by the script's first request, as `maker` and
        `maker_agent`."""
        sent = self._beacons().semi_join(carried.select(*ID_KEY).distinct(), ID_KEY)
        agents = self._people.select("visitor", maker_agent="user_agent")
        sent = sent.left_join(agents, "visitor").drop("visitor_right")
        place = ibis.row_number().over(
            ibis.window(group_by=ID_KEY, order_by=[sent.time, sent.line, sent.file])
        )
        first = sent.mutate(place=place)
        return first.filter(first.place == 0).select(
            *ID_KEY, "share_generation", "maker_agent", maker="visitor"
        )

    def _beacons(self) -> ir.Table:
        """Return the requests by which the script says that it gave an id, with that id."""
        if self._sent is None:
            sent = self._requests.filter(self._requests.kind == "beacon")
            held = self.joined(
                sent.select("file", "line", "visitor", "time", query="asked_query"), "query"
            )
            self._sent = self._engine.stage("beacons", held.filter(held.share_id.notnull()))
        return self._sent

    def _first_mentions(self, carried: ir.Table) -> ir.Table:
        """Return when the ids of `carried` are first in the log, as `first_mention`, and whether
        the address bar of one was previewed, as `previewed`."""
        views = self._requests.filter(self._requests.kind == "page")
        held = self.joined(views.select("visitor", "time", query="asked_query"), "query")
        held = self._engine.view("id_mentions", held)
        held = held.semi_join(carried.select(*ID_KEY).distinct(), ID_KEY)
        fetchers = self._people.filter(self._people.preview_app.notnull())
        held = held.left_join(fetchers.select("visitor", "preview_app"), "visitor")
        shown = held.preview_app.notnull() & (held.share_method == SHARE_METHODS["a"])
        return held.group_by(*ID_KEY).agg(first_mention=held.time.min(), previewed=shown.any())

    def with_apps(self, visits: ir.Table, events: ir.Table) -> ir.Table:
        """Return the visits with `tracked_app`: the app that fetched the preview of their id; and
        `is_posted`: whether the link was posted in public.

        Of several it is the last one before the visit, else the first after it; those of links
        that were shared by the method of the visit's own address are looked at first.
        """
        if not self.has_any:
            return visits.mutate(tracked_app=ibis.null("string"), is_posted=ibis.literal(False))
        tracked = events.filter(events.tracked_id.notnull()).select(
            "share", "method", "time", tracked_app="app", share_id="tracked_id", share_root="root"
        )
        came = came_by_ids(visits)
        came = came.select(*PLACE_KEY, *ID_KEY, "share_method", "started_at")
        fetched = came.join(tracked, ID_KEY)
        is_later = fetched.time > fetched.started_at
        distance = ibis.ifelse(is_later, fetched.share, -fetched.share)
        order = [fetched.method != fetched.share_method, is_later, distance]
        nearest = ibis.row_number().over(ibis.window(group_by=PLACE_KEY, order_by=order))
        fetched = fetched.mutate(nearest=nearest)
        apps = fetched.filter(fetched.nearest == 0).select(*PLACE_KEY, "tracked_app")
        apps = self._engine.stage("apps_of_ids", apps)
        posted = self._engine.stage("posted_ids", posted_ids(came_by_ids(visits), tracked))
        scanned = self._engine.stage("scanned_ids", self._scans(visits, events))
        joined = (
            visits.left_join(apps, PLACE_KEY)
            .left_join(posted, ID_KEY, rname="{name}_posted")
            .left_join(scanned, PLACE_KEY, rname="{name}_scanned")
        )
        of_bots = {
            name: ibis.ifelse(joined.is_scan.fill_null(False), 1.0, joined[name])
            for name in BOT_COLUMNS
        }
        is_post = (joined.started_at < joined.fetched_at).fill_null(True) | joined.is_mostly_post
        judged = joined.mutate(is_posted=is_post & joined.posted.fill_null(False), **of_bots)
        columns = (*visits.columns, "tracked_app", "is_posted")
        return self._engine.stage("visits_by_app", judged.select(*columns))

    def _scans(self, visits: ir.Table, events: ir.Table) -> ir.Table:
        """Return the visits by a scanner of mails, which is no person, with `is_scan`.

        A scanner opens a link as soon as it is sent, and no pointer moves in it: it looks at one
        page, and the script gives no further id. Its visit comes at most `MAX_SCAN_SECONDS` after
        the id was given, or after the link was shared, by what the script says or a preview, or one
        visitor opens links of `MIN_SCANNED_TREES` trees or more and nothing else.
        """
        sent = self._beacons()
        answered = sent.select("visitor", "share_root", answered=ibis.literal(True)).distinct()
        is_shared = sent.share_method.isin(OWN_METHODS)
        said = sent.select(*ID_KEY, at=sent.time, is_shared=is_shared)
        fetched = events.filter(events.tracked_id.notnull())
        fetched = fetched.select(
            share_id="tracked_id", share_root="root", at="time", is_shared=ibis.literal(True)
        )
        shared = self._engine.stage("shared_at", said.union(fetched))
        shared = shared.group_by(*ID_KEY).agg(
            given_at=shared.at.min(), shared_at=shared.at.min(where=shared.is_shared)
        )
        came = came_by_ids(visits)
        by_visitor = visits.group_by("visitor").agg(
            trees=visits.share_root.nunique(), others=visits.share_root.isnull().any()
        )
        joined = (
            came.select(*PLACE_KEY, "visitor", *ID_KEY, "started_at", "pageviews")
            .left_join(answered, ["visitor", "share_root"], rname="{name}_answered")
            .left_join(shared, ID_KEY, rname="{name}_shared")
            .join(by_visitor, "visitor")
        )
        at_once = _is_soon(joined.started_at, joined.shared_at) | _is_soon(
            joined.started_at, joined.given_at
        )
        opens_all = (joined.trees >= MIN_SCANNED_TREES) & ~joined.others
        is_still = joined.answered.isnull() & (joined.pageviews == 1)
        scans = joined.filter(is_still & (at_once | opens_all))
        return scans.select(*PLACE_KEY, is_scan=ibis.literal(True))

    def with_parents(
        self,
        shares: ir.Table,
        key: str = "share_id",
        root: str = "share_root",
        generation: str = "share_generation",
        parent: str = SHARE_PARENT,
    ) -> ir.Table:
        """Return a table with the parent of the share of each row, in the column `parent`.

        The share is named by the columns `key`, `root` and `generation`.
        """
        columns = shares.columns
        is_shown = (shares[key] == self._shown.of_share) & (shares[root] == self._shown.of_root)
        joined = shares.left_join(self._shown, is_shown)
        is_first_child = (joined[generation] == 2) & joined.of_share.isnull()
        above = ibis.ifelse(is_first_child, joined[root], joined.shown_parent)
        return joined.mutate(**{parent: above}).select(*columns, parent)

    def _parents(self, visits: ir.Table, own: ir.Table) -> ir.Table:
        """Return `of_share`, `of_root` and `shown_parent` of the shares whose maker the log shows.

        `shown_parent` is null if the maker did not come by a share. Of several shares by which a
        maker had come, the parent is the one that the script names.
        """
        minted = self._engine.stage("made_ids", self._minted())
        columns = ["visitor", "share_root", "above", "opened", "shown_parent"]
        came = came_by_ids(visits)
        came = came.mutate(above=came.share_generation, opened=came.share_id)
        own = own.filter(own.is_own)
        own = own.mutate(above=own.share_generation, opened=own.share_id)
        brought = (
            came.mutate(shown_parent=came.share_id)
            .select(*columns)
            .union(own.mutate(shown_parent=ibis.null("string")).select(*columns), distinct=True)
        )
        brought = self._engine.stage("brought_by", brought)
        joined = minted.join(brought, ["visitor", "share_root", "above"])
        shown = joined.filter(joined.source.isnull() | (joined.source == joined.opened))
        shown = shown.select("of_share", "share_root", "shown_parent")
        # Who opens a second link within a visit came to the page by it as well.
        opened = minted.filter(minted.source.notnull()).mutate(opened=minted.source)
        opened = opened.anti_join(brought, ["visitor", "share_root", "opened"])
        makers = self._engine.stage("all_id_makers", self._makers(self._beacons()))
        makers = makers.select("share_root", "maker", above="share_generation", opened="share_id")
        within = opened.join(makers, ["share_root", "above", "opened"])
        is_own = within.maker == within.visitor
        within = within.mutate(shown_parent=ibis.ifelse(is_own, None, within.opened))
        within = within.select("of_share", "share_root", "shown_parent")
        every = self._engine.view("shown_parents", shown.union(within))
        return every.group_by("of_share", of_root=every.share_root).agg(
            shown_parent=every.shown_parent.min()
        )

    def _minted(self) -> ir.Table:
        """Return the ids that visitors were given, by the script's requests and by referrers:
        `above` is the generation before that of `of_share`, and `source` the share of the page's
        address then, if the script names one."""
        requests = self._requests
        inside = requests.filter(
            requests.kind == "page", requests.referrer.contains(f"{self._parameter}=")
        )
        inside = inside.select("visitor", query="referrer").distinct()
        look_up = partial(_look_up, name=self._parameter, of_referrers=True)
        keys = inside.select("query").distinct()
        held = inside.join(self._engine.look_up("referrer_ids", keys, look_up), "query")
        columns = ["visitor", *ID_KEY, "share_generation"]
        sent = self._beacons()
        source = sent.query.re_extract(SOURCE_OF_BEACON, 1).nullif("")
        both = (
            held.select(*columns)
            .mutate(source=ibis.null("string"))
            .union(sent.select(*columns, source=source))
        )
        return both.group_by(
            "visitor",
            "share_root",
            of_share=both.share_id,
            above=both.share_generation - 1,
        ).agg(source=both.source.max())


def _is_soon(time: ir.TimestampValue, after: ir.TimestampValue) -> ir.BooleanValue:
    """Return whether a time is at most `MAX_SCAN_SECONDS` after another one."""
    seconds = time.epoch_seconds() - after.epoch_seconds()
    return ((seconds >= 0) & (seconds <= MAX_SCAN_SECONDS)).fill_null(False)


def came_by_ids(visits: ir.Table) -> ir.Table:
    """Return the visits that came by a share whose link had an id."""
    return visits.filter(visits.share_id.notnull())


def _look_up(keys: pa.RecordBatch, *, name: str, of_referrers: bool) -> pa.RecordBatch:
    """Map query, or the query of a referrer, to the columns of its share id; none: no row."""
    rows = []
    for text in keys.column("query").to_pylist():
        value = dict(parameters(_query_of(text) if of_referrers else text)).get(name, "")
        if share := parse(value):
            columns = (share.key, share.root, share.generation, share.method)
            rows.append(dict(zip(("query", *ID_COLUMNS), (text, *columns), strict=True)))
    return pa.RecordBatch.from_pylist(rows, schema=pa.schema([("query", pa.string()), *LOOKED_UP]))


def _query_of(referrer: str) -> str:
    """Return the query of an address; empty if it has none or is no address."""
    try:
        return urlsplit(referrer).query
    except ValueError:
        return ""
