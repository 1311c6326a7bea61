"""Link previews to share events: who shared a page, through which app, at which moment.

A messenger fetches a link to draw its preview. iMessage, WhatsApp, Signal and Viber fetch from the
sender's own device while the message is written; Slack, Telegram, Discord, Teams and LINE from
servers, once for each address and as long as they cache it (data/preview_fetchers.csv names them
all). Only fetchers of messengers, and Meta's, which serve Messenger and public posts alike, make
share events; a fetcher of public posts is no sign of a private share, and nor is one that names an
app before it existed (data/releases.csv).

- Fetches of the same address by the same app within a minute are one event: apps fetch while the
  sender types, and again for the image. A device is identified by its address.
- The sharer of a fetch from a device is the person who viewed that page from that address last,
  within half an hour before. On a government site (2024, 26 fetches) 18 had such a view.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.visits.conditions import is_person
from darksocial.visits.existence import app_of_time
from darksocial.visits.pages import is_viewed
from darksocial.visits.share_ids import ShareIds

MAX_SECONDS_BETWEEN_FETCHES = 60
MAX_SECONDS_SINCE_VIEW = 1800
# Fetchers whose fetch may be for a private share.
PRIVACY_OF_SHARES = ("private", "mixed")


def share_events(engine: Engine, requests: ir.Table, people: ir.Table, ids: ShareIds) -> ir.Table:
    """Return one row a share: `share`, site, path, query, time, app, origin, privacy, sharer.

    One whose address carried an id has `tracked_id`, `root`, `generation` and `method`.
    `share` numbers them in the order of time; `sharer` is a visitor and `sharer_visitor_id` its id
    (null: not known).
    """
    fetches = engine.stage("fetches", _with_ids(_fetches(requests, people), ids))
    order = [fetches.time, fetches.tie_break]
    same = ibis.window(
        group_by=[
            fetches.site,
            fetches.path,
            fetches.app,
            fetches.source,
            fetches.tracked_id,
        ],
        order_by=order,
    )
    pause = fetches.time.epoch_seconds() - fetches.time.lag().over(same).epoch_seconds()
    starts = fetches.mutate(first=(pause > MAX_SECONDS_BETWEEN_FETCHES).fill_null(True))
    events = starts.filter(starts.first).drop("first", "source")
    place = ibis.row_number().over(
        order_by=[
            events.time,
            events.site,
            events.path,
            events.app,
            events.tie_break,
            events.client_ip,
        ]
    )
    numbered = engine.stage("share_fetches", events.mutate(share=place))
    return engine.stage("share_events", _with_sharers(numbered, requests, people))


def _with_ids(fetches: ir.Table, ids: ShareIds) -> ir.Table:
    """Add the share ids in the addresses that were fetched."""
    return ids.joined(fetches, "query").rename(
        tracked_id="share_id",
        root="share_root",
        generation="share_generation",
        method="share_method",
    )


def _fetches(requests: ir.Table, people: ir.Table) -> ir.Table:
    """Return the fetches of pages that may be for a private share."""
    fetchers = people.filter(people.preview_privacy.isin(PRIVACY_OF_SHARES)).select(
        "visitor",
        app=people.preview_app,
        origin=people.preview_origin,
        privacy=people.preview_privacy,
    )
    pages = requests.filter(is_viewed(requests)).join(fetchers, "visitor")
    of_time = pages.mutate(app=app_of_time(pages.app, pages.time))
    existing = of_time.filter(of_time.app.notnull())
    address = existing.client_ip.fill_null("")
    return existing.select(
        "time",
        "client_ip",
        "app",
        "origin",
        "privacy",
        "tie_break",
        path=existing.page,
        query=existing.asked_query,
        site=existing.host.fill_null(""),
        source=ibis.ifelse(existing.origin == "device", address, ""),
    )


def _with_sharers(events: ir.Table, requests: ir.Table, people: ir.Table) -> ir.Table:
    """Add who viewed the page last from the address of the device that fetched its preview."""
    persons = people.filter(is_person(people)).select("visitor", "visitor_id")
    views = requests.filter(requests.kind == "page").select(
        "visitor",
        "client_ip",
        path="page",
        seen_at=requests.time,
        site=requests.host.fill_null(""),
    )
    devices = events.filter(events.origin == "device")
    near = devices.join(views, ["client_ip", "path", "site"]).join(persons, "visitor")
    ago = near.time.epoch_seconds() - near.seen_at.epoch_seconds()
    near = near.filter((ago >= 0) & (ago <= MAX_SECONDS_SINCE_VIEW))
    last = ibis.row_number().over(
        group_by=near.share, order_by=[near.seen_at.desc(), near.visitor_id]
    )
    near = near.mutate(last=last)
    sharers = near.filter(near.last == 0).select(
        "share", sharer=near.visitor, sharer_visitor_id=near.visitor_id
    )
    return events.left_join(sharers, "share").drop("share_right", "client_ip")
