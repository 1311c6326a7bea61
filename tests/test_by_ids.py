"""`evaluate --by-ids`: what is said of visits by share ids, had these been hidden."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import InputError, UsageError
from darksocial.cli._main import darksocial as command
from darksocial.evaluation.by_ids import AppByIds, compared
from darksocial.store.files.state import State, save
from tests.logs import ARTICLE, Hit
from tests.nights import RESULT_V1, STORE_V1

WHATSAPP = "WhatsApp/2.25.31.77 A"
VISIT = {
    "visitor": 0,
    "channel_before": "Direct",
    "landing_path": ARTICLE,
    "landing_query": None,
    "referrer": None,
    "in_app": None,
    "share_id": None,
    "share_root": None,
    "share_method": None,
    "tracked_app": None,
    "app_by_id": None,
    "p_dark_social": 0.1,
    "app": None,
}


def came(visitor: int, dark: float, key: str = "aaaaa", **values: Any) -> Mapping[str, Any]:
    """A visit by a share of the first generation."""
    ids = {"share_id": key, "share_root": key, "share_method": "copy"}
    query = f"sh={key}.1.{key}.c"
    return (
        VISIT | ids | {"landing_query": query, "visitor": visitor, "p_dark_social": dark} | values
    )


def by_whatsapp(visitor: int, dark: float, **values: Any) -> Mapping[str, Any]:
    return came(visitor, dark, tracked_app="whatsapp", app_by_id="whatsapp", **values)


def test_visits_by_ids_are_compared_with_what_is_said_without_them() -> None:
    visits = [
        by_whatsapp(1, 0.9, app="whatsapp"),
        by_whatsapp(2, 0.6, app="telegram"),
        by_whatsapp(3, 0.2),
        by_whatsapp(4, 0.0, channel_before="Organic Social", referrer="https://example.net/"),
        came(5, 0.3),
        # Back by the own id; again by the link of a friend, which says nothing; no id at all.
        VISIT | {"visitor": 6, "landing_query": "sh=bbbbb.1.bbbbb.a", "p_dark_social": 0.25},
        VISIT | {"visitor": 1, "landing_query": "sh=aaaaa.1.aaaaa.c", "p_dark_social": 0.8},
        VISIT | {"visitor": 7, "landing_query": "sh=news"},
        VISIT | {"visitor": 8},
    ]
    result = compared(pd.DataFrame(visits))
    assert (result.sessions, result.dark, result.previewed, result.own) == (9, 4, 3, 1)
    assert result.expected == pytest.approx(2.0)
    assert result.recall == pytest.approx(0.5)
    assert result.recognised == 2
    assert result.expected_own == pytest.approx(0.25)
    assert result.auc == pytest.approx(3 / 4)
    assert result.rule_auc == 0.5  # all are on one deep page, without referrer
    assert result.apps == (AppByIds("whatsapp", 4, 3, pytest.approx(1.7), 2, 1),)
    assert [(b.visits, round(b.dark, 2)) for b in result.calibration] == [
        (2, 0.5), (1, 1.0), (1, 1.0), (1, 1.0),
    ]  # fmt: skip


def test_a_log_without_share_ids_says_nothing() -> None:
    with pytest.raises(InputError, match="came by a share id") as refused:
        compared(pd.DataFrame([VISIT]))
    assert "darksocial snippet" in str(refused.value)


def test_standard_input_cannot_be_read_twice() -> None:
    with pytest.raises(UsageError, match="read twice"):
        darksocial.evaluate_by_ids(["-"])


def test_the_folder_of_an_analysis_is_refused_with_the_command_that_works(tmp_path: Path) -> None:
    """And a store is not judged beside other names."""
    result = CliRunner().invoke(command, ["evaluate", "--by-ids", str(RESULT_V1)])
    assert isinstance(result.exception, UsageError) and result.exception.exit_code == 2
    assert "with the share ids" in str(result.exception)
    assert result.exception.advice == "darksocial evaluate --by-ids access.log"
    with pytest.raises(UsageError, match="not named alone"):
        darksocial.evaluate_by_ids([str(STORE_V1), "access.log"])
    save(tmp_path, State())
    with pytest.raises(InputError, match="holds no hits"):
        darksocial.evaluate_by_ids([str(tmp_path)])


@pytest.mark.parametrize("other", ["--mask", "--truth=t", "--world=all"])
def test_one_way_to_evaluate_at_a_time(other: str) -> None:
    result = CliRunner().invoke(command, ["evaluate", "a.log", "--by-ids", other])
    assert isinstance(result.exception, UsageError)


@pytest.mark.long
def test_the_command_hides_the_ids(tmp_path: Path) -> None:
    """The reader who came by a preview with an id is recognised by it, and the other is not."""
    query = f"{ARTICLE}?sh=aaaaa.1.aaaaa.c"
    hits = [
        Hit(0, "/", "192.0.2.8"),
        Hit(5, query, "192.0.2.9", WHATSAPP),
        Hit(6, query, "192.0.2.1"),
        Hit(40 * 60, "/", "192.0.2.2"),
        Hit(5000, query, "192.0.2.3"),
    ]
    log = tmp_path / "access.log"
    log.write_text("".join(f"{hit.line}\n" for hit in hits), "utf-8")
    arguments = ["evaluate", "--by-ids", str(log), "--quiet"]
    told = json.loads(CliRunner().invoke(command, [*arguments, "--report", "json"]).stdout)
    assert (told["dark"], told["previewed"], told["own"]) == (2, 2, 0)
    assert 0.5 < told["expected"] < 2
    assert told["recognised"] == 1
    [whatsapp] = told["apps"]
    assert (whatsapp["app"], whatsapp["direct"], whatsapp["right"]) == ("whatsapp", 2, 1)
    renamed = tmp_path / "renamed.log"
    renamed.write_text(log.read_text("utf-8").replace("sh=", "via="), "utf-8")
    arguments = ["evaluate", "--by-ids", str(renamed), "--share-parameter", "via"]
    assert "2 visits booked as Direct are known" in CliRunner().invoke(command, arguments).stdout
