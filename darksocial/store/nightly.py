"""Run a night: read what is new, add it to the store, and write the days that it changes.

A run that is killed at any moment leaves a consistent store, and the next run completes it: new
hits are valid only once state.json names them, and each day stays due until all its files have been
replaced.
"""

from __future__ import annotations

import logging
import shlex
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from darksocial import arguments
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.privacy.secret import usable_secret
from darksocial.reading.progress import Watch
from darksocial.results.directory import write_whole
from darksocial.results.ownership import MARK, STORE, check_own, kind_of, mark_text
from darksocial.scratch.folder import Scratch
from darksocial.settings import Goal, ReadSettings, Resources, Settings
from darksocial.store import upkeep
from darksocial.store.files import layout, marks, records
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.lock import held
from darksocial.store.files.runs import Run
from darksocial.store.files.state import State, load, save, write_synced
from darksocial.store.intake.chains import Ledger
from darksocial.store.intake.incoming import incoming
from darksocial.store.intake.news import resume
from darksocial.store.intake.take_in import take_in
from darksocial.store.night import Night, Policy

__all__ = ["Policy", "check_folder", "nightly"]

LOG = logging.getLogger("darksocial.nightly")
OTHER_USERS = stat.S_IRWXG | stat.S_IRWXO


def nightly(
    names: arguments.Names,
    store: arguments.Place,
    *,
    secret: str,
    now: Callable[[], datetime],
    read: ReadSettings | None = None,
    settings: Settings | None = None,
    policy: Policy | None = None,
    watch: Watch | None = None,
    resources: Resources | None = None,
) -> Run:
    """Read what is new in the logs behind `names` and bring the folder `store` up to date.

    What comes from standard input or a pipe is put into a scratch file first, and recognised by
    its content like any log. `secret` keys visitor ids, `now` returns the time in UTC, `policy`
    says what is kept. Other parameters are those of `analyze`. Days whose hits are damaged are
    skipped; the result names them. Raises UsageError for a secret that cannot
    be used, InputError where nothing can be read, and OutputError where the store is a folder of
    others, cannot be written or is held by another run.
    """
    names, store = arguments.names_of(names), arguments.folder("store", store)
    read = arguments.or_default("read", read, ReadSettings)
    settings = arguments.or_default("settings", settings, Settings)
    policy = arguments.or_default("policy", policy, Policy)
    arguments.check_clock(now)
    arguments.check_optional_functions(watch=watch)
    secret = usable_secret(secret)
    night = Night(names, store, secret, now, read, settings, policy, watch, resources)
    run = Run(started_at=_stamp(now()))
    check_folder(store)
    with Scratch() as scratch:
        if policy.dry_run:
            from darksocial.store.plan import plan

            plan(night, scratch.path, run)
            return run
        with held(store):
            _bring_up_to_date(night, scratch.path, run)
    LOG.info("done", extra={"fields": {"days": len(run.days), "purged": len(run.purged)}})
    return run


def check_folder(store: Path) -> None:
    """Refuse a folder that is not a store. Raises OutputError.

    A store without its state is accepted: the error for the missing state says what to do.
    """
    store = arguments.folder("store", store)
    is_store = store.is_dir() and kind_of(store) is None and any(layout.own_files(store))
    if not is_store:
        check_own(store, STORE)


def _bring_up_to_date(night: Night, scratch: Path, run: Run) -> None:
    store, policy = night.store, night.policy
    state = load(store)
    _mark(store, run)
    inputs = incoming(night.names, scratch, night.read, night.settings)
    with closing(Ledger(scratch / "lines")) as ledger:
        news = resume(inputs, state.bookmarks, store, night.secret, ledger)
        run.unread = list(inputs.unread)
        if policy.rebuild:
            from darksocial.store.days.goals import check_goals

            check_goals(store, state, _due(state, policy), night.settings.goals)
        run.lost = upkeep.prepare(store, state)
        for place in run.lost:
            LOG.warning("kept aside", extra={"fields": {"file": place}})
        records.begin(store, state, run)
        if inputs.read:
            take_in(night, state, inputs, news, run)
    if policy.rebuild:
        state.due = sorted({*state.due, *_due(state, policy)})
        save(store, state)
    run.purged = upkeep.purge(store, state, night.first_kept)
    marks.remove_unnamed(store, (span for mark in state.bookmarks for span in mark.spans))
    _write_days(night, state, run)
    run.ended_at = _stamp(night.now())
    records.complete(store, state)


def _mark(store: Path, run: Run) -> None:
    """Mark the folder as a store, and warn if other users can read it."""
    if not (store / MARK).exists():
        write_whole(store / MARK, lambda draft: write_synced(draft, mark_text(STORE)))
    if stat.S_IMODE(store.stat().st_mode) & OTHER_USERS:
        run.warnings.append(
            _(
                "Other users of this machine can read {store}. To keep it private: "
                "chmod 700 {quoted}"
            ).format(store=store, quoted=shlex.quote(str(store)))
        )
        LOG.warning("store is not private", extra={"fields": {"store": str(store)}})


def _write_days(night: Night, state: State, run: Run) -> None:
    """Write the days that are due; days whose hits are damaged are skipped, and stay due."""
    due = _due(state, night.policy)
    if not due:
        return
    # A night without anything new loads no engine.
    from darksocial.store.days import windows
    from darksocial.store.days.write import faults_around

    checks = FileChecks(night.store, state.checksums)
    unreached: list[Sequence[Goal]] = []
    whole: list[str] = []
    for day in due:
        if faults := faults_around(state, day, checks):
            run.skipped.append((day, faults[0]))
            LOG.error("day skipped", extra={"fields": {"day": day, "reason": faults[0]}})
        else:
            whole.append(day)
    for group in windows.together(whole):
        unreached += _write_together(night, state, run, group)
    _warn_of_goals(unreached, night.settings.goals, run)


def _write_together(
    night: Night, state: State, run: Run, group: Sequence[str]
) -> Iterator[Sequence[Goal]]:
    """Write days whose hits are read together; yield the goals that none of the hits of each day
    reached."""
    from darksocial.store.days import windows
    from darksocial.store.days.write import write_day

    store, settings = night.store, night.settings
    with windows.opened(store, state, group, settings.goals, night.resources) as around:
        for day in group:
            yield write_day(around, store, state, day, night.read, settings, night.watch)
            state.due.remove(day)
            run.days.append(day)
            save(store, state)
            LOG.info("day written", extra={"fields": {"day": day}})


def _warn_of_goals(unreached: Sequence[Sequence[Goal]], goals: Sequence[Goal], run: Run) -> None:
    """Warn of goals that were reached on none of the written days; `unreached` has those by day."""
    never = [goal for goal in goals if unreached and all(goal in day for day in unreached)]
    if not never:
        return
    from darksocial.report.goals import goals_text, unwatched_notes

    for goal in never:
        LOG.warning("goal not reached", extra={"fields": {"goal": goal.text}})
    note = ngettext(
        "No hit of the written days reached the goal {goals}. Compare it with the log.",
        "No hit of the written days reached {n:,} of the goals: {goals}. Compare them with the "
        "log.",
        len(never),
    ).format(n=len(never), goals=goals_text(never))
    run.warnings += [note, *unwatched_notes(goals)]


def _due(state: State, policy: Policy) -> list[str]:
    due = state.days if policy.rebuild else state.due
    return [day for day in due if policy.includes(day)]


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
