"""The page of an analysis: one file without scripts, fonts or requests, for anyone to open.

Everything is drawn here as SVG, so that the page opens where scripts are forbidden: in a mail's
attachment, in the archive of a build, in a sandboxed viewer. Its Content-Security-Policy allows its
own style sheet and nothing else. Text from a log is escaped by the templates (Jinja2, autoescape).
One value, `Page`, is drawn as HTML, as a PDF of that HTML (pdf.py) and as a mail (mail.py).
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.campaigns.values import CampaignReport
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.apps import label
from darksocial.outputs.page.cells import clipped
from darksocial.outputs.page.section import Section
from darksocial.outputs.page.sections import sections
from darksocial.report.chosen import filter_of
from darksocial.report.numbers import about, between, significant, whole
from darksocial.report.page import PageFacts
from darksocial.report.values import CannotTell
from darksocial.report.words import (
    dark_in_all,
    dark_of_direct,
    filter_rows,
    hides_count,
    what_hides_count,
    what_widens_range,
    which_visits,
)
from darksocial.tracking.trees import SharesReport

STYLE, CHART_STYLE, TEMPLATE = "page.css", "charts.css", "page.html"


@dataclass(frozen=True, slots=True)
class Page:
    """What every form of a page says: its title, period, answer, what limits that, and sections."""

    title: str
    period: str
    answer: str
    lead: str
    limits: Sequence[str]
    sections: Sequence[Section]
    made_by: str


def page_of(
    facts: PageFacts,
    campaigns: CampaignReport | None,
    title: str | None = None,
    *,
    tracked: SharesReport | None = None,
    with_paths: bool = True,
    partners: PartnerReport | None = None,
) -> Page:
    """Return the page of an analysis, and of campaigns, tracked shares and partners if they are
    given.

    Without a `title` it has a general one; without paths no address of the site is on it.
    """
    summary = facts.summary
    made_by = _(
        "Made by darksocial {version}, settings {settings}, from summary.json of version {schema}. "
        "Times are in {zone}."
    )
    return Page(
        clipped(title or _("Dark social")),
        _period(facts),
        _answer(facts),
        _lead(facts) if with_paths else "",
        _limits(facts),
        list(sections(facts, campaigns, tracked, partners, with_paths=with_paths)),
        made_by.format(
            version=summary["version"],
            settings=summary["config_hash"],
            schema=summary["schema_version"],
            zone=clipped(summary["zone"]),
        ),
    )


def html(page: Page, *, for_print: bool = False) -> str:
    """Return a page as HTML.

    A browser applies the style of the page to its charts. What makes PDFs does not: `for_print`
    repeats the style of charts in each of them, with the colours in place of their names.
    """
    style = rendered(STYLE)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _environment().get_template(TEMPLATE).render(
        page=page,
        style=Markup(style),
        style_hash=f"sha256-{digest}",
        chart_style=Markup(rendered(CHART_STYLE, for_print=True) if for_print else ""),
    )  # fmt: skip


def rendered(template: str, *, for_print: bool = False) -> str:
    """Return a style sheet in one line."""
    sheet = _environment().get_template(template).render(for_print=for_print)
    return " ".join(sheet.split())


def mail_html(page: Page) -> str:
    """Return a page as the HTML of a mail: styles within the elements, and bars as cells, because
    mail programs drop style sheets and SVG."""
    return _environment().get_template("mail.html").render(page=page)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("darksocial.outputs.page"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _period(facts: PageFacts) -> str:
    summary = facts.summary
    if not summary["started_at"]:
        return ""
    first, last = (datetime.fromisoformat(summary[name]) for name in ("started_at", "ended_at"))
    days = (
        _("{first:%Y-%m-%d} to {last:%Y-%m-%d}")
        if last.date() > first.date()
        else "{first:%Y-%m-%d}"
    )
    values = {"days": days.format(first=first, last=last), "visits": whole(summary["sessions"])}
    if not summary["visitors"]:  # sums of visits say nothing of visitors
        return _("{days}, {visits} visits").format(**values)
    visitors = whole(summary["visitors"])
    return _("{days}, {visits} visits by {visitors} visitors").format(visitors=visitors, **values)


def _answer(facts: PageFacts) -> str:
    dark = facts.summary["dark_social"]
    gaps = [CannotTell(**row) for row in facts.summary["cannot_tell"]]
    if hides_count(gaps):
        return what_hides_count(gaps, about(dark["direct_low"]), about(dark["direct_high"]))
    if not facts.summary["sessions"]:
        return _("No visits were read.")
    if not dark["direct_sessions"]:
        return _("No visit was booked as Direct.")
    names = ("direct_sessions", "direct_expected", "direct_low", "direct_high")
    return dark_of_direct(*(dark[name] for name in names))


def _lead(facts: PageFacts) -> str:
    """Return which page travelled most, through which app and how sure that is; '' if none did."""
    if not facts.pages:
        return ""
    page = facts.pages[0]
    dark = page.dark
    values = {
        "page": clipped(f"{page.site or ''}{page.path}"),
        "dark": about(dark.expected),
        "day": f"{page.first_at:%Y-%m-%d}",
        **between(dark.low, dark.high),
    }
    if page.app is None:
        return ngettext(
            "The page that travelled most is {page}, first visited on {day}: {dark} visit by "
            "privately shared links, between {low} and {high}.",
            "The page that travelled most is {page}, first visited on {day}: {dark} visits by "
            "privately shared links, between {low} and {high}.",
            significant(dark.expected),
        ).format(**values)
    return ngettext(
        "The page that travelled most is {page}, first visited on {day}: {dark} visit by "
        "privately shared links, between {low} and {high}, mostly through {app}.",
        "The page that travelled most is {page}, first visited on {day}: {dark} visits by "
        "privately shared links, between {low} and {high}, mostly through {app}.",
        significant(dark.expected),
    ).format(app=label(page.app), **values)


def _limits(facts: PageFacts) -> list[str]:
    """Return what limits the answer, in sentences."""
    summary, dark = facts.summary, facts.summary["dark_social"]
    if not summary["started_at"]:
        return []
    gaps = [CannotTell(**row) for row in summary["cannot_tell"]]
    return [
        *_chosen(summary),
        dark_in_all(*(dark[name] for name in ("expected", "low", "high"))),
        *([wide] if (wide := what_widens_range(gaps)) else []),
        *(clipped(row["says"]) for row in summary["cannot_tell"]),
    ]


def _chosen(summary: Mapping[str, Any]) -> list[str]:
    """Return which of the judged visits the page is about, in sentences; [] if it is about all."""
    if summary["filter"] is None:
        return []
    chosen = filter_of(summary["filter"])
    pair = _("{name}: {value}")
    return [
        *filter(None, [which_visits(summary["sessions"], chosen)]),
        *(
            clipped(pair.format(name=name, value=value))
            for name, value in filter_rows(chosen, summary["zone"])
        ),
    ]
