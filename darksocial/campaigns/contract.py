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
    "by_mix": "by links without a tag that any earlier reader of the page can have shared, and by "
    "people who came back in another browser",
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
    "One row for each campaign, source, medium, channel or partner that has visits or a cost. "
    "Costs add up to those of the files, visits, conversions and revenue to those of the "
    "sessions, `before` as well as `after`. `--output json=FILE` writes the same keys, as a list "
    "`campaigns`.",
    (
        _text("source", "Source, as GA4 derives it.", "a row by medium or channel"),
        _text("medium", "Medium, as GA4 derives it.", "a row by source or channel"),
        _text("campaign", "Campaign of the tag, or of --campaign-map.", "none, or a row by others"),
        _text("channel", "Channel by GA4's default channel group.", "the row has several"),
        _text("partner", "Partner by whose link they came.", "none, or a row by others"),
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

NO_FEE = "the file of partners has no fee, or no revenue is recorded"
NO_ORDERS = "no files of orders, or the partner has no code"
NO_LEAK = f"{NO_ORDERS}, or no link, or none is in the log"

PARTNERS_TABLE = Contract(
    "partners",
    "darksocial partners OUT --partners FILE --output parquet=FILE",
    "One row for each partner, in the order of the file of partners, and one for links that "
    "chatbots sent where there are visits by them. `--output json=FILE` writes the same keys, as a "
    "list `partners`.",
    (
        _text("partner", "Name of the partner.", ""),
        _number("fee", "Its fees, in `currency`.", "the file of partners has none"),
        _text("currency", "Currency of the fee.", "no file names one, or it has no fee"),
        *(_number(f"visits_{kind}", f"Visits {holds}.") for kind, holds in KINDS_HELD.items()),
        *(
            _number(f"{name}_{kind}", f"{title} {KINDS_HELD[kind]}.", null)
            for name, (title, null) in list(MEASURED.items())[1:]
            for kind in ("before", "after", "after_low", "after_high")
        ),
        _number("echo_factor", "Visits after by own visits.", "it has no own visits"),
        _number("roi_before", "(margin x revenue_before - fee) / fee.", NO_FEE),
        _number("roi_after", "The same of revenue_after.", NO_FEE),
        _number("roi_after_low", "The 5% bound of roi_after.", NO_FEE),
        _number("roi_after_high", "The 95% bound of roi_after.", NO_FEE),
        Field("pages", pa.int64(), "Number of pages on which its visits began.", since=SINCE),
        Field("codes", pa.int64(), "Orders with one of its codes.", NO_ORDERS, SINCE),
        _number("code_revenue", "The value of these orders.", NO_ORDERS),
        Field(
            "codes_in_log",
            pa.int64(),
            "Those of them near which the log has a conversion.",
            NO_ORDERS,
            SINCE,
        ),
        _number("codes_with_visit", "Those of codes_in_log with a visit by its links.", NO_LEAK),
        _number("codes_without_visit", "Those of codes_in_log without one.", NO_LEAK),
        _number("leak", "codes_without_visit / codes_in_log.", NO_LEAK),
        _number("leak_low", "The 5% bound of leak.", NO_LEAK),
        _number("leak_high", "The 95% bound of leak.", NO_LEAK),
        _number("roi_by_codes", "(margin x code_revenue - fee) / fee.", f"{NO_ORDERS}, or no fee"),
        Field(
            "enough_data",
            pa.bool_(),
            "Whether there are enough conversions (10) to compare it with others.",
            since=SINCE,
        ),
    ),
)
"""The contract of the table of partners."""
