"""The sections of the page, in the order of the questions that people ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs.geometry import Scale, band, line, marks, round_up, spark
from darksocial.printable import printable
from darksocial.report.numbers import about, estimate, log_odds, probability, range_of, whole
from darksocial.results.explain import ExplainedVisit
from darksocial.results.page import DayRow, PageFacts, Story, TravellingPage

WIDTH, DAYS_HEIGHT, STORY_WIDTH, STORY_HEIGHT = 720, 200, 280, 96
AXIS_LEFT, AXIS_BOTTOM, MARKED_DAYS = 34, 20, 6
BAR_WIDTH, SPARK_WIDTH, SPARK_HEIGHT = 144, 120, 24
SHOWN_EVIDENCE = 5
Row = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers."""

    heading: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a section."""

    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Section:
    """A question and its answer: what it `says`, a chart and a table.

    folded: what the table is called where it is folded under the chart that shows it.
    """

    id: str
    heading: str
    says: str = ""
    key: Sequence[Mapping[str, str]] = ()
    bar: dict[str, Any] | None = None
    days: dict[str, Any] | None = None
    stories: Sequence[dict[str, Any]] = ()
    examples: Sequence[dict[str, Any]] = ()
    table: Table | None = None
    folded: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


def sections(facts: PageFacts, *, with_paths: bool) -> Iterator[Section]:
    """Yield the sections that have something to show."""
    if facts.days:
        yield of_direct(facts)
        yield of_channels(facts)
        yield of_days(facts)
        yield of_apps(facts)
    if with_paths and facts.pages:
        yield of_pages(facts)
        yield of_stories(facts)
    if facts.devices and facts.devices[0].device:
        yield of_devices(facts)
    if facts.examples:
        yield of_examples(facts, with_paths=with_paths)
    yield of_inputs(facts)


def text(shown: str) -> dict[str, Any]:
    """Return a cell with a text."""
    return {"kind": "text", "text": shown}


def number(shown: str) -> dict[str, Any]:
    """Return a cell with a number."""
    return {"kind": "number", "text": shown}


def of_direct(facts: PageFacts) -> Section:
    """What the visits booked as Direct are: one bar."""
    causes = facts.causes
    lost = sum(
        causes[name] for name in ("p_lost_search", "p_lost_social", "p_lost_email", "p_lost_ai")
    )
    parts = (
        ("dark", _("dark social"), causes["p_dark_social"]),
        ("direct", _("direct: typed, bookmarked or from the history"), causes["p_direct"]),
        ("other", _("lost search, social, mail and AI visits"), lost),
        ("area", _("likely bots"), causes["p_bot"]),
    )
    total = sum(visits for _kind, _label, visits in parts) or 1.0
    scale, done = Scale(0, total, 0, WIDTH), 0.0
    bars: list[dict[str, Any]] = []
    for kind, label, visits in parts:
        says = _("{label}: {visits} visits").format(label=label, visits=estimate(visits))
        bars.append(
            {"kind": kind, "x": scale.at(done), "width": scale.length(visits), "says": says}
        )
        done += visits
    key = [{"kind": f"k{place}", "label": bar["says"]} for place, bar in enumerate(bars, start=1)]
    return Section(
        "direct",
        _("What is behind Direct?"),
        _("Analytics tools book a visit as Direct when they know no source. This is what those "
          "visits probably are."),
        key,
        bar={"width": WIDTH, "parts": bars, "says": "; ".join(bar["says"] for bar in bars)},
    )  # fmt: skip


def of_channels(facts: PageFacts) -> Section:
    """Visits by channel, as booked and as estimated."""
    rows = facts.summary["channels"]
    scale = Scale(0, max(max(row["before"], row["high"]) for row in rows) or 1.0, 6, BAR_WIDTH - 6)
    shown = []
    for row in rows:
        says = _("{channel}: {before} booked, {after} estimated").format(
            channel=row["channel"], before=estimate(row["before"]), after=estimate(row["after"])
        )
        places = {name: scale.at(row[name]) for name in ("before", "after", "low", "high")}
        shown.append(
            [
                text(printable(row["channel"])),
                {"kind": "dumbbell", "says": says, **places},
                number(estimate(row["before"])),
                number(estimate(row["after"])),
                number(range_of(row["low"], row["high"])),
            ]
        )
    columns = (
        Column(_("channel")),
        Column(""),
        Column(_("booked"), is_number=True),
        Column(_("estimated"), is_number=True),
        Column(_("90% interval"), is_number=True),
    )
    return Section(
        "channels",
        _("Where did visits really come from?"),
        _("The ring is what an analytics tool books, the dot what the evidence of each visit "
          "leads to expect, with its 90% interval."),
        table=Table(columns, shown),
    )  # fmt: skip


def of_days(facts: PageFacts) -> Section:
    """Dark social by day, with Direct behind it."""
    columns = (
        Column(_("day")),
        Column(_("Direct"), is_number=True),
        Column(_("dark social"), is_number=True),
        Column(_("90% interval"), is_number=True),
    )
    rows = [
        [
            text(f"{row.day:%Y-%m-%d}"),
            number(whole(row.direct)),
            number(estimate(row.dark.expected)),
            number(range_of(row.dark.low, row.dark.high)),
        ]
        for row in facts.days
    ]
    return Section(
        "days",
        _("When?"),
        key=[
            {"kind": "k1", "label": _("dark social, with its 90% interval")},
            {"kind": "k4", "label": _("booked as Direct, without likely bots")},
        ],
        days=_day_chart(facts.days),
        table=Table(columns, rows),
        folded=_("The numbers of each day"),
    )


def _day_chart(days: Sequence[DayRow]) -> dict[str, Any]:
    highest = round_up(max(max(row.direct, row.dark.high) for row in days))
    up = Scale(0, highest, DAYS_HEIGHT - AXIS_BOTTOM, 8)
    across = Scale(0, max(len(days) - 1, 1), AXIS_LEFT, WIDTH)

    def points(values: Sequence[float]) -> list[tuple[float, float]]:
        return [(across.at(place), up.at(value)) for place, value in enumerate(values)]

    zero = points([0.0] * len(days))
    step = max(1, (len(days) - 1) // MARKED_DAYS)
    ticks = [
        {
            "at": across.at(place),
            "label": f"{days[place].day:%d %b}",
            "anchor": "start" if place == 0 else "end" if place == len(days) - 1 else "middle",
        }
        for place in range(0, len(days), step)
    ]
    return {
        "width": WIDTH,
        "height": DAYS_HEIGHT,
        "marks": [{"at": up.at(mark), "label": whole(mark)} for mark in marks(highest)],
        "ticks": ticks,
        "direct": band(zero, points([row.direct for row in days])),
        "band": band(
            points([row.dark.low for row in days]), points([row.dark.high for row in days])
        ),
        "dark": line(points([row.dark.expected for row in days])),
        "says": _("Dark social by day, with Direct behind it. The table below has the numbers."),
    }


def of_apps(facts: PageFacts) -> Section:
    """Dark social by app."""
    apps = facts.summary["dark_social"]["apps"]
    highest = max((row["expected"] for row in apps), default=0.0) or 1.0
    scale = Scale(0, highest, 0, BAR_WIDTH)
    rows = []
    for row in apps:
        says = _("{app}: {visits} visits").format(
            app=printable(row["label"]), visits=estimate(row["expected"])
        )
        by_mix = "" if row["by_mix"] is None else estimate(row["by_mix"])
        rows.append(
            [
                text(printable(row["label"])),
                {"kind": "bar", "width": scale.length(row["expected"]), "says": says},
                number(estimate(row["expected"])),
                number(by_mix),
            ]
        )
    columns = (
        Column(_("app")),
        Column(""),
        Column(_("visits"), is_number=True),
        Column(_("estimated total"), is_number=True),
    )
    return Section(
        "apps",
        _("Through which apps?"),
        _("Estimated total: visits with no known app are distributed like those with one. This is "
          "rough, because some apps are easier to identify than others."),
        table=Table(columns, rows),
    )  # fmt: skip


def of_pages(facts: PageFacts) -> Section:
    """The pages that travel."""
    columns = (
        Column(_("landing page")),
        Column(_("by day")),
        Column(_("dark social"), is_number=True),
        Column(_("90% interval"), is_number=True),
        Column(_("all visits"), is_number=True),
        Column(_("first visited"), is_number=True),
    )
    return Section(
        "pages",
        _("Which pages travel?"),
        _("Sorted by the lower end of the interval: a page further up has more evidence."),
        table=Table(columns, [_page_row(page) for page in facts.pages]),
    )


def _page_row(page: TravellingPage) -> Row:
    says = _("{n} days, at most {visits} dark visits on one").format(
        n=len(page.by_day), visits=estimate(max(page.by_day))
    )
    name = f"{page.site or ''}{page.path}"
    return [
        {"kind": "path", "text": printable(name)},
        {"kind": "spark", "path": spark(page.by_day, SPARK_WIDTH, SPARK_HEIGHT), "says": says},
        number(estimate(page.dark.expected)),
        number(range_of(page.dark.low, page.dark.high)),
        number(whole(page.sessions)),
        number(f"{page.first_at:%Y-%m-%d}"),
    ]


def of_stories(facts: PageFacts) -> Section:
    """How the pages with the most dark visits travelled."""
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
        stories=[_story(story) for story in facts.stories],
    )  # fmt: skip


def _story(story: Story) -> dict[str, Any]:
    steps = story.steps
    first, last = steps[0].start, steps[-1].start
    gaps = [(b.start - a.start).total_seconds() for a, b in pairwise(steps)]
    step = min(gaps, default=1.0)
    count = (last - first).total_seconds() / step + 1
    across = Scale(0, count, 0, STORY_WIDTH)
    highest = max(step.booked + step.direct + step.dark for step in steps) or 1.0
    floor, top = STORY_HEIGHT - AXIS_BOTTOM, 12
    up = Scale(0, highest, floor, top)
    bars, shares = [], []
    for each in steps:
        place = (each.start - first).total_seconds() / step
        below = 0.0
        for kind, visits in (("dark", each.dark), ("direct", each.direct), ("other", each.booked)):
            if visits > 0:
                says = _("{start:%Y-%m-%d %H:%M} UTC: {visits} visits").format(
                    start=each.start, visits=estimate(visits)
                )
                bars.append(
                    {
                        "kind": kind,
                        "x": across.at(place),
                        "y": up.at(below + visits),
                        "width": max(1.0, round(across.length(1) * 0.85, 1)),
                        "height": up.length(visits),
                        "says": says,
                    }
                )
            below += visits
        if each.shares:
            shares.append({"x": across.at(place + 0.4), "says": ", ".join(each.shares)})
    return {
        "width": STORY_WIDTH,
        "height": STORY_HEIGHT,
        "bars": bars,
        "shares": shares,
        "first": f"{first:%d %b %H:%M}",
        "last": f"{last:%d %b %H:%M}",
        "path": printable(story.path),
        "says": _("Visits of {path} over time").format(path=printable(story.path)),
    }


def of_devices(facts: PageFacts) -> Section:
    """Visits by device."""
    columns = (
        Column(_("device")),
        Column(_("visits"), is_number=True),
        Column(_("Direct"), is_number=True),
        Column(_("dark social"), is_number=True),
        Column(_("90% interval"), is_number=True),
    )
    rows = [
        [
            text(printable(row.device or _("not known"))),
            number(whole(row.sessions)),
            number(whole(row.direct)),
            number(estimate(row.dark.expected)),
            number(range_of(row.dark.low, row.dark.high)),
        ]
        for row in facts.devices
    ]
    return Section("devices", _("On which devices?"), table=Table(columns, rows))


def of_examples(facts: PageFacts, *, with_paths: bool) -> Section:
    """Why to believe it: single visits with their evidence."""
    return Section(
        "examples",
        _("Why should I believe this?"),
        _("Three visits booked as Direct, and what moved each towards dark social (to the right) "
          "or away from it. +0.7 doubles the odds, +2.3 multiplies them by ten."),
        examples=[_example(visit, with_paths=with_paths) for visit in facts.examples],
    )  # fmt: skip


def _example(visit: ExplainedVisit, *, with_paths: bool) -> dict[str, Any]:
    cause, chance = visit.causes[0]
    shown = visit.evidence[:SHOWN_EVIDENCE]
    furthest = max((abs(one.log_odds) for one in shown), default=1.0) or 1.0
    scale = Scale(-furthest, furthest, 0, BAR_WIDTH)
    bars = [
        {
            "note": printable(one.note),
            "kind": "dark" if one.log_odds > 0 else "direct",
            "x": min(scale.at(0), scale.at(one.log_odds)),
            "width": scale.length(one.log_odds),
            "odds": log_odds(one.log_odds),
        }
        for one in shown
    ]
    when = _("{start:%Y-%m-%d %H:%M} UTC, {device}").format(
        start=visit.started_at, device=visit.device or _("device not known")
    )
    landed = printable(visit.landing_path or "") if with_paths else ""
    return {
        "verdict": _("{cause}, {chance}").format(
            cause=printable(cause), chance=probability(chance)
        ),
        "visit": " ".join(filter(None, (when, landed))),
        "bars": bars,
    }


def of_inputs(facts: PageFacts) -> Section:
    """What was read, and what limits the numbers."""
    columns = (
        Column(_("file")),
        Column(_("format")),
        *(Column(name, is_number=True) for name in (_("lines"), _("hits"), _("rejects"))),
    )
    rows = [
        [
            {"kind": "path", "text": printable(row["file"])},
            text(row["format"]),
            *(number(whole(row[name])) for name in ("lines", "hits", "rejects")),
        ]
        for row in facts.summary["inputs"]
    ]
    bots = sum(row["bots"] for row in facts.summary["inputs"])
    says = ngettext(
        "{n} hit is a bot's and is not counted as a visit.",
        "{n} hits are bots' and are not counted as visits.",
        bots,
    ).format(n=about(bots))
    notes = [printable(note) for note in facts.summary["notes"]]
    notes += [printable(row["says"]) for row in facts.summary["cannot_tell"]]
    return Section("inputs", _("What was read?"), says, table=Table(columns, rows), notes=notes)
