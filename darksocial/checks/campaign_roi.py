"""The ROI of a campaign turns when the visits that its links set off are counted.

Only with files of costs (`--costs`) and goals that have a value. A campaign is reported where its
ROI as booked is a loss and its ROI with shared links is a gain, or the other way round: whoever
decides by what is booked ends a campaign that pays, or goes on with one that does not. The 90%
interval is named as well: where it has losses and gains, the turn is likely and not sure.
`darksocial campaigns` shows all campaigns, and docs/roi.md has the formulas.
"""

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
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import roi, roi_range


def run(facts: Facts, criteria: Criteria) -> Outcome:
    if facts.campaigns is None:
        return skipped(_("no costs are given: `--costs FILE`"))
    judged = [each for each in facts.campaigns if each.roi_after is not None]
    if not judged:
        return skipped(_("no campaign has a cost and revenue"))
    turned = [each for each in judged if _turns(each) and each.cost >= criteria["cost"]]
    actual = ngettext("{n:,} campaign of {all:,}", "{n:,} campaigns of {all:,}", len(turned))
    return count_at_most(
        criteria,
        len(turned),
        actual.format(n=len(turned), all=len(judged)),
        map(_place, turned),
    )


def _turns(campaign: CampaignReturn) -> bool:
    before, after = campaign.roi_before, campaign.roi_after
    return before is not None and after is not None and (before < 0) != (after < 0)


def _place(campaign: CampaignReturn) -> Place:
    before, after = campaign.roi_before, campaign.roi_after
    low, high = campaign.roi_low, campaign.roi_high
    assert before is not None
    assert after is not None
    values = {"name": campaign.name, "before": roi(before), "after": roi(after)}
    if low is None or high is None:
        return Place(_("{name}: ROI {before} as booked, {after} with shares").format(**values))
    text = _("{name}: ROI {before} as booked, {after} with shares ({range})")
    return Place(text.format(**values, range=roi_range(low, high)))


CHECK = Check(
    "campaign_roi",
    _("The ROI of a campaign turns when the visits that its links set off are counted."),
    (
        Parameter("at_most", COUNT, 0, _("campaigns")),
        Parameter("cost", NUMBER, 0, _("with a lower cost a campaign is not reported")),
    ),
    run,
    _("`darksocial campaigns DIR --costs FILE` shows what each campaign cost and brought"),
    WARNING,
)
