"""Campaigns look as if their links were not tagged.

Three kinds are reported. *Ads and mailings*: sessions with the click id of an ad network or a
mailing tool (msclkid, ttclid, mc_eid ...) and without any UTM tag. GA4 reads only Google's ids, so
it books these as Direct or Referral. Ids that networks add to any link (fbclid) are no sign of a
campaign. *Mailings*: landing pages where the sessions that came from webmail, and those that are
lost email more likely than not (p_lost_email, the model's own), are `sessions` or more, and more
than those tagged as Email: people came from a mailing whose links are not tagged. Mail programs
that remove tags have the same effect. *Costs* (with `--costs`): campaigns that cost something, and
whose tags no visit has. Exports are not checked: they record source and medium without tags.
"""

from math import ceil
from typing import Any

from darksocial.checks import (
    COUNT,
    NUMBER,
    WARNING,
    CampaignReturn,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._bounds import count_at_most
from darksocial.checks._files import logs
from darksocial.expressions import ibis, ir
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.utm import UTM
from darksocial.report.numbers import exact, money

LIKELY = 0.5
"""More likely than not."""
CAMPAIGN_IDS = ("dclid", "msclkid", "yclid", "twclid", "li_fat_id", "ttclid", "ScCid", "mc_eid")


def run(facts: Facts, criteria: Criteria) -> Outcome:
    files, least = logs(facts.report), criteria["sessions"]
    if not files:
        return skipped(_("no input is a server's log"))
    ids = facts.visits(lambda v: _by_click_id(v.filter(v.file.isin(files)), least)).to_pylist()
    pages = facts.visits(lambda v: _by_page(v.filter(v.file.isin(files)), least)).to_pylist()
    paid = [each for each in facts.campaigns or () if each.cost > 0 and not each.visits]
    actual = _("click ids: {ids:,}; landing pages: {pages:,}; costs without visits: {costs:,}")
    places = [*map(_place_of_cost, paid), *map(_place, [*ids, *pages])]
    return count_at_most(
        criteria,
        len(places),
        actual.format(ids=len(ids), pages=len(pages), costs=len(paid)),
        places,
    )


def _place_of_cost(campaign: CampaignReturn) -> Place:
    text = _("{name}: costs {cost}, and no visit has its tags")
    return Place(text.format(name=campaign.name, cost=money(campaign.cost)))


def _place(row: dict[str, Any]) -> Place:
    text = ngettext(
        "{name}: {n} session without a tag", "{name}: {n} sessions without a tag", ceil(row["n"])
    )
    return Place(text.format(name=row["name"], n=exact(row["n"])))


def _untagged(visits: ir.Table) -> ir.Table:
    return visits.filter(ibis.and_(*(visits[name].isnull() for name in UTM)))


def _by_click_id(visits: ir.Table, least: float) -> ir.Table:
    paid = _untagged(visits)
    paid = paid.filter(paid.click_id.isin(CAMPAIGN_IDS))
    by_id = paid.group_by(name=paid.click_id).agg(n=paid.weight.sum())
    return by_id.filter(by_id.n >= least).order_by([ibis.desc("n"), "name"])


def _by_page(visits: ir.Table, least: float) -> ir.Table:
    """Return landing pages with the sessions that look like those of an untagged mailing, and
    `email`, those that are tagged as Email."""
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
    _("Campaigns look as if their links were not tagged."),
    (
        Parameter("at_most", COUNT, 0, _("click ids, landing pages and costs")),
        Parameter("sessions", NUMBER, 10, _("with fewer sessions a page or id is not reported")),
    ),
    run,
    _("add utm_source, utm_medium and utm_campaign to the links of mailings and ads"),
    WARNING,
)
