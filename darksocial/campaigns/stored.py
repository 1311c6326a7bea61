"""The visits and shares of an analysis or a store, as arrays in the order of time.

Only the columns that are needed are read, so that a year of visits fits into memory.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.campaigns.mapping import ClickIdMap
from darksocial.campaigns.partner_list import Landing, PartnerList
from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.lookups.utm import UTM
from darksocial.model.weighing import PROBABILITIES
from darksocial.results.explain import legible, sessions_of
from darksocial.results.shares import shares as shares_in
from darksocial.results.tempo import shares_of
from darksocial.schema import CONTINUED, NOT_LOGGED
from darksocial.visits.conditions import NOT_LOGGED_LABEL

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

COLUMNS = (
    "session_id",
    "visitor_id",
    "site",
    "started_at",
    "ended_at",
    "landing_path",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "click_id",
    "in_app",
    "conversions",
    "revenue",
    "weight",
    "began",
    "channel_before",
    "source_before",
    "medium_before",
    "p_bot",
    *PROBABILITIES,
)
COLUMNS_OF_LINKS = ("landing_query", "share_root", "share_id", *UTM)
"""What is read beside, where partners are known by their links."""
COLUMNS_OF_SHARES = ("time", "app", "path", "site", "sharer_visitor_id")
SOURCELESS_CHANNELS = ("Direct", NOT_LOGGED_LABEL)
"""The channels of visits that are booked to no source."""


class Key(NamedTuple):
    """What is credited: a source, a medium and a campaign (None: none), their channel, and the
    partner by whose link the visit came (None: none)."""

    source: str
    medium: str
    campaign: str | None
    channel: str
    partner: str | None = None


def is_sourceless(key: Key) -> bool:
    """Return whether a key names nothing that brings visits."""
    return key.channel in SOURCELESS_CHANNELS and key.partner is None


@dataclass(frozen=True, slots=True)
class StoredVisits:
    """Visits in the order of time; an array has a value for each.

    second, last_second: of the first page view and of the last hit, since 1970. visitor, page:
    numbers of visitors and of pages; rows of sums have visitors of their own. pages: site (empty:
    not recorded) and path of each page. key: the place in `keys` of what the visit was booked to.
    tagged: its link had a tag, was a partner's, or a click id that was mapped. again: the visitor
    had come by the same tagged link before (_again). in_app: in an app's own browser. classes:
    probabilities, in the order of PROBABILITIES.
    has_conversions, has_revenue: whether any visit has them.
    """

    second: Numbers
    last_second: Numbers
    visitor: Places
    page: Places
    pages: tuple[tuple[str, str], ...]
    key: Places
    keys: tuple[Key, ...]
    tagged: npt.NDArray[np.bool_]
    again: npt.NDArray[np.bool_]
    in_app: npt.NDArray[np.bool_]
    weight: Numbers
    conversions: Numbers
    revenue: Numbers
    bot: Numbers
    classes: Numbers
    has_conversions: bool
    has_revenue: bool

    @property
    def direct(self) -> npt.NDArray[np.bool_]:
        """Whether nothing says what brought a visit: it was booked to no source, and came by no
        partner's link."""
        return np.array([is_sourceless(key) for key in self.keys], np.bool_)[self.key]

    @property
    def booked_direct(self) -> npt.NDArray[np.bool_]:
        """Whether a visit was booked to no source: as Direct, or its beginning is not logged."""
        of_keys = [key.channel in SOURCELESS_CHANNELS for key in self.keys]
        return np.array(of_keys, np.bool_)[self.key]

    @property
    def of_partner(self) -> npt.NDArray[np.bool_]:
        """Whether a visit came by a partner's link."""
        return np.array([key.partner is not None for key in self.keys], np.bool_)[self.key]


@dataclass(frozen=True, slots=True)
class StoredShares:
    """Shares in the order of time. sharer: the visitor's number, -1 where nobody is known."""

    second: Numbers
    page: Places
    sharer: Places
    mixed: npt.NDArray[np.bool_]


def visits_and_shares(
    out: Path, click_ids: ClickIdMap, partners: PartnerList
) -> tuple[StoredVisits, StoredShares]:
    """Return what an analysis or a store in `out` holds. Raises InputError if it holds nothing."""
    sessions = sessions_of(out)
    of_links = COLUMNS_OF_LINKS if partners.rows else ()
    with legible(out):
        table = sessions.to_table(list(dict.fromkeys([*COLUMNS, *of_links]))).sort_by(
            [("started_at", "ascending"), ("session_id", "ascending")]
        )
    names = (name for name in table.column_names if name not in PROBABILITIES)
    columns = {name: table[name].to_pylist() for name in names}
    pages = _Numbering()
    visitors = _Numbering()
    keys = _Numbering()
    campaigns = _campaigns(columns, click_ids)
    chatbots = shares_in(out).chatbots if partners.rows else ()
    of_partners = _partners(columns, partners, {(share.root, share.key) for share in chatbots})
    keyed = zip(
        columns["source_before"],
        columns["medium_before"],
        campaigns,
        columns["channel_before"],
        columns["began"],
        of_partners,
        strict=True,
    )
    key = [keys.number(_key(*row)) for row in keyed]
    weight = _numbers(columns["weight"])
    # A row of sums is of many visitors: none of its visits is another's.
    ids = [
        visitor if single else index
        for index, (visitor, single) in enumerate(
            zip(columns["visitor_id"], weight == 1, strict=True)
        )
    ]
    places = zip(columns["site"], columns["landing_path"], strict=True)
    page = [pages.number((site or "", path)) for site, path in places]
    visits = StoredVisits(
        second=_seconds(table["started_at"]),
        last_second=_seconds(pc.coalesce(table["ended_at"], table["started_at"])),
        visitor=np.array([visitors.number(each) for each in ids], np.int64),
        page=np.array(page, np.int64),
        pages=tuple(pages.values),
        key=np.array(key, np.int64),
        keys=tuple(keys.values),
        tagged=_tagged(columns, campaigns, of_partners),
        again=_again(columns),
        in_app=np.array([app is not None for app in columns["in_app"]], np.bool_),
        weight=weight,
        conversions=_numbers(columns["conversions"]),
        revenue=_numbers(columns["revenue"]),
        bot=_numbers(columns["p_bot"]),
        classes=np.stack([_numbers(table[name].to_pylist()) for name in PROBABILITIES]),
        has_conversions=table["conversions"].null_count < len(table),
        has_revenue=table["revenue"].null_count < len(table),
    )
    return visits, _shares(out, pages, visitors)


class _Numbering:
    """Numbers for values, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    @property
    def values(self) -> list[Any]:
        return list(self._numbers)

    def number(self, value: Any) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def known_number(self, value: Any) -> int:
        return self._numbers.get(value, -1)


def _key(
    source: str,
    medium: str,
    campaign: str | None,
    channel: str,
    began: str | None,
    partner: str | None,
) -> Key:
    if began == NOT_LOGGED:
        return Key(_("(not logged)"), "(none)", None, NOT_LOGGED_LABEL)
    return Key(source, medium, campaign, channel, partner)


def _partners(
    columns: dict[str, list[Any]], partners: PartnerList, chatbots: Collection[tuple[str, str]]
) -> list[str | None]:
    """Return by whose link each visit came; one that continues has the partner of the visitor's
    last arrival. `chatbots` are the ids, root and key, that chatbots gave."""
    if not partners.rows:
        return [None] * len(columns["began"])
    latest: dict[tuple[str, str, str], str | None] = {}
    of_visits = []
    rows = zip(
        *(columns[name] for name in ("site", "landing_path", "landing_query", "started_at")),
        *(columns[name] for name in ("visitor_id", "source_before", "medium_before", "began")),
        zip(columns["share_root"], columns["share_id"], strict=True),
        *(columns[name] for name in UTM),
        strict=True,
    )
    for site, path, query, started, visitor, source, medium, began, share, *tags in rows:
        if began == CONTINUED:
            of_visits.append(latest.get((visitor, source, medium)))
            continue
        # An export records tags without the query that they were in.
        tagged = {name: value for name, value in zip(UTM, tags, strict=True) if value}
        parameters = dict(parse_qsl(query or "")) | tagged
        landing = Landing(site, path or "", parameters, share in chatbots)
        partner = partners.partner_of(landing, started.date())
        latest[visitor, source, medium] = partner
        of_visits.append(partner)
    return of_visits


def _campaigns(columns: dict[str, list[Any]], click_ids: ClickIdMap) -> list[str | None]:
    """Return the campaign of each visit: of its tag, or else of its click id; one that continues
    has that of the visitor's last arrival, as it has its source."""
    latest: dict[tuple[str, str, str], str | None] = {}
    campaigns = []
    rows = zip(
        *(columns[name] for name in ("utm_campaign", "click_id", "landing_path", "began")),
        *(columns[name] for name in ("visitor_id", "source_before", "medium_before")),
        strict=True,
    )
    for tag, click_id, path, began, visitor, source, medium in rows:
        campaign = tag or click_ids.campaign_of(click_id, path)
        if began == CONTINUED:
            campaign = campaign or latest.get((visitor, source, medium))
        else:
            latest[visitor, source, medium] = campaign
        campaigns.append(campaign)
    return campaigns


def _tagged(
    columns: dict[str, list[Any]],
    campaigns: Sequence[str | None],
    of_partners: Sequence[str | None],
) -> npt.NDArray[np.bool_]:
    rows = zip(columns["utm_source"], campaigns, of_partners, strict=True)
    return np.array([any(row) for row in rows], np.bool_)


def _again(columns: dict[str, list[Any]]) -> npt.NDArray[np.bool_]:
    """Return which visits are no click on their tagged link, since the visitor had come by it
    before and nothing links to it: a tab that the browser loaded again, or history. A mail stays,
    and its link may be clicked again."""
    earlier: set[tuple[Any, ...]] = set()
    again = []
    names = ("visitor_id", "site", "landing_path", "utm_source", "utm_medium", "utm_campaign")
    links = zip(*(columns[name] for name in (*names, "click_id")), strict=True)
    others = zip(*(columns[name] for name in ("referrer", "began", "weight")), strict=True)
    mails = (channel == "Email" for channel in columns["channel_before"])
    for link, (referrer, began, weight), is_mail in zip(links, others, mails, strict=True):
        is_single = weight == 1 and any(link[3:])
        is_bare = referrer is None and began != CONTINUED and not is_mail
        again.append(is_single and is_bare and link in earlier)
        if is_single:
            earlier.add(link)
    return np.array(again, np.bool_)


def _numbers(values: Sequence[float | None]) -> Numbers:
    return np.array([value or 0.0 for value in values], np.float64)


def _seconds(times: pa.ChunkedArray) -> Numbers:
    micros: Places = times.cast(pa.int64()).to_numpy()
    return micros / 1e6


def _shares(out: Path, pages: _Numbering, visitors: _Numbering) -> StoredShares:
    """Return the shares; a folder without any has none (an export, or a log without previews)."""
    with legible(out):
        table = shares_of(out).to_table(list(COLUMNS_OF_SHARES)).sort_by("time")
    paths = zip(table["site"].to_pylist(), table["path"].to_pylist(), strict=True)
    sharers = table["sharer_visitor_id"].to_pylist()
    return StoredShares(
        _seconds(table["time"]),
        np.array([pages.known_number((site or "", path)) for site, path in paths], np.int64),
        np.array([visitors.known_number(sharer) if sharer else -1 for sharer in sharers], np.int64),
        np.array([app == "meta" for app in table["app"].to_pylist()], np.bool_),
    )


@dataclass(frozen=True, slots=True)
class DarkCount:
    """The number of dark visits by the reports of `out`, with its 90% interval."""

    expected: float
    low: float
    high: float


def dark_count(out: Path) -> DarkCount:
    """Return the number of dark visits, in a store that of all days together: their errors have
    one cause, so bounds are added. Raises InputError if no report can be read."""
    files = sorted(out.glob("reports/date=*/summary.json")) or [out / "summary.json"]
    try:
        counts = [json.loads(file.read_text("utf-8"))["dark_social"] for file in files]
        sums = [float(sum(count[name] for count in counts)) for name in DarkCount.__slots__]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            _("{path} cannot be read: {reason}").format(path=files[0], reason=error),
            expected=_("a folder that `darksocial analyze` or `darksocial nightly` wrote"),
        ) from error
    return DarkCount(*sums)
