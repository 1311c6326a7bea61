"""Campaigns that an analytics tool keeps on its visitor: they count for the first visit alone.

Mixpanel, PostHog and Amplitude write the tags of a visit into the events of later ones as well,
whose pages have none. So a campaign that only the tool kept counts for the first visit of a visitor
that has it; a visit whose page has tags of its own is judged by these.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.parser.exports import KEPT_CAMPAIGN, OWN_CAMPAIGN


def without_kept(engine: Engine, landed: ir.Table) -> ir.Table:
    """Return the visits with the campaigns that count; they have `visitor` and `started_at`."""
    marked = landed.campaign.re_search(f"^({KEPT_CAMPAIGN}|{OWN_CAMPAIGN})").fill_null(False)
    name = landed.campaign.re_replace("^[a-z]+&", "")
    with_campaign = landed.filter(marked).select("visitor", "started_at", kept_name=name)
    firsts = engine.stage(
        "first_campaigns",
        with_campaign.group_by("visitor", "kept_name").agg(
            campaign_first_at=with_campaign.started_at.min()
        ),
    )
    with_names = landed.mutate(kept_name=ibis.ifelse(marked, name, ""))
    joined = with_names.left_join(firsts, ["visitor", "kept_name"], rname="{name}_of_first")
    is_kept = joined.campaign.startswith(KEPT_CAMPAIGN).fill_null(False)
    is_first = (joined.started_at == joined.campaign_first_at).fill_null(False)
    campaign = ibis.cases(
        (is_kept & ~is_first, ibis.null("string")),
        (joined.kept_name != "", joined.kept_name),
        else_=joined.campaign,
    )
    return engine.view(
        "with_campaigns",
        joined.mutate(campaign=campaign).drop(
            "kept_name", "campaign_first_at", "visitor_of_first", "kept_name_of_first"
        ),
    )
