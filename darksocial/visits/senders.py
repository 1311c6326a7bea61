"""Senders: what each visitor sent from each address, by file.

What is counted of visitors, addresses and files is counted from these rows. There are far fewer of
them than requests, which are grouped once.
"""

from collections.abc import Mapping

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.visits import conduct

# What distinguishes visitors and describes their browsers, as requests say it. A store has it by
# visitor instead.
AGENT_TEXTS = ("user_agent", "identity", "device", "os", "browser")


def senders_of(engine: Engine, requests: ir.Table) -> ir.Table:
    """Return what each visitor sent from each address, by file.

    `requests` may have `AGENT_TEXTS`. Behind a row are `lines` hits, of which `pages` are page
    views, `unreferred` of these without any origin; `of_export` says whether some belong to
    sessions that an export gives.
    """
    sent = requests.filter(requests.reason.isnull())
    is_page = sent.kind == "page"
    has_origin = sent.referrer.notnull() | sent.source.notnull() | sent.channel.notnull()
    texts = {name: sent[name].max() for name in AGENT_TEXTS if name in requests.columns}
    counted = sent.group_by("file", "client_ip", "visitor").agg(
        lines=sent.lines.sum(),
        pages=is_page.sum(),
        unreferred=(is_page & ~has_origin).sum(),
        assets=sent.lines.sum(where=sent.kind == "asset").fill_null(0),
        robots=(sent.kind == "robots").any(),
        of_export=sent.session.notnull().any(),
        last_at=sent.last_at.max(),
        **conduct.counts(sent),
        **texts,
    )
    return engine.stage("senders", counted)


def behaviour(senders: ir.Table) -> Mapping[str, ir.Value]:
    """Return what is counted of each visitor from its `senders`, by column."""
    return {
        "assets": senders.assets.sum(),
        "pages": senders.pages.sum(),
        "robots": senders.robots.any(),
        "hits": senders.lines.sum(),
        "first_at": senders.first_at.min(),
        **{name: senders[name].sum() for name in conduct.SUMMED},
    }
