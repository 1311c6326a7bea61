"""The page of the folder of an analysis or a store, or of an analysis itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from darksocial.analysis import Analysis
from darksocial.campaigns.report import campaigns
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.page import Page, page_of
from darksocial.report.page import page_facts
from darksocial.results.shares import shares
from darksocial.scratch.folder import Scratch
from darksocial.selection import EVERYTHING, Selection


def stored_page(
    folder: Path,
    selection: Selection = EVERYTHING,
    title: str | None = None,
    *,
    with_paths: bool = True,
    costs: Mapping[str, Any] | None = None,
) -> Page:
    """Return the page of what a folder holds of the chosen visits.

    `costs` are arguments of `campaigns`. What a campaign brought depends on visits before and after
    its own, and so does what a share brought: both are on the page of all visits only. Raises
    UsageError for costs with a selection.
    """
    tracked = None
    if selection.is_everything:
        tracked = shares(folder)
        brought = campaigns(folder, **(costs or {}))
    elif costs and costs.get("costs"):
        raise UsageError(
            _("Costs are set against all visits, and a part of them was chosen."),
            expected=_("costs, or the options that choose visits"),
        )
    else:
        brought = None
    return page_of(
        page_facts(folder, selection), brought, title, tracked=tracked, with_paths=with_paths
    )


def page_of_analysis(
    analysis: Analysis, title: str | None = None, *, with_paths: bool = True
) -> Page:
    """Return the page of an analysis, from tables that are written for that and deleted."""
    with Scratch() as scratch:
        analysis.write(scratch.path / "out")
        return stored_page(scratch.path / "out", title=title, with_paths=with_paths)
