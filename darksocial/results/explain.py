"""Explain how visits were judged, from the sessions that an analysis wrote."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import NoneType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from darksocial import arguments
from darksocial.errors import InputError, UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.schema import ARRIVAL, SESSIONS, TIME
from darksocial.selection import COLUMNS, Period, Selection, regex_of

SESSION_KEY = "session_id"
CAUSE_LABELS = {
    "p_dark_social": "dark social",
    "p_direct": "direct",
    "p_lost_search": "lost search",
    "p_lost_social": "lost social",
    "p_lost_email": "lost email",
    "p_lost_ai": "lost AI assistant",
    "p_bot": "bot",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal with a weight in a visit: how far it moved the log-odds of dark social, its note."""

    signal: str
    log_odds: float
    note: str


@dataclass(frozen=True, slots=True)
class ExplainedVisit:
    """One visit with its verdict: the causes with their probabilities, which sum to 1, the most
    probable first; and the evidence, the strongest first."""

    session_id: str
    started_at: datetime
    landing_path: str
    referrer: str | None
    device: str | None
    browser: str | None
    in_app: str | None
    new_visitor: bool
    began: str | None
    source_before: str
    medium_before: str
    channel_before: str
    channel_after: str
    app: str | None
    causes: tuple[tuple[str, float], ...]
    evidence: tuple[Evidence, ...]


def explain(
    out: arguments.Place,
    *,
    session: str | None = None,
    page: str | None = None,
    app: str | None = None,
    top: int = 10,
    selection: Selection | None = None,
) -> list[ExplainedVisit]:
    """Return visits with their evidence, the most probably dark first, at most `top`.

    They are those of one `session` id, of one landing `page`, of one `app`, or of all in `out`, the
    folder of an analysis or a store, as far as `selection` chooses them.

    Raises InputError if `out` holds no analysis, and UsageError if nothing in it has that
    session or page.
    """
    out = arguments.folder("out", out)
    for field, value in (("session", session), ("page", page), ("app", app)):
        arguments.check(field, value, str, NoneType)
    arguments.check("top", top, int)
    sessions = sessions_of(out)
    selection = arguments.or_default("selection", selection, Selection)
    condition = both(_condition(session, page, app), condition_of(out, selection))
    with legible(out):
        ids = _most_probable(sessions, condition)
    if condition is not None and not len(ids):
        raise UsageError(
            _no_visit(out, session, page, app, selection),
            expected=expected_app(out, app)
            if app and selection.is_everything
            else _("a session_id, a landing_path or an app of the sessions"),
            advice=_("darksocial explain {out} --top 5").format(out=out),
        )
    with legible(out):
        rows = sessions.to_table(
            filter=pc.field(SESSION_KEY).isin(ids.slice(0, max(top, 0)).combine_chunks())
        )
    return _explained(rows.to_pylist())


def _condition(session: str | None, page: str | None, app: str | None) -> pc.Expression | None:
    """Return the condition on the visits to explain; None for all of them."""
    if session:
        return pc.field(SESSION_KEY) == session
    if page:
        return pc.field("landing_path") == page
    if app:
        return pc.field("app") == app
    return None


def condition_of(out: Path, selection: Selection) -> pc.Expression | None:
    """Return the condition on the visits in `out` that a selection chooses; None for all."""
    condition = within(period_of(out, selection), "started_at")
    for key, pattern in selection.only:
        field = pc.field(COLUMNS[key])
        condition = both(condition, pc.match_substring_regex(field, regex_of(key, pattern)))
    return condition


def period_of(out: Path, selection: Selection) -> Period:
    """Return the span of time of a selection; spans are counted back from the last hit in `out`."""
    with legible(out):
        ended = sessions_of(out).to_table(["ended_at"])["ended_at"]
    return selection.period(pc.max(ended).as_py() or datetime.now(UTC))


def within(period: Period, column: str) -> pc.Expression | None:
    """Return the condition that a column of times is in a span; None where it has no bound."""
    since = pc.field(column) >= pa.scalar(period.since, TIME) if period.since else None
    until = pc.field(column) < pa.scalar(period.until, TIME) if period.until else None
    return both(since, until)


def both(first: pc.Expression | None, second: pc.Expression | None) -> pc.Expression | None:
    """Return the condition that two conditions hold, each of which may be missing."""
    return second if first is None else first if second is None else first & second


def _most_probable(sessions: ds.Dataset, condition: pc.Expression | None) -> pa.ChunkedArray:
    """Return the ids of the visits, the most probably dark first.

    Only the columns for the order are read, since sessions can be many and wide.
    """
    order = [
        ("p_dark_social", "descending"),
        ("started_at", "ascending"),
        (SESSION_KEY, "ascending"),
    ]
    ranked = sessions.to_table([name for name, _order in order], filter=condition).sort_by(order)
    return ranked.column(SESSION_KEY)


def _no_visit(
    out: Path, session: str | None, page: str | None, app: str | None, selection: Selection
) -> str:
    if not selection.is_everything:
        return _("no visit in {out} fits what was asked for").format(out=out)
    if session:
        return _("no visit in {out} has the session {session}").format(out=out, session=session)
    if page:
        return _("no visit in {out} landed on {page}").format(out=out, page=page)
    return _("no visit in {out} came through the app {app}").format(out=out, app=app)


def expected_app(out: Path, app: str) -> str:
    """Return what is expected in place of an app that no visit came through."""
    with legible(out):
        names = sessions_of(out).to_table(["app"])["app"].unique().drop_null().to_pylist()
    if not names:
        return _("visits with an app; these have none")
    return one_of(app, sorted(names))


@contextmanager
def legible(out: Path) -> Iterator[None]:
    """Raise an InputError for what Arrow raises for a damaged file of a result."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            _("{out} cannot be read: {reason}").format(out=out, reason=reason),
            expected=_("files that `darksocial analyze` or `darksocial nightly` wrote"),
            advice=_("write them again; `darksocial store verify` checks a store"),
        ) from error


def sessions_of(out: Path) -> ds.Dataset:
    """Return the sessions that an analysis wrote. Raises InputError if there are none."""
    folder = out / "sessions"
    if not folder.is_dir():
        raise InputError(
            _("{out} holds no sessions").format(out=out),
            expected=_("the folder that `darksocial analyze` wrote"),
            advice=_("darksocial analyze LOG --out {out}").format(out=out),
        )
    with legible(out):
        sessions = ds.dataset(folder, SESSIONS.arrow, format="parquet", partitioning="hive")
        for file in sessions.get_fragments():
            if SESSION_KEY not in file.physical_schema.names:
                raise InputError(
                    _("{file} holds no sessions: it has no column {column}").format(
                        file=file.path, column=SESSION_KEY
                    ),
                    expected=_("files that `darksocial analyze` or `darksocial nightly` wrote"),
                    advice=_("move the file elsewhere"),
                )
    return sessions


def _explained(rows: Sequence[dict[str, Any]]) -> list[ExplainedVisit]:
    ordered = sorted(
        rows, key=lambda row: (-row["p_dark_social"], row["started_at"], row["session_id"])
    )
    return [_visit(row) for row in ordered]


def _visit(row: dict[str, Any]) -> ExplainedVisit:
    fields = {name: row[name] for name in ExplainedVisit.__dataclass_fields__ if name in row}
    fields["evidence"] = tuple(Evidence(**item) for item in row["evidence"])
    return ExplainedVisit(**fields, causes=_causes(row))


def _causes(row: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    causes = {label: row[column] or 0.0 for column, label in CAUSE_LABELS.items()}
    booked = 1.0 - sum(causes.values())
    if row["channel_before"] != "Direct" or row["began"] not in (None, ARRIVAL):
        causes[f"{row['channel_before']}, as booked"] = max(0.0, booked)
    ranked = sorted(causes.items(), key=lambda item: -item[1])
    return tuple((label, p) for label, p in ranked if p > 0)
