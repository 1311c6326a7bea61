"""Share ids in the addresses that people asked for: which share a visit, or a preview, came from.

- A visit belongs to the share whose id its landing page was asked for with, unless the id is the
  visitor's own (reload, back, bookmark): who had viewed the page before the id was in the log made
  it, or has read it already. Such a visit has no share.
- A preview that carries an id is of that share. The parent of a share of generation 2 is its root.
  Of later ones it is what the visitor came with on whose page the share was made: that visitor's
  next request names the page with the new id as its referrer.

Ids are typed by strangers. A parent is always one generation above its child, so no loop can be.
"""

from functools import partial
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from darksocial.engines import Engine
from darksocial.lookups.pages import parameters
from darksocial.tracking.share_id import parse

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


class ShareIds:
    """The share ids of an input: by the queries that hold them.

    `has_any` is whether there are any; without one nothing is joined.
    """

    def __init__(self, engine: Engine, requests: ir.Table, parameter: str) -> None:
        self._engine = engine
        self._requests = requests
        self._parameter = parameter
        views = requests.filter(requests.kind == "page", requests.asked_query.notnull())
        held = views.filter(views.asked_query.contains(f"{parameter}="))
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
        """Return the visits with the id of the share that each came from."""
        with_ids = self.joined(visits, "landing_query")
        if not self.has_any:
            return self._engine.view("visits_by_share", with_ids)
        with_ids = self._with_firsts(self._engine.stage("visits_with_ids", with_ids))
        is_own = ibis.ifelse(
            with_ids.share_id.isnull(),
            with_ids.seen_before,
            (with_ids.first_view < with_ids.first_mention).fill_null(False),
        )
        came = {
            name: ibis.ifelse(is_own, ibis.null(kind), with_ids[name])
            for name, kind in ID_COLUMNS.items()
        }
        return self._engine.stage(
            "visits_by_share", with_ids.mutate(**came).drop("first_view", "first_mention")
        )

    def _with_firsts(self, visits: ir.Table) -> ir.Table:
        """Add when the visitor first viewed the landing page, and when its id is first in the log,
        as `first_view` and `first_mention`."""
        came = visits.filter(visits.share_id.notnull()).select("visitor").distinct()
        views = self._requests.filter(self._requests.kind == "page")
        own = views.semi_join(came, "visitor")
        first = own.group_by("visitor", landing_path="page").agg(first_view=own.time.min())
        mentions = self.joined(views.select("time", query="asked_query"), "query")
        mentions = self._engine.view("id_mentions", mentions)
        mentions = mentions.filter(mentions.share_id.notnull())
        mentioned = mentions.group_by("share_id", "share_root").agg(
            first_mention=mentions.time.min()
        )
        first = self._engine.stage("first_views_with_ids", first)
        mentioned = self._engine.stage("first_mentions", mentioned)
        joined = visits.left_join(first, ["visitor", "landing_path"]).left_join(
            mentioned, ["share_id", "share_root"]
        )
        return joined.select(*visits.columns, "first_view", "first_mention")

    def with_apps(self, visits: ir.Table, events: ir.Table) -> ir.Table:
        """Return the visits with `tracked_app`: the app that fetched the preview of their id.

        Of several it is the last one.
        """
        if not self.has_any:
            return visits.mutate(tracked_app=ibis.null("string"))
        tracked = events.filter(events.tracked_id.notnull())
        apps = tracked.group_by(share_id=tracked.tracked_id, share_root=tracked.root).agg(
            tracked_app=tracked.app.argmax(tracked.share)
        )
        apps = self._engine.stage("apps_of_ids", apps)
        joined = visits.left_join(apps, ["share_id", "share_root"])
        joined = joined.drop("share_id_right", "share_root_right")
        return self._engine.view("visits_by_app", joined)

    def parents(self, visits: ir.Table) -> ir.Table:
        """Return `tracked_id`, `root` and `parent` of shares whose parent a visit shows."""
        requests = self._requests
        inside = requests.filter(
            requests.kind == "page", requests.referrer.contains(f"{self._parameter}=")
        )
        inside = inside.select("visitor", query="referrer").distinct()
        look_up = partial(_look_up, name=self._parameter, of_referrers=True)
        keys = inside.select("query").distinct()
        held = inside.join(self._engine.look_up("referrer_ids", keys, look_up), "query")
        minted = held.select(
            "visitor",
            tracked_id=held.share_id,
            root=held.share_root,
            above=held.share_generation - 1,
        )
        minted = self._engine.view("made_ids", minted)
        came = visits.filter(visits.share_id.notnull()).select(
            "visitor", parent="share_id", root="share_root", above="share_generation"
        )
        both = minted.join(came, ["visitor", "root", "above"])
        return both.group_by("tracked_id", "root").agg(parent=both.parent.min())


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
