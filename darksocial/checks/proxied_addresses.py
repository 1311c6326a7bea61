"""Almost all hits come from a few addresses, as behind a proxy.

The proportion of hits that come from a file's five busiest addresses, where there are 100 hits or
more and ten visitors or more (distinguished by their browsers) share one address. Hits of bots and
of link previews are left out: a monitor or a scanner is no proxy. Where a proxy is in front of the
server and the log holds the proxy's address, all people with the same browser count as one visitor.
The bounds are assumed, and are those of the report's note. No address is shown.
"""

from typing import Any

from darksocial.checks import (
    SHARE,
    WARNING,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._bounds import proportion_at_most
from darksocial.language import gettext as _
from darksocial.report.addresses import (
    MAX_PROXIES,
    MIN_PROXY_HITS,
    MIN_PROXY_PROPORTION,
    MIN_PROXY_VISITORS,
    busiest_addresses,
)
from darksocial.report.numbers import percent


def run(facts: Facts, criteria: Criteria) -> Outcome:
    rows = facts.requests(busiest_addresses).to_pylist()
    large = [row for row in rows if row["hits"] >= MIN_PROXY_HITS]
    if not large:
        return skipped(
            _("no file has {n:,} hits of people with an address").format(n=MIN_PROXY_HITS)
        )
    shares = [(row["file"], _share(row)) for row in large]
    highest = max(share for _file, share in shares)
    names = [file.file for file in facts.report.inputs]
    actual = _("at worst, {proportion} of a file's hits come from {n} shared addresses")
    return proportion_at_most(
        criteria,
        highest,
        actual.format(proportion=percent(highest), n=MAX_PROXIES),
        (
            Place(_("{proportion} of hits").format(proportion=percent(share)), names[file])
            for file, share in shares
            if share > criteria["at_most"]
        ),
    )


def _share(row: dict[str, Any]) -> float:
    return float(row["most"]) / row["hits"] if row["agents"] >= MIN_PROXY_VISITORS else 0.0


CHECK = Check(
    "proxied_addresses",
    _("Almost all hits come from a few addresses, as behind a proxy."),
    (Parameter("at_most", SHARE, MIN_PROXY_PROPORTION, _("proportion of a file's hits")),),
    run,
    _(
        "log the client's address (X-Forwarded-For or the server's real-IP module), or use "
        "--trusted-proxy"
    ),
    WARNING,
)
