"""Add what is new to the store: hits, people, rejects and bookmarks, all at once."""

from collections.abc import Iterable
from dataclasses import asdict, replace

from darksocial.errors import OutputError
from darksocial.inputs.accounts import Inputs
from darksocial.language import gettext as _
from darksocial.store.calendar import due_after
from darksocial.store.files.bookmark import Bookmark
from darksocial.store.files.commits import commit
from darksocial.store.files.layout import rejects_of
from darksocial.store.files.parts import places_of
from darksocial.store.files.runs import Run
from darksocial.store.files.state import State
from darksocial.store.intake.drafts import Drafts
from darksocial.store.intake.news import News
from darksocial.store.night import Night


def take_in(night: Night, state: State, inputs: Inputs, news: News, run: Run) -> None:
    """Store the new hits and rejects, and advance the bookmarks, all at once by state.json.

    Raises OutputError if the store cannot be written; it is then unchanged.
    """
    files_read = 1 + max(entry.number for entry in inputs.read)
    drafts = _drafts(night, state, inputs, news, run)
    run.unread = list(inputs.unread)
    run.touched = sorted(drafts.parts)
    day, places = run.started_at[:10], [*drafts.places]
    before = {replace(mark, seen="") for mark in state.bookmarks}
    state.bookmarks = news.bookmarks(inputs.read, day, run.name)
    run.bookmarks += [asdict(mark) for mark in _advanced(state, before)]
    for day_of, names in drafts.parts.items():
        state.parts.setdefault(day_of, []).extend(names)
        places += [place for name in names for place in places_of(day_of, name)]
    if drafts.rejects:
        state.rejects.setdefault(day, []).append(drafts.rejects)
        places.append(rejects_of(drafts.rejects))
    state.compares_rejects = False
    state.next_file += files_read
    state.due = sorted({*state.due, *due_after({*drafts.parts, *drafts.changed}, state.parts)})
    commit(night.store, state, places)


def _drafts(night: Night, state: State, inputs: Inputs, news: News, run: Run) -> Drafts:
    """Write the drafts of what is new. Where nothing is, no engine starts."""
    if news.holds_no_lines(inputs):
        inputs.read_through(night.watched(inputs.total_bytes))
        news.record(run, inputs, inputs.account_for({}, may_reject_all=True))
        return Drafts()
    from darksocial.store.intake.writing import write_drafts

    try:
        return write_drafts(night, state, inputs, news, run)
    except OSError as error:
        raise OutputError(
            _("{store} could not be written: {reason}").format(
                store=night.store, reason=error.strerror or error
            ),
            expected=_("a place with room that may be written to"),
        ) from error


def _advanced(state: State, before: Iterable[Bookmark]) -> list[Bookmark]:
    return [mark for mark in state.bookmarks if replace(mark, seen="") not in before]
