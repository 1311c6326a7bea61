"""What an input does not record: it widens the range, or the count cannot be said, and both are
said in every form."""

import json
import re
from dataclasses import replace
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

import darksocial
from darksocial.inputs.gaps import GAPS
from darksocial.outputs.analysis import Saved, registry
from darksocial.outputs.day import registry as day_registry
from darksocial.outputs.notebook import analysis_view
from darksocial.report.hidden import Hidden, allowing_for
from darksocial.report.values import DarkSocial, Report
from darksocial.simulation import simulate
from darksocial.simulation.lacking import COMMON_FORMAT, NO_ASSETS, NO_PREVIEWS
from tests.gate import series
from tests.nights import NOW, SECRET

CANNOT_BE_SAID = "cannot be said from this log: it records "
ESTIMATE = DarkSocial(
    expected=120.0,
    low=80.0,
    high=210.0,
    direct_sessions=1000.0,
    direct_expected=100.0,
    direct_low=70.0,
    direct_high=180.0,
    share_of_direct=0.1,
    prior_share=0.5,
)


@cache
def simulated(world: str | None = None) -> tuple[str, int]:
    """The lines of a small log, and how many visits without a referrer are dark in it."""
    with TemporaryDirectory() as name:
        made = simulate(Path(name) / "site", days=4, visits=600, world=world)
        visits = [json.loads(line) for line in made.truth.read_text().splitlines()]
        dark = sum(bool(v.get("dark")) and not v["referrer"] for v in visits)
        return made.logs[0].read_text(), dark


def report_on(folder: Path, text: str) -> Report:
    """The report on the lines of a log."""
    log = folder / "access.log"
    log.write_text(text)
    with darksocial.analyze([str(log)], secret="s") as analysis:
        return analysis.report


def reasons(report: Report) -> list[str]:
    return [entry.reason for entry in report.cannot_tell]


def shown(report: Report) -> dict[str, str]:
    """The report in every form, with each run of blanks as one."""
    texts = {"notebook": analysis_view(report)}
    for name, output in registry().items():
        file = StringIO()
        if output.text:
            texts[name] = output.text(Saved(report))
        elif output.show:
            output.show(Saved(report), Console(file=file, width=80, color_system=None))
            texts[name] = file.getvalue()
    return {name: re.sub(r"\s+", " ", text) for name, text in texts.items()}


@pytest.mark.long
def test_all_can_be_told_from_a_usual_log(tmp_path: Path) -> None:
    text, _dark = simulated()
    assert reasons(report_on(tmp_path, text)) == []


@pytest.mark.long
def test_a_log_in_common_format_says_that_it_cannot_tell(tmp_path: Path) -> None:
    text, dark = simulated(COMMON_FORMAT)
    report = report_on(tmp_path, text)
    assert reasons(report) == ["no_referrer", "no_user_agent"]
    found = report.dark_social
    assert found.direct_low == 0
    assert found.direct_low <= dark <= found.direct_high <= report.sessions
    forms = shown(report)
    assert f"{CANNOT_BE_SAID}no referrers and no user agents" in forms["terminal"][:200]
    for form in ("full", "markdown"):
        assert CANNOT_BE_SAID in forms[form][:200]
    assert report.cannot_tell[0].says in forms["notebook"]
    entries = json.loads(forms["json"])["cannot_tell"]
    assert [sorted(entry) for entry in entries] == [["field", "reason", "says"]] * 2


@pytest.mark.long
def test_a_check_names_what_is_missing(tmp_path: Path) -> None:
    text, _dark = simulated(COMMON_FORMAT)
    log = tmp_path / "access.log"
    log.write_text(text)
    checked = darksocial.check([str(log)], rules={"cannot_tell": {}, "dark_share": {}})
    by_name = {result.name: result for result in checked.results}
    assert by_name["cannot_tell"].state == "warning"
    assert "no referrers and no user agents" in by_name["cannot_tell"].outcome.actual
    assert by_name["dark_share"].state == "skipped"


@pytest.mark.long
def test_without_previews_or_assets_the_range_is_wider(tmp_path: Path) -> None:
    for world, reason in ((NO_PREVIEWS, "no_previews"), (NO_ASSETS, "no_assets")):
        text, dark = simulated(world)
        report = report_on(tmp_path, text)
        assert reason in reasons(report)
        assert report.dark_social.direct_low <= dark <= report.dark_social.direct_high
        assert CANNOT_BE_SAID not in shown(report)["markdown"]
        assert "The range is wide because this log records no" in shown(report)["markdown"]


@series(
    ("pattern", "replacement", "reason"),
    [
        (r"(?m)^\S+", "10.0.0.1", "few_addresses"),
        (r'(?m)"[^"]*" ("[^"]*")$', r'"-" \1', "no_referrer"),
        (r'(?m)"[^"]*"$', '"-"', "no_user_agent"),
    ],
    in_gate=1,
)
def test_a_field_that_is_always_the_same_says_nothing(
    tmp_path: Path, pattern: str, replacement: str, reason: str
) -> None:
    text, dark = simulated()
    report = report_on(tmp_path, re.sub(pattern, replacement, text))
    assert reasons(report) == [reason]
    assert report.dark_social.direct_low == 0
    assert report.dark_social.direct_high >= dark
    assert CANNOT_BE_SAID in shown(report)["terminal"][:200]


@pytest.mark.long
def test_an_hour_does_not_tell(tmp_path: Path) -> None:
    text, _dark = simulated()
    hour = [line for line in text.splitlines(True) if "[03/Mar/2026:12:" in line]
    report = report_on(tmp_path, "".join(hour))
    assert "short_log" in reasons(report)
    found = report.dark_social
    assert (found.direct_low, found.direct_high) == (0, found.direct_sessions)


@pytest.mark.long
def test_the_report_of_a_day_says_it_too(tmp_path: Path) -> None:
    text, _dark = simulated(COMMON_FORMAT)
    log = tmp_path / "access.log"
    log.write_text(text)
    darksocial.nightly([str(log)], tmp_path / "store", secret=SECRET, now=lambda: NOW)
    day = darksocial.day_report(tmp_path / "store", now=lambda: NOW)
    assert [entry.reason for entry in day.cannot_tell] == ["no_referrer", "no_user_agent"]
    assert day.counts.direct_high > 0
    for name, output in day_registry().items():
        if output.text:
            assert day.cannot_tell[0].says in output.text(day) or name == "prometheus"
    assert CANNOT_BE_SAID in (day_registry()["markdown"].text or str)(day).partition("\n")[0]
    assert 'darksocial_cannot_tell{reason="no_referrer"} 1' in (
        day_registry()["prometheus"].text or str
    )(day)


def test_of_hidden_visits_none_or_all_may_be_dark() -> None:
    some = allowing_for(Hidden(50.0, 300.0, ()), ESTIMATE, 60.0)
    assert (some.direct_low, some.direct_high) == (20, 480)
    assert (some.low, some.high) == (30, 510)
    every = allowing_for(Hidden(1000.0, 1500.0, ()), ESTIMATE, 60.0)
    assert (every.direct_low, every.direct_high) == (0, 1500)
    assert replace(every, low=80.0, high=210.0, direct_low=70.0, direct_high=180.0) == ESTIMATE


def test_what_is_missing_from_all_moves_the_bounds() -> None:
    without_assets = allowing_for(Hidden(0.0, 0.0, (GAPS["no_assets"],)), ESTIMATE, 60.0)
    assert (without_assets.direct_low, without_assets.direct_high) == (60, 180)
    wide = allowing_for(Hidden(0.0, 0.0, (GAPS["no_previews"],)), ESTIMATE, 60.0)
    assert wide.direct_low < 70 / 2
    assert wide.direct_high == pytest.approx(1000 * 2.5 * 180 / (820 + 2.5 * 180))
