"""The options that say what campaigns cost and how what they brought is counted."""

from pathlib import Path
from typing import Any, NamedTuple

import click

from darksocial.campaigns.groupings import GROUPINGS, MODELS
from darksocial.cli._command import INPUT, JUDGING, Decorator, Name, gathered, option
from darksocial.cli._options import FILE, timezone_option
from darksocial.errors import UsageError
from darksocial.language import gettext as _

COST_MAP_EXAMPLE = "date=Day,campaign=Name,cost=Spend"


class CostInput(NamedTuple):
    """Files of costs, what their columns are called, and the campaigns of click ids: arguments of
    `campaigns`."""

    costs: tuple[Path, ...]
    cost_map: dict[str, str]
    campaign_map: tuple[str, ...]


class Spending(NamedTuple):
    """Files of costs and what is left of the revenue: arguments of `campaigns`, for commands that
    read logs as well."""

    costs: tuple[Path, ...]
    cost_map: dict[str, str]
    campaign_map: tuple[str, ...]
    margin: float


class Terms(NamedTuple):
    """How conversions are credited, and what revenue is left: arguments of `campaigns` and
    `partners`."""

    credit: str
    lookback: int
    margin: float


class OrderInput(NamedTuple):
    """Files of orders, what their columns are called, and the zone of their times: arguments of
    `partners`."""

    orders: tuple[Path, ...]
    order_map: dict[str, str]
    timezone: str


def cost_input_of(
    costs: tuple[Path, ...],
    map: tuple[str, ...],  # noqa: A002 - the option's name
    campaign_map: tuple[str, ...],
) -> CostInput:
    """Return what is known of costs. Raises UsageError for a mapping that is none."""
    columns = columns_of("map", map, COST_MAP_EXAMPLE)
    return CostInput(costs, columns, campaign_map)


def spending_of(
    costs: tuple[Path, ...],
    cost_map: tuple[str, ...],
    campaign_map: tuple[str, ...],
    margin: float,
) -> Spending:
    """Return what is known of costs. Raises UsageError for a mapping that is none."""
    columns = columns_of("cost_map", cost_map, COST_MAP_EXAMPLE)
    return Spending(costs, columns, campaign_map, margin)


def order_input_of(
    orders: tuple[Path, ...], order_map: tuple[str, ...], timezone: str
) -> OrderInput:
    """Return what is known of orders. Raises UsageError for a mapping that is none."""
    columns = columns_of("order_map", order_map, "time=Date,code=Coupon,value=Total")
    return OrderInput(orders, columns, timezone)


def columns_of(field: str, texts: tuple[str, ...], expected: str) -> dict[str, str]:
    """Return the columns that a mapping names, by fields. Raises UsageError."""
    columns = {}
    for text in ",".join(texts).split(",") if texts else ():
        name, separator, column = text.partition("=")
        if not (separator and name and column):
            raise UsageError(
                _("`{field}` is {text!r}, which names no field and column.").format(
                    field=field, text=text
                ),
                expected=expected,
            )
        columns[name.strip()] = column.strip()
    return columns


costs_option = option(
    "--costs",
    heading=INPUT,
    type=FILE,
    multiple=True,
    metavar="FILE",
    help=_("Read what campaigns cost. May be repeated: a later file replaces the same days and "
           "campaigns of an earlier one."),
)  # fmt: skip
campaign_map_option = option(
    "--campaign-map",
    heading=INPUT,
    multiple=True,
    metavar="ID=CAMPAIGN",
    help=_("Take visits with this click id and no tag for those of a campaign, as in gclid=brand "
           "or gclid:/offers/*=autumn."),
)  # fmt: skip


def cost_map_option(flag: str) -> Decorator[Any]:
    """Return the option that names the columns of costs."""
    return option(
        flag,
        heading=INPUT,
        multiple=True,
        metavar="FIELD=COLUMN,...",
        help=_("Read costs by these columns: date, start, end, source, medium, campaign, cost, "
               "currency, clicks. A text in quotes is the value of every row."),
    )  # fmt: skip


margin_option = option(
    "--margin",
    heading=JUDGING,
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help=_("What part of the revenue is left before the cost."),
)
cost_options = gathered(
    "cost_input",
    cost_input_of,
    (
        costs_option,
        cost_map_option("--map"),
        campaign_map_option,
    ),
)
spending_options = gathered(
    "spending",
    spending_of,
    (
        costs_option,
        cost_map_option("--cost-map"),
        campaign_map_option,
        margin_option,
    ),
)
"""For commands whose --map is that of logs."""
order_options = gathered(
    "order_input",
    order_input_of,
    (
        option(
            "--orders",
            heading=INPUT,
            type=FILE,
            multiple=True,
            metavar="FILE",
            help=_("Read orders with their codes, an export of Shopify or WooCommerce. May be "
                   "repeated."),
        ),
        option(
            "--order-map",
            heading=INPUT,
            multiple=True,
            metavar="FIELD=COLUMN,...",
            help=_("Read orders by these columns: time, code, value, and id, currency, state, "
                   "cancelled. A text in quotes is the value of every row."),
        ),
        timezone_option,
    ),
)  # fmt: skip
PARTNERS_HELP = _("Read partners with their links and codes: a CSV with the columns partner, link, "
                  "code, since, until, fee and currency.")  # fmt: skip
by_option = option(
    "--by",
    heading=JUDGING,
    type=Name(GROUPINGS),
    default="campaign",
    show_default=True,
    help=_("What a row is of; partner needs --partners."),
)
terms_options = gathered(
    "terms",
    Terms,
    (
        option(
            "--credit",
            heading=JUDGING,
            type=Name(MODELS),
            default="last",
            show_default=True,
            help=_("How the visits of a visitor share a conversion; direct ones have none."),
        ),
        option(
            "--lookback",
            heading=JUDGING,
            type=click.IntRange(1, 90),
            default=30,
            show_default=True,
            metavar="DAYS",
            help=_("How many days before a conversion visits are credited."),
        ),
        margin_option,
    ),
)
