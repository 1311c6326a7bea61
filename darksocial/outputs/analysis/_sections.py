"""The sections of the report of an analysis, which every form for people draws in its own way.

What the report says, and in which order, is decided here once; a form decides how it looks.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.outputs import tables
from darksocial.outputs.analysis._groups import groups
from darksocial.outputs.analysis._parts import Counts, Limits, Part, Section, Sentence, Table
from darksocial.outputs.analysis._read import bots, previews, what_was_read
from darksocial.outputs.tables import Bar
from darksocial.outputs.texts import preview_app
from darksocial.report.numbers import (
    about,
    between,
    change,
    estimate,
    is_none,
    is_shown,
    log_odds,
    money,
    range_of,
    significant,
    whole,
    whole_percent,
)
from darksocial.report.values import AppRow, ChannelRow, Report, SharedPageRow, Shares
from darksocial.report.words import (
    dark_in_all,
    dark_of_direct,
    hides_count,
    what_before_means,
    what_hides_count,
    what_is_assumed,
    what_masking_shows,
    what_widens_range,
    which_visits,
)


def headline(report: Report) -> str:
    """Return the result in a sentence or two."""
    dark = report.dark_social
    if hides_count(report.cannot_tell):
        return what_hides_count(report.cannot_tell, **between(dark.direct_low, dark.direct_high))
    if not report.sessions:
        if report.filter and report.filter.sessions:
            return which_visits(report.sessions, report.filter)
        return _("There were no visits by people.")
    bots = _bots_of_direct(report)
    if dark.share_of_direct is None:
        return bots[0] if bots else _("No visit was booked as Direct.")
    result = dark_of_direct(
        dark.direct_sessions, dark.direct_expected, dark.direct_low, dark.direct_high
    )
    wide = what_widens_range(report.cannot_tell)
    return " ".join(filter(None, [result, wide, *bots]))


def _bots_of_direct(report: Report) -> list[str]:
    """Return the sentence on the likely bots among the visits booked as Direct, if there are."""
    bots = report.likely_bots.direct
    if bots < 1:
        return []
    booked = report.dark_social.direct_sessions + bots
    sentence = ngettext(
        "Of {booked} visit booked as Direct about {bots} was a bot's (analytics tools "
        "with JavaScript would not have counted it).",
        "Of {booked} visits booked as Direct about {bots} were bots (analytics tools "
        "with JavaScript would not have counted them).",
        significant(booked),
    )
    return [sentence.format(booked=about(booked), bots=about(bots))]


def sections(report: Report, limits: Limits, tracked: Iterable[Section] = ()) -> Iterator[Section]:
    """Yield the sections of the report in their order, without those that would be empty.

    `tracked` is what there is on tracked shares, which are no part of the report itself.
    """
    yield what_was_read(report, limits)
    yield from bots(report)
    yield from previews(report)
    if report.sessions:
        yield _channels(report)
        yield from groups(report)
        yield from _recorded(report)
        yield from conversions(report)
        yield _estimate(report)
        yield from _apps(report)
        yield from pages(report, limits)
        yield from _shares(report.shares, limits)
        yield from tracked
        yield from _evidence(report, limits)
    yield from rejects(report)


def _channels(report: Report) -> Section:
    highest = max(max(row.before, row.after) for row in report.channels)
    ranked = sorted(report.channels, key=lambda row: -max(row.before, row.after))
    meaning = what_before_means(report.before, report.dark_social.direct_sessions)
    return Section(
        _("Visits by channel, as booked and as estimated from the evidence"),
        [
            Table(channel_columns(), [channel_row(row, highest) for row in ranked]),
            Sentence(meaning, is_aside=True),
        ],
    )


def channel_columns() -> Sequence[tables.Column]:
    """Return the columns of a table of channels."""
    return (
        tables.label(_("channel")),
        tables.number(_("booked")),
        tables.bars(),
        tables.number(_("estimated")),
        tables.number(_("90% interval")),
        tables.bars(),
        tables.number(_("change")),
    )


def channel_row(row: ChannelRow, highest: float) -> tables.Row:
    """Return the row of a channel; `highest` is the longest bar of the table."""
    style = "bold magenta" if row.channel == DARK_SOCIAL else ""
    return (
        Text(row.channel, style),
        whole(row.before),
        Bar(row.before, highest, "dim"),
        estimate(row.after),
        "" if is_none(abs(row.after - row.before)) else range_of(row.low, row.high),
        Bar(row.after, highest, style or "cyan"),
        change(row.after - row.before),
    )


def _recorded(report: Report) -> Iterator[Section]:
    if report.channels_recorded:
        columns = (tables.text(_("channel")), tables.number(_("visits")))
        rows = [(row.channel, whole(row.sessions)) for row in report.channels_recorded]
        yield Section(_("Visits by channel, as named in the export"), [Table(columns, rows)])


def conversions(report: Report) -> Iterator[Section]:
    """Yield the conversions by channel, if goals were given."""
    if not report.conversions:
        return
    columns = (
        tables.label(_("channel")),
        tables.number(_("booked")),
        tables.number(_("estimated")),
        tables.number(_("revenue booked")),
        tables.number(_("revenue estimated")),
    )
    rows = [
        (
            row.channel,
            whole(row.before),
            estimate(row.after),
            money(row.revenue_before),
            money(row.revenue_after),
        )
        for row in report.conversions
    ]
    yield Section(_("Conversions and revenue by channel"), [Table(columns, rows)])


def _estimate(report: Report) -> Section:
    dark, likely = report.dark_social, report.likely_bots
    sentences = [entry.says for entry in report.cannot_tell]
    if dark.share_of_direct is not None:
        of_direct = ngettext(
            "About {dark} of {direct} Direct visit is dark social (90% interval: {low} to {high}).",
            "About {dark} of {direct} Direct visits are dark social (90% interval: {low} to "
            "{high}).",
            significant(dark.direct_sessions),
        )
        bounds = between(dark.direct_low, dark.direct_high)
        values = {"dark": about(dark.direct_expected), "direct": about(dark.direct_sessions)}
        sentences.append(of_direct.format(**values, **bounds))
    sentences.append(dark_in_all(dark.expected, dark.low, dark.high))
    sentences += what_masking_shows(report.masked_origins)
    if likely.expected >= 1:
        of_bots = ngettext(
            "About {bots} of {sessions} visit is that of a bot that passes for a browser, by what "
            "it loads (90% interval: {low} to {high}).",
            "About {bots} of {sessions} visits are those of bots that pass for browsers, by what "
            "they load (90% interval: {low} to {high}).",
            significant(report.sessions),
        )
        bounds = between(likely.low, likely.high)
        values = {"bots": about(likely.expected), "sessions": about(report.sessions)}
        sentences.append(of_bots.format(**values, **bounds))
    sentences.append(what_is_assumed(dark.prior_share))
    return Section(_("Dark social"), [Sentence(sentence) for sentence in sentences])


def _apps(report: Report) -> Iterator[Section]:
    apps = [row for row in report.apps if not is_none(max(row.expected, row.by_mix or 0.0))]
    if not apps:
        return
    with_total = any(row.by_mix is not None for row in apps)
    columns = [tables.label(_("app")), tables.number(_("visits")), tables.bars()]
    if with_total:
        columns += [tables.number(_("estimated total")), tables.number(_("90% interval"))]
    highest = max(row.expected for row in apps)
    rows: list[tables.Row] = []
    for row in apps:
        name = Text(_("not known"), "dim") if row.app is None else Text(row.label)
        total = "" if row.by_mix is None else Text(estimate(row.by_mix), "dim")
        cells = (name, estimate(row.expected), Bar(row.expected, highest), total, _range(row))
        rows.append(cells[: len(columns)])
    parts: list[Part] = [Table(columns, rows)]
    if with_total:
        meaning = _(
            "Estimated total: visits with no known app are distributed like those with one, "
            "and by [model] in darksocial.toml if it is set. This is rough, because some apps "
            "are easier to identify than others; the interval allows for it. Links that are "
            "forwarded by mail or SMS are hardly ever identified, so most of them are among those "
            "with no known app."
        )
        parts.append(Sentence(meaning, is_aside=True))
    yield Section(_("Dark social by app"), parts)


def _range(row: AppRow) -> Text | str:
    if row.by_mix_low is None or row.by_mix_high is None:
        return ""
    return Text(range_of(row.by_mix_low, row.by_mix_high), "dim")


def pages(report: Report, limits: Limits) -> Iterator[Section]:
    """Yield the landing pages with the most dark social, if there is any."""
    travelling = [row for row in report.pages if not is_none(row.dark)]
    if not travelling:
        return
    columns = (
        tables.number(_("dark social")),
        tables.number(_("Direct")),
        tables.number(_("all")),
        tables.path(_("landing page")),
    )
    rows = [
        (
            estimate(row.dark),
            whole(row.direct),
            whole(row.sessions),
            tables.Path((row.site or "") + row.path),
        )
        for row in travelling[: limits.pages]
    ]
    yield Section(_("Landing pages with the most dark social, in visits"), [Table(columns, rows)])


def _shares(shares: Shares, limits: Limits) -> Iterator[Section]:
    if not shares.seen:
        return
    columns = (
        tables.number(_("visits")),
        tables.number(_("shares")),
        tables.number(_("sharers")),
        tables.text(_("through")),
        tables.path(_("shared page")),
    )
    rows = [_shared_row(row, limits) for row in shares.pages[: limits.shared_pages]]
    apps = [(preview_app(row.app), row.shares) for row in shares.apps]
    yield Section(
        _("Shares, recognised by their link previews"),
        [
            *map(Sentence, _about_shares(shares)),
            Counts((_("app"), _("shares")), apps),
            Table(columns, rows),
        ],
    )


def _shared_row(row: SharedPageRow, limits: Limits) -> tables.Row:
    apps = row.apps[: limits.page_apps]
    return (
        estimate(row.clicks),
        whole(row.shares),
        whole(row.sharers),
        ", ".join(apps) + (" ..." if len(apps) < len(row.apps) else ""),
        tables.Path((row.site or "") + row.path),
    )


def _about_shares(shares: Shares) -> list[str]:
    sentences = [
        ngettext(
            "{n} share was observed. Expected visits from it: {visits}.",
            "{n} shares were observed. Expected visits from them: {visits}.",
            significant(shares.seen),
        ).format(n=about(shares.seen), visits=about(shares.clicks))
    ]
    if shares.sharers:
        sentences.append(
            ngettext(
                "{n} visitor is known to have shared a page.",
                "{n} visitors are known to have shared a page.",
                significant(shares.sharers),
            ).format(n=about(shares.sharers))
        )
    if shares.reshare_rate is not None:
        again = _("{share} of those who came from a privately shared link shared it again.")
        sentences.append(again.format(share=whole_percent(shares.reshare_rate)))
    return sentences


def _evidence(report: Report, limits: Limits) -> Iterator[Section]:
    evidence = [row for row in report.evidence if is_shown(row.log_odds)]
    if not evidence:
        return
    columns = (
        tables.number(_("log-odds")),
        tables.number(_("visits")),
        tables.text(_("what was observed")),
    )
    rows = [
        (log_odds(row.log_odds), whole(row.sessions), row.note)
        for row in evidence[: limits.evidence]
    ]
    meaning = _(
        "Positive log-odds speak for dark social, negative ones against it; +2.3 multiplies the "
        "odds by ten."
    )
    yield Section(_("Strongest evidence"), [Table(columns, rows), Sentence(meaning, is_aside=True)])


def rejects(report: Report) -> Iterator[Section]:
    """Yield the lines that could not be read, by reason, if there are any."""
    if not report.rejects:
        return
    columns = (
        tables.number(_("lines")),
        tables.label(_("reason")),
        tables.path(_("first at")),
    )
    rows = [
        (whole(row.lines), row.reason, tables.Path(row.example, is_file=True))
        for row in report.rejects
    ]
    yield Section(_("Lines that could not be read"), [Table(columns, rows)])
