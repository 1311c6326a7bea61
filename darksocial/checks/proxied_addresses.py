"""Almost all hits come from a few addresses, as behind a proxy.

The share of hits that come from a file's five busiest addresses, where there are 100 hits or more
and ten visitors or more (told apart by their browsers) share one address. Where a proxy stands in
front of the server and the log holds the proxy's address, all people with the same browser count as
one visitor. The bounds are assumed, and are those of the report's note. No address is shown.
"""

from typing import Any

from darksocial.checks import (
    SHARE,
    SHOWN,
    WARNING,
    Check,
    Facts,
    Given,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.report.inputs import (
    PROXIES,
    PROXY_AGENTS,
    PROXY_HITS,
    PROXY_SHARE,
    busiest_addresses,
)
from darksocial.report.words import percent


def run(facts: Facts, given: Given) -> Outcome:
    rows = facts.requests(busiest_addresses).to_pylist()
    known = [row for row in rows if row["hits"] >= PROXY_HITS]
    if not known:
        return skipped(f"no file has {PROXY_HITS} hits with an address")
    shares = [(row["file"], _share(row)) for row in known]
    worst = max(share for _, share in shares)
    names = [file.file for file in facts.report.inputs]
    return Outcome(
        worst <= given["at_most"],
        f"{percent(worst)} of hits from {PROXIES} shared addresses, at worst",
        f"at most {percent(given['at_most'])}",
        tuple(
            Place(f"{percent(share)} of hits", names[file])
            for file, share in shares
            if share > given["at_most"]
        )[:SHOWN],
    )


def _share(row: dict[str, Any]) -> float:
    return float(row["most"]) / row["hits"] if row["agents"] >= PROXY_AGENTS else 0.0


CHECK = Check(
    "proxied_addresses",
    (Parameter("at_most", SHARE, PROXY_SHARE, "share of a file's hits"),),
    run,
    "log the client's address (X-Forwarded-For or the server's real-IP module); --trusted-proxy",
    WARNING,
)
