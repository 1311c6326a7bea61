"""What a site taught, as summary.json, `signals --learned` and the report have it."""

import json
import math
from collections import defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

import darksocial
from darksocial import InputError, UsageError
from darksocial.cli._main import darksocial as command
from darksocial.model.agreement import Agreement
from darksocial.model.recapture import Recapture
from darksocial.model.tables import MIN_VISITS_FOR_TABLES
from darksocial.model.weighing import Lesson
from darksocial.report.taught import counts, taught_in, what_disagrees
from darksocial.signals import registry

PUBLISHER = Path(__file__).parents[1] / "sample_logs" / "publisher" / "access.log*"
FAR = Agreement(200.0, 300.0, Recapture(100, 60, 60), 120.0, 0.6)
NEAR = Agreement(100.0, 100.0, Recapture(100, 60, 60), 100.0, 0.2)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of the publisher's log."""
    folder = tmp_path_factory.mktemp("taught") / "out"
    with darksocial.analyze([str(PUBLISHER)], secret="s") as analysis:
        analysis.write(folder)
    return folder


def test_summary_has_each_level_s_part_of_each_cause_s_visits(out: Path) -> None:
    parts: dict[tuple[str, str | None, str], list[float]] = defaultdict(list)
    visits: dict[str, list[float]] = defaultdict(list)
    for row in taught_in(out):
        assert row.signal == "device" or row.level in (None, *registry()[row.signal].levels)
        assert (row.landing is None) == (row.signal in ("landing_page", "device"))
        parts[row.signal, row.landing, f"assumed {row.cause}"].append(row.assumed)
        parts[row.signal, row.landing, f"learned {row.cause}"].append(row.learned)
        visits[row.signal].append(row.visits)
    assert {"preview", "strangers", "landing_page", "device"} <= visits.keys()
    assert not visits.keys() & {"messenger_browser", "click_id_alone", "messenger_referrer"}
    assert all(math.fsum(values) == pytest.approx(1, abs=1e-4) for values in parts.values())
    assert min(math.fsum(values) for values in visits.values()) > MIN_VISITS_FOR_TABLES


def test_summary_has_the_counts_that_have_to_agree(out: Path) -> None:
    [row] = json.loads((out / "summary.json").read_text())["counted_twice"]
    low, high = sorted([row["by_tables"], row["by_recapture"]])
    assert low <= row["agreed"] <= high
    assert 0 < row["recall"] <= 1
    assert not row["disagree"]


def test_the_terminal_shows_what_was_learned_of_a_signal_or_of_all(out: Path) -> None:
    run = CliRunner()
    every = run.invoke(command, ["signals", "--learned", str(out)], catch_exceptions=False)
    one = run.invoke(command, ["signals", "preview", "--learned", str(out)])
    assert every.exit_code == one.exit_code == 0
    assert "preview" in every.output and "strangers" in every.output
    assert "preview" in one.output and "strangers" not in one.output
    assert "dark social" in one.output and "assumed" in one.output


def test_what_is_no_such_result_or_signal_is_refused(out: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no signal"):
        taught_in(out, "nothing")
    for content in ("{}", '{"model": [{"site": null}]}', '{"model": 1}'):
        (tmp_path / "summary.json").write_text(content)
        with pytest.raises(InputError, match="does not say what was learned"):
            taught_in(tmp_path)


def test_a_result_that_taught_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text('{"model": []}')
    shown = CliRunner().invoke(command, ["signals", "--learned", str(tmp_path)])
    assert "No site taught anything" in shown.output


def test_estimates_that_disagree_are_a_sentence_of_the_report() -> None:
    tables = {"preview": {}}
    learned = {
        site: Lesson({}, 500.0, 1.0, tables, agreement)
        for site, agreement in (("", FAR), ("www.example.org", FAR), ("b.example", NEAR))
    }
    rows = counts(learned)
    assert [(row.site, row.disagree) for row in rows] == [
        (None, True),
        ("b.example", False),
        ("www.example.org", True),
    ]
    without, with_site = what_disagrees(rows)
    assert "www.example.org" in with_site and "300 by what visits have in common" in with_site
    assert "100 by how many come soon" in without
