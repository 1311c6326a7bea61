"""Read what a store holds of a day and of the days before it."""

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
from darksocial.language import gettext as _
from darksocial.schema import JUDGING_VERSION, SESSIONS
from darksocial.store.daily.values import DayRun, LineCounts
from darksocial.store.files import layout
from darksocial.store.files.runs import NOTHING_NEW

HOURS = 24
SUMMED_COLUMNS = ("started_at", "site", "landing_path", "app", "p_dark_social", "weight")
LINE_COUNTS = ("lines", "hits", "rejects", "blanks")
EXPECTED_FILES = _("files that `darksocial nightly` wrote")

Page = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class RunFile:
    """One run, from its record in runs/: `inputs` are the rows of the files that it read, and that
    interrupted runs before it had read; `unread` is the number of files that it left out although
    they may hold something new."""

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
    return LineCounts(*(sum(row[name] for row in rows) for name in LINE_COUNTS))


def days_of(store: Path) -> list[date]:
    """Return the days that have a report, in order. Raises InputError if there are none."""
    files = {path: path.relative_to(store).as_posix() for path in store.glob(layout.report_of("*"))}
    days = sorted(_date(layout.day_of(place), path) for path, place in files.items())
    if not days:
        raise InputError(
            _("{store} holds no report of a day").format(store=store),
            expected=_("a store that `darksocial nightly` wrote"),
            advice=_("darksocial nightly LOG --store {store}").format(store=store),
        )
    return days


def chosen_day(store: Path, days: Sequence[date], day: date | None, today: date) -> date:
    """Return the wanted day, or else the last day that is over, or else the last day.

    Raises UsageError if the store has no such day.
    """
    if day is None:
        over = [each for each in days if each < today]
        return over[-1] if over else days[-1]
    if day in days:
        return day
    raise UsageError(
        _("{store} has no report of {day}").format(store=store, day=day),
        expected=_("a day from {first} to {last} that has hits").format(
            first=days[0], last=days[-1]
        ),
    )


def summary_of(store: Path, day: date) -> dict[str, Any]:
    """Return the content of a day's summary.json. Raises InputError if it is damaged."""
    return _json(store / layout.report_of(str(day)))


def runs_of(store: Path) -> list[RunFile]:
    """Return the runs that have ended, in the order of their start.

    Raises InputError if a record is damaged.
    """
    runs = []
    for path in sorted(store.glob(layout.record_of("*"))):
        record = _json(path)
        try:
            if record["ended_at"]:
                runs.append(_run(record, path))
        except (KeyError, TypeError, ValueError) as error:
            raise _unread(path, repr(error)) from error
    return sorted(runs, key=lambda run: run.started_at)


def completing(runs: Sequence[RunFile], day: date) -> int | None:
    """Return the index of the run that completed a day: the first that wrote it after its end, or
    else the last that wrote it; None if no run did."""
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
    wrote = [index for index, run in enumerate(runs) if day in run.days]
    after = [index for index in wrote if runs[index].started_at >= end]
    return after[0] if after else wrote[-1] if wrote else None


def open_run(store: Path) -> tuple[datetime, LineCounts] | None:
    """Return when a run began that has not ended or was killed, and the lines that it read.

    The next run records these lines. None if there are no such lines.
    """
    try:
        run = _json(store / layout.STATE)["open_run"]
        counts = _sum(_rows(run))
        return (_time(run["started_at"]), counts) if counts.lines else None
    except (InputError, KeyError, TypeError, ValueError):
        return None  # no such run, or a state that cannot be read, which `store verify` reports


def earlier_schema(store: Path, days: Sequence[date]) -> list[date]:
    """Return the days whose report has a schema version with other rules of judging.

    A day whose report cannot be read is not among them: other days can be reported without it.
    """
    earlier = []
    for day in days:
        try:
            version = summary_of(store, day).get("schema_version", 1)
        except InputError:
            continue
        if isinstance(version, int) and version < JUDGING_VERSION:
            earlier.append(day)
    return earlier


def day_run(runs: Sequence[RunFile], index: int, unrecorded: LineCounts | None = None) -> DayRun:
    """Return a run for the report of a day, with the lines of all runs up to it.

    `unrecorded` are lines of a killed run, which are part of the total.
    """
    run = runs[index]
    reads = [earlier.read for earlier in runs[: index + 1]] + ([unrecorded] if unrecorded else [])
    total = LineCounts(*(sum(getattr(read, name) for read in reads) for name in LINE_COUNTS))
    seconds = (run.ended_at - run.started_at).total_seconds()
    return DayRun(run.started_at, run.ended_at, seconds, run.read, total, run.unread)


def sums_of(store: Path, days: Sequence[date]) -> Sums:
    """Return the sums over the sessions of `days`, reading one day after the other.

    Only the necessary columns are read. Raises InputError if a day cannot be read.
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
    """Return the columns of a day that are summed, with the expected dark visits and the hour."""
    folder = store / layout.day_folder("sessions", str(day))
    try:
        files = [str(path) for path in sorted(folder.glob("*.parquet"))]
        sessions = ds.dataset(files, SESSIONS.arrow, format="parquet")
        table = sessions.to_table(columns=list(SUMMED_COLUMNS))
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            _("the sessions in {folder} cannot be read: {reason}").format(
                folder=folder, reason=error
            ),
            expected=EXPECTED_FILES,
            advice=_("darksocial store verify {store}").format(store=store),
        ) from error
    weighed = pc.multiply(table.column("p_dark_social"), table.column("weight"))
    table = table.append_column("dark", weighed)
    return table.append_column("hour", pc.hour(table.column("started_at")))


def _grouped(table: pa.Table, keys: list[str], value: str) -> list[dict[str, Any]]:
    """Return sums by key, without threads, which would add in a different order each time."""
    grouped = table.group_by(keys, use_threads=False).aggregate([(value, "sum")])
    return list(grouped.to_pylist())


def _run(record: Mapping[str, Any], path: Path) -> RunFile:
    rows = _rows(record)
    return RunFile(
        _time(record["started_at"]),
        _time(record["ended_at"]),
        tuple(_date(text, path) for text in record["days"]),
        rows,
        sum(not reason.startswith(NOTHING_NEW) for _file, reason in record["unread"]),
    )


def _rows(record: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    rows = [*record["inputs"], *record.get("interrupted", ())]
    return tuple({**row, **{name: int(row[name]) for name in LINE_COUNTS}} for row in rows)


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(text: str, path: Path) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            _("{path} has the day {day}").format(path=path, day=repr(text)),
            expected=_("a day such as 2026-03-02"),
        ) from error


def _unread(path: Path, reason: str) -> InputError:
    return InputError(
        _("{path} cannot be read: {reason}").format(path=path, reason=reason),
        expected=EXPECTED_FILES,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unread(path, str(error)) from error
    if not isinstance(content, dict):
        raise InputError(_("{path} holds no object").format(path=path), expected=EXPECTED_FILES)
    return content
