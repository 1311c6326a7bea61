"""The contract of the table of campaigns, column by column; its JSON has the same keys."""

import pyarrow as pa

from darksocial.schema import Contract, Field

SINCE = 9
"""The schema version that brought the table."""
KINDS_HELD = {
    "before": "as GA4 books them",
    "own": "by clicks on its own links, or directly",
    "passed_on": "by copied links, which still have its tags",
    "traced": "by links without a tag that its visitors shared",
    "by_mix": "by links without a tag that any earlier reader of the page can have shared",
    "after": "by all of these but `before`",
    "after_low": "the 5% bound of `after`",
    "after_high": "the 95% bound of `after`",
}
NO_COST = "no file of costs has it"
MEASURED = {
    "visits": ("Visits", ""),
    "conversions": ("Conversions", "no goals are defined, and the input records none"),
    "revenue": ("Revenue", "not recorded"),
}
NO_RETURN = f"{NO_COST}, or no revenue is recorded"


def _number(name: str, holds: str, null: str = "") -> Field:
    return Field(name, pa.float64(), holds, null, SINCE)


def _text(name: str, holds: str, null: str) -> Field:
    return Field(name, pa.string(), holds, null, SINCE)


CAMPAIGNS_TABLE = Contract(
    "campaigns",
    "darksocial campaigns OUT --output parquet=FILE",
    "One row for each campaign, source, medium or channel that has visits or a cost. Costs add up "
    "to those of the files, visits, conversions and revenue to those of the sessions, `before` as "
    "well as `after`. `--output json=FILE` writes the same keys, as a list `campaigns`.",
    (
        _text("source", "Source, as GA4 derives it.", "a row by medium or channel"),
        _text("medium", "Medium, as GA4 derives it.", "a row by source or channel"),
        _text("campaign", "Campaign of the tag, or of --campaign-map.", "none, or a row by others"),
        _text("channel", "Channel by GA4's default channel group.", "the row has several"),
        _number("cost", "Cost by the files of costs, in `currency`.", NO_COST),
        _text("currency", "Currency of the costs.", "no file of costs names one"),
        Field("clicks", pa.int64(), "Clicks by the files of costs.", "not recorded", SINCE),
        *(
            _number(f"{name}_{kind}", f"{title} {holds}.", null)
            for name, (title, null) in MEASURED.items()
            for kind, holds in KINDS_HELD.items()
        ),
        _number("echo_factor", "Visits after by own visits.", "it has no own visits"),
        _number("roi_before", "(margin x revenue_before - cost) / cost.", NO_RETURN),
        _number("roi_after", "The same of revenue_after.", NO_RETURN),
        _number("roi_after_low", "The 5% bound of roi_after.", NO_RETURN),
        _number(
            "roi_after_high",
            "The 95% bound of roi_after; where no conversion was counted, that of three.",
            f"{NO_RETURN}, or no conversion of any campaign shows what one is worth",
        ),
        _number("roas_before", "revenue_before / cost.", NO_RETURN),
        _number("roas_after", "revenue_after / cost.", NO_RETURN),
        _number("cpa_before", "cost / conversions_before.", f"{NO_COST}, or no conversion"),
        _number("cpa_after", "cost / conversions_after.", f"{NO_COST}, or no conversion"),
        _number("cpc", "cost / clicks, or / visits_own where no clicks are recorded.", NO_COST),
        Field(
            "enough_data",
            pa.bool_(),
            "Whether there are enough conversions (10) to compare it with others.",
            since=SINCE,
        ),
    ),
)
