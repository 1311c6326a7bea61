"""The first screen of the report: 24 lines that are complete by themselves.

It has what everybody asks: the result with its range, the channels, the apps, and five pages. What
was asked for (a table by day, conversions, a choice of visits) and what limits the numbers follows
it; all else is in the full report.
"""

from collections.abc import Iterator

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.outputs.analysis._groups import groups
from darksocial.outputs.analysis._parts import Limits, Part, Remark, Section, Sentence, Table
from darksocial.outputs.analysis._read import warnings, what_was_read
from darksocial.outputs.analysis._sections import (
    channel_columns,
    channel_row,
    conversions,
    pages,
    rejects,
)
from darksocial.report.before import AS_ARRIVED
from darksocial.report.numbers import estimate, is_none, significant, whole
from darksocial.report.values import ChannelRow, Report
from darksocial.report.words import filter_rows, what_before_means, which_visits

MAX_CHANNELS, MAX_APPS = 6, 3


def first_screen(report: Report, limits: Limits) -> Iterator[Section]:
    """Yield the parts of the first screen, as sections without titles, and what was asked for.

    A report without visits has no such screen: what was read says why.
    """
    if not report.sessions:
        yield what_was_read(report, limits)
        yield from rejects(report)
        return
    yield Section("", [*_channels(report), *map(Sentence, _apps(report))])
    for section in pages(report, limits):
        yield Section("", section.parts)
    yield from groups(report)
    yield from conversions(report)
    if remarks := [*_choice(report), *warnings(report), *_rejects(report)]:
        yield Section("", remarks)


def _channels(report: Report) -> list[Part]:
    """Return the largest channels, dark social among them."""

    def rank(row: ChannelRow) -> tuple[bool, float]:
        return row.channel != DARK_SOCIAL, -max(row.before, row.after)

    shown = sorted(report.channels, key=rank)[:MAX_CHANNELS]
    highest = max(max(row.before, row.after) for row in report.channels)
    ranked = sorted(shown, key=lambda row: -max(row.before, row.after))
    parts: list[Part] = [Table(channel_columns(), [channel_row(row, highest) for row in ranked])]
    if report.before.reading != AS_ARRIVED:
        meaning = what_before_means(report.before, report.dark_social.direct_sessions)
        parts.append(Sentence(meaning, is_aside=True))
    return parts


def _apps(report: Report) -> Iterator[str]:
    """Yield the apps with the most dark social in a sentence, if one is known."""
    rows = [row for row in report.apps if not is_none(row.expected)]
    pair = _("{app} {visits}")
    apps = [pair.format(app=row.label, visits=estimate(row.expected)) for row in rows if row.app][
        :MAX_APPS
    ]
    others = [estimate(row.expected) for row in rows if row.app is None]
    if apps and others:
        yield _("Dark social by app: {apps}; not known {visits}.").format(
            apps=", ".join(apps), visits=others[0]
        )
    elif apps:
        yield _("Dark social by app: {apps}.").format(apps=", ".join(apps))


def _choice(report: Report) -> Iterator[Part]:
    """Yield which of the visits the report is about, if a choice was made."""
    if about := which_visits(report.sessions, report.filter):
        yield Sentence(about)
    pair = _("{name}: {value}")
    for name, value in filter_rows(report.filter, report.zone):
        yield Remark(pair.format(name=name, value=value), is_warning=False)


def _rejects(report: Report) -> Iterator[Part]:
    lines = sum(row.lines for row in report.rejects)
    if lines:
        sentence = ngettext(
            "{n} line could not be read: --report full says why.",
            "{n} lines could not be read: --report full says why.",
            significant(lines),
        )
        yield Remark(sentence.format(n=whole(lines)))
