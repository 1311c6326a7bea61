"""Rotating addresses: carriers, VPNs and relays send what a browser asks for by several addresses.

Such addresses mostly lie in one network, and the user agent stays the same. So assets that an
address loads without having viewed a page belong to a page that the same user agent viewed by
another address of the network at that moment. A visit whose pages come by several addresses is put
together in handovers.py.

A network is the first 16 bits of an IPv4 address or the first 48 of an IPv6 address: the range of
which one customer of a carrier is served (48 bits are what a site gets at most: RFC 6177; 16 are
assumed).
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir

# A page and its assets are loaded within this minute and the next.
MINUTES_OF_A_PAGE = (0, 1)
# At least this part of a visitor's page views has assets by other addresses: assumed.
MIN_PART_LOADED_ELSEWHERE = 0.5

NETWORK_PATTERNS = (
    r"^(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}$",
    r"^([0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}):",
)


def network(address: ir.StringValue) -> ir.StringValue:
    """Return the network of addresses as text; null where it is not known."""
    # Each pattern is a constant, so that it is compiled once and not for each address.
    parts = (address.re_extract(pattern, 1).nullif("") for pattern in NETWORK_PATTERNS)
    text: ir.StringValue = ibis.coalesce(*parts)
    return text


def assets_elsewhere(engine: Engine, requests: ir.Table, visitors: ir.Table) -> ir.Table:
    """Return for visitors without assets what other addresses loaded: `assets_elsewhere`.

    `visitors` have `agent`, `network`, `pages` and `assets`. It is the number of their page views
    at whose time another address of the network, which viewed no page itself, loaded assets with
    the same user agent. Visitors without it, or for less than half of their page views, are left
    out.
    """
    in_network = visitors.filter(visitors.network.notnull(), visitors.agent != "")
    grouped = in_network.mutate(group=(in_network.agent + "\n" + in_network.network).hash())
    needy = grouped.filter(grouped.assets == 0, grouped.pages > 0, grouped.bot.isnull())
    lending = grouped.filter(grouped.assets > 0).semi_join(needy, "group")
    timed = requests.select("visitor", "kind", minute=requests.time.epoch_seconds() // 60)
    pages, assets = (timed.filter(timed.kind == kind).drop("kind") for kind in ("page", "asset"))
    views = pages.join(needy.select("visitor", "group"), "visitor")
    loads = assets.join(lending.select("visitor", "group"), "visitor")
    loads = loads.semi_join(_lasting(views.select("group", "minute")), ["group", "minute"])
    own_views = _lasting(pages.semi_join(lending, "visitor"))
    loaded = loads.anti_join(own_views, ["visitor", "minute"])
    near = engine.view("loaded_elsewhere", _lasting(loaded.select("group", "minute"), -1))
    served = views.join(near, ["group", "minute"])
    counted = served.group_by("visitor").agg(assets_elsewhere=served.count())
    lent = counted.join(needy.select("visitor", "pages"), "visitor")
    serves_most = lent.assets_elsewhere >= MIN_PART_LOADED_ELSEWHERE * lent.pages
    return lent.filter(serves_most).select("visitor", "assets_elsewhere")


def _lasting(minutes: ir.Table, sign: int = 1) -> ir.Table:
    """Return the minutes, and those next to them in which a page's assets are loaded."""
    near = ibis.array([minutes.minute + sign * after for after in MINUTES_OF_A_PAGE])
    return minutes.mutate(minute=near.unnest()).distinct()
