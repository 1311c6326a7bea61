"""Campaigns look as if their links were not tagged.

Two things are told. *Ads and mailings*: sessions with the click id of an ad network or a mailing
tool (msclkid, ttclid, mc_eid ...) and without any UTM tag. GA4 reads Google's ids alone, so it
books these as Direct or Referral. Ids that networks put on any link (fbclid) are no campaign.
*Mailings*: landing pages where the sessions that came from webmail, and those that are lost email
more likely than not (p_lost_email, the model's own), are `sessions` or more, and more than those
tagged as Email: people came from a mailing, and its links do not say so. Mail programs that cut
tags off look the same. Exports are not looked at: they tell source and medium without tags.
"""

from typing import Any

import ibis
import ibis.expr.types as ir

from darksocial.checks import (
    COUNT,
    NUMBER,
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
from darksocial.checks._files import logs
from darksocial.lookups.utm import UTM
from darksocial.report.words import counted

LIKELY = 0.5
CAMPAIGN_IDS = ("dclid", "msclkid", "yclid", "twclid", "li_fat_id", "ttclid", "ScCid", "mc_eid")


def run(facts: Facts, given: Given) -> Outcome:
    files, least = logs(facts.report), given["sessions"]
    if not files:
        return skipped("no input is a server's log")
    ids = facts.visits(lambda v: _by_click_id(v.filter(v.file.isin(files)), least)).to_pylist()
    pages = facts.visits(lambda v: _by_page(v.filter(v.file.isin(files)), least)).to_pylist()
    return Outcome(
        len(ids) + len(pages) <= given["at_most"],
        f"{counted(len(ids), 'click id')} and {counted(len(pages), 'landing page')}",
        f"at most {given['at_most']:,.0f} altogether",
        tuple(map(_place, [*ids, *pages][:SHOWN])),
    )


def _place(row: dict[str, Any]) -> Place:
    return Place(f"{row['name']}: {counted(row['n'], 'session')} without tag")


def _untagged(visits: ir.Table) -> ir.Table:
    return visits.filter(ibis.and_(*(visits[name].isnull() for name in UTM)))


def _by_click_id(visits: ir.Table, least: float) -> ir.Table:
    paid = _untagged(visits)
    paid = paid.filter(paid.click_id.isin(CAMPAIGN_IDS))
    by_id = paid.group_by(name=paid.click_id).agg(n=paid.weight.sum())
    return by_id.filter(by_id.n >= least).order_by([ibis.desc("n"), "name"])


def _by_page(visits: ir.Table, least: float) -> ir.Table:
    """Landing pages by the sessions that look like those of an untagged mailing, and `email`,
    those that are tagged as Email."""
    tagged = ibis.or_(*(visits[name].notnull() for name in UTM))
    webmail = (visits.referrer_kind == "email").fill_null(False)
    looks = ibis.ifelse(webmail | (visits.p_lost_email >= LIKELY), visits.weight, 0.0)
    is_email = (visits.channel_before == "Email") & tagged
    placed = visits.filter(visits.landing_path.notnull())
    weighed = placed.mutate(
        n=ibis.ifelse(tagged, 0.0, looks),
        email=ibis.ifelse(is_email, visits.weight, 0.0),
    )
    pages = weighed.group_by(name=weighed.landing_path).agg(
        n=weighed.n.sum(), email=weighed.email.sum()
    )
    many = pages.filter(pages.n >= least, pages.n > pages.email)
    return many.order_by([many.n.desc(), many.name])


CHECK = Check(
    "untagged_campaigns",
    (
        Parameter("at_most", COUNT, 0, "click ids and landing pages"),
        Parameter("sessions", NUMBER, 10, "fewer sessions than these are told of none"),
    ),
    run,
    "give the links of mailings and ads utm_source, utm_medium and utm_campaign",
    WARNING,
)
