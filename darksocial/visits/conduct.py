"""Conduct that names a bot by itself, each by a rule with data.

| reason | rule |
| --- | --- |
| probes for weaknesses | asked for a path at which scanners look (data/probe_paths.csv) |
| guesses passwords | sent something to a login page, and viewed no page but login pages |
| names itself as referrer | the first hit views an untagged page, whose referrer is that page |
| referrer spam | viewed a page with a referrer of data/spam_referrers.csv |
| changes its user agent | viewed pages from an address with five user agents that loads no asset |
| poses as an old browser | viewed pages with a browser that came out ten years before |

All of it holds only for a visitor who loaded no asset in the whole log, the last rule only where
nobody at the address did: a browser that shows a page
loads a style sheet, a script or an image, unless all of them come from its cache. So a person who
opens one odd path stays a person. Where a log records no assets, only the first rule and that on
referrer spam hold: nobody follows a link to such a path, or from such a host. It records none if
there is less than one for five page views of the visitors whom no rule names
(`MIN_ASSETS_PER_PAGE`, assumed).

A referrer is where the address was found (RFC 9110, section 10.1.3), so nobody arrives at a page
from that page itself. Programs that fill in forms name it to pass for somebody who read the form,
and scanners name the server's bare address with the same path. Only a page view counts: a person
whose address changed between a form and its sending comes with the sending. In the first half hour
of a log nobody is judged by this rule, because a visit that began before goes on (GA4's session
timeout, https://support.google.com/analytics/answer/12798876).

Programs that follow posts change their user agent with every page, and so look like as many
strangers as a shared link brings: of one day of a news site 174 of the 175 visits that seemed most
probably dark came from eight addresses with some 39 user agents each. People behind one address
(an office, a carrier) use as many browsers, but somebody's loads an asset.

Programs keep the browser's name that their author once gave them. People update, or buy a new
device in time, and the browser of an old one loads what a page needs. When a browser came out is in
data/browser_releases.csv, and its age is that at the visitor's last hit, so a log of 2012 is read
as of 2012. User agents whose parts contradict each other (Windows on a Macintosh, versions of the
future) are no rule: of 3,416 visitors in four real logs (WillTheFarmer/apache-logs-to-mysql,
nielsbasjes/logparser, zanbil.ir, elastic/examples) they were two, one of whom loaded assets.

Two kinds of people are taken for bots, and nothing in a log shows the difference: who fails to sign
in, closes the page, and had all of its assets in the browser's cache; and who follows a page's link
to itself just after the address changed, and loads nothing afterwards.
"""

from dataclasses import dataclass

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir, parameter
from darksocial.visits.hits import whole_seconds
from darksocial.visits.sites import Sites

PROBES = "probes for weaknesses"
GUESSES_PASSWORDS = "guesses passwords"
FROM_ITSELF = "names itself as referrer"
REFERRER_SPAM = "referrer spam"
CHANGES_AGENT = "changes its user agent"
OLD_BROWSER = "poses as an old browser"

# A log with so many assets per page view counts as one that records assets.
MIN_ASSETS_PER_PAGE = 0.2
# So many user agents view pages from an address at which a program changes its own: assumed.
MIN_AGENTS_OF_A_PROGRAM = 5
# In so many seconds from its first hit a log may show visits that began before.
MAX_SECONDS_OF_UNSEEN_BEGINNINGS = 1800

SUMMED = ("probes", "logins", "login_pages")
CONDUCT_COUNTS = ("first_at", *SUMMED)


@dataclass(frozen=True, slots=True)
class _Log:
    """What the rules need to know of the whole log: its first second, and if it has assets."""

    first_second: int
    records_assets: bool


def counts(hits: ir.Table) -> dict[str, ir.Value]:
    """Return what is counted of hits for these rules, by column (`CONDUCT_COUNTS`)."""
    return {
        "first_at": hits.time.min(),
        "probes": hits.lines.sum(where=hits.kind == "probe").fill_null(0),
        "logins": hits.lines.sum(where=hits.kind == "login").fill_null(0),
        "login_pages": hits.is_login.fill_null(False).sum(),
    }


def judged(
    engine: Engine, requests: ir.Table, senders: ir.Table, visitors: ir.Table, sites: Sites
) -> ir.Table:
    """Return the visitors with `conduct`, the first reason that holds, or null.

    `visitors` have what `senders.behaviour` counts; what only these rules need is left out. Added
    are also `address_agents` and `address_assets` (null where no address is recorded).
    """
    acts = visitors.select("visitor")
    for facts in (
        _views_from_itself(requests, sites),
        _spammed_views(requests, sites),
        _addresses(senders),
    ):
        acts = acts.left_join(facts, "visitor").drop("visitor_right")
    acts = engine.stage("conduct_of_visitors", acts)
    arrived = visitors.left_join(acts, "visitor").drop("visitor_right")
    arrived = engine.view("arrived_how", arrived)
    without_assets = arrived.assets == 0
    probes = without_assets & (arrived.probes > 0)
    only_login_pages = arrived.pages == arrived.login_pages
    guesses = without_assets & (arrived.logins > 0) & only_login_pages
    itself = without_assets & (arrived.itself_at == arrived.first_at).fill_null(False)
    spammed = without_assets & arrived.spammed.fill_null(False)
    among_programs = is_among_programs(arrived, MIN_AGENTS_OF_A_PROGRAM)
    changes = without_assets & (arrived.pages > 0) & among_programs
    outdated = without_assets & (arrived.pages > 0) & arrived.browser_outdated.fill_null(False)
    log = _log(engine, arrived, probes | guesses | itself | spammed | changes | outdated)
    begun = arrived.first_at.epoch_seconds() - parameter("first_hit", log.first_second, "int64")
    records_assets = parameter("records_assets", log.records_assets, "boolean")
    reason = ibis.cases(
        (probes, PROBES),
        (guesses & records_assets, GUESSES_PASSWORDS),
        (
            itself & records_assets & (begun > MAX_SECONDS_OF_UNSEEN_BEGINNINGS),
            FROM_ITSELF,
        ),
        (spammed, REFERRER_SPAM),
        (changes & records_assets, CHANGES_AGENT),
        (outdated & records_assets, OLD_BROWSER),
    )
    # A view, since the numbers of the log are part of its SQL: what uses it is the same for all.
    marked = arrived.mutate(conduct=reason).drop("itself_at", "spammed", *CONDUCT_COUNTS)
    return engine.view("visitors_by_conduct", marked)


def is_among_programs(visitors: ir.Table, agents: int) -> ir.BooleanValue:
    """Return the condition that so many user agents view pages from a visitor's address, of which
    none loads an asset."""
    crowded: ir.BooleanValue = (visitors.address_agents >= agents) & (visitors.address_assets == 0)
    return crowded.fill_null(False)


def _views_from_itself(requests: ir.Table, sites: Sites) -> ir.Table:
    """Return when each visitor first viewed a page that its referrer names, if ever: `itself_at`.

    The referrer must be on the site, as its name or its server's address: another site may have a
    page of the same path.
    """
    views = sites.located(requests.filter(requests.names_itself))
    own = views.filter((views.internal | views.by_address).fill_null(False))
    return own.group_by("visitor").agg(itself_at=own.time.min())


def _addresses(senders: ir.Table) -> ir.Table:
    """Return what all visitors at the address of each visitor do.

    `address_agents` is the number of user agents that view pages, `address_assets` that of assets.
    """
    sent = senders.filter(senders.client_ip.notnull())
    by_sender = sent.group_by("client_ip", "visitor").agg(
        pages=sent.pages.sum(), assets=sent.assets.sum()
    )
    by_address = by_sender.group_by("client_ip").agg(
        address_agents=(by_sender.pages > 0).sum(), address_assets=by_sender.assets.sum()
    )
    joined = by_sender.join(by_address, "client_ip")
    return joined.group_by("visitor").agg(
        address_agents=joined.address_agents.max(), address_assets=joined.address_assets.max()
    )


def _spammed_views(requests: ir.Table, sites: Sites) -> ir.Table:
    """Return the visitors of whose page views some name a host of spam: `spammed` is true."""
    hosts = sites.hosts.filter(sites.hosts.is_spam).select(referrer_host="host")
    views = requests.filter(requests.kind == "page").join(hosts, "referrer_host")
    return views.select("visitor").distinct().mutate(spammed=True)


def _log(engine: Engine, visitors: ir.Table, is_suspect: ir.BooleanValue) -> _Log:
    """Return what the log is like. Bots can be most visitors: their page views do not count."""
    counted = visitors.agg(
        first_second=whole_seconds(visitors.first_at.min()).cast("int64"),
        assets=visitors.assets.sum(),
        pages=visitors.pages.sum(where=~is_suspect),
    )
    row = engine.fetch(counted, "what the log records").to_pylist()[0]
    assets, pages = row["assets"] or 0, row["pages"] or 0
    records_assets = bool(assets) and assets >= MIN_ASSETS_PER_PAGE * pages
    return _Log(row["first_second"] or 0, records_assets)
