"""Rotating addresses: carriers, VPNs and relays send what a browser asks for by several addresses.

Such addresses mostly lie in one network, and the user agent stays the same. So assets that an
address loads without having viewed a page belong to a page that the same user agent viewed by
another address of the network at that moment. A visit whose pages come by several addresses is put
together in handovers.py.

A network is the first 16 bits of an IPv4 address or the first 48 of an IPv6 address: the range of
which one customer of a carrier is served (48 bits are what a site gets at most: RFC 6177; 16 are
assumed).
"""

import ibis
import ibis.expr.types as ir

from darksocial.engines import Engine

# A page and its assets are loaded within this minute and the next.
MINUTES_OF_A_PAGE = (0, 1)
# At least this part of a visitor's page views has assets by other addresses: assumed.
MIN_PART_LOADED_ELSEWHERE = 0.5

IPV4_NETWORK = r"^(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}$"
IPV6_NETWORK = r"^([0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}):"
GROUP = ("agent", "network")


def network(address: ir.StringValue) -> ir.StringValue:
    """Return the network of addresses as text; null where it is not known."""
    pattern = ibis.ifelse(address.contains(":"), IPV6_NETWORK, IPV4_NETWORK)
    found: ir.StringValue = address.re_extract(pattern, 1).nullif("")
    return found


def with_assets_elsewhere(engine: Engine, requests: ir.Table, visitors: ir.Table) -> ir.Table:
    """Return the visitors with `assets_elsewhere`: what other addresses loaded for their pages.

    `visitors` have `agent`, `network`, `pages` and `assets`. For a visitor without assets it is the
    number of page views at whose time another address of the network, which viewed no page itself,
    loaded assets with the same user agent; if that is most of them, else 0.
    """
    grouped = visitors.filter(visitors.network.notnull(), visitors.agent != "")
    needy = grouped.filter(grouped.assets == 0, grouped.pages > 0, grouped.bot.isnull())
    lending = grouped.filter(grouped.assets > 0).semi_join(needy, GROUP)
    timed = requests.select("visitor", "kind", minute=requests.time.epoch_seconds() // 60)
    pages, assets = (timed.filter(timed.kind == kind).drop("kind") for kind in ("page", "asset"))
    loads, views = (_minutes(minutes.distinct(), lending) for minutes in (assets, pages))
    loaded = loads.anti_join(_lasting(views), [*GROUP, "visitor", "minute"])
    near = engine.view("loaded_elsewhere", _lasting(loaded.drop("visitor"), -1).distinct())
    served = _minutes(pages, needy).join(near, [*GROUP, "minute"])
    lent = served.group_by("visitor").agg(lent=served.count())
    joined = visitors.left_join(lent, "visitor", rname="{name}_right")
    serves_most = joined.lent >= MIN_PART_LOADED_ELSEWHERE * joined.pages
    elsewhere = ibis.ifelse(serves_most.fill_null(False), joined.lent, 0)
    return joined.mutate(assets_elsewhere=elsewhere).select(*visitors.columns, "assets_elsewhere")


def _minutes(minutes: ir.Table, visitors: ir.Table) -> ir.Table:
    """Return the minutes of some visitors, each with its group."""
    return minutes.join(visitors.select("visitor", *GROUP), "visitor").select(
        "visitor", "minute", *GROUP
    )


def _lasting(minutes: ir.Table, sign: int = 1) -> ir.Table:
    """Return the minutes, and those next to them in which a page's assets are loaded."""
    first, second = (
        minutes.select(
            *(name for name in minutes.columns if name != "minute"),
            minute=minutes.minute + sign * after,
        )
        for after in MINUTES_OF_A_PAGE
    )
    return first.union(second, distinct=True)
