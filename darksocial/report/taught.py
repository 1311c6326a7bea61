"""What sites taught, as the report has it: tables of levels, and the counts that have to agree."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.model.answers import MIN_ANSWERS
from darksocial.model.levels import CAUSES_OF_DIRECT
from darksocial.model.tables import DEVICE
from darksocial.model.weighing import Lesson
from darksocial.report.lesson_rows import CountedTwice, TaughtRow
from darksocial.report.numbers import about, exact
from darksocial.report.summary_json import NAME, read_summary
from darksocial.settings import NO_ORIGIN
from darksocial.signals import documentation

MAX_SITES = 10
"""So many sites are reported, those with the most visits. Assumed."""
Learned = Mapping[str, Lesson]


def taught_rows(learned: Learned) -> tuple[TaughtRow, ...]:
    """Return what was learned of each level, by site, signal, landing, level and
    cause."""
    return tuple(
        TaughtRow(
            site=site or None,
            signal=signal,
            level=key.level or None,
            cause=cause,
            assumed=assumed,
            learned=part,
            visits=visits,
            landing=key.landing or None,
        )
        for site, lesson in _largest(learned)
        for signal, table in lesson.tables.items()
        for key, taught in table.items()
        for cause, assumed, part, visits in zip(
            CAUSES_OF_DIRECT, taught.assumed, taught.learned, taught.visits, strict=True
        )
    )


def counts(learned: Learned) -> tuple[CountedTwice, ...]:
    """Return how many visits are dark by each estimate, by site."""
    return tuple(
        CountedTwice(
            site=site or None,
            at_start=both.at_start,
            by_tables=both.by_tables,
            by_recapture=both.recapture.total if both.recapture else None,
            recall=both.recapture.recall if both.recapture else None,
            agreed=both.agreed,
            disagree=both.disagrees,
            by_answers=both.heard.total if both.heard else None,
        )
        for site, lesson in _largest(learned)
        if (both := lesson.agreement)
    )


def taught_in(out: Path, signal: str | None = None) -> list[TaughtRow]:
    """Return what `analyze` learned and wrote into the folder `out`, of one `signal` or of all.

    Raises InputError if `out` holds no such result, and UsageError if there is no such signal.
    """
    if signal and signal != DEVICE:
        documentation(signal)
    rows = read_summary(out / NAME).get("model")
    try:
        taught = [TaughtRow(**row) for row in rows or ()]
    except TypeError as error:
        raise _unreadable(out) from error
    if rows is None:
        raise _unreadable(out)
    return [row for row in taught if signal in (None, row.signal)]


def _unreadable(out: Path) -> InputError:
    return InputError(
        _("{path} does not say what was learned.").format(path=out / NAME),
        expected=_("the summary.json of this version of darksocial"),
        advice=_("analyse the logs again"),
    )


def what_counts_say(
    rows: Sequence[CountedTwice], answers: Sequence[tuple[str, int]]
) -> tuple[str, ...]:
    """Return sentences on the estimates that are brought together, and on answers left out."""
    return (*what_disagrees(rows), *what_answers_say(rows), *what_answers_lack(answers))


def what_disagrees(rows: Sequence[CountedTwice]) -> tuple[str, ...]:
    """Return a sentence for each site whose estimates lie far apart."""
    return tuple(
        _disagreement(row.site, row.by_tables, row.by_recapture)
        for row in rows
        if row.disagree and row.by_recapture is not None
    )


def _disagreement(site: str | None, by_tables: float, by_recapture: float) -> str:
    if site is None:
        sentence = _(
            "Two estimates of the dark visits disagree: {tables} by what visits have in common, "
            "{recapture} by how many come soon after a link preview. Nothing shows which of them "
            "is right, so the range is wider. A newsletter without tags, whose readers come "
            "together to one page, is a usual reason."
        )
    else:
        sentence = _(
            "Two estimates of the dark visits of {site} disagree: {tables} by what visits have in "
            "common, {recapture} by how many come soon after a link preview. Nothing shows which "
            "of them is right, so the range is wider. A newsletter without tags, whose readers "
            "come together to one page, is a usual reason."
        )
    return sentence.format(site=site, tables=about(by_tables), recapture=about(by_recapture))


def what_answers_say(rows: Sequence[CountedTwice]) -> tuple[str, ...]:
    """Return a sentence for each site whose count takes people's answers into account."""
    return tuple(
        _answers(row.site, row.by_answers, row.agreed) for row in rows if row.by_answers is not None
    )


def _answers(site: str | None, by_answers: float, agreed: float) -> str:
    if site is None:
        sentence = _(
            "By what people answered to how they heard of the site, about {answers} visits booked "
            "as Direct are dark. By these answers and by what the visits show, {agreed} are. "
            "Answers are rough, so they count less than the visits."
        )
    else:
        sentence = _(
            "By what people answered to how they heard of {site}, about {answers} visits booked as "
            "Direct are dark. By these answers and by what the visits show, {agreed} are. Answers "
            "are rough, so they count less than the visits."
        )
    return sentence.format(site=site, answers=about(by_answers), agreed=about(agreed))


def what_answers_lack(answers: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """Return a sentence on answers that are not used: all of them if too few name an origin."""
    number = sum(n for _origin, n in answers)
    unused = sum(n for origin, n in answers if origin == NO_ORIGIN)
    if number and number - unused < MIN_ANSWERS:
        sentence = ngettext(
            "{named} answer to how people heard of the site names an origin. Fewer than {least} "
            "say nothing, so the count leaves them out.",
            "{named} answers to how people heard of the site name an origin. Fewer than {least} "
            "say nothing, so the count leaves them out.",
            number - unused,
        )
        return (sentence.format(named=exact(number - unused), least=exact(MIN_ANSWERS)),)
    if unused:
        sentence = ngettext(
            "Of {n} answer to how people heard of the site {unused} names no origin, or two. "
            "[model.answers] in darksocial.toml can say which it means.",
            "Of {n} answers to how people heard of the site {unused} name no origin, or two. "
            "[model.answers] in darksocial.toml can say which they mean.",
            number,
        )
        return (sentence.format(n=exact(number), unused=exact(unused)),)
    return ()


def _largest(learned: Learned) -> list[tuple[str, Lesson]]:
    """Return the sites that taught, in their order, at most `MAX_SITES`."""
    taught = [
        (site, lesson) for site, lesson in learned.items() if lesson.agreement or lesson.tables
    ]
    taught.sort(key=lambda item: (-item[1].visits, item[0]))
    return sorted(taught[:MAX_SITES], key=lambda item: item[0])
