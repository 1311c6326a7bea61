"""A store holds what campaigns and partners cost and brought, anew after each night."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from darksocial.campaigns.contract import CAMPAIGNS_TABLE, PARTNERS_TABLE
from darksocial.cli._main import darksocial as group
from darksocial.store.files.commits import settle
from darksocial.store.files.layout import CAMPAIGNS, PARTNERS, RETURNS
from darksocial.store.files.state import load
from darksocial.store.upkeep import info, recover, verify
from tests.logs import ARTICLE, Hit

TAGS = "utm_source=nl&utm_medium=email&utm_campaign=may"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hits = [Hit(0, f"{ARTICLE}?{TAGS}"), Hit(5, "/thanks"), Hit(30, ip="192.0.2.9")]
    (tmp_path / "access.log").write_text("".join(f"{hit.line}\n" for hit in hits))
    (tmp_path / "costs.csv").write_text("source,medium,campaign,cost\nnl,email,may,8\n")
    (tmp_path / "partners.csv").write_text(f"partner,link,fee\nanna,/?{TAGS},5\n")
    return tmp_path


def night(folder: Path, *arguments: str) -> None:
    names = "nightly", str(folder / "access.log"), "--store", str(folder / "store"), "--quiet"
    done = CliRunner().invoke(group, [*names, *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def test_a_night_writes_what_campaigns_and_partners_brought(folder: Path) -> None:
    store = folder / "store"
    partners = "--partners", str(folder / "partners.csv")
    costs = "--costs", str(folder / "costs.csv"), "--goal", "path=/thanks,value=40"
    night(folder, *costs, *partners, "--margin", "0.5", "--dry-run")
    assert not store.exists()
    night(folder, *costs, *partners, "--margin", "0.5")
    campaigns = pq.read_table(store / CAMPAIGNS)
    assert campaigns.schema.equals(CAMPAIGNS_TABLE.arrow)
    [may] = [row for row in campaigns.to_pylist() if row["campaign"] == "may"]
    assert (may["cost"], may["revenue_before"], may["roi_before"]) == (8, 40, 1.5)
    listed = pq.read_table(store / PARTNERS)
    assert listed.schema.equals(PARTNERS_TABLE.arrow)
    assert [(row["partner"], row["fee"]) for row in listed.to_pylist()] == [("anna", 5)]
    assert verify(store, load(store)) == []
    assert info(store, load(store)).foreign == ()
    (folder / "costs.csv").write_text("source,medium,campaign,cost\nnl,email,may,16\n")
    night(folder, *costs)
    assert pq.read_table(store / CAMPAIGNS)["cost"].to_pylist()[0] == 16
    whole = {name: (store / name).read_bytes() for name in RETURNS}
    for name in RETURNS:
        (store / name).write_bytes(whole[name][:-1])
        [fault] = verify(store, load(store))
        assert name in fault
        (store / name).unlink()
        assert "missing" in verify(store, load(store))[0]
        # What a run wrote that was killed before it gave the file its name.
        (store / f".{name}").write_bytes(whole[name])
        state = load(store)
        settle(store, state)
        assert (store / name).read_bytes() == whole[name]
    (store / CAMPAIGNS).write_bytes(b"no table")
    assert [place for place, _fault in recover(store).removed] == [CAMPAIGNS]
    assert verify(store, load(store)) == []
