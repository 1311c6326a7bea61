"""Conduct that names a bot by itself, each by a rule with data.

| reason | rule |
| --- | --- |
| probes for weaknesses | asked for a path at which scanners look (data/probe_paths.csv) |
| guesses passwords | sent something to a login page, and viewed no page but login pages |

All of it holds only for a visitor who loaded no asset in the whole log: a browser that shows a page
loads a style sheet, a script or an image, unless all of them come from its cache. So a person who
opens one odd path stays a person. Where a log records no assets, only the first rule holds: nobody
follows a link to such a path. It records none if there is less than one for five page views of the
visitors whom no rule names (`MIN_ASSETS_PER_PAGE`, assumed).

A person who fails to sign in, closes the page, and had all of its assets in the browser's cache is
named a bot as well; nothing in a log shows the difference.
"""

import ibis
import ibis.expr.types as ir

from darksocial.engines import Engine

PROBES = "probes for weaknesses"
GUESSES_PASSWORDS = "guesses passwords"

# A log with so many assets per page view counts as one that records assets.
MIN_ASSETS_PER_PAGE = 0.2


def counts(hits: ir.Table) -> dict[str, ir.Value]:
    """Return what is counted of each visitor for these rules, by column."""
    return {
        "probes": hits.lines.sum(where=hits.kind == "probe").fill_null(0),
        "logins": hits.lines.sum(where=hits.kind == "login").fill_null(0),
        "login_pages": hits.is_login.fill_null(False).sum(),
    }


def judged(engine: Engine, visitors: ir.Table) -> ir.Table:
    """Return the visitors with `conduct`, the first reason that holds, or null.

    `visitors` have what `visitors.behaviour` counts; what only these rules need is left out.
    """
    without_assets = visitors.assets == 0
    only_login_pages = visitors.pages == visitors.login_pages
    reason = ibis.cases(
        (without_assets & (visitors.probes > 0), PROBES),
        (without_assets & (visitors.logins > 0) & only_login_pages, GUESSES_PASSWORDS),
    )
    by_rules = visitors.mutate(conduct=reason).drop("probes", "logins", "login_pages")
    if _records_assets(engine, by_rules):
        return by_rules
    return by_rules.mutate(conduct=by_rules.conduct.nullif(GUESSES_PASSWORDS))


def _records_assets(engine: Engine, by_rules: ir.Table) -> bool:
    """Return whether the log records assets, by the visitors whom no rule names.

    Bots can be most visitors of a site, so theirs do not count.
    """
    others = by_rules.filter(by_rules.conduct.isnull())
    counted = others.agg(assets=others.assets.sum(), pages=others.pages.sum())
    row = engine.fetch(counted, "assets of others").to_pylist()[0]
    assets, pages = row["assets"] or 0, row["pages"] or 0
    return bool(assets) and assets >= MIN_ASSETS_PER_PAGE * pages
