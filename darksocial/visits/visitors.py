"""Visitors: people, bots (with the reason), or apps that fetch a link preview.

A visitor is a client address with a user agent. Names come first (lookups/agents.py), then
behaviour:

| reason | rule |
| --- | --- |
| reads robots.txt | the visitor asked for robots.txt, which browsers never do (RFC 9309) |
| probes for weaknesses, and four others by what a visitor does | conduct.py |
| pages without assets, too fast | 20 page views in one minute or 150 in one hour, and no asset |
| pages without assets | three page views in an hour that come from no other site, and no asset |

The rule on speed needs a log that records assets. If it does not (assets on another host), four
times the rate is needed. The rates are darksocial's own choice: a person who opens a page
every 3 seconds for a minute, or every 24 seconds for an hour, and whose browser never loads a
style sheet, does not occur in the logs on which the project was tried. The last rule is for
scrapers that wear a browser's name and take their time: a browser shows no page without a style
sheet, a script or an image, unless all of them come from its cache or from another host. So it
counts only where at least half of the visitors with three page views load assets, and it spares

- who reads little at a time, and may have all assets in the browser's cache;
- who comes from another site to each page, as from a search or a price comparison;
- who has company: behind the address of an office or a carrier three user agents view pages, and
  some of them load assets;
- whose assets came by other addresses (rotation.py).

How likely these are bots is weighed, as of anybody else (model/bots.py).
"""

from dataclasses import dataclass

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir, parameter
from darksocial.lookups.batches import look_up_agents
from darksocial.parser.requests import ID_MARK
from darksocial.visits import conduct
from darksocial.visits.bounds import DAY_SECONDS
from darksocial.visits.conditions import is_person
from darksocial.visits.loading import with_loading
from darksocial.visits.rotation import assets_elsewhere, network
from darksocial.visits.senders import behaviour
from darksocial.visits.sites import Sites

MIN_BOT_PAGES_PER_MINUTE = 20
MIN_BOT_PAGES_PER_HOUR = 150
MIN_PAGES_WITHOUT_ASSETS = 3
# From this part of visitors with assets on, a visitor without them is no browser.
MIN_PART_WITH_ASSETS = 0.5
WITHOUT_ASSETS_FACTOR = 4
# Somebody at an address with so many user agents has company: assumed.
MIN_AGENTS_OF_COMPANY = 3

# Of 68 visits with browsers of this age or more 66 loaded no asset and none loaded three; of 65
# with browsers of eight to ten years four loaded three (WillTheFarmer/apache-logs-to-mysql, 2025,
# and elastic/examples, 2015).
DAYS_UNTIL_OUTDATED = 3653

# What is counted of visitors for the rules alone.
COUNTED = (
    "browser_outdated",
    "assets",
    "assets_elsewhere",
    "pages",
    "robots",
    "conduct",
    "address_agents",
    "address_assets",
    "pages_a_minute",
    "pages_an_hour",
    "walked",
)
ID_DIGITS = 15
READS_ROBOTS = "reads robots.txt"
TOO_FAST = "pages without assets, too fast"
NO_ASSETS = "pages without assets"


def identified(engine: Engine, senders: ir.Table, files: ir.Table, secret: str) -> ir.Table:
    """Return one row a visitor: `visitor_id`, what its agent says, and its `behaviour`.

    `senders` have `AGENT_TEXTS`; `files` has `file` and `records_agent`. `visitor` is a
    number that means nothing outside the run; `visitor_id` is the first 60 bits of SHA-256 over the
    secret and what distinguishes visitors, in hexadecimal. `user_agent` is '' if none was sent, and
    null if the format records none; `agent` distinguishes agents, and `network` networks
    (rotation.py), also in a store without them.
    `browser_outdated`: at the visitor's last hit the browser had been out for ten years; null where
    it is not known when it was released.
    """
    sent = senders.join(files, "file")
    counted = sent.group_by("visitor").agg(
        user_agent=ibis.ifelse(sent.records_agent, sent.user_agent.fill_null(""), None).max(),
        identity=sent.identity.max(),
        client_ip=sent.client_ip.max(),
        recorded_device=sent.device.max(),
        recorded_os=sent.os.max(),
        recorded_browser=sent.browser.max(),
        last_at=sent.last_at.max(),
        **behaviour(sent),
    )
    counted = engine.stage("visitor_counts", counted)
    keys = counted.filter(counted.user_agent.notnull()).select("user_agent").distinct()
    agents = engine.look_up("agents", keys, look_up_agents)
    looked_up = counted.left_join(agents, "user_agent").drop("user_agent_right")
    described = looked_up.mutate(
        device=ibis.coalesce(looked_up.device, looked_up.recorded_device),
        os=ibis.coalesce(looked_up.os, looked_up.recorded_os),
        browser=ibis.coalesce(looked_up.browser, looked_up.recorded_browser),
        browser_outdated=looked_up.last_at.epoch_seconds()
        >= (looked_up.browser_released + DAYS_UNTIL_OUTDATED) * DAY_SECONDS,
    ).drop("recorded_device", "recorded_os", "recorded_browser", "browser_released", "last_at")
    plain = described.client_ip.fill_null("") + "\n" + described.user_agent.fill_null("")
    agent = described.user_agent.fill_null("")
    # Who has an id is known by it, whatever the address.
    has_id = described.identity.startswith(ID_MARK).fill_null(False)
    known_by = ibis.ifelse(has_id, ibis.null("string"), network(described.client_ip))
    identity = ibis.coalesce(described.identity, plain)
    whose = described.mutate(identity=identity, agent=agent, network=known_by)
    whose = engine.view("unidentified", whose)
    whose = whose.mutate(visitor_id=keyed(secret, whose.identity)).drop("identity")
    # A view, so that the SQL of no step holds the secret: that is logged.
    return engine.view("identified", whose)


def keyed(secret: str, text: ir.StringValue) -> ir.StringValue:
    """Return the first 60 bits of SHA-256 over a secret and a text, in hexadecimal."""
    digest: ir.StringValue = (parameter("secret", f"{secret}\n", "string") + text).hexdigest(
        "sha256"
    )
    return digest.left(ID_DIGITS)


def visitors(
    engine: Engine, requests: ir.Table, senders: ir.Table, described: ir.Table, sites: Sites
) -> ir.Table:
    """Return visitors as from `identified`, with `bot` (reason or null) by name and behaviour, and
    with `loading` (loading.py)."""
    facts = (
        conduct.judged(engine, requests, senders, described, sites)
        .left_join(_paces(requests, described), "visitor", rname="{name}_right")
        .left_join(_walks(requests, described, sites), "visitor", rname="{name}_walks")
        .left_join(assets_elsewhere(engine, requests, described), "visitor", rname="{name}_lent")
        .drop("visitor_right", "visitor_walks", "visitor_lent")
    )
    # Staged, since visitors with the same agent are looked at beside each visitor.
    facts = engine.stage("visitor_facts", facts)
    judged = _with_reason(facts, _log(engine, described))
    return engine.stage("visitors", judged.drop("client_ip"))


def with_machines(requests: ir.Table, visitors: ir.Table) -> ir.Table:
    """Return the requests with `is_machine`: bots and fetchers of link previews sent them.

    It is null for lines that are no hits.
    """
    senders = visitors.select("visitor", is_machine=~is_person(visitors))
    return requests.left_join(senders, "visitor").drop("visitor_right")


@dataclass(frozen=True, slots=True)
class _Log:
    """How visitors load pages here: by how much rates must be higher, since a log may record no
    assets, and whether most visitors with three page views load some."""

    factor: int
    loads_assets: bool


def _log(engine: Engine, visitors: ir.Table) -> _Log:
    """Return how visitors load pages. Declared bots are no readers."""
    is_reader = is_person(visitors) & (visitors.pages >= MIN_PAGES_WITHOUT_ASSETS)
    counted = visitors.agg(
        assets=visitors.assets.sum(),
        pages=visitors.pages.sum(),
        readers=is_reader.sum(),
        loading=(is_reader & (visitors.assets > 0)).sum(),
    )
    row = {name: n or 0 for name, n in engine.fetch(counted, "page loads").to_pylist()[0].items()}
    records_assets = row["assets"] >= conduct.MIN_ASSETS_PER_PAGE * row["pages"]
    return _Log(
        1 if records_assets else WITHOUT_ASSETS_FACTOR,
        row["readers"] > 0 and row["loading"] >= MIN_PART_WITH_ASSETS * row["readers"],
    )


def _paces(requests: ir.Table, visitors: ir.Table) -> ir.Table:
    """Return the busiest minute and the busiest hour, in page views, of visitors who can be too
    fast."""
    suspects = visitors.filter(visitors.assets == 0, visitors.pages >= MIN_BOT_PAGES_PER_MINUTE)
    pages = requests.filter(requests.kind == "page").semi_join(suspects, "visitor")
    minutes = pages.group_by("visitor", minute=pages.time.truncate("m")).agg(pages=pages.count())
    hours = minutes.group_by("visitor", hour=minutes.minute.truncate("h")).agg(
        hourly=minutes.pages.sum(), busiest=minutes.pages.max()
    )
    return hours.group_by("visitor").agg(
        pages_a_minute=hours.busiest.max(), pages_an_hour=hours.hourly.max()
    )


def _walks(requests: ir.Table, visitors: ir.Table, sites: Sites) -> ir.Table:
    """Return for visitors without assets how many page views of their busiest hour come from no
    other site: `walked`."""
    suspects = visitors.filter(visitors.assets == 0, visitors.pages >= MIN_PAGES_WITHOUT_ASSETS)
    pages = sites.located(requests.filter(requests.kind == "page").semi_join(suspects, "visitor"))
    own = pages.filter(
        pages.referrer_host.isnull() | pages.internal | pages.by_address.fill_null(False)
    )
    hours = own.group_by("visitor", hour=own.time.truncate("h")).agg(pages=own.count())
    return hours.group_by("visitor").agg(walked=hours.pages.max())


def _with_reason(visitors: ir.Table, log: _Log) -> ir.Table:
    """Return the visitors with `bot`, the first reason that holds, or null; and `loading`."""
    too_fast = (visitors.assets == 0) & (
        (visitors.pages_a_minute >= MIN_BOT_PAGES_PER_MINUTE * log.factor)
        | (visitors.pages_an_hour >= MIN_BOT_PAGES_PER_HOUR * log.factor)
    )
    loaded = visitors.assets + visitors.assets_elsewhere.fill_null(0)
    has_company = (visitors.address_agents >= MIN_AGENTS_OF_COMPANY) & (visitors.address_assets > 0)
    without = (
        (loaded == 0)
        & (visitors.walked >= MIN_PAGES_WITHOUT_ASSETS)
        & ~has_company.fill_null(False)
    )
    is_preview = visitors.preview_app.notnull()
    bot = ibis.cases(
        (is_preview, ibis.null("string")),
        (visitors.bot.notnull(), visitors.bot),
        (visitors.robots, ibis.literal(READS_ROBOTS)),
        (visitors.conduct.notnull(), visitors.conduct),
        (too_fast, ibis.literal(TOO_FAST)),
        (without & log.loads_assets, ibis.literal(NO_ASSETS)),
    )
    return with_loading(visitors.mutate(bot=bot, assets=loaded)).drop(*COUNTED)
