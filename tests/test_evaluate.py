"""The evaluation: its figures by hand, and a whole run over labelled traffic."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import InputError, UsageError
from darksocial.cli._main import darksocial as command
from darksocial.evaluation import Evaluation, evaluate, hiding, metrics, rules, truth
from darksocial.evaluation.channels import channel_counts
from darksocial.model.masking import CLASS_OF_MASKED
from darksocial.report.estimates import CAUSE_COLUMNS
from tests.accuracy.tables import markdown, rules_table
from tests.logs import Hit


@pytest.mark.parametrize(
    ("dark", "score", "auc", "precision", "brier"),
    [
        ([1, 0], [0.9, 0.1], 1.0, 1.0, 0.01),
        ([1, 0], [0.1, 0.9], 0.0, 0.5, 0.81),
        ([1, 0], [0.5, 0.5], 0.5, 0.5, 0.25),
        # 0.8 dark, 0.6 not, 0.6 dark, 0.2 not: (1 + 1 + 1/2 + 1) / 4; precision 1 and 2/3
        (
            [1, 0, 1, 0],
            [0.8, 0.6, 0.6, 0.2],
            0.875,
            (1 + 2 / 3) / 2,
            (0.04 + 0.36 + 0.16 + 0.04) / 4,
        ),
        ([0, 0], [0.3, 0.6], None, None, 0.225),
        ([1, 1], [0.3, 0.6], None, 1.0, (0.49 + 0.16) / 2),
        ([], [], None, None, None),
    ],
)
def test_figures_by_hand(
    dark: list[int],
    score: list[float],
    auc: float | None,
    precision: float | None,
    brier: float | None,
) -> None:
    true, said = np.array(dark, dtype=bool), np.array(score, dtype=float)
    assert metrics.auc(true, said) == (auc if auc is None else pytest.approx(auc))
    found = metrics.average_precision(true, said)
    assert found == (precision if precision is None else pytest.approx(precision))
    assert metrics.brier(true, said) == (brier if brier is None else pytest.approx(brier))


def test_the_brier_ratio_of_the_base_rate_is_one() -> None:
    dark = np.array([1, 0, 0, 0], dtype=bool)
    assert metrics.brier_ratio(dark, np.full(4, 0.25)) == pytest.approx(1)
    assert metrics.brier_ratio(dark, dark.astype(float)) == 0
    assert metrics.brier_ratio(np.array([], dtype=bool), np.array([])) is None


def test_calibration_by_hand() -> None:
    dark, score = np.array([0, 1, 1, 1], dtype=bool), np.array([0.02, 0.06, 0.95, 1.0])
    low, high = metrics.calibration(dark, score)
    assert (low.low, low.high, low.visits, low.dark) == (0.0, 0.1, 2, 0.5)
    assert low.said == pytest.approx(0.04)
    assert (high.low, high.high, high.visits, high.dark) == (0.9, 1.0, 2, 1.0)


def test_rules_by_hand() -> None:
    visits = pd.DataFrame(
        {
            "landing_path": ["/", "/politics/2026/03/02/a/", "/politics/2026/03/02/a/"] * 2,
            "referrer": [None, None, "https://t.co/x", None, None, None],
            "in_app": [None, None, None, "whatsapp", "tiktok", "whatsapp"],
        }
    )
    assert rules.rule_of_thumb(visits).tolist() == [0, 1, 0, 0, 1, 1]
    assert rules.chartbeat(visits).tolist() == [0, 1, 0, 0, 0, 1]
    assert rules.token_only(visits).tolist() == [0, 0, 0, 1, 0, 1]
    assert rules.referrer_alone(visits).tolist() == [0] * 6


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A simulated log and its analysis in `out`."""
    folder = tmp_path_factory.mktemp("evaluate")
    made = darksocial.simulate(folder, seed=5, visits=2500)
    log, out = str(made.logs[0]), str(folder / "out")
    result = CliRunner().invoke(command, ["analyze", log, "--out", out, "--quiet"])
    assert result.exit_code == 0, result.output
    yield folder


@pytest.fixture(scope="module")
def evaluation(analysed: Path) -> Evaluation:
    secret = (analysed / "out.key").read_text().strip()
    return evaluate(analysed / "out", analysed / "truth.jsonl", secret)


def test_visitor_ids_are_those_of_the_sessions(analysed: Path) -> None:
    secret = (analysed / "out.key").read_text().strip()
    known = truth.read(analysed / "truth.jsonl", secret)
    sessions = pd.read_parquet(analysed / "out" / "sessions")
    assert sessions.visitor_id.isin(known.visits.visitor_id).mean() > 0.99


def test_labelled_traffic(evaluation: Evaluation) -> None:
    assert evaluation.joined > 0.99 * evaluation.sessions
    thumb = next(rule for rule in evaluation.rules if rule.name == "rule of thumb")
    model = evaluation.model
    assert model.auc is not None
    assert thumb.auc is not None
    assert model.auc > thumb.auc + 0.1
    assert model.average_precision is not None
    assert model.average_precision > 0.7
    assert evaluation.scrapers.share is not None
    assert evaluation.scrapers.share >= 0.9
    assert evaluation.shares.share == 1
    assert sum(b.visits for b in evaluation.calibration) == evaluation.direct


def test_channels_are_counted_beside_the_truth(evaluation: Evaluation) -> None:
    counts = {row.origin: row for row in evaluation.channels}
    assert counts["dark_social"].before < 0.2 * counts["dark_social"].truth
    for origin in ("dark_social", "direct", "search", "email"):
        row = counts[origin]
        assert abs(row.after - row.truth) < abs(row.before - row.truth)
    assert sum(row.truth for row in evaluation.channels) < evaluation.joined


def test_channels_by_hand() -> None:
    visits = pd.DataFrame(0.0, index=range(3), columns=[*CAUSE_COLUMNS])
    visits["channel_before"] = ["Direct", "Email", "Referral"]
    visits["cause"] = ["lost_search", "utm_echo", "referral"]
    visits.loc[0, ["p_direct", "p_lost_search", "p_bot"]] = 0.5, 0.25, 0.25
    visits.loc[1, "p_dark_social"] = 0.75
    counts = {row.origin: (row.before, row.after, row.truth) for row in channel_counts(visits)}
    assert counts == {
        "dark_social": (0, 0.75, 1),
        "direct": (1, 0.5, 0),
        "search": (0, 0.25, 1),
        "social": (0, 0, 0),
        "email": (1, 0.25, 0),
        "ai": (0, 0, 0),
    }


def test_a_truth_that_is_turned_round_is_judged_badly(analysed: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (analysed / "truth.jsonl").read_text().splitlines()]
    for row in rows:
        if row["type"] == "visit":
            row["dark"] = not row["dark"]
    (tmp_path / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    secret = (analysed / "out.key").read_text().strip()
    turned = evaluate(analysed / "out", tmp_path / "truth.jsonl", secret)
    assert turned.model.auc is not None
    assert turned.model.auc < 0.1
    assert not turned.holds


def test_the_command(analysed: Path, evaluation: Evaluation) -> None:
    arguments = ["evaluate", str(analysed / "out"), "--truth", str(analysed / "truth.jsonl")]
    printed = CliRunner().invoke(command, arguments)
    assert printed.exit_code == 0, printed.output
    assert "rule of thumb" in printed.output
    assert f"{evaluation.dark:,}" in printed.output
    told = json.loads(CliRunner().invoke(command, [*arguments, "--report", "json"]).output)
    assert told["dark"] == evaluation.dark
    assert told["holds"] == evaluation.holds


@pytest.mark.long
def test_hidden_origins_are_found_again(analysed: Path) -> None:
    logs = [str(analysed / "access.log")]
    masked = darksocial.evaluate_masked(logs)
    again = darksocial.evaluate_masked(logs)
    assert masked == again
    assert 0 < masked.hidden < masked.known < masked.sessions
    assert masked.hidden == pytest.approx(masked.known / hiding.HIDDEN_ONE_IN, rel=0.25)
    assert masked.hidden == sum(o.visits for o in masked.origins)
    origins = {o.origin: o for o in masked.origins}
    for origin in origins.values():
        # What they lack of 1 is the probability of a bot.
        assert 0.99 < sum(origin.said.values()) <= 1
    for name in ("lost_search", "lost_social", "lost_email"):
        assert origins[name].said["dark_social"] < origins[name].flagged_by_rule / 2
    assert origins["lost_email"].said["lost_email"] > origins["lost_search"].said["lost_email"]
    assert masked.auc is not None
    assert masked.rule_auc is not None
    assert masked.auc > masked.rule_auc + 0.2
    assert masked.right <= masked.named
    report = json.loads((analysed / "out" / "summary.json").read_text())
    for row in report["masked_origins"]:
        origin = origins[CLASS_OF_MASKED[row["channel"]]]
        assert row["sessions"] > 2 * origin.visits
        assert row["dark"] == pytest.approx(origin.said["dark_social"], abs=0.05)


@pytest.mark.long
def test_what_is_hidden_is_hidden(analysed: Path) -> None:
    kept = [*hiding.HIDDEN_TEXTS, "channel_before", "in_app_kind"]
    with darksocial.analyze(
        [str(analysed / "access.log")], secret="s", alter=hiding.with_hidden_origins
    ) as analysis:
        rows = analysis.ask(lambda v: v.select("hidden", "origin", *kept)).to_pandas()
    hidden, others = rows[rows.hidden], rows[~rows.hidden & rows.origin.notna()]
    assert hidden[list(hiding.HIDDEN_TEXTS)].isna().all(axis=None)
    assert set(hidden.channel_before) == {"Direct"}
    assert not (hidden.in_app_kind == "private").any()
    assert others.referrer.notna().any()
    assert others.utm_source.notna().any()
    assert (others.in_app_kind == "private").any()


@pytest.mark.long
def test_the_command_that_hides(analysed: Path) -> None:
    log = str(analysed / "access.log")
    printed = CliRunner().invoke(command, ["evaluate", "--mask", log])
    assert printed.exit_code == 0, printed.output
    assert "What it cannot show" in printed.output
    arguments = ["evaluate", "--mask", log, "--report", "json"]
    told = json.loads(CliRunner().invoke(command, arguments).stdout)
    assert {o["origin"] for o in told["origins"]} >= {"lost_search", "lost_social", "lost_email"}


@pytest.mark.long
def test_a_log_without_known_origins_cannot_be_masked(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(Hit().line + "\n")
    with pytest.raises(InputError, match="known origin"):
        darksocial.evaluate_masked([str(log)])


@pytest.mark.parametrize(
    "arguments", [["out"], ["out", "--mask", "--truth", "t"], ["a", "b", "--truth", "t"]]
)
def test_it_must_be_clear_what_to_evaluate(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, ["evaluate", *arguments])
    assert isinstance(result.exception, UsageError)


def test_another_secret_matches_nobody(analysed: Path) -> None:
    with pytest.raises(InputError, match="No session"):
        evaluate(analysed / "out", analysed / "truth.jsonl", "another")


def test_what_is_no_truth_is_said(analysed: Path, tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text("192.0.2.1 - - no truth\n")
    with pytest.raises(InputError, match="no truth about traffic"):
        evaluate(analysed / "out", path, "s")


def test_tables_of_several_runs(evaluation: Evaluation) -> None:
    text = markdown([("publisher", [evaluation, evaluation])])
    head, _, row, total = text.splitlines()
    assert head.startswith("| site | runs | AUC |")
    assert row.split("|")[2].strip() == "2"
    assert total.startswith("| all | 2 |")
    assert "| rule of thumb |" in rules_table([evaluation])
