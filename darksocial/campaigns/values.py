"""The finished table of campaigns: frozen values, whose names are those of its JSON and Parquet."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """What a campaign, source, medium, channel or partner cost and brought.

    source, medium, campaign, channel, partner: null where the rows are of something else, and a
    campaign that has no name. cost, currency, clicks: by the files of costs; null without any.
    Visits, conversions and revenue: `before` as GA4 books them, `own` by clicks on its own links,
    `passed_on` by copies of them that still have its tags, `traced` by links without a tag that
    its visitors shared, `by_mix` by links that any reader of the page can have shared (with the
    conversions of people who came back in another browser), `after` their sum, with a 90%
    interval. Revenue, and all that follows from it, is null where none is recorded, and conversions
    where no goal is defined.
    echo_factor: visits after by own visits.
    roas: revenue by cost. roi: what the revenue leaves of the margin beyond the cost, by the cost.
    cpa: cost by conversion. cpc: cost by click, or by own visit where no clicks are recorded.
    enough_data: whether conversions are enough to compare it with others.
    """

    source: str | None
    medium: str | None
    campaign: str | None
    channel: str | None
    partner: str | None
    cost: float | None
    currency: str | None
    clicks: int | None
    visits_before: float
    visits_own: float
    visits_passed_on: float
    visits_traced: float
    visits_by_mix: float
    visits_after: float
    visits_after_low: float
    visits_after_high: float
    conversions_before: float | None
    conversions_own: float | None
    conversions_passed_on: float | None
    conversions_traced: float | None
    conversions_by_mix: float | None
    conversions_after: float | None
    conversions_after_low: float | None
    conversions_after_high: float | None
    revenue_before: float | None
    revenue_own: float | None
    revenue_passed_on: float | None
    revenue_traced: float | None
    revenue_by_mix: float | None
    revenue_after: float | None
    revenue_after_low: float | None
    revenue_after_high: float | None
    echo_factor: float | None
    roi_before: float | None
    roi_after: float | None
    roi_after_low: float | None
    roi_after_high: float | None
    roas_before: float | None
    roas_after: float | None
    cpa_before: float | None
    cpa_after: float | None
    cpc: float | None
    enough_data: bool


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """Two rows with a cost and enough data that are neighbours by ROI after: how probable it is, 0
    to 1, that the ROI of the `better` one really is above that of the `worse` one."""

    better: str
    worse: str
    probability: float


@dataclass(frozen=True, slots=True)
class PathRow:
    """A sequence of visits by what brought them, the earliest first: how many conversions it ended
    in, what these were worth, and how many visitors had it without any."""

    path: str
    total_conversions: float
    total_conversion_value: float
    total_null: float


@dataclass(frozen=True, slots=True)
class CostFileRow:
    """A file of costs: which tool's export it is, its rows, and the rows of sums left out."""

    file: str
    export: str
    rows: int
    sums: int


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """What campaigns cost and brought, those with the highest cost first.

    version: of darksocial.
    by: what a row is of: campaign, source, medium, channel or partner.
    credit: how conversions are credited: last, first, linear, position or decay.
    lookback_days: how many days before a conversion visits are credited.
    margin: what remains of revenue before the cost, 0 to 1.
    currency: of the costs; null if no file of costs names one.
    first_day: of the visits, in UTC.
    last_day: of the visits, in UTC.
    visits: of all rows, before as well as after.
    conversions: of all rows; null if none are recorded.
    revenue: of all rows; null if none is recorded.
    cost: of all rows, which is that of all files; null without files.
    campaigns: one row each; docs/schema.md describes the columns.
    comparisons: of the rows with a cost and enough data, each with the next one by ROI after.
    paths: the visits before conversions, and those of visitors without any.
    cost_files: the files of costs, in their order.
    notes: what limits the numbers, and which costs and visits did not join.
    """

    version: str
    by: str
    credit: str
    lookback_days: int
    margin: float
    currency: str | None
    first_day: date | None
    last_day: date | None
    visits: float
    conversions: float | None
    revenue: float | None
    cost: float | None
    campaigns: tuple[CampaignRow, ...]
    comparisons: tuple[ComparedRow, ...]
    paths: tuple[PathRow, ...]
    cost_files: tuple[CostFileRow, ...]
    notes: tuple[str, ...]
