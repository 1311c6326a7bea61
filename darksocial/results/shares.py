"""Tracked shares, from the sessions and shares that an analysis or a store wrote."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import NoneType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.lookups.chatbots import is_of_chatbot
from darksocial.lookups.utm import UTM
from darksocial.results.explain import legible, sessions_of
from darksocial.results.tempo import shares_of
from darksocial.results.visitor_keys import key_changes
from darksocial.schema import MIN_LIKELY_BOT
from darksocial.tracking.trees import Key, SharesReport, TrackedShare, report_of

VISIT_COLUMNS_READ = ["started_at", "landing_path", "referrer", "new_visitor", "p_bot",
                   "share_id", "share_root", "share_generation", "share_method", "share_parent",
                   *UTM]  # fmt: skip
SHARE_COLUMNS_READ = ["time", "path", "app", "tracked_id", "root", "parent", "generation", "method"]


@dataclass
class _Gathered:
    """What the tables say of one share, as it is read; `first` is when it is first in the log, with
    the generation and the method of its id there, and its parent ("": none)."""

    first: tuple[datetime, int, str, str]
    generations: set[int] = field(default_factory=set)
    pages: Counter[str] = field(default_factory=Counter)
    apps: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)
    clicks: list[datetime] = field(default_factory=list)
    previews: list[datetime] = field(default_factory=list)
    new_visitors: int = 0
    public_clicks: int = 0
    is_tagged_by_chatbot: bool = False


def shares(out: arguments.Place, *, page: str | None = None) -> SharesReport:
    """Return what the tracked shares in `out` show: of one `page`, or of all pages.

    `out` is the folder of an analysis or of a store. Raises InputError if it holds no sessions or
    cannot be read, and UsageError if no share of the page is in it.
    """
    folder = arguments.folder("out", out)
    arguments.check("page", page, str, NoneType)
    with legible(folder):
        sessions = sessions_of(folder)
        visits = sessions.to_table(VISIT_COLUMNS_READ, filter=pc.field("share_method").is_valid())
        ends = pc.max(sessions.to_table(["started_at"])["started_at"]).as_py()
        events = shares_of(folder).to_table(
            SHARE_COLUMNS_READ, filter=pc.field("tracked_id").is_valid()
        )
    report = shares_in(visits, events, ends, page=page)
    if page is not None and not (report.shares or report.chatbots or report.by_method):
        raise UsageError(
            _("no tracked share in {out} is of {page}").format(out=out, page=page),
            expected=_("a landing_path of sessions with a share_id"),
            advice=_("darksocial shares {out}").format(out=out),
        )
    return replace(report, key_changes=key_changes(folder))


def shares_in(
    visits: pa.Table, events: pa.Table, ends: datetime | None, *, page: str | None = None
) -> SharesReport:
    """Return what tracked shares show: of one `page`, or of all pages.

    `visits` have `VISIT_COLUMNS_READ` and a `share_method`, `events` have `SHARE_COLUMNS_READ` and
    a `tracked_id`. `ends` is when the last visit began.
    """
    rows = visits.to_pylist()
    tracked = _tracked([row for row in rows if row["share_id"]], events.to_pylist())
    by_method = Counter(
        row["share_method"]
        for row in rows
        if not row["share_id"] and page in (None, row["landing_path"]) and _is_person(row)
    )
    chosen = [share for share in tracked if page is None or share.page == page]
    last = max([share.minted_at for share in chosen], default=None)
    until = max(filter(None, (ends, last)), default=datetime.min)
    return report_of(chosen, until, by_method)


def _is_person(row: dict[str, Any]) -> bool:
    return (row["p_bot"] or 0.0) <= MIN_LIKELY_BOT


def _tracked(
    visits: Iterable[dict[str, Any]], events: Iterable[dict[str, Any]]
) -> list[TrackedShare]:
    """Return the shares in the rows of sessions and shares, in the order of time."""
    gathered: dict[Key, _Gathered] = {}
    for row in events:
        key = (row["root"], row["tracked_id"])
        first = row["time"], row["generation"], row["method"], row["parent"] or ""
        share = _gathered(gathered, key, first)
        share.apps.add(row["app"])
        share.parents |= {row["parent"]} - {None}
        share.previews.append(row["time"])
        share.pages[row["path"]] += 1
    for row in visits:
        key = (row["share_root"], row["share_id"])
        parent = row["share_parent"]
        first = row["started_at"], row["share_generation"], row["share_method"], parent or ""
        share = _gathered(gathered, key, first)
        share.parents |= {parent} - {None}
        share.pages[row["landing_path"] or ""] += 1
        share.is_tagged_by_chatbot |= is_of_chatbot(row[name] for name in UTM)
        if _is_person(row):
            share.clicks.append(row["started_at"])
            share.new_visitors += bool(row["new_visitor"])
            share.public_clicks += bool(row["referrer"])
    shares = (_share(key, share) for key, share in gathered.items())
    return sorted(shares, key=lambda share: (share.minted_at, share.root, share.key))


def _gathered(
    all_shares: dict[Key, _Gathered], key: Key, mention: tuple[datetime, int, str, str]
) -> _Gathered:
    """Return what was gathered of a share, with one more row that mentions it."""
    share = all_shares.setdefault(key, _Gathered(mention))
    share.first = min(share.first, mention)
    share.generations.add(mention[1])
    return share


def _share(key: Key, share: _Gathered) -> TrackedShare:
    root, own = key
    minted_at, generation, method, parent = share.first
    # In a store a later day may not know any more who made an id. It takes the root for the parent
    # of generation 2, though the day on which the share was new may have seen that it has none.
    parents = share.parents if parent or generation > 2 else set()
    return TrackedShare(
        root,
        own,
        generation,
        method,
        min(share.pages, key=lambda page: (-share.pages[page], page)),
        tuple(sorted(share.apps)),
        parent or min(parents, default=None),
        minted_at,
        tuple(sorted(share.clicks)),
        share.new_visitors,
        share.public_clicks,
        max(share.previews, default=None),
        share.is_tagged_by_chatbot,
        len(share.generations) > 1,
    )
