"""Which hosts are the site's own, and under which registrable domain each host is.

A request line may hold a whole address (`GET http://www.example.org/news`: RFC 9112, section
3.2.2). In a log that records no hosts such a line is the site's like any other if the host is the
site's. With any other host it comes from a scanner that looks for an open proxy, and is a probe
(lookups/request_kinds.py). A log in which most hits name no host records none. Assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir, parameter
from darksocial.lookups.batches import look_up_hosts
from darksocial.lookups.referrers import registrable_domain
from darksocial.visits.own_domain import NOTHING_SHOWN, OwnDomain, own_domain

# Only the most frequent hosts through which visits pass are named.
MAX_PASSAGES = 20


@dataclass(frozen=True, slots=True)
class Sites:
    """The hosts in some requests, and which are the site's own.

    `hosts`: every host that was visited or referred from, with its registrable `domain`, and
        whether it `is_spam` or `is_address` (lookups/referrers.py) or `is_passage`
        (lookups/passages.py), and whether it `is_own`: of the site's domains.
    `own_domains`: the site's domains, for hits that record no host.
    `inferred`: what the hits themselves show of these, unless the user names the site.
    `passages`: the hosts from which visits came back that had passed through them.
    """

    hosts: ir.Table
    own_domains: frozenset[str]
    inferred: OwnDomain = NOTHING_SHOWN
    passages: tuple[str, ...] = ()

    def located(self, requests: ir.Table) -> ir.Table:
        """Return the requests with what is known of their hosts.

        `site_domain` is the domain that was visited, null if no host is recorded; `internal` says
        that the referrer is on the same site, `by_address` that it is a bare address, and
        `by_passage` that the visit passed through its host.
        """
        visited = self.hosts.select(site_host="host", site_domain="domain")
        referring = self.hosts.select(
            from_host="host",
            from_domain="domain",
            from_own="is_own",
            by_address="is_address",
            by_passage="is_passage",
        )
        joined = requests.left_join(visited, requests.host == visited.site_host)
        joined = joined.left_join(referring, joined.referrer_host == referring.from_host)
        own = ibis.ifelse(
            joined.site_domain.isnull(), joined.from_own, joined.from_domain == joined.site_domain
        )
        return joined.mutate(internal=own.fill_null(False))


def sites_in(engine: Engine, requests: ir.Table, site: Sequence[str]) -> Sites:
    """Return the sites in some requests. `site`: its hosts, as the user names them."""
    hosts = _hosts(engine, requests)
    passages = _passages(engine, requests, hosts)
    if site:
        domains = frozenset(registrable_domain(host) for host in site)
        return Sites(_with_own(engine, hosts, domains), domains, passages=passages)
    inferred = own_domain(engine, requests)
    domains = frozenset({inferred.name} if inferred.name else ())
    return Sites(_with_own(engine, hosts, domains), domains, inferred, passages)


def _with_own(engine: Engine, hosts: ir.Table, domains: frozenset[str]) -> ir.Table:
    """Return the hosts with `is_own`, in a view: SQL that uses it is the same for every site."""
    listed = parameter("own_domains", f"|{'|'.join(sorted(domains))}|", "string")
    is_own = listed.contains("|" + hosts.domain + "|")
    return engine.view("hosts_of_site", hosts.mutate(is_own=is_own))


def with_own_lines(engine: Engine, requests: ir.Table, sites: Sites) -> ir.Table:
    """Return the requests, with lines that hold an address made the site's own, or probes.

    Nothing changes where the site's own domain is not known.
    """
    files = _files_without_hosts(engine, requests) if sites.own_domains else []
    # Always a view of this name, so that the SQL of what follows is the same for every log.
    return engine.view("settled", _settled(engine, requests, sites, files) if files else requests)


def _settled(engine: Engine, requests: ir.Table, sites: Sites, files: list[int]) -> ir.Table:
    """Return the requests, in which a host in one of the files is the site's own or a probe's."""
    numbers = {"file": pa.array(files, pa.int32()), "has_no_hosts": [True] * len(files)}
    without_hosts = engine.load("files_without_hosts", pa.table(numbers))
    own = sites.hosts.filter(sites.hosts.is_own).select("host", is_of_site=True)
    joined = requests.left_join(without_hosts, "file", rname="{name}_without_hosts")
    joined = joined.left_join(own, "host", rname="{name}_of_site")
    is_named = joined.has_no_hosts.fill_null(False) & joined.kind.notnull()
    is_own = is_named & joined.is_of_site.fill_null(False)
    is_probe = is_named & joined.host.notnull() & joined.is_of_site.isnull()
    settled = joined.mutate(
        host=ibis.ifelse(is_own, ibis.null("string"), joined.host),
        kind=ibis.ifelse(is_probe, "probe", joined.kind),
    )
    return settled.select(*requests.columns)


def _files_without_hosts(engine: Engine, requests: ir.Table) -> list[int]:
    """Return the files in which some hits name a host, and most do not."""
    hits = requests.filter(requests.reason.isnull())
    by_file = hits.group_by("file").agg(
        lines=hits.lines.sum(), addressed=hits.lines.sum(where=hits.host.notnull())
    )
    mixed = by_file.filter(by_file.addressed > 0, by_file.addressed * 2 < by_file.lines)
    files: list[int] = engine.fetch(mixed, "files without hosts").column("file").to_pylist()
    return sorted(files)


def _passages(engine: Engine, requests: ir.Table, hosts: ir.Table) -> tuple[str, ...]:
    """Return the hosts from which visits of a log came back, those with most page views first."""
    views = requests.filter(
        requests.kind == "page", requests.session.isnull(), requests.weight.isnull()
    )
    passing = hosts.filter(hosts.is_passage).select(passage="host")
    passed = views.join(passing, views.referrer_host == passing.passage)
    counted = passed.group_by("passage").agg(views=passed.count())
    top = counted.order_by([counted.views.desc(), counted.passage]).limit(MAX_PASSAGES)
    hosts_passed = engine.fetch(top, "hosts that visits pass through").column("passage")
    return tuple(hosts_passed.to_pylist())


def _hosts(engine: Engine, requests: ir.Table) -> ir.Table:
    visited = requests.select(host=requests.host)
    referring = requests.select(host=requests.referrer_host)
    keys = visited.union(referring, distinct=True)
    return engine.look_up("hosts", keys.filter(keys.host.notnull()), look_up_hosts)
