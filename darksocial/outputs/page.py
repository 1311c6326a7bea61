"""The page of an analysis: one HTML file without scripts, fonts or requests, for anyone to open.

Everything is drawn here as SVG, so that the page opens where scripts are forbidden: in a mail's
attachment, in the archive of a build, in a sandboxed viewer. Its Content-Security-Policy allows its
own style sheet and nothing else. Text from a log is escaped by the template (Jinja2, autoescape).
"""

import base64
import hashlib
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from darksocial.language import gettext as _
from darksocial.outputs.page_sections import sections
from darksocial.printable import printable
from darksocial.report.numbers import about, between
from darksocial.report.values import CannotTell
from darksocial.report.words import (
    dark_of_direct,
    hides_count,
    what_hides_count,
    what_widens_range,
)
from darksocial.results.page import PageFacts

STYLE, TEMPLATE = "page.css", "page.html"


def html(facts: PageFacts, title: str | None = None, *, with_paths: bool = True) -> str:
    """Return the page as HTML. Without a `title` it names the site and the period; without paths no
    address of the site is on it."""
    style = " ".join(_environment().get_template(STYLE).render().split())
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _environment().get_template(TEMPLATE).render(
        title=printable(title or _("Dark social")),
        style=style,
        style_hash=f"sha256-{digest}",
        period=_period(facts),
        answer=_answer(facts),
        limits=_limits(facts),
        sections=list(sections(facts, with_paths=with_paths)),
        made_by=_("Made by darksocial {version}, settings {settings}, with summary.json version "
                  "{schema}. Days are in UTC.").format(
            version=facts.summary["version"],
            settings=facts.summary["config_hash"],
            schema=facts.summary["schema_version"],
        ),
    )  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("darksocial.outputs"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def _period(facts: PageFacts) -> str:
    summary = facts.summary
    if not summary["started_at"]:
        return _("No visits were read.")
    first, last = (datetime.fromisoformat(summary[name]) for name in ("started_at", "ended_at"))
    return _("{first:%Y-%m-%d} to {last:%Y-%m-%d}, {visits} visits by {visitors} visitors").format(
        first=first,
        last=last,
        visits=about(summary["sessions"]),
        visitors=about(summary["visitors"]),
    )


def _answer(facts: PageFacts) -> str:
    dark = facts.summary["dark_social"]
    gaps = [CannotTell(**row) for row in facts.summary["cannot_tell"]]
    if hides_count(gaps):
        return what_hides_count(gaps, about(dark["direct_low"]), about(dark["direct_high"]))
    names = ("direct_sessions", "direct_expected", "direct_low", "direct_high")
    return dark_of_direct(*(dark[name] for name in names))


def _limits(facts: PageFacts) -> list[str]:
    """Return what limits the answer, in sentences."""
    dark = facts.summary["dark_social"]
    gaps = [CannotTell(**row) for row in facts.summary["cannot_tell"]]
    both = _(
        "In all channels, about {dark} visits are dark social (90% interval: {low} to {high})."
    )
    return [
        *([wide] if (wide := what_widens_range(gaps)) else []),
        both.format(dark=about(dark["expected"]), **between(dark["low"], dark["high"])),
    ]
