"""The sample shop, analysed as README says: what its campaigns and partners brought."""

import contextlib
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

import darksocial
from darksocial import CampaignReport, PartnerReport
from darksocial.cli._main import darksocial as group
from tests.campaign_site import GOALS

ROOT = Path(__file__).parents[1]
SHOP = Path("sample_logs") / "shop"
MARGIN = "0.6"
WIDTH = {"COLUMNS": "80"}
SECRET = "the same for every golden"


class Shop(NamedTuple):
    """The reports on the sample shop as values, as a terminal shows them, and its page."""

    campaigns: CampaignReport
    partners: PartnerReport
    campaigns_text: str
    partners_text: str
    page: str


@cache
def shop() -> Shop:
    """Analyse the sample shop, with its files named as README names them."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(ROOT):
        out, page = str(Path(name) / "out"), Path(name) / "page.html"
        settings = darksocial.Settings(goals=GOALS)
        with darksocial.analyze(
            [f"{SHOP}/access.log*"], secret=SECRET, settings=settings
        ) as analysis:
            analysis.write(out)
        costs = "--costs", f"{SHOP}/costs.csv", "--margin", MARGIN
        files = "--partners", f"{SHOP}/partners.csv", "--orders", f"{SHOP}/orders.csv"
        printed("page", out, *costs, "-o", str(page))
        return Shop(
            darksocial.campaigns(out, costs=SHOP / "costs.csv", margin=float(MARGIN)),
            darksocial.partners(
                out,
                partners=SHOP / "partners.csv",
                orders=SHOP / "orders.csv",
                margin=float(MARGIN),
            ),
            printed("campaigns", out, *costs),
            printed("partners", out, *files, "--margin", MARGIN),
            page.read_text("utf-8"),
        )


def printed(*arguments: str) -> str:
    """What a command prints in a terminal of 80 columns, without blank lines around it."""
    run = CliRunner().invoke(group, arguments, env=WIDTH, catch_exceptions=False)
    assert run.exit_code == 0, run.output
    return "\n".join(line.rstrip() for line in run.output.strip("\n").splitlines())
