"""`evaluate --by-ids`: what the model would have said of visits whose share id is known.

A log is analysed twice: as it is, and with its share ids hidden, so that neither a visit nor a
preview has one, and nothing is learned from any. The visits that came by a share are known to be
dark; those that came back with the visitor's own id are history or bookmarks, and known not to be.
Both were booked as Direct, and are compared with what the model says of them without the ids.

A store of nightly runs keeps the hits of each day, so its days are judged twice as well. The result
of an analysis keeps no hits: of its visits only what was said with the ids is known.

This is real traffic, and needs no truth. People who share links with ids may differ from others:
their browser runs scripts, and nothing on the way removes what is behind the question mark.
"""

import json
import math
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from darksocial import arguments
from darksocial.analysis import Analysis, ask_noted
from darksocial.errors import InputError, UsageError
from darksocial.evaluation import metrics
from darksocial.evaluation.metrics import Bin
from darksocial.evaluation.rules import rule_of_thumb
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.pipeline import analyze
from darksocial.reading.files import STDIN
from darksocial.reading.progress import Watch
from darksocial.report.summary_json import NAME
from darksocial.results.ownership import RESULT, STORE, kind_of
from darksocial.schema import ARRIVAL
from darksocial.settings import ReadSettings, Settings
from darksocial.store.days import windows
from darksocial.store.days.windows import Windows
from darksocial.store.days.write import judged_day
from darksocial.store.files.state import State, load
from darksocial.tracking.share_id import id_in_query
from darksocial.visits.conditions import likely_bot
from darksocial.visits.hits import PLACE_KEY

HIDING_SECRET = "hidden ids"
"""Fixed, and nothing that it keys is written."""
MIN_PROBABILITY = 0.5
"""From here on a visit is more probably dark than not."""
MAX_NAMED_INPUTS = 3
"""So many files are named in a command to copy."""
ANY_LOGS = "LOG..."
COLUMNS_WITH_IDS = (
    *PLACE_KEY,
    "visitor",
    "channel_before",
    "landing_path",
    "landing_query",
    "referrer",
    "in_app",
    "share_id",
    "share_root",
    "share_method",
    "tracked_app",
    "app",
)
HIDDEN_COLUMNS = (*PLACE_KEY, "p_dark_social", "app")


@dataclass(frozen=True, slots=True)
class AppByIds:
    """The visits by share ids whose preview an app fetched.

    visits: how many came by the app.
    direct: how many of these had neither referrer nor tag, so that they were booked as Direct.
    expected: how many of `direct` are dark by the model, without the ids.
    identified: for how many of `direct` the model identifies an app.
    right: for how many of these it is this one.
    """

    app: str
    visits: int
    direct: int
    expected: float
    identified: int
    right: int


@dataclass(frozen=True, slots=True)
class ByIds:
    """What the model says of visits whose share id was hidden.

    sessions: how many visits there are, likely bots left out.
    dark: those booked as Direct that came by a share with an id.
    previewed: how many of these followed a fetch of the preview with that id.
    expected: how many of `dark` are so by the model.
    recognised: how many of `dark` are more probably dark than not.
    own: visits booked as Direct that came back with the visitor's own id.
    expected_own: how many of `own` are dark by the model.
    auc: how well the model ranks `dark` above `own`; null without either.
    rule_auc: the same for the rule of thumb.
    calibration: `dark` and `own` by tenths of the probability.
    apps: by the app that fetched the preview, most visits first.
    """

    sessions: int
    dark: int
    previewed: int
    expected: float
    recognised: int
    own: int
    expected_own: float
    auc: float | None
    rule_auc: float | None
    calibration: tuple[Bin, ...]
    apps: tuple[AppByIds, ...]

    @property
    def recall(self) -> float:
        """The part of the known dark visits that the model expects, 0 to 1."""
        return self.expected / self.dark


def evaluate_by_ids(
    names: arguments.Names,
    *,
    read: ReadSettings | None = None,
    settings: Settings | None = None,
    watch: Watch | None = None,
) -> ByIds:
    """Analyse logs with their share ids and without, and compare what is said of the same visits.

    Parameters and errors are those of `analyze`; the only name may be that of a store, of which
    each day is judged twice. InputError also if no visit booked as Direct came by an id, and
    UsageError for standard input, since the logs are read twice, and for the folder of an analysis.
    """
    names = arguments.names_of(names)
    settings = arguments.or_default("settings", settings, Settings)
    if store := _store_among(names):
        days = _days_of(store, arguments.or_default("read", read, ReadSettings), settings)
        return compared(pd.concat(days, ignore_index=True))
    if STDIN in names:
        raise UsageError(
            _("Standard input cannot be read twice."),
            expected=_("files: they are analysed with share ids, and without"),
        )
    with analyze(names, read=read, settings=settings, secret=HIDING_SECRET, watch=watch) as whole:
        with_ids = _visits(whole, COLUMNS_WITH_IDS)
    without = replace(settings, share_parameter="")
    with analyze(names, read=read, settings=without, secret=HIDING_SECRET, watch=watch) as hidden:
        judged = _visits(hidden, HIDDEN_COLUMNS)
    return compared(_beside(with_ids, judged))


def _store_among(names: Sequence[str]) -> Path | None:
    """Return the store that is named, if there is one. Raises UsageError for the result of an
    analysis, and for a store among others."""
    folders = [folder for folder in map(Path, names) if folder.is_dir()]
    kinds = {folder: kind_of(folder) for folder in folders}
    if out := next((folder for folder, kind in kinds.items() if kind is RESULT), None):
        raise UsageError(
            _(
                "{out} holds what is said of its visits with the share ids; what is said without "
                "them needs the hits, which it does not keep."
            ).format(out=out),
            expected=_("the log that was analysed, or a store of `darksocial nightly`"),
            advice=_("darksocial evaluate --by-ids {logs}").format(logs=_inputs_of(out)),
        )
    store = next((folder for folder, kind in kinds.items() if kind is STORE), None)
    if store and len(names) > 1:
        raise UsageError(
            _("{store} is a store, and it is not named alone.").format(store=store),
            expected=_("one store, or logs"),
        )
    return store


def _inputs_of(out: Path) -> str:
    """Return what an analysis was made of, as arguments of a command; LOG where that is long."""
    try:
        files = [row["file"] for row in json.loads((out / NAME).read_text("utf-8"))["inputs"]]
    except (OSError, ValueError, KeyError, TypeError):
        return ANY_LOGS
    is_short = 0 < len(files) <= MAX_NAMED_INPUTS and STDIN not in files
    return shlex.join(files) if is_short else ANY_LOGS


def _days_of(store: Path, read: ReadSettings, settings: Settings) -> list[pd.DataFrame]:
    """Return the visits of each day of a store, with what is said of them with ids and without.
    Raises InputError if it has no day."""
    state = load(store)
    if not state.days:
        raise InputError(
            _("{store} holds no hits.").format(store=store),
            expected=_("a store that `darksocial nightly` has filled"),
        )
    return [
        visits
        for group in windows.together(state.days)
        for visits in _of_group(store, state, group, read, settings)
    ]


def _of_group(
    store: Path, state: State, days: Sequence[str], read: ReadSettings, settings: Settings
) -> Iterator[pd.DataFrame]:
    """Yield the visits of days whose hits are read together, as `_days_of` returns them."""
    without = replace(settings, share_parameter="")
    with windows.opened(store, state, days, settings.goals, None) as around:
        for day in days:
            each = partial(_of_day, around, store, state, day, read)
            yield _beside(each(settings, COLUMNS_WITH_IDS), each(without, HIDDEN_COLUMNS))


def _of_day(
    around: Windows,
    store: Path,
    state: State,
    day: str,
    read: ReadSettings,
    settings: Settings,
    columns: tuple[str, ...],
) -> pd.DataFrame:
    with around.engine.apart():
        return _visits(judged_day(around, store, state, day, read, settings), columns)


def _beside(with_ids: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Return the same visits as judged with their ids, and without."""
    with_ids = with_ids.rename(columns={"app": "app_by_id"})
    return with_ids.merge(judged, on=list(PLACE_KEY), validate="one_to_one")


def compared(visits: pd.DataFrame) -> ByIds:
    """Return the comparison for visits with the columns of both analyses, the app of the first
    as `app_by_id`.

    Raises InputError if none that was booked as Direct came by a share id.
    """
    direct = visits[visits.channel_before == "Direct"]
    came = direct[direct.share_method.notna()]
    if came.empty:
        raise InputError(
            _("No visit booked as Direct came by a share id."),
            expected=_("the log of a site whose pages have the script of `darksocial snippet`"),
        )
    own = _own(direct, came)
    both = pd.concat([came, own])
    is_dark = both.share_method.notna().to_numpy(np.bool_)
    score = both.p_dark_social.to_numpy(np.float64)
    return ByIds(
        sessions=len(visits),
        dark=len(came),
        previewed=int(came.tracked_app.notna().sum()),
        expected=math.fsum(came.p_dark_social),
        recognised=int((came.p_dark_social >= MIN_PROBABILITY).sum()),
        own=len(own),
        expected_own=math.fsum(own.p_dark_social),
        auc=metrics.auc(is_dark, score),
        rule_auc=metrics.auc(is_dark, rule_of_thumb(both)),
        calibration=metrics.calibration(is_dark, score),
        apps=_apps(visits[visits.tracked_app.notna()]),
    )


def _visits(analysis: Analysis, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the visits of people that arrived, but for those by a link that was posted."""

    def asked(visits: ir.Table) -> ir.Table:
        arrived = (visits.began == ARRIVAL) & ~visits.aggregated & ~likely_bot(visits)
        of_people = visits.filter(arrived, ~visits.is_posted.fill_null(False))
        return of_people.select(*columns).order_by(list(PLACE_KEY))

    return ask_noted(analysis, asked).to_pandas()


def _own(direct: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    """Return the visits that came back with the visitor's own id.

    Who came by a share before, and opens its link again, is left out: that may have been in the
    message or by history.
    """
    others = direct[direct.share_method.isna() & direct.landing_query.notna()]
    opened = set(zip(came.visitor, came.share_root, came.share_id, strict=True))

    def is_own(visitor: int | str, query: str) -> bool:
        share = id_in_query(query)
        return share is not None and (visitor, share.root, share.key) not in opened

    rows = zip(others.visitor, others.landing_query, strict=True)
    return others[np.array([is_own(*row) for row in rows], dtype=np.bool_)]


def _apps(visits: pd.DataFrame) -> tuple[AppByIds, ...]:
    """Return the visits by the app that fetched the preview of their id."""
    rows = [_of_app(str(app), rows) for app, rows in visits.groupby("app_by_id")]
    return tuple(sorted(rows, key=lambda row: (-row.visits, row.app)))


def _of_app(app: str, visits: pd.DataFrame) -> AppByIds:
    direct = visits[visits.channel_before == "Direct"]
    return AppByIds(
        app,
        len(visits),
        len(direct),
        math.fsum(direct.p_dark_social),
        int(direct.app.notna().sum()),
        int((direct.app == app).sum()),
    )
