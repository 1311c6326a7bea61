"""What a store holds of a day and of the days before it, read back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from darksocial.errors import InputError, UsageError
from darksocial.schema import SCHEMA_VERSION, SESSIONS
from darksocial.store.daily.values import DayRun, LineCounts
from darksocial.store.files.runs import NOTHING_NEW

HOURS = 24
COLUMNS = ("started_at", "site", "landing_path", "app", "p_dark_social", "weight")
COUNTS = ("lines", "hits", "rejects", "blanks")
WRITTEN = "what `darksocial nightly` wrote"

Page = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class RunFile:
    """One run, as its file in runs/ tells it: `inputs` are the rows of the files that it read, and
    of those that runs before it had read that were killed; `unread` is how many files it left out
    although there may be something new in them."""

    started_at: datetime
    ended_at: datetime
    days: tuple[date, ...]
    inputs: tuple[dict[str, Any], ...]
    unread: int

    @property
    def read(self) -> LineCounts:
        """The lines that the run read."""
        return _sum(self.inputs)


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the sessions of some days: `dark` are expected dark visits by page and day, `apps`
    by app and day, and `hours` are sessions by day and UTC hour."""

    dark: Mapping[Page, Mapping[date, float]]
    apps: Mapping[str, Mapping[date, float]]
    hours: Mapping[date, Sequence[float]]


def _sum(rows: Sequence[Mapping[str, Any]]) -> LineCounts:
    return LineCounts(*(sum(row[name] for row in rows) for name in COUNTS))


def days_of(store: Path) -> list[date]:
    """Return the days of which the store has a report, in order.

    Raises InputError where there are none.
    """
    files = (store / "reports").glob("date=*/summary.json")
    days = sorted(_date(path.parent.name.removeprefix("date="), path) for path in files)
    if not days:
        raise InputError(
            f"{store} holds no report of a day",
            expected="a store that `darksocial nightly` wrote",
            advice=f"darksocial nightly LOG --store {store}",
        )
    return days


def chosen_day(store: Path, days: Sequence[date], day: date | None, today: date) -> date:
    """Return the wanted day, or else the last one that is over, or else the last one.

    Raises UsageError where the store has no such day.
    """
    if day is None:
        over = [known for known in days if known < today]
        return over[-1] if over else days[-1]
    if day in days:
        return day
    raise UsageError(
        f"{store} has no report of {day}",
        expected=f"a day from {days[0]} to {days[-1]} on which there were hits",
    )


def summary_of(store: Path, day: date) -> dict[str, Any]:
    """Return the report of a day as summary.json has it. Raises InputError where it is damaged."""
    return _json(store / "reports" / f"date={day}" / "summary.json")


def runs_of(store: Path) -> list[RunFile]:
    """Return the runs that have ended, in the order of their start.

    Raises InputError where the file of one is damaged.
    """
    found = []
    for path in sorted((store / "runs").glob("*.json")):
        told = _json(path)
        try:
            if told["ended_at"]:
                found.append(_run(told, path))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path} cannot be read: {error!r}", expected=WRITTEN) from error
    return sorted(found, key=lambda run: run.started_at)


def completing(runs: Sequence[RunFile], day: date) -> int | None:
    """Return the place of the run that completed a day: the first that wrote it after its end, or
    the last that wrote it at all; None where no run did."""
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
    wrote = [at for at, run in enumerate(runs) if day in run.days]
    after = [at for at in wrote if runs[at].started_at >= end]
    return after[0] if after else wrote[-1] if wrote else None


def open_run(store: Path) -> tuple[datetime, LineCounts] | None:
    """Return when a run began that has not ended, or was killed, and the lines that it read.

    The next run records these lines as its own. None where there are no such lines.
    """
    try:
        run = _json(store / "state.json")["open_run"]
        counts = _sum(_rows(run))
        return (_time(run["started_at"]), counts) if counts.lines else None
    except (InputError, KeyError, TypeError, ValueError):
        return None  # no such run, or a state that cannot be read: `store verify` says that


def earlier_schema(store: Path, days: Sequence[date]) -> list[date]:
    """Return the days whose report was written before the last change of what is in it.

    A day whose report cannot be read is not among them: the report of another day does without.
    """
    found = []
    for day in days:
        try:
            version = summary_of(store, day).get("schema_version", 1)
        except InputError:
            continue
        if isinstance(version, int) and version < SCHEMA_VERSION:
            found.append(day)
    return found


def day_run(runs: Sequence[RunFile], at: int, unrecorded: LineCounts | None = None) -> DayRun:
    """Return what a report tells of the run at a place, with the lines of all runs up to it.

    `unrecorded` are lines of a run that was killed, which are part of the total.
    """
    run = runs[at]
    reads = [earlier.read for earlier in runs[: at + 1]] + ([unrecorded] if unrecorded else [])
    total = LineCounts(*(sum(getattr(read, name) for read in reads) for name in COUNTS))
    seconds = (run.ended_at - run.started_at).total_seconds()
    return DayRun(run.started_at, run.ended_at, seconds, run.read, total, run.unread)


def sums_of(store: Path, days: Sequence[date]) -> Sums:
    """Return the sums over the sessions of `days`, read one day after the other.

    Only the columns that they need are read. Raises InputError where a day cannot be read.
    """
    dark: dict[Page, dict[date, float]] = {}
    apps: dict[str, dict[date, float]] = {}
    hours: dict[date, list[float]] = {}
    for day in days:
        table = _sessions(store, day)
        for row in _grouped(table, ["site", "landing_path"], "dark"):
            if row["landing_path"] is not None:
                dark.setdefault((row["site"], row["landing_path"]), {})[day] = row["dark_sum"]
        for row in _grouped(table, ["app"], "dark"):
            if row["app"] is not None:
                apps.setdefault(row["app"], {})[day] = row["dark_sum"]
        hours[day] = [0.0] * HOURS
        for row in _grouped(table, ["hour"], "weight"):
            hours[day][row["hour"]] = row["weight_sum"]
    return Sums(dark, apps, hours)


def _sessions(store: Path, day: date) -> pa.Table:
    """The columns of a day that are summed, with the expected dark visits and the hour."""
    folder = store / "sessions" / f"date={day}"
    try:
        files = [str(path) for path in sorted(folder.glob("*.parquet"))]
        sessions = ds.dataset(files, SESSIONS.arrow, format="parquet")
        table = sessions.to_table(columns=list(COLUMNS))
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            f"the sessions in {folder} cannot be read: {error}",
            expected=WRITTEN,
            advice=f"darksocial store verify {store}",
        ) from error
    weighed = pc.multiply(table.column("p_dark_social"), table.column("weight"))
    table = table.append_column("dark", weighed)
    return table.append_column("hour", pc.hour(table.column("started_at")))


def _grouped(table: pa.Table, keys: list[str], value: str) -> list[dict[str, Any]]:
    """Sums by key; threads would add up in another order each time."""
    grouped = table.group_by(keys, use_threads=False).aggregate([(value, "sum")])
    return list(grouped.to_pylist())


def _run(told: Mapping[str, Any], path: Path) -> RunFile:
    rows = _rows(told)
    return RunFile(
        _time(told["started_at"]),
        _time(told["ended_at"]),
        tuple(_date(text, path) for text in told["days"]),
        rows,
        sum(not reason.startswith(NOTHING_NEW) for _, reason in told["unread"]),
    )


def _rows(told: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    rows = [*told["inputs"], *told.get("interrupted", ())]
    return tuple({**row, **{name: int(row[name]) for name in COUNTS}} for row in rows)


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(text: str, path: Path) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{path} names the day {text!r}", expected="a day such as 2026-03-02"
        ) from (error)


def _json(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}", expected=WRITTEN) from error
    if not isinstance(told, dict):
        raise InputError(f"{path} holds no object", expected=WRITTEN)
    return told
