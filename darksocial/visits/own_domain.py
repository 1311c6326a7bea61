"""Which domain is the site's own, in records that name no host: only one that they prove.

| proof | rule |
| --- | --- |
| assets | assets are referred from it, most of them for people who view pages |
| pages | page views are referred from it that name pages of the log itself |

Pages load their own assets. Where the log has none, or other sites embed its pictures, the pages
themselves must show it. They do if

- a visitor had viewed the page that the referrer names, once is enough: another site has not the
  same path, with the same reader. The home page is everybody's (browsers send nothing but
  the origin to other sites, https://www.w3.org/TR/referrer-policy/#default-referrer-policy), so
  there the visitor must have come to it from elsewhere, and that in half of all views from the
  domain;
- or at least three pages that its referrers name, and half of the views that name one, are of pages
  that anybody viewed in this log: visitors are not always known again.

Three pages and half are assumed. Of several domains the one with most assets, else that with most
such views counts.

Only a server knows the status of its answer, so only records with a status prove anything: the
tag of an analytics tool is loaded by the page alone, and its exports hold referrals and sums.
Search engines, networks and the like are never the site: most visits of a quiet site come from
them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups.referrers import parse_referrer, registrable_domain
from darksocial.visits.hits import referred_path

BY_ASSETS, BY_PAGES = "assets", "pages"
HOME = "/"
MIN_PROVING_PROPORTION = 0.5
MIN_SERVED_PAGES = 3
# Of the hosts that pages are referred from only the most frequent can be the site's own.
MAX_HOSTS_CONSIDERED = 1000

Row = Mapping[str, Any]
"""A `host` with its counts."""


@dataclass(frozen=True, slots=True)
class OwnDomain:
    """What records without a host show of the site's own domain.

    name: the domain; None if nothing proves one.
    proof: what shows it, `BY_ASSETS` or `BY_PAGES`.
    is_missed: there is no proof, and visits came from sites of which one may be the own.
    """

    name: str | None = None
    proof: str | None = None
    is_missed: bool = False


NOTHING_SHOWN = OwnDomain()


def own_domain(engine: Engine, requests: ir.Table) -> OwnDomain:
    """Return the domain that requests without a host prove to be the site's own, if any."""
    unnamed = requests.filter(requests.host.isnull())
    pages = unnamed.filter(unnamed.kind == "page", unnamed.weight.isnull())
    served = pages.filter(pages.revalidated.notnull())
    loading = _by_domain(_asset_counts(engine, unnamed, served))
    proven = {domain: row["of_viewers"] for domain, row in loading.items() if _loads_assets(row)}
    if proven:
        return OwnDomain(_most(proven), BY_ASSETS)
    referring = _by_domain(_view_counts(engine, pages))
    proven = {domain: _proving_views(row) for domain, row in referring.items()}
    proven = {domain: views for domain, views in proven.items() if views}
    if proven:
        return OwnDomain(_most(proven), BY_PAGES)
    return OwnDomain(is_missed=bool(referring))


def _by_domain(rows: Iterable[Row]) -> dict[str, Counter[str]]:
    """Return the sums of the counts of hosts by domain, without those that are no sites."""
    sums: dict[str, Counter[str]] = {}
    for row in rows:
        domain = registrable_domain(row["host"])
        if not _is_network(domain):
            counts = {name: count or 0 for name, count in row.items() if name != "host"}
            sums.setdefault(domain, Counter()).update(counts)
    return sums


def _is_network(domain: str) -> bool:
    referrer = parse_referrer(f"https://{domain}/")
    return referrer is None or referrer.kind is not None


def _most(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda domain: (-counts[domain], domain))


def _loads_assets(row: Mapping[str, int]) -> bool:
    return row["of_viewers"] > 0 and _is_most(row["of_viewers"], row["assets"])


def _proving_views(row: Mapping[str, int]) -> int:
    """Return how many page views prove that the domain they are referred from is the site's own."""
    of_home = row["home_followed"] if _is_most(row["home_followed"], row["views"]) else 0
    if proving := row["followed"] + of_home:
        return proving
    is_served = row["pages_served"] >= MIN_SERVED_PAGES and _is_most(row["served"], row["deep"])
    return row["served"] if is_served else 0


def _is_most(part: int, whole: int) -> bool:
    return part >= MIN_PROVING_PROPORTION * whole


def _asset_counts(engine: Engine, unnamed: ir.Table, served: ir.Table) -> list[Row]:
    """Return by referring host the `assets`, and those of visitors who view pages."""
    referred = unnamed.filter(unnamed.kind == "asset", unnamed.referrer_host.notnull())
    loaded = referred.group_by("visitor", host=referred.referrer_host).agg(n=referred.lines.sum())
    viewers = served.select("visitor").distinct().mutate(is_viewer=ibis.literal(True))
    joined = loaded.left_join(viewers, "visitor")
    counts = {
        "assets": joined.n.sum(),
        "of_viewers": joined.n.sum(where=joined.is_viewer.fill_null(False)),
    }
    return _busiest(engine, joined, counts, "hosts that assets are referred from")


def _view_counts(engine: Engine, pages: ir.Table) -> list[Row]:
    """Return by referring host how its page views show that it is the site's own.

    `views` counts them all. `deep` are those that name another page than home, `served` those of
    them whose page anybody viewed (`pages_served` pages). Of `followed` (`home_followed`: that name
    home) the same visitor had viewed it.
    """
    served = pages.filter(pages.revalidated.notnull())
    viewed = served.group_by("visitor", page=served.path).agg(
        since=served.time.min(),
        first_via=served.referrer_host.fill_null("").min(),
        last_via=served.referrer_host.fill_null("").max(),
    )
    viewed = engine.stage("pages_of_visitors", viewed)
    anybody = viewed.select("page").distinct().mutate(is_served=ibis.literal(True))
    referred = pages.filter(pages.referrer_host.notnull())
    page = referred_path(referred)
    proves_nothing = referred.revalidated.isnull() | (page == referred.path)
    page = ibis.ifelse(proves_nothing, ibis.null("string"), page)
    referred = referred.select("visitor", "time", host="referrer_host", page=page)
    joined = referred.left_join(viewed, ["visitor", "page"], rname="{name}_viewed")
    joined = joined.left_join(anybody, "page", rname="{name}_anybody")
    is_home = joined.page == HOME
    follows = (joined.since <= joined.time).fill_null(False)
    from_elsewhere = (joined.first_via != joined.host) | (joined.last_via != joined.host)
    is_served = joined.is_served.fill_null(False) & ~is_home
    counts = {
        "views": joined.count(),
        "deep": (~is_home).fill_null(False).sum(),
        "served": is_served.sum(),
        "pages_served": joined.page.nunique(where=is_served),
        "followed": (follows & ~is_home).sum(),
        "home_followed": (follows & is_home & from_elsewhere).sum(),
    }
    return _busiest(engine, joined, counts, "pages that referrers name")


def _busiest(
    engine: Engine, rows: ir.Table, counts: Mapping[str, ir.Value], step: str
) -> list[Row]:
    """Return counts by `host`, of the hosts with most; the first count orders them."""
    counted = rows.group_by("host").agg(**counts)
    ordered = counted.order_by(counted[next(iter(counts))].desc(), counted.host)
    return list(engine.fetch(ordered.limit(MAX_HOSTS_CONSIDERED), step).to_pylist())
