"""How far the truth may lie from the estimate where the inputs lack what it needs.

Of the visits that lack it none may be dark, or all of them: nothing in the input says which.
Simulated logs show why no narrower range would do (a publisher, two seeds). Without referrers the
count was 1.9 and 2.2 times the truth, behind one address 0.47 and 0.44 times; of one hour 3 and 10
times. Where only assets are missing it was 1.1 times the truth among the usual bots, but 10 times
where six visits of ten are bots with a browser's name: what remains are the visits that are
probably dark even by the lower bound, since bots leave no trace of a messenger. Where only the
fetches of previews are missing, on fourteen sites with each rate times a chance factor up to three,
it was 0.40 to 3.1 times the truth, whose odds were up to 1.8 times those of the upper bound, and
those of the lower one up to 1.4 times the truth's.

In sums of visits nothing but a landing page speaks for a privately shared link or against it. Where
there is none, the estimate is the base rate alone, so none of these visits may be dark, or all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.inputs.gaps import (
    GAPS,
    NO_ASSETS,
    NO_PREVIEWS,
    SUMS,
    SUMS_WITHOUT_PAGES,
    UNTAGGED_NEWSLETTER,
    Gap,
)
from darksocial.lookups.channels import DARK_SOCIAL, UNASSIGNED
from darksocial.model.sums import exact_sum
from darksocial.report.gaps import Gaps
from darksocial.report.values import CannotTell, ChannelRow, DarkSocial
from darksocial.schema import ARRIVAL
from darksocial.visits.conditions import likely_bot

FACTOR_WITHOUT_PREVIEWS = 2.5
"""By this factor the odds of dark social may be beyond either bound where no fetch of a preview is
recorded: what was measured on simulated sites, and some more."""
MIN_NEWSLETTER_PART = 0.3
"""If so large a part of the visits booked as Direct is expected to be a newsletter's, they decide
what is counted as dark: on a simulated publisher, shop and blog with as many (by the estimate 0.58,
0.33 and 0.20 of them, in truth 0.64 to 0.78) the count was 1.1, 6 and 1.6 times the truth. Without
such a newsletter the part was 0.01 to 0.21 on 38 sites. What remains are the visits that are
probably dark even by the lower bound."""
MIN_DIRECT = 100
"""Of fewer visits booked as Direct the parts are mostly assumed. Assumed."""
MIN_HIDDEN_PART = 0.1
"""Where fewer of the visits lack something, the range allows for them, and the count can be said.
Assumed."""
MAX_ASSUMED_PART = 0.9
"""Where more of the visits booked as Direct are in sums, the report says so first. Assumed."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Visits that may be dark or not, for all that the inputs show.

    direct: how many of them were booked as Direct.
    at_most: how many visits they may be, with those that were booked to no channel, or not counted
        apart.
    gaps: what is missing, in the order of inputs/gaps.py.
    """

    direct: float
    at_most: float
    gaps: tuple[Gap, ...]

    @property
    def cannot_tell(self) -> tuple[CannotTell, ...]:
        """What cannot be said, for the report."""
        return tuple(CannotTell(gap.reason, gap.field, gap.says) for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class _Visits:
    """Visits of a file: booked as Direct, of these in sums without a landing page, and with those
    that were booked to no channel."""

    direct: float
    without_page: float
    without_source: float


def hidden_visits(engine: Engine, visits: ir.Table, gaps: Gaps) -> Hidden:
    """Return which of the visits may be dark or not."""
    of_all = {reason for reason in gaps.of_all if GAPS[reason].hides_count}
    if not (gaps.by_file or gaps.sums or of_all):
        return Hidden(0.0, 0.0, _ordered(set(gaps.of_all)))
    by_file = _without_source(engine, visits)
    everywhere = set(by_file) | set(gaps.pages)
    files = everywhere if of_all else everywhere & set(gaps.by_file)
    none = _Visits(0.0, 0.0, 0.0)
    counted = {file: by_file.get(file, none) for file in everywhere}
    at_most = {
        file: max(counted[file].without_source, gaps.pages.get(file, 0.0)) for file in everywhere
    }
    hidden = sum(at_most[file] for file in files)
    reasons = set(gaps.of_all)
    if hidden >= MIN_HIDDEN_PART * sum(at_most.values()):
        reasons |= {reason for file in files for reason in gaps.by_file.get(file, ())}
    reasons |= _reasons_of_sums(by_file, gaps.sums)
    without_page = sum(row.without_page for file, row in by_file.items() if file not in files)
    direct = sum(counted[file].direct for file in files)
    return Hidden(direct + without_page, hidden + without_page, _ordered(reasons))


def _reasons_of_sums(by_file: Mapping[int, _Visits], sums: frozenset[int]) -> set[str]:
    """Return why nearly all that is said of the visits booked as Direct is assumed, if it is."""
    direct = sum(row.direct for row in by_file.values())
    without_page = sum(row.without_page for row in by_file.values())
    in_sums = sum(row.direct for file, row in by_file.items() if file in sums)
    if without_page > MAX_ASSUMED_PART * direct:
        return {SUMS_WITHOUT_PAGES}
    return {SUMS} if in_sums > MAX_ASSUMED_PART * direct else set()


def with_newsletter(hidden: Hidden, direct: float, lost_email: float) -> Hidden:
    """Return what is hidden, and that an untagged newsletter hides the count if it does.

    `lost_email` is the expected number of the `direct` visits that came by a newsletter or mail.
    """
    if direct < MIN_DIRECT or lost_email < MIN_NEWSLETTER_PART * direct:
        return hidden
    return replace(
        hidden, gaps=_ordered({gap.reason for gap in hidden.gaps} | {UNTAGGED_NEWSLETTER})
    )


def _ordered(reasons: set[str]) -> tuple[Gap, ...]:
    return tuple(gap for reason, gap in GAPS.items() if reason in reasons)


def _without_source(engine: Engine, visits: ir.Table) -> Mapping[int, _Visits]:
    """Return the visits of people that arrived without a source, by file."""
    is_direct = visits.channel_before == "Direct"
    has_no_page = visits.aggregated & visits.landing_path.isnull()
    arrived = visits.filter(
        visits.began == ARRIVAL,
        is_direct | (visits.channel_before == UNASSIGNED),
        ~likely_bot(visits),
    )
    counted = arrived.group_by("file").agg(
        direct=exact_sum(arrived.weight * is_direct.ifelse(1, 0)),
        without_page=exact_sum(arrived.weight * (is_direct & has_no_page).ifelse(1, 0)),
        without_source=exact_sum(arrived.weight),
    )
    rows = engine.fetch(counted.order_by("file"), "visits without a source").to_pylist()
    return {
        row["file"]: _Visits(row["direct"], row["without_page"], row["without_source"])
        for row in rows
    }


def allowing_for(hidden: Hidden, dark: DarkSocial, sure: float) -> DarkSocial:
    """Return the estimate with bounds that allow for hidden visits.

    `sure`: how many visits booked as Direct are probably dark even by the lower bound.
    """
    low, high = dark.direct_low, dark.direct_high
    reasons = {gap.reason for gap in hidden.gaps}
    if reasons & {NO_ASSETS, UNTAGGED_NEWSLETTER}:
        low = min(low, sure)
    if NO_PREVIEWS in reasons:
        low = _with_odds(low, dark.direct_sessions, 1 / FACTOR_WITHOUT_PREVIEWS)
        high = _with_odds(high, dark.direct_sessions, FACTOR_WITHOUT_PREVIEWS)
    low = max(0.0, low - hidden.direct)
    high = min(high, dark.direct_sessions - hidden.direct) + hidden.at_most
    high = max(high, dark.direct_expected)
    low = min(low, dark.direct_expected)
    return replace(
        dark,
        low=max(0.0, dark.low - (dark.direct_low - low)),
        high=dark.high - dark.direct_high + high,
        direct_low=low,
        direct_high=high,
    )


def channels_allowing_for(
    rows: Sequence[ChannelRow], dark: DarkSocial, wider: DarkSocial
) -> tuple[ChannelRow, ...]:
    """Return the channels with bounds of Dark Social and Direct that allow for hidden visits.

    `wider` is what `allowing_for` makes of the estimate `dark`: of the visits booked as Direct, one
    that is dark is not Direct.
    """
    more, less = wider.direct_high - dark.direct_high, dark.direct_low - wider.direct_low
    by_channel = {row.channel: row for row in rows}
    if DARK_SOCIAL in by_channel:
        row = by_channel[DARK_SOCIAL]
        by_channel[DARK_SOCIAL] = replace(row, low=wider.low, high=wider.high)
    if "Direct" in by_channel:
        row = by_channel["Direct"]
        by_channel["Direct"] = replace(row, low=max(0.0, row.low - more), high=row.high + less)
    return tuple(by_channel.values())


def _with_odds(part: float, whole: float, factor: float) -> float:
    """Return a part of a whole whose odds are multiplied by a factor."""
    return part * factor * whole / (whole + part * (factor - 1)) if whole else part
