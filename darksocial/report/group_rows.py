"""The visits of a report by something that they share, as rows of the report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The visits of one group.

    name: of the group; null where it is not known, or where the row is of `others`.
    others: how many groups the row sums up that have no row of their own; 0 in the other rows.
    sessions: how many there are.
    direct_before, direct_after: those booked as Direct, and expected after weighing.
    dark, low, high: expected dark social, with its 90% interval.
    conversions, conversions_dark: conversions, and those expected of dark visits.
    revenue, revenue_dark: the same of revenue.
    """

    name: str | None
    others: int
    sessions: float
    direct_before: float
    direct_after: float
    dark: float
    low: float
    high: float
    conversions: float
    conversions_dark: float
    revenue: float
    revenue_dark: float


@dataclass(frozen=True, slots=True)
class GroupChannelRow:
    """Sessions of one channel in one group, as booked and as expected after weighing."""

    name: str | None
    others: int
    channel: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Groups:
    """The visits by something that they share.

    by: day, week, hour, device, country, campaign, section, app or landing; null if nothing was
        asked for.
    rows: one for each group, and one for all others together.
    channels: the channels of each group, without empty ones.
    """

    by: str | None = None
    rows: tuple[GroupRow, ...] = ()
    channels: tuple[GroupChannelRow, ...] = ()

    @property
    def sells(self) -> bool:
        """Whether one of the groups has conversions or revenue."""
        return any(row.conversions or row.revenue for row in self.rows)
