"""The page of the folder of an analysis or a store, or of an analysis itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from darksocial.analysis import Analysis
from darksocial.campaigns.partners import partners
from darksocial.campaigns.report import campaigns
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.page import Page, page_of
from darksocial.report.page import page_facts
from darksocial.results.shares import shares
from darksocial.scratch.folder import Scratch
from darksocial.selection import EVERYTHING, Breakdown, Selection


def stored_page(
    folder: Path,
    selection: Selection = EVERYTHING,
    title: str | None = None,
    *,
    breakdown: Breakdown | None = None,
    with_paths: bool = True,
    costs: Mapping[str, Any] | None = None,
) -> Page:
    """Return the page of what a folder holds of the chosen visits, with the table of groups that
    `breakdown` asks for, or that summary.json has.

    `costs` are arguments of `campaigns`; if these name a file of partners, it has them as well.
    What campaigns, partners and shares brought depends on visits before and after their own: it is
    on the page of all visits only. Raises UsageError for costs and partners with a selection.
    """
    arguments = costs or {}
    listed = arguments.get("partners")
    brought = of_partners = tracked = None
    if selection.is_everything:
        tracked = shares(folder)
        brought = campaigns(folder, **arguments)
        if listed is not None:
            of_partners = partners(folder, partners=listed, margin=arguments.get("margin", 1.0))
    elif arguments.get("costs") or listed is not None:
        raise UsageError(
            _("Costs are set against all visits, and a part of them was chosen."),
            expected=_("costs, or the options that choose visits"),
        )
    return page_of(
        page_facts(folder, selection, breakdown),
        brought,
        title,
        tracked=tracked,
        partners=of_partners,
        with_paths=with_paths,
    )


def page_of_analysis(
    analysis: Analysis, title: str | None = None, *, with_paths: bool = True
) -> Page:
    """Return the page of an analysis, from tables that are written for that and deleted."""
    with Scratch() as scratch:
        analysis.write(scratch.path / "out")
        return stored_page(scratch.path / "out", title=title, with_paths=with_paths)
