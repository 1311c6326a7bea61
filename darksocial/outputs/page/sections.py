"""The sections of the page, in the order of the questions that people ask."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.campaigns.values import CampaignReport
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.apps import label
from darksocial.model.tables import DEEP
from darksocial.outputs.learned import level_note
from darksocial.outputs.page.campaign_table import of_campaigns, of_partners
from darksocial.outputs.page.cells import (
    Row,
    Table,
    charts,
    clipped,
    number,
    numbers,
    path,
    text,
    texts,
)
from darksocial.outputs.page.charts import (
    Chart,
    bar,
    dumbbell,
    part_bar,
    period_chart,
    sparkline,
    story_chart,
    waterfall,
)
from darksocial.outputs.page.readers import of_readers
from darksocial.outputs.page.section import MAX_NOTE_CHARACTERS, MAX_NOTES, Section
from darksocial.outputs.page.tracked import of_tracked
from darksocial.outputs.texts import cause
from darksocial.report.estimates import CAUSE_COLUMNS
from darksocial.report.lesson_rows import TaughtRow
from darksocial.report.numbers import (
    estimate,
    is_none,
    probability,
    range_of,
    whole,
    whole_percent,
)
from darksocial.report.page import PageFacts, TravellingPage
from darksocial.report.values import Before
from darksocial.report.words import what_before_means, what_is_assumed
from darksocial.results.explain import ExplainedVisit
from darksocial.tracking.trees import SharesReport

MAX_FILES, MAX_LEVELS = 10, 6
MIN_TAUGHT_VISITS = 5
"""Levels of fewer dark visits say more of chance than of a site. Assumed."""
KEY_OF_PART = {"dark": "k1", "direct": "k2", "other": "k3", "area": "k4"}
"""The mark in a key for the colour of a part."""
LOST_CAUSES = [name for name in CAUSE_COLUMNS if name.startswith("p_lost_")]


def sections(
    facts: PageFacts,
    campaigns: CampaignReport | None,
    tracked: SharesReport | None = None,
    partners: PartnerReport | None = None,
    *,
    with_paths: bool,
) -> Iterator[Section]:
    """Yield the sections that have something to show."""
    if facts.periods:
        yield from _of_visits(facts, with_paths=with_paths)
    if tracked and tracked.shares:
        yield from of_tracked(tracked)
    rows = campaigns.campaigns if campaigns else ()
    shown = [row for row in rows if row.campaign or row.cost is not None]
    if campaigns and shown:
        yield of_campaigns(shown, campaigns)
    if partners and partners.partners:
        yield of_partners(partners)
    yield from of_readers(facts, with_paths=with_paths)
    if facts.examples:
        yield of_examples(facts, with_paths=with_paths)
    if taught := _most_taught(facts):
        yield of_taught(facts, taught)
    yield of_inputs(facts)


def _of_visits(facts: PageFacts, *, with_paths: bool) -> Iterator[Section]:
    """Yield where visits came from, when, through which apps, and to which pages."""
    yield of_direct(facts)
    yield of_channels(facts)
    if len(facts.periods) > 1:
        yield of_periods(facts, with_paths=with_paths)
    if any(row["app"] for row in facts.summary["dark_social"]["apps"]):
        yield of_apps(facts)
    if with_paths and facts.pages:
        yield of_pages(facts)
        if any(len(story.steps) > 1 for story in facts.stories):
            yield of_stories(facts)


def of_direct(facts: PageFacts) -> Section:
    """What the visits booked as Direct are: one bar."""
    causes = facts.causes
    parts = (
        ("dark", cause("dark social"), causes["p_dark_social"]),
        ("direct", cause("direct"), causes["p_direct"]),
        ("other", cause("lost"), sum(causes[name] for name in LOST_CAUSES)),
        ("area", cause("bot"), causes["p_bot"]),
    )
    drawn = part_bar([part for part in parts if not is_none(part[2])])
    key = [{"kind": KEY_OF_PART[part["kind"]], "label": part["says"]} for part in drawn["parts"]]
    return Section(
        "direct",
        _("What is behind Direct?"),
        _("Analytics tools book a visit as Direct when they know no source. This is what those "
          "visits probably are."),
        key,
        bar=drawn,
    )  # fmt: skip


def of_pages(facts: PageFacts) -> Section:
    """The pages that travel."""
    columns = [
        *texts(_("landing page")),
        *charts(_("over time")),
        *numbers(_("dark social"), _("90% interval"), _("of its visits")),
        *texts(_("mostly by")),
        *numbers(_("first visited")),
    ]
    return Section(
        "pages",
        _("Which pages travel?"),
        _("Sorted by the lower end of the interval: a page further up has more evidence."),
        table=Table(columns, [_page_row(page) for page in facts.pages]),
    )


def _page_row(page: TravellingPage) -> Row:
    says = _("At most {visits} dark visits in one period").format(
        visits=estimate(max(page.by_period))
    )
    return [
        path(f"{page.site or ''}{page.path}"),
        sparkline(page.by_period, says),
        number(estimate(page.dark.expected)),
        number(range_of(page.dark.low, page.dark.high)),
        number(whole_percent(page.dark.expected / page.sessions)),
        text(label(page.app) if page.app else ""),
        number(f"{page.first_at:%Y-%m-%d}"),
    ]


def of_apps(facts: PageFacts) -> Section:
    """Dark social by app."""
    apps = facts.summary["dark_social"]["apps"]
    highest = max((row["expected"] for row in apps), default=0.0)
    rows = []
    for row in apps:
        says = _("{app}: {visits} visits").format(
            app=clipped(row["label"]), visits=estimate(row["expected"])
        )
        rows.append(
            [
                text(row["label"]),
                bar(row["expected"], highest, says),
                number(estimate(row["expected"])),
                number("" if row["by_mix"] is None else estimate(row["by_mix"])),
                number(
                    ""
                    # Results of schema version 9 have no such bounds.
                    if row.get("by_mix_low") is None
                    else range_of(row["by_mix_low"], row["by_mix_high"])
                ),
            ]
        )
    columns = [
        *texts(_("app")),
        *charts(_("compared")),
        *numbers(_("visits"), _("estimated total"), _("90% interval")),
    ]
    return Section(
        "apps",
        _("Through which apps?"),
        _("Estimated total: visits with no known app are distributed like those with one. This is "
          "rough, because some apps are easier to identify than others; the interval allows for "
          "it. Links that are forwarded by mail or SMS are hardly ever identified."),
        table=Table(columns, rows),
    )  # fmt: skip


def of_periods(facts: PageFacts, *, with_paths: bool) -> Section:
    """Dark social over time, with Direct behind it."""
    columns = [
        *texts(_("from")),
        *numbers(_("Direct"), _("dark social"), _("90% interval")),
    ]
    rows = [
        [
            text(f"{row.start:%Y-%m-%d}"),
            number(whole(row.direct)),
            number(estimate(row.dark.expected)),
            number(range_of(row.dark.low, row.dark.high)),
        ]
        for row in facts.periods
    ]
    says = {
        "day": _("By day ({zone}). A name is that of the page that travelled most on it."),
        "week": _("By week ({zone}). A name is that of the page that travelled most in it."),
        "month": _("By month ({zone}). A name is that of the page that travelled most in it."),
    }
    return Section(
        "periods",
        _("When?"),
        says[facts.period].format(zone=clipped(facts.summary["zone"])),
        key=[
            {"kind": "k1", "label": _("dark social, with its 90% interval")},
            {"kind": "k4", "label": _("booked as Direct, without likely bots")},
        ],
        periods=period_chart(facts.periods, facts.period, with_paths=with_paths),
        table=Table(columns, rows),
        folded=_("The numbers of the chart"),
    )


def of_channels(facts: PageFacts) -> Section:
    """Visits by channel, as booked and as estimated."""
    rows = facts.summary["channels"]
    highest = max((max(row["before"], row["high"]) for row in rows), default=0.0)
    shown = []
    for row in rows:
        says = _("{channel}: {before} booked, {after} estimated").format(
            channel=row["channel"], before=whole(row["before"]), after=estimate(row["after"])
        )
        shown.append(
            [
                text(row["channel"]),
                dumbbell(row, highest, says),
                number(whole(row["before"])),
                number(estimate(row["after"])),
                number(range_of(row["low"], row["high"])),
            ]
        )
    columns = [
        *texts(_("channel")),
        *charts(_("from booked to estimated")),
        *numbers(_("booked"), _("estimated"), _("90% interval")),
    ]
    dark, before = facts.summary["dark_social"], facts.summary["before"]
    return Section(
        "channels",
        _("Where did visits really come from?"),
        _("The ring is what an analytics tool books, the dot what the evidence of each visit "
          "leads to expect, with its 90% interval."),
        table=Table(columns, shown),
        notes=[what_before_means(Before(**before), dark["direct_sessions"])],
    )  # fmt: skip


def of_stories(facts: PageFacts) -> Section:
    """How the pages with the most dark visits travelled."""
    stories = [
        story_chart(story) | {"path": clipped(story.path), "most": _most_at_once(story.steps)}
        for story in facts.stories
        if len(story.steps) > 1
    ]
    return Section(
        "stories",
        _("How did they travel?"),
        _("Visits over time. A triangle marks the moment when an app fetched a preview of the "
          "page: somebody was sharing it."),
        key=[
            {"kind": "k1", "label": _("dark social")},
            {"kind": "k2", "label": _("other Direct visits")},
            {"kind": "k3", "label": _("visits of other channels")},
        ],
        stories=stories,
    )  # fmt: skip


def _most_at_once(steps: Sequence[Any]) -> str:
    highest = max(step.booked + step.direct + step.dark for step in steps)
    apps = list(dict.fromkeys(app for step in steps for app in step.shares))
    if not apps:
        return _("The highest bar is {visits} visits.").format(visits=estimate(highest))
    return _("The highest bar is {visits} visits. Shared by: {apps}.").format(
        visits=estimate(highest), apps=clipped(", ".join(apps))
    )


def of_examples(facts: PageFacts, *, with_paths: bool) -> Section:
    """Why to believe it: single visits with their evidence."""
    return Section(
        "examples",
        _("Why should I believe this?"),
        _("Visits booked as Direct, and what moved each towards dark social (to the right) or "
          "away from it. +0.7 doubles the odds, +2.3 multiplies them by ten."),
        examples=[_example(visit, with_paths=with_paths) for visit in facts.examples],
        notes=[what_is_assumed(facts.summary["dark_social"]["prior_share"])],
    )  # fmt: skip


def _example(visit: ExplainedVisit, *, with_paths: bool) -> Chart:
    name, chance = visit.causes[0]
    verdict = _("{cause}, {chance}")
    when = _("{start:%Y-%m-%d %H:%M} UTC, {device}").format(
        start=visit.started_at, device=visit.device or _("device not known")
    )
    return {
        "verdict": verdict.format(cause=clipped(cause(name)), chance=probability(chance)),
        "visit": when,
        "path": clipped(visit.landing_path or "") if with_paths else "",
        "bars": waterfall(visit.evidence),
    }


def _most_taught(facts: PageFacts) -> list[TaughtRow]:
    """Return the levels whose part of the dark visits the site changed most."""
    rows = [TaughtRow(**row) for row in facts.summary["model"]]
    rows = [row for row in rows if (row.cause, row.landing) == ("dark_social", DEEP)]
    rows = [row for row in rows if row.visits >= MIN_TAUGHT_VISITS]
    rows.sort(key=lambda row: -abs(row.learned - row.assumed))
    return rows[:MAX_LEVELS]


def of_taught(facts: PageFacts, taught: Sequence[TaughtRow]) -> Section:
    """What this site taught of the signals."""
    columns = [*texts(_("what a visit shows")), *numbers(_("assumed"), _("learned here"))]
    rows = [
        [
            text(level_note(row)),
            number(whole_percent(row.assumed)),
            number(whole_percent(row.learned)),
        ]
        for row in taught
    ]
    return Section(
        "taught",
        _("What did this site teach?"),
        _("Of the dark social visits to addresses that nobody types, how many show this: as "
          "assumed for sites in general, and as learned here. The largest differences come first."),
        table=Table(columns, rows),
    )  # fmt: skip


def of_inputs(facts: PageFacts) -> Section:
    """What was read, and what limits the numbers."""
    inputs = facts.summary["inputs"]
    columns = [*texts(_("file"), _("format")), *numbers(_("lines"), _("hits"), _("rejects"))]
    rows = [
        [
            path(row["file"]),
            text(row["format"]),
            *(number(whole(row[name])) for name in ("lines", "hits", "rejects")),
        ]
        for row in inputs[:MAX_FILES]
    ]
    bots = sum(row["bots"] for row in inputs)
    says = ngettext(
        "{n} hit is a bot's and is not counted as a visit.",
        "{n} hits are bots' and are not counted as visits.",
        bots,
    ).format(n=whole(bots))
    says = says if bots else ""
    notes = [clipped(note, MAX_NOTE_CHARACTERS) for note in facts.summary["notes"][:MAX_NOTES]]
    more = len(inputs) - MAX_FILES
    if more > 0:
        notes.append(
            ngettext("{n} more file was read.", "{n} more files were read.", more).format(n=more)
        )
    if inputs and more <= 0:
        names = " ".join(shlex.quote(clipped(row["file"])) for row in inputs)
        notes.append(
            _(
                "The command `darksocial analyze {files}`, with the same settings, repeats it."
            ).format(files=names)
        )
    return Section("inputs", _("What was read?"), says, table=Table(columns, rows), notes=notes)
